// What follows from the lines put in: the register, identity, the measures.
#include <cassert>
#include <limits>
#include <utility>

#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {
namespace {

bool is_waiver(const Fact& f) { return f.decision && f.decision->action == "waive"; }

bool takes_part_in_identity(const Fact& f) { return f.vehicle || f.decision; }

}  // namespace

/// What most of them count as: corrected ones are found one by one.
void Projection::read_ahead_of_identity() const {
    std::vector<Fact> facts;
    for (const auto& [id, look] : dirty_)
        if (const Row* row = find(id); row && row->accepted()) facts.push_back(unpack(row->packed));
    identity_.read_ahead(facts);
}

Projection::Changes Projection::settle() {
    // Each stage depends on those before alone: lists of bridges on lines and the hub's corrections, the register on
    // these, all others on both.
    settle_bridges();
    const auto changed_stations = settle_register();

    Changes changes;
    if (reads_ahead()) read_ahead_of_identity();
    for (const auto& [id, look] : dirty_) apply(id, look, changes);
    for (const auto& id : special_ones()) touch_past(id);
    dirty_.clear();
    before_.clear();

    changes.identity = identity_.settle();
    changes.register_changed = !changed_stations.empty();
    changes.stations = changed_stations;
    look_at_stations(changed_stations, changes);
    std::set<std::string> touched(changes.identity.present.begin(), changes.identity.present.end());
    for (const auto& id : touched_)
        if (auto vehicle_id = identity_.vehicle_of(id); !vehicle_id.empty()) touched.insert(std::move(vehicle_id));
    touched_.clear();
    settle_policy(changes);
    cases_.settle();
    take_to_step(touched);
    changes.touched.assign(touched.begin(), touched.end());
    if (reads_ahead()) read_vehicles_ahead(changes.touched), cohorts_.read_ahead(changes.touched);
    for (const auto& id : changes.identity.gone) cohorts_.erase(id);
    for (const auto& id : changes.touched) cohorts_.put(id, steps(id));
    return changes;
}

Projection::Changes Projection::everything() const {
    Changes changes;
    records_.each("", [&](std::string_view key, const Row& row) {
        if (row.applied != WordsOf()) changes.records.push_back({KeyReader(key).text(), nullptr});
    });
    identity_.each_vehicle([&](const Vehicle& vehicle) { changes.touched.push_back(vehicle.vehicle_id); });
    changes.register_changed = true;
    return changes;
}

std::vector<std::string> Projection::special_ones() const {
    std::vector<std::string> out;
    for (const auto& [id, look] : dirty_)
        if (look.is_special) out.push_back(id);
    return out;
}

/// Where the registration or credential of this record stands: nothing for a correction, which brings it for another.
const Projection::Special* Projection::special_in_force(const std::string& id) const {
    const Row* row = find(id);
    if (!row || (row->accepted() && row->kind == Kind::correction)) return nullptr;
    const WordsOf counts = effective(id, *row, std::nullopt);
    if (counts.kind == WordsOf::Kind::correction) return special(counts.correction);
    return counts.kind == WordsOf::Kind::itself && row->is_special ? special(id) : nullptr;
}

/// What bridges wrote there, and what bridges may have corrected.
void Projection::mark_at(const std::set<std::string>& places) {
    for (const auto& id : records_at(places)) {
        const Row& row = *find(id);
        if (row.by_bridge() || row.is_corrected) mark(id, row);
    }
}

void Projection::settle_bridges() {
    std::set<std::string> places;
    for (const auto& id : special_ones()) {
        const Special* counts = special_in_force(id);
        places.merge(bridges_.put(id, counts ? counts->credential : std::nullopt));
    }
    for (const auto& county : std::set(places)) {
        const auto stations = register_.ever_in(county);
        places.insert(stations.begin(), stations.end());
    }
    mark_at(places);
}

/// Gives the stations whose registrations are others than before.
std::set<std::string> Projection::settle_register() {
    std::set<std::string> changed;
    for (const auto& id : special_ones()) {
        const Special* counts = special_in_force(id);
        const Registration* now = counts && counts->registration ? &*counts->registration : nullptr;
        assert(!now || now->record_id == id);
        const auto before = register_.find(id);
        if (now ? before && *before == *now : !before) continue;
        if (before) changed.insert(before->station_id);
        register_.erase(id);
        if (!now) continue;
        changed.insert(now->station_id);
        register_.put(*now);
    }
    mark_at(changed);
    return changed;
}

/// Failures from a day on have other deadlines, or passes at some stations count otherwise.
void Projection::settle_policy(Changes& changes) {
    if (policy_lines_.empty()) return;
    const auto change = policies_.put(std::exchange(policy_lines_, {}));
    changes.policy_changed = true;
    if (change.deadlines_from)
        to_step_.merge(cohorts_.vehicles({*change.deadlines_from, std::numeric_limits<Day>::max()}));
    std::set<std::string> places;
    for (const auto& county : change.counties)
        for (auto& station : register_.ever_in(county)) places.insert(std::move(station));
    for (const auto& id : records_at(places))
        if (auto vehicle_id = identity_.vehicle_of(id); !vehicle_id.empty()) to_step_.insert(std::move(vehicle_id));
}

void Projection::take_to_step(std::set<std::string>& touched) {
    for (std::size_t n = 0; n < stepped_at_once_max && !to_step_.empty(); ++n) {
        auto id = to_step_.extract(to_step_.begin());
        if (identity_.size_of(id.value()) > 0) touched.insert(std::move(id.value()));
    }
}

void Projection::apply(const std::string& id, const Look& look, Changes& changes) {
    const Row* held = find(id);
    if (!held) return;
    WordsOf counts = effective(id, *held, std::nullopt);
    const auto by = counts.kind == WordsOf::Kind::correction ? dirty_.find(counts.correction) : dirty_.end();
    const bool is_stale = look.is_stale || (by != dirty_.end() && by->second.is_stale);
    if (counts == held->applied && !is_stale) return;
    const auto before = as_it_counted(id, *held), now = words(counts, *held);
    for (const auto* form : {&before, &now})
        if (*form && is_waiver(**form)) touched_.insert((*form)->decision->about);
    changes.records.push_back({id, before ? std::make_unique<const Fact>(*before) : nullptr});
    touched_.insert(id);
    const bool is_in = now && takes_part_in_identity(*now);
    if (held->applied != WordsOf()) identity_.erase(id);
    if (is_in) identity_.put(*now);

    const bool is_ghost = !is_in && counts.kind == WordsOf::Kind::correction;
    Row& row = *records_.change(key_of(id));
    if (row.ghost_day) ghosts_.erase(key_of(*row.ghost_day, id));
    row.ghost_day = is_ghost ? std::optional(day_of(find(counts.correction)->occurred_at)) : std::nullopt;
    if (row.ghost_day) ghosts_.put(key_of(*row.ghost_day, id), {});
    row.applied = std::move(counts);
}

/// To be called before the words change that count for a record.
void Projection::note_before(const std::string& record_id) {
    const Row* row = find(record_id);
    if (!row || before_.contains(record_id)) return;
    before_.emplace(record_id, words(row->applied, *row));
    dirty_[record_id].is_special = true;
}

std::optional<Fact> Projection::as_it_counted(const std::string& id, const Row& row) const {
    const auto noted = before_.find(id);
    return noted != before_.end() ? noted->second : words(row.applied, row);
}

/// A correction that is superseded today changes what days before it saw.
void Projection::touch_past(const std::string& record_id) {
    if (before_.contains(record_id)) touched_.insert(record_id);
    const Row* row = find(record_id);
    if (!row || !row->is_corrected) return;
    touched_.insert(record_id);
    for (const Fact& form : forms(record_id, *row))
        if (is_waiver(form)) touched_.insert(form.decision->about);
}

/// Whatever stands there may count otherwise, on days before a correction too.
void Projection::look_at_stations(const std::set<std::string>& changed_stations, Changes& changes) {
    if (changed_stations.empty()) return;
    std::set<std::string> listed;
    for (const auto& record : changes.records) listed.insert(record.record_id);
    for (const auto& id : records_at(changed_stations)) {
        touched_.insert(id);
        if (listed.contains(id)) continue;
        const Row& row = *find(id);
        if (auto fact = words(row.applied, row); fact && changed_stations.contains(fact->station_id))
            changes.records.push_back({id, std::make_unique<const Fact>(std::move(*fact))});
    }
}

}  // namespace imloop::loop
