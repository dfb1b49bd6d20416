#include "loop/suspects/observed/statistics.hpp"

#include "loop/stations/seen.hpp"

namespace imloop::loop::rules {

Statistics::Statistics(const Rows* rows)
    : tallies_(rows), journey_of_("watch_journeys", rows), sums_(rows), keeping_(rows) {}

void Statistics::change(const Added& added, std::int32_t times) {
    if (!added.test.empty()) tallies_.add(unpacked<stations::TestSeen>(added.test), times);
    if (added.kept != stations::Kept{}) keeping_.add(added.station_id, added.day, added.kept, times);
}

Statistics::Added Statistics::add(const Record& r) {
    Added added{.station_id = r.fact.station_id, .day = day_of(r.fact.occurred_at)};
    const bool is_kept = r.is_test() || r.is_repair();
    const bool is_late = is_kept && r.arrival && r.arrival->received_at - r.fact.occurred_at > stations::late_after_ms;
    added.kept = {is_kept, is_late, r.fact.kind == Kind::correction};
    if (const auto test = stations::seen(r)) added.test = packed(*test);
    change(added, 1);
    return added;
}

void Statistics::remove(const Added& added) { change(added, -1); }

void Statistics::put(const History& history) { replace(history.vehicle_id, stations::journey_of(history)); }

void Statistics::drop(const std::string& vehicle_id) { replace(vehicle_id, {}); }

void Statistics::replace(const std::string& vehicle_id, stations::Journey now) {
    const auto key = key_of(vehicle_id);
    const auto* before = journey_of_.find(key);
    auto was = before ? *before : stations::Journey{};
    if (was == now) return;
    if (now.empty())
        journey_of_.erase(key);
    else
        journey_of_.put(key, now);
    stations::drop_common_beginnings(was, now);
    sums_.add(was, -1);
    sums_.add(now, 1);
}

void Statistics::write(const RowChanges& changes) {
    write_rows(std::tie(tallies_, journey_of_, sums_, keeping_), changes);
}
void Statistics::forget() { forget_rows(std::tie(tallies_, journey_of_, sums_, keeping_)); }
std::size_t Statistics::held() const { return rows_held(std::tie(tallies_, journey_of_, sums_, keeping_)); }

}  // namespace imloop::loop::rules
