// The view of flags for analysts' tools, in the words of Connection::define_view.
#pragma once

#include <string>

namespace imloop::hub::sql {

/// With SQLite flags stand in a file of their own, without the register: only a county's own flag has a county there.
inline std::string v_flags(bool beside_register) {
    return std::string("SELECT f.flag_id, f.rule, f.grade, f.score_permille / 1000.0 AS score, f.station_id, ") +
           (beside_register ? R"sql(COALESCE(f.county, (
  SELECT r.county FROM station_counties r WHERE r.station_id = f.station_id AND r.valid_from <= f.day
  ORDER BY r.valid_from DESC, r.occurred_at DESC, r.record_id DESC LIMIT 1), (
  SELECT r.county FROM station_counties r WHERE r.station_id = f.station_id
  ORDER BY r.valid_from, r.occurred_at, r.record_id LIMIT 1)) AS county,)sql"
                            : "f.county,") +
           " date_of(f.day) AS day, f.records, f.state FROM flags f";
}

}  // namespace imloop::hub::sql
