#include "loop/projection.hpp"

#include <cassert>

#include "loop/fact_pack.hpp"

namespace imloop::loop {
namespace {

std::optional<SpecialRow> special_of(const Admitted& line) {
    if (!line.registration && !line.credential && !line.correction) return std::nullopt;
    SpecialRow out{line.registration, line.credential, {}, {}};
    if (!line.correction) return out;
    out.corrects = line.correction->corrects;
    if (line.correction->voids || !line.correction->replacement) return out;
    out.replacement = pack(*line.correction->replacement);
    out.registration = line.correction->registration;
    out.credential = line.correction->credential;
    return out;
}

}  // namespace

Projection::Projection(Policy unwritten, const Rows* rows)
    : rows_(rows),
      policies_(std::move(unwritten), rows),
      cases_(rows),
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

void Projection::read_ahead(const std::vector<std::string>& record_ids) const {
    std::vector<std::string> keys;
    for (const auto& id : record_ids) keys.push_back(key_of(id));
    records_.read_ahead(std::move(keys));
}

std::vector<std::string> Projection::read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const {
    identity_.read_vehicles_ahead(vehicle_ids);
    std::vector<std::string> ids;
    for (const auto& id : vehicle_ids)
        if (const auto vehicle = identity_.vehicle(id))
            for (const Evidence& e : vehicle->records) ids.push_back(e.record_id);
    read_ahead(ids);
    return ids;
}

void Projection::put(const Admitted& line, const std::string& source, const std::string& epoch, std::uint64_t seq,
                     const LineDigest& digest) {
    if (!line.record_id) return;
    const std::string& id = *line.record_id;
    if (!line.problems.empty()) {
        list_rejected(id, source, line.station_named);
        return;
    }
    RecordOrigin origin{source != line.fact.station_id, source, epoch, seq};
    const Row* known = find(id);
    if (known && known->accepted() && !(origin < known->origin)) return;
    store(id, line, std::move(origin), digest);
}

void Projection::store(const std::string& id, const Admitted& line, RecordOrigin origin, const LineDigest& digest) {
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
    row.line = digest;
    row.station = line.fact.station_id;
    row.kind = line.fact.kind;
    row.occurred_at = line.fact.occurred_at;
    row.packed = pack(line.fact);
    auto special = special_of(line);
    row.is_special = special.has_value();
    if (special) specials_.put(key, std::move(*special));
    if (line.case_line) cases_.put(*line.case_line);
    if (line.policy) policy_lines_.push_back(*line.policy);
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
    identity_.write(changes);
    write_rows(tables(), changes);
}

void Projection::forget() {
    assert(dirty_.empty() && before_.empty() && touched_.empty());
    identity_.forget();
    forget_rows(tables());
}

std::size_t Projection::held() { return identity_.held() + rows_held(tables()); }

std::vector<std::string_view> Projection::table_names() {
    auto out = names_of(tables());
    const auto more = identity_.table_names();
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

}  // namespace imloop::loop
