#include "loop/suspects/observed/statistics.hpp"

#include "loop/stations/change.hpp"
#include "loop/stations/seen.hpp"
#include "loop/stations/seen_pack.hpp"

namespace imloop::loop::rules {
namespace {

void count(std::map<Day, std::int32_t>& by_day, Day day, std::int32_t times) {
    stations::change(by_day, day, [&](std::int32_t& n) { n += times; });
}

}  // namespace

void Statistics::change(const std::string& record_id, const Added& added, std::int32_t times) {
    if (!added.test.empty()) tallies_.add(unpacked<stations::TestSeen>(added.test), times);
    stations::change(keeping_, added.station_id, [&](Keeping& keeping) {
        if (added.is_kept) count(keeping.records, added.day, times);
        if (added.is_correction) count(keeping.corrections, added.day, times);
        if (!added.is_late) return;
        if (times > 0)
            keeping.late.emplace(added.day, record_id);
        else
            keeping.late.erase({added.day, record_id});
    });
}

Statistics::Added Statistics::add(const Record& r) {
    Added added{.station_id = r.fact.station_id, .day = day_of(r.fact.occurred_at)};
    added.is_kept = r.is_test() || r.is_repair();
    added.is_late = added.is_kept && r.arrival && r.arrival->received_at - r.fact.occurred_at > late_after_ms;
    added.is_correction = r.fact.kind == Kind::correction;
    if (const auto test = stations::seen(r)) added.test = packed(*test);
    change(r.fact.record_id, added, 1);
    return added;
}

void Statistics::remove(const std::string& record_id, const Added& added) { change(record_id, added, -1); }

void Statistics::came(const Arrival& a) {
    const Day day = day_of(a.received_at);
    auto& of = deliveries_[a.source];
    auto& journal = of.journals.try_emplace(a.epoch, Delivery::Journal{day, 0}).first->second;
    if (a.seq <= journal.last) return;
    journal.last = a.seq;
    ++of.lines[day];
    if (!a.rejected_for.empty()) ++of.rejected[day];
}

void Statistics::forked(const std::string& source, std::uint64_t first, Day day) {
    deliveries_[source].forks.emplace(day, first);
}

void Statistics::put(const History& history) {
    auto journey = stations::journey_of(history);
    drop(history.vehicle_id);
    if (journey.empty()) return;
    sums_.add(journey, 1);
    journey_of_.insert_or_assign(history.vehicle_id, std::move(journey));
}

void Statistics::drop(const std::string& vehicle_id) {
    const auto before = journey_of_.find(vehicle_id);
    if (before == journey_of_.end()) return;
    sums_.add(before->second, -1);
    journey_of_.erase(before);
}

}  // namespace imloop::loop::rules
