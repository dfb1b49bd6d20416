#include "loop/projection.hpp"

#include <cassert>

#include "loop/fact_pack.hpp"

namespace imloop::loop {
namespace {

std::string station_named(const nlohmann::json& line) {
    if (!line.is_object()) return {};
    const auto at = line.find("station_id");
    return at != line.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::optional<SpecialRow> special_of(const Admitted& line) {
    if (!line.registration && !line.credential && !line.correction) return std::nullopt;
    SpecialRow out{line.registration, line.credential, {}, {}};
    if (!line.correction) return out;
    out.corrects = line.correction->corrects;
    if (line.correction->voids || !line.correction->replacement) return out;
    const Fact& replacement = *line.correction->replacement;
    out.replacement = pack(replacement);
    if (replacement.kind == Kind::registration || replacement.kind == Kind::credential) {
        // A fact holds nothing of these kinds; they are read from the replacement as from a line of its own.
        Admitted whole = reread(line.json.at("replacement").dump(), true);
        out.registration = std::move(whole.registration);
        out.credential = std::move(whole.credential);
    }
    return out;
}

}  // namespace

Projection::Projection(Policy policy, const Rows* rows)
    : policy_(std::move(policy)),
      rows_(rows),
      register_(rows),
      bridges_(rows),
      identity_(rows),
      cohorts_(rows),
      records_("loop_records", rows),
      specials_("loop_specials", rows),
      rejected_("loop_rejected", rows),
      corrections_("loop_corrections", rows),
      waivers_("loop_waivers", rows),
      places_("loop_places", rows),
      ghosts_("loop_ghosts", rows) {}

void Projection::put(const Admitted& line, const std::string& source, const std::string& epoch, std::uint64_t seq) {
    if (!line.record_id) return;
    const std::string& id = *line.record_id;
    if (!line.problems.empty()) {
        list_rejected(id, source, station_named(line.json));
        return;
    }
    RecordOrigin origin{source != line.fact.station_id, source, epoch, seq};
    const Row* known = find(id);
    if (known && known->accepted() && !(origin < known->origin)) return;
    store(id, line, std::move(origin));
}

void Projection::store(const std::string& id, const Admitted& line, RecordOrigin origin) {
    assert(!origin.source.empty());
    const auto key = key_of(id);
    Row& row = records_.change_or_new(key);
    if (row.accepted()) {
        mark(id, row);
        note_before(id);
        if (row.is_special && !special(id)->corrects.empty()) note_before(special(id)->corrects);
        list(id, row, false);
        if (row.is_special) specials_.erase(key);
    }
    row.origin = std::move(origin);
    row.station = line.fact.station_id;
    row.kind = line.fact.kind;
    row.occurred_at = line.fact.occurred_at;
    row.packed = pack(line.fact);
    auto special = special_of(line);
    row.is_special = special.has_value();
    if (special) specials_.put(key, std::move(*special));
    list(id, row, true);
    mark(id, row);
    dirty_[id].is_stale = true;
}

/// To be looked at by the next settle(), with what it corrects.
void Projection::mark(const std::string& record_id, const Row& row) {
    dirty_[record_id].is_special |= row.is_special || row.is_corrected;
    if (!row.is_special) return;
    if (const auto& corrects = special(record_id)->corrects; !corrects.empty()) dirty_[corrects].is_special = true;
}

void Projection::write(const RowChanges& changes) {
    assert(dirty_.empty() && before_.empty() && touched_.empty());
    register_.write(changes);
    bridges_.write(changes);
    identity_.write(changes);
    cohorts_.write(changes);
    records_.write(changes);
    specials_.write(changes);
    for (auto* marks : {&rejected_, &corrections_, &waivers_, &places_, &ghosts_}) marks->write(changes);
}

void Projection::forget() {
    assert(dirty_.empty() && before_.empty() && touched_.empty());
    register_.forget();
    bridges_.forget();
    identity_.forget();
    cohorts_.forget();
    records_.forget();
    specials_.forget();
    for (auto* marks : {&rejected_, &corrections_, &waivers_, &places_, &ghosts_}) marks->forget();
}

std::size_t Projection::held() const {
    std::size_t out =
        register_.held() + bridges_.held() + identity_.held() + cohorts_.held() + records_.held() + specials_.held();
    for (const auto* marks : {&rejected_, &corrections_, &waivers_, &places_, &ghosts_}) out += marks->held();
    return out;
}

}  // namespace imloop::loop
