// What the vehicles of today looked like on every day: the forms their records had, the days these came and went.
#include <algorithm>

#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {
namespace {

bool is_failed_test(const Fact& f) { return f.inspection && f.inspection->verdict == Verdict::fail; }

}  // namespace

/// Its own words and those that corrections bring, whether or not they ever had effect.
std::vector<Fact> Projection::forms(const Entry& entry) const {
    std::vector<Fact> out;
    if (entry.accepted()) out.push_back(unpack(entry.packed));
    if (entry.rare)
        for (const auto& id : entry.rare->corrections)
            if (const auto& replacement = find(id)->rare->replacement; !replacement.empty())
                out.push_back(unpack(replacement));
    return out;
}

/// A correction that is superseded today changes what days before it saw.
void Projection::touch_past(const std::string& record_id, std::set<std::string>& touched_records) const {
    const Entry& entry = *find(record_id);
    if (!entry.rare || entry.rare->corrections.empty()) return;
    touched_records.insert(record_id);
    for (const Fact& form : forms(entry))
        if (form.decision && form.decision->action == "waive") touched_records.insert(form.decision->about);
}

bool Projection::once_stood_at(const Entry& entry, const std::set<std::string>& stations) const {
    if (entry.station && stations.contains(*entry.station)) return true;
    return entry.rare && !entry.rare->corrections.empty() &&
           std::ranges::any_of(forms(entry), [&](const Fact& f) { return stations.contains(f.station_id); });
}

/// On which another form of the record may be seen than the day before.
void Projection::put_days(const std::string& record_id, std::set<Day>& days) const {
    const Entry& entry = *find(record_id);
    if (entry.accepted()) days.insert(day_of(entry.occurred_at));
    if (!entry.rare) return;
    for (const auto& id : entry.rare->corrections) days.insert(day_of(find(id)->occurred_at));
    for (const Fact& form : forms(entry)) days.insert(day_of(form.occurred_at));
}

std::vector<Fact> Projection::own_facts(const Vehicle& vehicle, Day as_of) const {
    std::vector<Fact> out;
    for (const Evidence& e : vehicle.records)
        if (auto f = fact(e.record_id, as_of)) out.push_back(std::move(*f));
    return out;
}

std::vector<Step> Projection::steps(const std::string& vehicle_id) const {
    const auto vehicle = identity_.vehicle(vehicle_id);
    if (!vehicle) return {};
    std::set<Day> days;
    bool ever_failed = false, ever_corrected = false;
    std::vector<Fact> facts;
    for (const Evidence& e : vehicle->records) {
        const Entry& entry = *find(e.record_id);
        put_days(e.record_id, days);
        const bool is_corrected = entry.rare && !entry.rare->corrections.empty();
        ever_corrected |= is_corrected;
        for (Fact& form : forms(entry)) {
            ever_failed |= is_failed_test(form);
            if (!is_corrected) facts.push_back(std::move(form));
        }
        if (const auto waived = waivers_.find(e.record_id); waived != waivers_.end())
            for (const auto& id : waived->second) {
                put_days(id, days);
                for (const Fact& form : forms(*find(id)))
                    if (form.decision && form.decision->until) days.insert(*form.decision->until + 1);
            }
    }
    if (!ever_failed) return {};
    return loop::steps(std::move(days),
                       [&](Day day) { return episodes_of(ever_corrected ? own_facts(*vehicle, day) : facts, day); });
}

}  // namespace imloop::loop
