// What is found of a record by other words than its id: its corrections, the waivers about it, the places it names.
#include <cassert>

#include "loop/fact_pack.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {
namespace {

/// A form that its record brings itself has the short key.
std::string listed(const std::string& under, const std::string& record_id, const std::string& by) {
    return record_id == by ? key_of(under, record_id) : key_of(under, record_id, by);
}

void put_or_erase(Table<Mark>& table, const std::string& key, bool is_in) {
    if (is_in)
        table.put(key, {});
    else
        table.erase(key);
}

/// The second texts of the keys under the first, each once, ascending.
template <typename Take>
void each_second(const Table<Mark>& table, const std::string& first, Take take) {
    std::string last;
    table.each(key_of(first), [&](std::string_view key, const Mark&) {
        KeyReader reader(key);
        reader.text();
        if (auto second = reader.text(); second != last) take(last = std::move(second));
    });
}

}  // namespace

void Projection::set(const std::string& record_id, bool RecordRow::*flag, bool value) {
    const Row* held = find(record_id);
    if (held ? held->*flag == value : !value) return;
    Row& row = records_.change_or_new(key_of(record_id));
    row.*flag = value;
    if (row.known() || row.is_corrected || row.is_waived) return;
    assert(row.applied == WordsOf() && !row.ghost_day && !row.is_special);
    records_.erase(key_of(record_id));
}

/// Puts what the line of a record says of it and of the record it corrects among what is found, or takes it out again.
void Projection::list(const std::string& id, const Row& row, bool is_in) {
    if (row.kind == Kind::decision)
        list_form(id, id, unpack(row.packed), is_in);
    else
        put_or_erase(places_, key_of(row.station, id), is_in);
    if (!row.is_special) return;
    const Special& own = *special(id);
    if (own.registration) put_or_erase(places_, key_of(own.registration->county, id), is_in);
    if (own.corrects.empty()) return;
    if (!own.replacement.empty()) list_form(own.corrects, id, unpack(own.replacement), is_in);
    put_or_erase(corrections_, key_of(own.corrects, id), is_in);
    set(own.corrects, &Row::is_corrected, is_in || corrections_.has_any(key_of(own.corrects)));
}

/// `by`: the record that brings this form.
void Projection::list_form(const std::string& record_id, const std::string& by, const Fact& form, bool is_in) {
    put_or_erase(places_, listed(form.station_id, record_id, by), is_in);
    if (!form.decision || form.decision->action != "waive") return;
    const auto& about = form.decision->about;
    touched_.insert(about);
    put_or_erase(waivers_, listed(about, record_id, by), is_in);
    set(about, &Row::is_waived, is_in || waivers_.has_any(key_of(about)));
}

void Projection::list_rejected(const std::string& id, const std::string& source, const std::string& station) {
    const auto key = key_of(id, source, station);
    if (rejected_.contains(key)) return;
    rejected_.put(key, {});
    places_.put(key_of(station, id, source), {});
    set(id, &Row::is_rejected, true);
    mark(id, *find(id));
}

std::vector<std::string> Projection::corrections(const std::string& record_id, const Row& row) const {
    std::vector<std::string> out;
    if (row.is_corrected) each_second(corrections_, record_id, [&](const std::string& id) { out.push_back(id); });
    return out;
}

/// In any form, whatever they say today.
std::vector<std::string> Projection::waivers_about(const std::string& record_id, const Row& row) const {
    std::vector<std::string> out;
    if (row.is_waived) each_second(waivers_, record_id, [&](const std::string& id) { out.push_back(id); });
    return out;
}

/// Those that name one of them in any form.
std::set<std::string> Projection::records_at(const std::set<std::string>& places) const {
    std::set<std::string> out;
    for (const auto& place : places) each_second(places_, place, [&](const std::string& id) { out.insert(id); });
    return out;
}

}  // namespace imloop::loop
