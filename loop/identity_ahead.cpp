// Rows that a batch will ask for, read in sets before it does: by the words of its records, then by what these lead to.
// Reads nothing that the work would not, but for what it leaves out when it finds a thing unchanged.
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {
namespace {

std::vector<std::string> keys_of(const auto& names) {
    std::vector<std::string> out;
    for (const auto& name : names) out.push_back(key_of(name));
    return out;
}

}  // namespace

void Identity::State::read_ahead(const std::vector<Fact>& facts) const {
    std::set<std::string> ids, node_keys, plates_named;
    std::vector<std::string> numbers;
    for (const Fact& f : facts) {
        ids.insert(f.record_id);
        if (!f.vehicle) continue;
        const Record r = record_of(f);
        if (!r.vin.empty()) node_keys.insert(Node::key_of_record(r));
        if (r.plate.empty()) continue;
        plates_named.insert(r.plate);
        if (!r.vin.empty()) continue;
        for (const auto* number : {&r.fail_report_no, &r.report_no, &r.acceptance_no})
            if (!number->empty()) numbers.push_back(key_of(r.plate, *number));
    }
    records.read_ahead(keys_of(ids));
    decided.read_ahead(keys_of(ids));
    nodes.read_ahead(keys_of(node_keys));
    plates.read_ahead(keys_of(plates_named));
    naming.read_ahead(numbers);
    failures.read_ahead(std::move(numbers));
}

/// With their records, groups, and vehicles.
void Identity::State::read_nodes_ahead(const std::set<std::string>& node_keys) const {
    nodes.read_ahead(keys_of(node_keys));
    node_records.read_ahead(keys_of(node_keys));
    std::set<std::string> groups_named, ids;
    for (const auto& key : node_keys) {
        const Node* n = nodes.find(key_of(key));
        if (n == nullptr) continue;
        groups_named.insert(n->group);
        for (auto& id : node_records.of(key_of(key))) ids.insert(std::move(id));
    }
    groups.read_ahead(keys_of(groups_named));
    placed.read_ahead(keys_of(groups_named));
    for (const auto& name : groups_named)
        for (auto& id : placed.of(key_of(name))) ids.insert(std::move(id));
    records.read_ahead(keys_of(ids));
    std::set<std::string> in;
    for (const auto& id : ids)
        if (const Record* r = find(id); r != nullptr && !r->vehicle_id.empty()) in.insert(r->vehicle_id);
    read_vehicles_ahead({in.begin(), in.end()});
}

void Identity::State::read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const {
    vehicles.read_ahead(keys_of(vehicle_ids));
    evidence.read_ahead_under(keys_of(vehicle_ids));
}

void Identity::State::read_around_changes() const {
    std::set<std::string> plates_named, node_keys(dirty_nodes);
    std::vector<std::string> slips_of, could_be;
    for (const auto& key : dirty_nodes) {
        const Node& n = node(key);
        for (const auto& slip : slip_keys(n.vin())) slips_of.push_back(key_of(slip));
        for (const auto& [plate, kinds] : n.plates) plates_named.insert(plate);
        if (n.is_loose())
            for (const auto& vin : proven_slips(n.vin())) could_be.push_back(key_of(vin));
    }
    slips.read_ahead(std::move(slips_of));
    nodes.read_ahead(std::move(could_be));
    std::vector<std::string> all_of;
    std::set<std::string> without;
    for (const auto& [plate, to_place] : dirty_plates) {
        plates_named.insert(plate);
        if (to_place.all) all_of.push_back(key_of(plate));
        without.insert(to_place.records.begin(), to_place.records.end());
    }
    bearers.read_ahead(keys_of(plates_named));
    without_vin.read_ahead(all_of);
    for (const auto& plate : plates_named)
        for (auto& key : bearers.of(key_of(plate))) node_keys.insert(std::move(key));
    for (const auto& plate : all_of)
        for (auto& id : without_vin.of(plate)) without.insert(std::move(id));
    records.read_ahead(keys_of(without));
    review.read_members_ahead({}, {dirty_records.begin(), dirty_records.end()});
    read_nodes_ahead(node_keys);
}

}  // namespace imloop::loop
