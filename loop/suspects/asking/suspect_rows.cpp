#include "loop/suspects/asking/suspect_rows.hpp"

#include <utility>

namespace imloop::loop::rules {

SharedKey shared_key_of(std::string_view row) {
    KeyReader parts(row);
    auto group = parts.text();
    return {std::move(group), static_cast<std::uint64_t>(parts.number())};
}

std::string record_of_shared(std::string_view row) {
    KeyReader parts(row);
    (void)parts.text(), (void)parts.number();
    return parts.text();
}

SuspectRows::SuspectRows(const Rows* rows)
    : arrivals("watch_arrivals", rows),
      put_ins("watch_put_ins", rows),
      shared("watch_shared", rows),
      by_trace("watch_by_trace", rows),
      rejected("watch_rejected", rows),
      rejected_by_trace("watch_rejected_by_trace", rows),
      rejected_by_station("watch_rejected_by_station", rows),
      stale_keys("watch_stale_keys", rows),
      stale_vehicles("watch_stale_vehicles", rows),
      swept("watch_swept", rows),
      failed("watch_failed", rows),
      flags("watch_flags", rows),
      owned("watch_owned", rows),
      flagged("watch_flagged", rows),
      decisions("watch_decisions", rows),
      checks("watch_checks", rows) {}

}  // namespace imloop::loop::rules
