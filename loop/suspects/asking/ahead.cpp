// What update() will ask for, read in sets before it does.
#include <algorithm>
#include <iterator>

#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {
namespace {

std::vector<std::string> row_keys(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const auto& name : names) out.push_back(key_of(name));
    return out;
}

}  // namespace

void Suspects::read_owners_ahead(const std::vector<std::string>& owners) const {
    rows_.failed.read_ahead(row_keys(owners));
    rows_.owned.read_ahead_under(row_keys(owners));
    std::vector<std::string> flags;
    for (const auto& owner : owners)
        for (const auto& key : rows_.owned.keys(key_of(owner))) flags.push_back(key_of(second_of(key), owner));
    rows_.flags.read_ahead(std::move(flags));
}

void Suspects::read_ahead(const Projection& projection, const Projection::Changes& changes) const {
    std::vector<std::string> ids, put_ins, notes, owners, vehicles = changes.touched;
    std::erase_if(vehicles, [&](const auto& id) { return projection.identity().size_of(id) > looked_at_once_max; });
    for (const auto& changed : changes.records) ids.push_back(changed.record_id);
    for (const auto& id : ids) {
        put_ins.push_back(key_of(id));
        owners.push_back("record " + id);
        owners.push_back("keys " + id);
    }
    rows_.put_ins.read_ahead(std::move(put_ins));
    for (const auto& id : ids)
        if (rows_.put_ins.contains(key_of(id))) notes.push_back(note_of(id));
    rows_.noted.read_ahead_under(std::move(notes));
    rows_.rejected.read_ahead_under(row_keys(ids));
    projection.read_ahead(ids);
    const auto in_vehicles = projection.read_vehicles_ahead(vehicles);
    ids.insert(ids.end(), in_vehicles.begin(), in_vehicles.end());
    rows_.arrivals.read_ahead(row_keys(ids));
    read_words_ahead(projection, changes);
    vehicles.insert(vehicles.end(), changes.identity.gone.begin(), changes.identity.gone.end());
    statistics_.read_ahead(row_keys(vehicles));
    for (const auto& id : vehicles) owners.push_back("vehicle " + id);
    read_owners_ahead(owners);
}

/// Of what is taken out and put in.
void Suspects::read_words_ahead(const Projection& projection, const Projection::Changes& changes) const {
    std::vector<FoldedWord> words;
    std::set<std::string> failed;
    for (const auto& changed : changes.records) {
        if (const auto* was = rows_.put_ins.find(key_of(changed.record_id)))
            words.insert(words.end(), was->words.begin(), was->words.end());
        if (auto now = projection.fact(changed.record_id))
            std::ranges::move(words_of(record(projection, std::move(*now)), failed), std::back_inserter(words));
    }
    folds_.read_ahead(words);
}

void Suspects::read_ahead_of(const Projection& projection, const std::set<SharedKey>& keys) const {
    std::vector<std::string> owners, rows;
    for (const SharedKey& key : keys) {
        owners.push_back(owner_of(key));
        rows.push_back(key.row());
    }
    read_owners_ahead(owners);
    rows_.shared.read_ahead_under(rows);
    std::vector<std::string> notes, ids;
    for (const auto& row : rows) {
        const auto of_row = rows_.shared.keys(row);
        if (of_row.size() > looked_at_once_max) continue;  // the sweep's
        for (const auto& key : of_row) notes.push_back(note_in(key));
    }
    rows_.noted.read_ahead_under(notes);
    for (const auto& note : notes)
        for (const auto& key : rows_.noted.keys(note)) ids.push_back(record_of_noted(key));
    projection.read_ahead(ids);
    rows_.arrivals.read_ahead(row_keys(ids));
}

}  // namespace imloop::loop::rules
