#include "loop/identity.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {

/// The nodes whose edges may have changed: the dirty ones, those one slip from them, and, where such a one has no plate
/// (row 4 counts what is near it), those near it.
std::set<IdentityNode*> Identity::State::around_changes() const {
    std::set<Node*> around = dirty_nodes;
    for (Node* n : dirty_nodes)
        for (Node* m : neighbours(*n)) {
            around.insert(m);
            if (m->plates.empty())
                for (Node* far : neighbours(*m)) around.insert(far);
        }
    return around;
}

/// A node that lost its last record goes before groups are made; those it was joined with may part.
void Identity::State::drop_empty_nodes(std::set<Node*>& around) {
    for (Node* n : std::exchange(dirty_nodes, {})) {
        touched[n->group].whole = true;
        if (!n->records.empty()) continue;
        assert(n->plates.empty() && n->engines.empty());
        n->group->nodes.erase(n);
        around.insert(n->group->nodes.begin(), n->group->nodes.end());
        around.erase(n);
        list_slips(*n, false);
        nodes.erase(n->key);
    }
}

/// Makes the groups of the nodes around a change anew: every node whose edges may have changed, with all its group.
void Identity::State::join_nodes(const std::set<Node*>& around) {
    std::set<Node*> all;
    for (const Node* n : around) all.insert(n->group->nodes.begin(), n->group->nodes.end());
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
        touched[g].whole = true;
        for (Node* n : members) {
            touched[n->group].whole = true;
            n->group->nodes.erase(n);
            n->group = g;
            for (const auto& [plate, kinds] : n->plates) bearers_changed(plate);
        }
        g->nodes = std::move(members);
    }
}

/// Rows 7 and 8.
void Identity::State::settle_review(const std::set<Node*>& around, Changes& changes) {
    std::set<Node*> looked_at = around;
    std::set<std::string> ids = dirty_records;
    ids.insert(decided_records.begin(), decided_records.end());
    for (const auto& [g, touch] : touched) {
        if (touch.whole) looked_at.insert(g->nodes.begin(), g->nodes.end());
        for (const Record* r : touch.came) ids.insert(r->id);
    }
    for (const auto& id : decided_records)
        if (const auto it = records.find(id); it != records.end() && it->second->node != nullptr)
            looked_at.insert(it->second->node);
    for (const Node* n : std::set<Node*>(looked_at))
        for (Node* m : neighbours(*n)) looked_at.insert(m);
    for (Node* n : looked_at)
        if (const bool on = on_review(*n); std::exchange(n->review, on) != on)
            for (const Record* r : n->records) ids.insert(r->id);
    work += looked_at.size();
    for (const auto& id : ids)
        if (open_for_review(id)) {
            if (review.insert(id).second) changes.review_added.push_back(id);
        } else if (review.erase(id) > 0) {
            changes.review_removed.push_back(id);
        }
}

void Identity::State::settle_vehicles(Changes& changes) {
    std::set<Group*> whole, grown;
    for (const auto& [g, touch] : touched) (grows(*g, touch) ? grown : whole).insert(g);
    whole = with_whole_vehicles(std::move(whole));
    describe_anew(whole, changes);
    std::set<std::string> present(changes.present.begin(), changes.present.end());
    for (Group* g : grown)
        if (!whole.contains(g)) grow(*g, touched.at(g), present);
    changes.present.assign(present.begin(), present.end());
    for (const auto& id : dirty_records)
        if (!records.contains(id)) vehicle_of.erase(id);
}

Identity::Changes Identity::State::settle() {
    work = 0;
    Changes changes;
    auto around = around_changes();
    work += around.size();
    drop_empty_nodes(around);
    join_nodes(around);
    for (const auto& plate : std::exchange(dirty_plates, {})) place_without_vin(plate);
    for (const auto& id : decided_records)
        if (Group* g = group_of(id)) touched[g].whole = true;
    settle_review(around, changes);
    settle_vehicles(changes);
    for (const auto& [g, touch] : touched)
        if (g->nodes.empty() && g->without_vin.empty()) groups.erase(g);
    touched.clear();
    dirty_records.clear();
    decided_records.clear();
    assert(settled() && vehicle_of.size() == records.size() && vehicles.size() <= records.size());
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

std::optional<Vehicle> Identity::vehicle(const std::string& vehicle_id) const {
    const auto it = state_->vehicles.find(vehicle_id);
    return it == state_->vehicles.end() ? std::nullopt : std::optional(it->second);
}

std::size_t Identity::last_work() const { return state_->work; }

}  // namespace imloop::loop
