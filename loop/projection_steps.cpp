// What the vehicles of today looked like on every day: the forms their records had, the days these came and went.
#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {
namespace {

bool is_failed_test(const Fact& f) { return f.inspection && f.inspection->verdict == Verdict::fail; }

}  // namespace

/// Its own words and those that corrections bring, whether or not they ever had effect.
std::vector<Fact> Projection::forms(const std::string& id, const Row& row) const {
    std::vector<Fact> out;
    if (row.accepted()) out.push_back(unpack(row.packed));
    for (const auto& correction : corrections(id, row))
        if (const auto& replacement = special(correction)->replacement; !replacement.empty())
            out.push_back(unpack(replacement));
    return out;
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
    std::set<Day> days;  // on which another form of a record may be seen than the day before
    const auto forms_and_days = [&](const std::string& id, const Row& row) {
        for (const auto& correction : corrections(id, row)) days.insert(day_of(find(correction)->occurred_at));
        auto out = forms(id, row);
        for (const Fact& form : out) days.insert(day_of(form.occurred_at));
        return out;
    };
    bool ever_failed = false, ever_corrected = false, ever_waived = false;
    std::vector<Fact> facts;
    for (const Evidence& e : vehicle->records) {
        const Row& row = *find(e.record_id);
        ever_corrected |= row.is_corrected;
        ever_waived |= row.is_waived;
        for (Fact& form : forms_and_days(e.record_id, row)) {
            ever_failed |= is_failed_test(form);
            facts.push_back(std::move(form));
        }
        for (const auto& id : waivers_about(e.record_id, row))
            for (const Fact& form : forms_and_days(id, *find(id)))
                if (form.decision && form.decision->until) days.insert(*form.decision->until + 1);
    }
    if (!ever_failed) return {};
    return loop::steps(std::move(days), [&](Day day) {
        if (ever_corrected) return episodes_of(own_facts(*vehicle, day), day);
        return loop::episodes(facts, ever_waived ? waivers(facts, day) : std::vector<Fact>(), register_, policies_,
                              day);
    });
}

}  // namespace imloop::loop
