#include "loop/projection.hpp"

#include <algorithm>
#include <cassert>

#include "loop/fact_pack.hpp"

namespace imloop::loop {
namespace {

bool is_waiver(const Fact& f) { return f.decision && f.decision->action == "waive"; }

bool takes_part_in_identity(const Fact& f) { return f.vehicle || f.decision; }

std::string station_named(const nlohmann::json& line) {
    if (!line.is_object()) return {};
    const auto at = line.find("station_id");
    return at != line.end() && at->is_string() ? at->get<std::string>() : std::string();
}

template <typename Entry>
auto& rare_of(Entry& entry) {
    using Rare = typename decltype(entry.rare)::element_type;
    if (!entry.rare) entry.rare = std::make_unique<Rare>();
    return *entry.rare;
}

}  // namespace

Projection::Projection(Policy policy) : policy_(std::move(policy)) {}

bool Projection::Origin::before(const Origin& other) const {
    return std::tie(foreign, *source, *epoch, seq) < std::tie(other.foreign, *other.source, *other.epoch, other.seq);
}

void Projection::put(const Admitted& line, const std::string& source, const std::string& epoch, std::uint64_t seq) {
    if (!line.record_id) return;
    Entry& entry = entries_[*line.record_id];
    if (!line.problems.empty()) {
        if (rare_of(entry).rejected.emplace(source, station_named(line.json)).second) mark(*line.record_id);
        return;
    }
    const Origin origin{source != line.fact.station_id, &*texts_.insert(source).first, &*texts_.insert(epoch).first,
                        seq};
    if (entry.accepted() && !origin.before(entry.origin)) return;
    store(entry, line, origin);
    mark(*line.record_id);
}

void Projection::store(Entry& entry, const Admitted& line, const Origin& origin) {
    assert(line.record_id && line.problems.empty() && (!entry.accepted() || origin.before(entry.origin)));
    const std::string& id = *line.record_id;
    const bool was_correction = entry.rare && !entry.rare->corrects.empty();
    if (was_correction) {
        mark(entry.rare->corrects);
        entries_[entry.rare->corrects].rare->corrections.erase(id);
    }
    entry.origin = origin;
    entry.station = &*texts_.insert(line.fact.station_id).first;
    entry.kind = line.fact.kind;
    entry.occurred_at = line.fact.occurred_at;
    entry.packed = pack(line.fact);
    entry.stale = true;
    if (origin.source->starts_with('B'))
        by_bridges_.insert(id);
    else
        by_bridges_.erase(id);
    if (is_waiver(line.fact)) waivers_[line.fact.decision->about].insert(id);
    if (!line.registration && !line.credential && !line.correction && !entry.rare) return;

    Rare& rare = rare_of(entry);
    rare.registration = line.registration;
    rare.credential = line.credential;
    rare.corrects.clear();
    rare.replacement.clear();
    if (!line.correction) return;
    rare.corrects = line.correction->corrects;
    rare_of(entries_[rare.corrects]).corrections.insert(id);
    if (line.correction->voids || !line.correction->replacement) return;
    const Fact& replacement = *line.correction->replacement;
    rare.replacement = pack(replacement);
    if (is_waiver(replacement)) waivers_[replacement.decision->about].insert(rare.corrects);
    if (replacement.kind == Kind::registration || replacement.kind == Kind::credential) {
        // A fact holds nothing of these kinds; they are read from the replacement as from a line of its own.
        const Admitted whole = reread(line.json.at("replacement").dump(), true);
        rare.registration = whole.registration;
        rare.credential = whole.credential;
    }
}

void Projection::mark(const std::string& record_id) {
    dirty_.insert(record_id);
    const Entry* entry = find(record_id);
    if (entry && entry->rare && !entry->rare->corrects.empty()) dirty_.insert(entry->rare->corrects);
}

void Projection::mark_bridges() {
    for (const auto& id : by_bridges_) mark(id);
}

/// Where the registration or credential of this record stands: nothing for a correction, which brings it for another.
const Projection::Rare* Projection::rare_in_force(const std::string& id) const {
    const Entry& entry = *find(id);
    if (entry.accepted() && entry.kind == Kind::correction) return nullptr;
    const Entry* counts = effective(entry, std::nullopt);
    return counts ? counts->rare.get() : nullptr;
}

bool Projection::apply_credential(const std::string& id) {
    const Rare* counts = rare_in_force(id);
    bool changed = false;
    if (const auto held = credential_places_.find(id); held != credential_places_.end()) {
        credentials_[held->second.first].erase(held->second.second);
        credential_places_.erase(held);
        changed = true;
    }
    if (!counts || !counts->credential) return changed;
    const Credential& c = *counts->credential;
    const CredentialKey key{c.valid_from, c.occurred_at, id};
    credentials_[c.source_id].insert_or_assign(key, c);
    credential_places_[id] = {c.source_id, key};
    return true;
}

void Projection::apply_registration(const std::string& id, std::set<std::string>& changed_stations) {
    const Rare* counts = rare_in_force(id);
    const Registration* now = counts && counts->registration ? &*counts->registration : nullptr;
    const auto held = registrations_.find(id);
    const bool was_held = held != registrations_.end();
    if (now ? was_held && held->second == *now : !was_held) return;
    if (was_held) {
        changed_stations.insert(held->second.station_id);
        register_.erase(id);
        registrations_.erase(held);
    }
    if (!now) return;
    changed_stations.insert(now->station_id);
    register_.put(*now);
    registrations_.emplace(id, *now);
}

void Projection::apply(const std::string& id, std::set<std::string>& touched_records, Changes& changes) {
    Entry& entry = entries_.at(id);
    const Entry* counts = effective(entry, std::nullopt);
    const bool is_new = counts != entry.applied || entry.stale || (counts && counts->stale);
    if (!is_new) return;
    const auto before = words(entry.applied, entry), now = words(counts, entry);
    for (const auto* form : {&before, &now})
        if (*form && is_waiver(**form)) touched_records.insert((*form)->decision->about);
    changes.records.push_back({id, before ? std::make_unique<const Fact>(*before) : nullptr});
    touched_records.insert(id);
    const bool is_in = now && takes_part_in_identity(*now);
    if (entry.applied) identity_.erase(id);
    if (is_in) identity_.put(*now);
    entry.applied = counts;

    if (const auto ghost = ghost_days_.find(id); ghost != ghost_days_.end()) {
        ghosts_.erase({ghost->second, id});
        ghost_days_.erase(ghost);
    }
    if (is_in || !counts || counts == &entry) return;
    const Day day = day_of(counts->occurred_at);
    ghosts_.emplace(day, id);
    ghost_days_.emplace(id, day);
    assert(ghosts_.size() == ghost_days_.size());
}

Projection::Changes Projection::settle() {
    // Each stage depends on those before alone: credentials on lines and the hub's corrections, the register on
    // credentials, all others on both.
    const auto rare_ones = [&] {
        std::vector<std::string> ids;
        for (const auto& id : dirty_)
            if (find(id)->rare) ids.push_back(id);
        return ids;
    };
    bool credentials_changed = false;
    for (const auto& id : rare_ones()) credentials_changed |= apply_credential(id);
    if (credentials_changed) mark_bridges();
    std::set<std::string> changed_stations;
    for (const auto& id : rare_ones()) apply_registration(id, changed_stations);
    if (!changed_stations.empty()) mark_bridges();

    Changes changes;
    std::set<std::string> touched_records;
    for (const auto& id : dirty_) apply(id, touched_records, changes);
    for (const auto& id : dirty_) {
        touch_past(id, touched_records);
        entries_.at(id).stale = false;
    }
    dirty_.clear();

    changes.identity = identity_.settle();
    changes.register_changed = !changed_stations.empty();
    std::set<std::string> touched;
    touched.insert(changes.identity.present.begin(), changes.identity.present.end());
    const auto touch = [&](const std::string& record_id) {
        if (auto vehicle_id = identity_.vehicle_of(record_id); !vehicle_id.empty())
            touched.insert(std::move(vehicle_id));
    };
    for (const auto& id : touched_records) touch(id);
    if (changes.register_changed) {
        std::unordered_set<std::string> listed;
        for (const auto& record : changes.records) listed.insert(record.record_id);
        const auto stands_there = [&](const Entry& e) {
            if (!e.applied) return false;
            if (e.applied == &e) return changed_stations.contains(*e.station);
            const auto& replacement = e.applied->rare->replacement;
            return !replacement.empty() && changed_stations.contains(unpack(replacement).station_id);
        };
        for (const auto& [id, entry] : entries_) {
            if (once_stood_at(entry, changed_stations)) touch(id);
            const auto as_it_was =
                stands_there(entry) && !listed.contains(id) ? words(entry.applied, entry) : std::nullopt;
            if (as_it_was) changes.records.push_back({id, std::make_unique<const Fact>(*as_it_was)});
        }
    }
    changes.touched.assign(touched.begin(), touched.end());
    changes.stations = std::move(changed_stations);
    for (const auto& id : changes.identity.gone) cohorts_.erase(id);
    for (const auto& id : changes.touched) cohorts_.put(id, steps(id));
    return changes;
}

Projection::Changes Projection::everything() const {
    Changes changes;
    for (const auto& [id, entry] : entries_)
        if (entry.applied) changes.records.push_back({id, nullptr});
    for (const Vehicle& vehicle : identity_.vehicles()) changes.touched.push_back(vehicle.vehicle_id);
    std::ranges::sort(changes.touched);
    changes.register_changed = true;
    return changes;
}

}  // namespace imloop::loop
