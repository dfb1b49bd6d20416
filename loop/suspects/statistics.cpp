#include "loop/suspects/statistics.hpp"

#include "loop/stations/change.hpp"
#include "loop/stations/seen.hpp"

namespace imloop::loop::rules {
namespace {

void count(std::map<Day, std::int32_t>& by_day, Day day, std::int32_t times) {
    stations::change(by_day, day, [&](std::int32_t& n) { n += times; });
}

}  // namespace

void Statistics::change(const Record& r, std::int32_t times) {
    if (const auto test = stations::seen(r)) tallies_.add(*test, times);
    const Day day = day_of(r.fact.occurred_at);
    Keeping& keeping = keeping_[r.fact.station_id];
    if (r.is_test() || r.is_repair()) {
        count(keeping.records, day, times);
        // The arrival may have become another since the record was added: what it takes out is its id.
        keeping.late.erase({day, r.fact.record_id});
        if (times > 0 && r.arrival && r.arrival->received_at - r.fact.occurred_at > late_after_ms)
            keeping.late.emplace(day, r.fact.record_id);
    }
    if (r.fact.kind == Kind::correction) count(keeping.corrections, day, times);
    if (keeping == Keeping{}) keeping_.erase(r.fact.station_id);
}

void Statistics::add(const Record& r) { change(r, 1); }
void Statistics::remove(const Record& r) { change(r, -1); }

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
