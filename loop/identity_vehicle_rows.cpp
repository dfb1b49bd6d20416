// Vehicles as they are kept: a row of each, and one of each of its records.
#include <algorithm>
#include <cassert>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

const Evidence* evidence_of(const Vehicle& v, const std::string& record_id) {
    const auto it = std::ranges::lower_bound(v.records, record_id, {}, &Evidence::record_id);
    return it == v.records.end() || it->record_id != record_id ? nullptr : &*it;
}

}  // namespace

std::optional<Vehicle> Identity::State::vehicle(const std::string& id) const {
    const auto* known = vehicles.find(key_of(id));
    return known == nullptr ? std::nullopt : std::optional(whole(id, *known));
}

Vehicle Identity::State::whole(const std::string& id, const IdentityVehicle& v) const {
    Vehicle out{id, v.vin, {}};
    out.records.reserve(v.size);
    const auto prefix = key_of(id);
    evidence.each(prefix, [&](std::string_view key, const IdentityEvidence& e) {
        out.records.push_back({KeyReader(key.substr(prefix.size())).text(), e.certainty, e.row});
    });
    assert(out.records.size() == v.size);
    return out;
}

void Identity::State::each_vehicle(const std::function<void(const Vehicle&)>& visit) const {
    vehicles.each({}, [&](std::string_view key, const IdentityVehicle& v) { visit(whole(KeyReader(key).text(), v)); });
}

/// Touches the rows that are new or other than before alone.
void Identity::State::put_vehicle(const Vehicle* was, const Vehicle& now) {
    if (was == nullptr || was->vin != now.vin || was->records.size() != now.records.size())
        vehicles.put(key_of(now.vehicle_id), {now.vin, now.records.size()});
    for (const auto& e : now.records) {
        const Evidence* before = was == nullptr ? nullptr : evidence_of(*was, e.record_id);
        if (before == nullptr || *before != e) evidence.put(key_of(now.vehicle_id, e.record_id), {e.certainty, e.row});
    }
    if (was == nullptr) return;
    for (const auto& e : was->records)
        if (evidence_of(now, e.record_id) == nullptr) evidence.erase(key_of(now.vehicle_id, e.record_id));
}

void Identity::State::drop_vehicle(const Vehicle& was) {
    for (const auto& e : was.records) evidence.erase(key_of(was.vehicle_id, e.record_id));
    vehicles.erase(key_of(was.vehicle_id));
}

void Identity::State::stands_in(const std::string& record_id, const std::string& vehicle_id) {
    if (record(record_id).vehicle_id != vehicle_id) records.change(key_of(record_id))->vehicle_id = vehicle_id;
}

}  // namespace imloop::loop
