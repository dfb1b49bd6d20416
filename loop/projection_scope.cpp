// Which lines have effect: scopes of bridges, corrections in force.
#include <algorithm>

#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {

const Projection::Entry* Projection::find(const std::string& record_id) const {
    const auto it = entries_.find(record_id);
    return it == entries_.end() ? nullptr : &it->second;
}

/// The list in force on the day: the latest credential by (valid_from, occurred_at, record_id) that is not revoked and
/// names any; before the first one the first holds, as in the register.
const std::vector<std::string>* Projection::writes_for(const std::string& source, Moment moment) const {
    const auto held = credentials_.find(source);
    if (held == credentials_.end()) return nullptr;
    const std::vector<std::string>* found = nullptr;
    for (const auto& [key, credential] : held->second) {
        if (credential.status == "revoked" || credential.writes_for.empty()) continue;
        if (found && credential.valid_from > day_of(moment)) break;
        found = &credential.writes_for;
    }
    return found;
}

bool Projection::holds(const std::string& source, const std::string& station, Moment moment,
                       const Registration* registration) const {
    if (source.starts_with('H') || source == station) return true;
    if (!source.starts_with('B')) return false;
    const auto* list = writes_for(source, moment);
    if (!list) return false;
    const auto listed = [&](const std::string& text) {
        return std::find(list->begin(), list->end(), text) != list->end();
    };
    if (listed(station)) return true;
    if (registration) return listed(registration->county);
    const auto view = register_.at(station, moment);
    return view && listed(view->county);
}

bool Projection::origin_in_scope(const Entry& entry) const {
    const Registration* registration = entry.rare && entry.rare->registration ? &*entry.rare->registration : nullptr;
    // What an I, M or E source may write, admission has judged.
    return !entry.origin.source->starts_with('B') ||
           holds(*entry.origin.source, *entry.station, entry.occurred_at, registration);
}

bool Projection::may_correct(const Entry& correction, const Entry& target) const {
    const std::string& source = *correction.origin.source;
    if (source.starts_with('H')) return true;
    const bool about_credential = correction.rare->credential || (target.accepted() && target.kind == Kind::credential);
    if (about_credential) return false;
    const Registration* registration = nullptr;
    if (target.rare->registration) registration = &*target.rare->registration;
    if (correction.rare->registration) registration = &*correction.rare->registration;
    if (target.accepted()) {
        if (!holds(source, *target.station, target.occurred_at, registration)) return false;
    } else {
        const auto& lines = target.rare->rejected;
        // A mistyped station_id may be the very fault to mend: who wrote the rejected line may correct it.
        if (std::none_of(lines.begin(), lines.end(), [&](const auto& line) {
                return line.first == source || holds(source, line.second, correction.occurred_at, registration);
            }))
            return false;
    }
    if (correction.rare->replacement.empty()) return true;
    const Fact replacement = unpack(correction.rare->replacement);
    return holds(source, replacement.station_id, replacement.occurred_at, registration);
}

const Projection::Entry* Projection::correction_in_force(const Entry& target, std::optional<Day> as_of) const {
    if (!target.rare || target.rare->corrections.empty() || !target.known()) return nullptr;
    if (target.accepted() && target.kind == Kind::correction) return nullptr;
    const Entry* latest = nullptr;
    // In ascending order of record_id: of one moment the last wins.
    for (const auto& id : target.rare->corrections) {
        const Entry& c = *find(id);
        if (as_of && day_of(c.occurred_at) > *as_of) continue;
        if (latest && c.occurred_at < latest->occurred_at) continue;
        if (origin_in_scope(c) && may_correct(c, target)) latest = &c;
    }
    return latest;
}

const Projection::Entry* Projection::effective(const Entry& entry, std::optional<Day> as_of) const {
    if (const Entry* correction = correction_in_force(entry, as_of)) return correction;
    return entry.accepted() && origin_in_scope(entry) ? &entry : nullptr;
}

std::optional<Fact> Projection::words(const Entry* effective, const Entry& of) {
    if (!effective) return std::nullopt;
    if (effective == &of) return unpack(of.packed);
    if (effective->rare->replacement.empty()) return std::nullopt;
    return unpack(effective->rare->replacement);
}

std::optional<std::string> Projection::corrected_by(const std::string& record_id) const {
    const Entry* target = find(record_id);
    const Entry* correction = target ? correction_in_force(*target, std::nullopt) : nullptr;
    if (!correction) return std::nullopt;
    for (const auto& id : target->rare->corrections)
        if (find(id) == correction) return id;
    return std::nullopt;
}

std::optional<std::string_view> Projection::without_effect(const std::string& record_id) const {
    const Entry* entry = find(record_id);
    if (!entry || !entry->accepted()) return std::nullopt;
    if (!origin_in_scope(*entry)) return "station_not_in_writes_for";
    if (entry->kind != Kind::correction) return std::nullopt;
    const Entry& target = *find(entry->rare->corrects);
    if (!target.known()) return "corrected_record_unknown";
    if (target.accepted() && target.kind == Kind::correction) return "correction_of_correction";
    if (!may_correct(*entry, target)) return "correction_out_of_scope";
    if (correction_in_force(target, std::nullopt) != entry) return "correction_superseded";
    return std::nullopt;
}

}  // namespace imloop::loop
