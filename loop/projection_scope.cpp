// Which lines have effect: scopes of bridges, corrections in force.
#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"
#include "loop/record/semantics.hpp"

namespace imloop::loop {
namespace {

bool is_correctable(const RecordRow& target) {
    return !target.accepted() || record::not_corrected(target.kind).empty();
}

}  // namespace

const Registration* Projection::registration_of(const std::string& id, const Row& row) const {
    const Special* own = row.is_special ? special(id) : nullptr;
    return own && own->registration ? &*own->registration : nullptr;
}

bool Projection::holds(const std::string& source, const std::string& station, Moment moment,
                       const Registration* registration) const {
    if (source.starts_with('H') || source == station) return true;
    if (!source.starts_with('B')) return false;
    if (bridges_.names(source, station, moment)) return true;
    if (registration) return bridges_.names(source, registration->county, moment);
    const auto view = register_.at(station, moment);
    return view && bridges_.names(source, view->county, moment);
}

bool Projection::origin_in_scope(const std::string& id, const Row& row) const {
    // What an I, M or E source may write, admission has judged.
    return !row.by_bridge() || holds(row.origin.source, row.station, row.occurred_at, registration_of(id, row));
}

bool Projection::may_correct(const std::string& id, const Row& correction, const std::string& target_id,
                             const Row& target) const {
    const std::string& source = correction.origin.source;
    if (source.starts_with('H')) return true;
    const Special& brought = *special(id);
    const bool about_credential = brought.credential || (target.accepted() && target.kind == Kind::credential);
    if (about_credential) return false;
    const Registration* registration =
        brought.registration ? &*brought.registration : registration_of(target_id, target);
    if (target.accepted()) {
        if (!holds(source, target.station, target.occurred_at, registration)) return false;
    } else {
        // A mistyped station_id may be the very fault to mend: who wrote the rejected line may correct it.
        bool is_allowed = false;
        const auto lines = key_of(target_id);
        rejected_.each_between(lines, end_of(lines), [&](std::string_view key, const Mark&) {
            KeyReader reader(key);
            reader.text();
            const auto writer = reader.text();
            is_allowed = writer == source || holds(source, reader.text(), correction.occurred_at, registration);
            return !is_allowed;
        });
        if (!is_allowed) return false;
    }
    if (brought.replacement.empty()) return true;
    const Fact replacement = unpack(brought.replacement);
    return holds(source, replacement.station_id, replacement.occurred_at, registration);
}

std::string Projection::correction_in_force(const std::string& target_id, const Row& target,
                                            std::optional<Day> as_of) const {
    if (!target.is_corrected || !target.known()) return {};
    if (!is_correctable(target)) return {};
    std::string latest;
    Moment latest_at = 0;
    // In ascending order of record_id: of one moment the last wins.
    for (auto& id : corrections(target_id, target)) {
        const Row& c = *find(id);
        if (as_of && day_of(c.occurred_at) > *as_of) continue;
        if (!latest.empty() && c.occurred_at < latest_at) continue;
        if (!origin_in_scope(id, c) || !may_correct(id, c, target_id, target)) continue;
        latest = std::move(id);
        latest_at = c.occurred_at;
    }
    return latest;
}

WordsOf Projection::effective(const std::string& id, const Row& row, std::optional<Day> as_of) const {
    if (auto correction = correction_in_force(id, row, as_of); !correction.empty())
        return {WordsOf::Kind::correction, std::move(correction)};
    return {row.accepted() && origin_in_scope(id, row) ? WordsOf::Kind::itself : WordsOf::Kind::nobody};
}

std::optional<Fact> Projection::words(const WordsOf& of, const Row& row) const {
    if (of.kind == WordsOf::Kind::itself) return unpack(row.packed);
    if (of.kind == WordsOf::Kind::nobody) return std::nullopt;
    const auto& replacement = special(of.correction)->replacement;
    return replacement.empty() ? std::nullopt : std::optional(unpack(replacement));
}

std::optional<std::string> Projection::corrected_by(const std::string& record_id) const {
    const Row* target = find(record_id);
    auto correction = target ? correction_in_force(record_id, *target, std::nullopt) : std::string();
    return correction.empty() ? std::nullopt : std::optional(std::move(correction));
}

std::optional<std::string_view> Projection::without_effect(const std::string& record_id) const {
    const Row* row = find(record_id);
    if (!row || !row->accepted()) return std::nullopt;
    if (!origin_in_scope(record_id, *row)) return "station_not_in_writes_for";
    if (row->kind == Kind::policy && policies_.is_dated_back(record_id)) return "policy_dated_back";
    if (row->kind == Kind::case_) {
        const auto refused = cases_.without_effect(record_id);
        return refused ? std::optional(name_of(*refused)) : std::nullopt;
    }
    if (row->kind != Kind::correction) return std::nullopt;
    const auto& corrects = special(record_id)->corrects;
    const Row& target = *find(corrects);
    if (!target.known()) return "corrected_record_unknown";
    if (!is_correctable(target)) return record::not_corrected(target.kind);
    if (!may_correct(record_id, *row, corrects, target)) return "correction_out_of_scope";
    if (correction_in_force(corrects, target, std::nullopt) != record_id) return "correction_superseded";
    return std::nullopt;
}

}  // namespace imloop::loop
