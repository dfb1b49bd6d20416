// Views for analysts' tools, in the words of Connection::define_view. Figures are those of `hub report` as of today.
#pragma once

#include <string>

namespace imloop::hub::sql {

/// For views of other rooms: one that reads the table itself would hold up a rebuild, which puts another in its place.
inline constexpr const char* station_counties =
    "SELECT station_id, county, valid_from, occurred_at, record_id FROM registrations";

inline constexpr const char* v_episodes = R"sql(
SELECT id_of(e.episode_id) AS episode_id, id_of(e.vehicle_id) AS vehicle_id, e.station_id, e.county,
  e.registered_county, date_of(e.failed_on) AS failed_on, e.failures, date_of(e.repaired_on) AS repaired_on,
  e.retest_passed = 1 AS first_retest_passed, date_of(e.ended_on) AS ended_on, date_of(e.due_on) AS due_on,
  CASE WHEN e.outcome IS NOT NULL THEN c.code WHEN e.waived_until >= today() THEN 'waived'
    WHEN e.due_on >= today() THEN 'in_time' WHEN e.is_repaired_since = 1 THEN 'non_return_not_retested'
    ELSE 'non_return_not_repaired' END AS outcome
FROM episodes e LEFT JOIN codes c ON c.list = 'outcome' AND c.number = e.outcome)sql";

/// Over rows of v_episodes.
inline constexpr const char* measures_of_episodes = R"sql(COUNT(*) AS failed, COUNT(repaired_on) AS repaired,
  COUNT(first_retest_passed) AS retested, COUNT(CASE WHEN first_retest_passed THEN 1 END) AS first_retest_passed,
  COUNT(CASE WHEN outcome = 'closed_repaired' THEN 1 END) AS closed_repaired,
  COUNT(CASE WHEN outcome = 'closed_unrepaired' THEN 1 END) AS closed_unrepaired,
  COUNT(CASE WHEN outcome = 'passed_elsewhere' THEN 1 END) AS passed_elsewhere,
  COUNT(CASE WHEN outcome = 'in_time' THEN 1 END) AS in_time,
  COUNT(CASE WHEN outcome = 'non_return_not_repaired' THEN 1 END) AS non_return_not_repaired,
  COUNT(CASE WHEN outcome = 'non_return_not_retested' THEN 1 END) AS non_return_not_retested,
  COUNT(CASE WHEN outcome = 'waived' THEN 1 END) AS waived,
  COUNT(CASE WHEN outcome = 'scrapped' THEN 1 END) AS scrapped,
  COUNT(CASE WHEN outcome = 'transferred_out' THEN 1 END) AS transferred_out)sql";

inline std::string v_counties() {
    const auto by = [](const std::string& view, const std::string& county) {
        return "SELECT '" + view + "' AS view, " + county + " AS county, failed_on, " + measures_of_episodes +
               "\nFROM v_episodes GROUP BY " + county + ", failed_on";
    };
    return by("station", "county") + "\nUNION ALL\n" + by("registered", "registered_county");
}

/// By the station of the first failure, and each shop with a counting repair.
inline std::string v_stations() {
    return std::string("SELECT s.station_id, r.name, r.kind, r.county, e.failed_on, ") + measures_of_episodes + R"sql(
FROM (SELECT id_of(episode_id) AS episode_id, station_id FROM episodes
      UNION SELECT id_of(episode_id), station_id FROM episode_shops) s
JOIN v_episodes e ON e.episode_id = s.episode_id
LEFT JOIN (SELECT station_id, name, kind, county, ROW_NUMBER() OVER (PARTITION BY station_id
             ORDER BY valid_from DESC, occurred_at DESC, record_id DESC) AS latest
           FROM registrations WHERE valid_from <= today()) r ON r.station_id = s.station_id AND r.latest = 1
GROUP BY s.station_id, r.name, r.kind, r.county, e.failed_on)sql";
}

}  // namespace imloop::hub::sql
