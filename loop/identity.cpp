#include "loop/identity.hpp"

#include <algorithm>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {

/// Makes the groups of the nodes around a change anew: every node whose edges may have changed, with all its group.
void Identity::State::join_nodes(const std::set<Node*>& around, std::set<Group*>& touched) {
    std::set<Node*> all;
    std::set<Group*> old;
    for (Node* n : around) old.insert(n->group);
    for (Group* g : old) all.insert(g->nodes.begin(), g->nodes.end());
    for (Group* g : old) {
        touched.insert(g);
        for (Record* r : g->without_vin) dirty_plates.insert(r->plate);
    }
    std::set<Node*> seen;
    for (Node* start : all) {
        if (!seen.insert(start).second) continue;
        std::set<Node*> members{start};
        std::vector<Node*> queue{start};
        while (!queue.empty()) {
            Node* n = queue.back();
            queue.pop_back();
            ++work;
            for (Node* m : neighbours(*n))
                if (all.contains(m) && joined(*n, *m) && seen.insert(m).second) members.insert(m), queue.push_back(m);
        }
        if (members == start->group->nodes) continue;
        Group* g = new_group();
        for (Node* n : members) {
            n->group->nodes.erase(n);
            n->group = g;
            for (const auto& [plate, kinds] : n->plates) dirty_plates.insert(plate);
        }
        g->nodes = std::move(members);
        touched.insert(g);
    }
}

Identity::Changes Identity::State::settle() {
    work = 0;
    std::set<Node*> around = dirty_nodes;
    for (Node* n : dirty_nodes)
        for (Node* m : neighbours(*n)) {
            around.insert(m);
            if (m->plates.empty())
                for (Node* far : neighbours(*m)) around.insert(far);
        }
    work += around.size();
    std::set<Group*> touched = std::exchange(dirty_groups, {});
    // A node that lost its last record goes before groups are made.
    for (Node* n : dirty_nodes) {
        if (!n->records.empty()) continue;
        around.erase(n);
        touched.insert(n->group);
        for (Record* r : n->group->without_vin) dirty_plates.insert(r->plate);
        for (Node* m : n->group->nodes)
            if (m != n) around.insert(m);
        n->group->nodes.erase(n);
        for (const auto& k : slip_keys(n->vin)) {
            const auto it = slips.find(k);
            it->second.erase(n);
            if (it->second.empty()) slips.erase(it);
        }
    }
    for (Node* n : dirty_nodes)
        if (n->records.empty()) {
            around.erase(n);
            nodes.erase(n->key);
        }
    dirty_nodes.clear();
    join_nodes(around, touched);
    for (const auto& plate : dirty_plates) place_without_vin(plate, touched);
    dirty_plates.clear();
    for (const auto& id : dirty_records)
        if (Group* g = group_of(id)) touched.insert(g);
    touched = with_whole_vehicles(std::move(touched));

    Changes changes;
    // Review, rows 7 and 8.
    std::set<Node*> review_nodes = around;
    for (Group* g : touched) review_nodes.insert(g->nodes.begin(), g->nodes.end());
    for (Node* n : std::set<Node*>(review_nodes))
        for (Node* m : neighbours(*n)) review_nodes.insert(m);
    std::set<std::string> listed, not_listed;
    for (Node* n : review_nodes) {
        n->review = on_review(*n);
        for (Record* r : n->records) (n->review ? listed : not_listed).insert(r->id);
    }
    for (Group* g : touched)
        for (Record* r : g->without_vin) {
            const auto it = decisions_about.find(r->id);
            const bool open = r->row == 8 && (it == decisions_about.end() || it->second.empty());
            (open ? listed : not_listed).insert(r->id);
        }
    for (const auto& id : dirty_records)
        if (!records.contains(id)) not_listed.insert(id);
    for (const auto& id : listed)
        if (review.insert(id).second) changes.review_added.push_back(id);
    for (const auto& id : not_listed)
        if (review.erase(id) > 0) changes.review_removed.push_back(id);

    // Vehicles: what the touched records were in, against what they are in now.
    auto fresh = describe(touched);
    std::set<std::string> old;
    for (const auto& v : fresh)
        for (const auto& e : v.records)
            if (const auto it = vehicle_of.find(e.record_id); it != vehicle_of.end()) old.insert(it->second);
    for (const auto& id : dirty_records)
        if (const auto it = vehicle_of.find(id); it != vehicle_of.end()) {
            old.insert(it->second);
            if (!records.contains(id)) vehicle_of.erase(it);
        }
    std::map<std::string, Vehicle> before;
    for (const auto& id : old) {
        const auto it = vehicles.find(id);
        if (it == vehicles.end()) continue;
        before.emplace(id, std::move(it->second));
        vehicles.erase(it);
    }
    for (auto& v : fresh) {
        work += v.records.size();
        for (const auto& e : v.records) vehicle_of[e.record_id] = v.vehicle_id;
        const auto was = before.find(v.vehicle_id);
        if (was == before.end() || !(was->second == v)) changes.present.push_back(v);
        const auto id = v.vehicle_id;
        vehicles[id] = std::move(v);
    }
    for (const auto& [id, v] : before)
        if (!vehicles.contains(id)) changes.gone.push_back(id);
    dirty_records.clear();
    for (Group* g : touched)
        if (g->nodes.empty() && g->without_vin.empty()) groups.erase(g);
    std::sort(changes.present.begin(), changes.present.end(),
              [](const auto& a, const auto& b) { return a.vehicle_id < b.vehicle_id; });
    return changes;
}

Identity::Identity() : state_(std::make_unique<State>()) {}
Identity::~Identity() = default;
Identity::Identity(Identity&&) noexcept = default;
Identity& Identity::operator=(Identity&&) noexcept = default;

void Identity::put(const Fact& f) { state_->put(f); }
void Identity::erase(const std::string& record_id) {
    state_->erase(record_id);
    state_->erase_decision(record_id);
}
Identity::Changes Identity::settle() { return state_->settle(); }

std::vector<Vehicle> Identity::vehicles() const {
    std::vector<Vehicle> out;
    out.reserve(state_->vehicles.size());
    for (const auto& [id, v] : state_->vehicles) out.push_back(v);
    return out;
}

std::vector<std::string> Identity::review() const { return {state_->review.begin(), state_->review.end()}; }

std::string Identity::vehicle_of(const std::string& record_id) const {
    const auto it = state_->vehicle_of.find(record_id);
    return it == state_->vehicle_of.end() ? std::string() : it->second;
}

const Vehicle* Identity::vehicle(const std::string& vehicle_id) const {
    const auto it = state_->vehicles.find(vehicle_id);
    return it == state_->vehicles.end() ? nullptr : &it->second;
}

Placement Identity::place(const VehicleWords& words, Moment moment) const {
    // A record of its own, for as long as the question lasts; "~" sorts after every id, so it never names a vehicle
    // that has another record of the same moment.
    Fact asking;
    asking.record_id = "~";
    asking.occurred_at = moment;
    asking.vehicle = words;
    state_->put(asking);
    state_->settle();
    Placement out;
    if (state_->review.contains("~")) {
        out.kind = Placement::Kind::review;
    } else if (const auto* v = vehicle(vehicle_of("~")); v != nullptr && v->records.size() > 1) {
        out.kind = Placement::Kind::vehicle;
        const auto other =
            v->records.front().record_id == "~" ? v->records.back().record_id : v->records.front().record_id;
        state_->erase("~");
        state_->settle();
        out.vehicle_id = vehicle_of(other);
        return out;
    }
    state_->erase("~");
    state_->settle();
    return out;
}

std::size_t Identity::last_work() const { return state_->work; }

}  // namespace imloop::loop
