// Vehicles as they are kept: a row of each, and one of each of its records.
#include <algorithm>
#include <utility>
#include <vector>

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
    if (out.records.size() != v.size) throw BadRow("loop_identity_evidence: other records than the vehicle counts");
    return out;
}

void Identity::State::each_vehicle(const std::function<void(const Vehicle&)>& visit) const {
    // Page by page: between two of them the visitor may forget.
    constexpr std::size_t page_size = 256;
    std::string next;
    std::vector<std::pair<std::string, IdentityVehicle>> page;
    do {
        page.clear();
        vehicles.each_between(next, {}, [&](std::string_view key, const IdentityVehicle& v) {
            page.emplace_back(KeyReader(key).text(), v);
            return page.size() < page_size;
        });
        for (const auto& [id, v] : page) visit(whole(id, v));
        if (!page.empty()) next = key_of(page.back().first) + '\0';
    } while (page.size() == page_size);
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
    if (record(record_id).vehicle_id == vehicle_id) return;
    row_at(records, record_id).vehicle_id = vehicle_id;
    moved_records.insert(record_id);
}

}  // namespace imloop::loop
