#include "loop/identity.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {

/// The nodes whose edges may have changed: the dirty ones, those one slip from them, and, where such a one has no plate
/// (docs/identity.md, row 4, counts what is near it), those near it.
Identity::State::Nodes Identity::State::around_changes() {
    Nodes around;
    for (const auto& key : dirty_nodes) {
        const Node& n = node(key);
        around.insert(&n);
        for (const Node* m : near(n)) {
            around.insert(m);
            if (m->plates.empty()) around.insert(near(*m).begin(), near(*m).end());
        }
    }
    return around;
}

/// A node that lost its last record goes before groups are made; those it was joined with may part.
void Identity::State::drop_empty_nodes(Nodes& around) {
    for (const auto& key : std::exchange(dirty_nodes, {})) {
        Node& n = row_at(nodes, key);
        touched[n.group].whole = true;
        if (n.size > 0) continue;
        assert(n.plates.empty() && n.engines.empty());
        near_known.clear();
        auto& left = row_at(groups, n.group).nodes;
        left.erase(key);
        for (const auto& other : left) around.insert(&node(other));
        around.erase(&n);
        list_slips(n, false);
        nodes.erase(key_of(key));
    }
}

/// Makes the groups of the nodes around a change anew: every node whose edges may have changed, with all its group.
void Identity::State::join_nodes(const Nodes& around) {
    Nodes all, seen;
    for (const Node* n : around)
        for (const auto& key : row_at(std::as_const(groups), n->group).nodes) all.insert(&node(key));
    std::vector<std::set<std::string>> others;
    for (const Node* start : all) {
        if (!seen.insert(start).second) continue;
        std::set<std::string> members{start->key};
        std::vector<const Node*> queue{start};
        while (!queue.empty()) {
            const Node* n = queue.back();
            queue.pop_back();
            ++work;
            for (const Node* m : near(*n))
                if (all.contains(m) && joined(*n, *m) && seen.insert(m).second)
                    members.insert(m->key), queue.push_back(m);
        }
        const bool stands = start->group == Group::of_nodes(*members.begin()) &&
                            members == row_at(std::as_const(groups), start->group).nodes;
        if (!stands) others.push_back(std::move(members));
    }
    regroup(others);
}

/// All nodes leave their groups before any comes into another: one of these may have the name of one of those.
void Identity::State::regroup(const std::vector<std::set<std::string>>& into) {
    for (const auto& members : into)
        for (const auto& key : members) {
            const Node& n = node(key);
            touched[n.group].whole = true;
            row_at(groups, n.group).nodes.erase(key);
            for (const auto& [plate, kinds] : n.plates) dirty_plates[plate].all = true;
        }
    for (const auto& members : into) {
        const auto name = Group::of_nodes(*members.begin());
        Group& g = groups.change_or_new(key_of(name));
        assert(g.nodes.empty());
        g.nodes = members;
        touched[name].whole = true;
        for (const auto& key : members) row_at(nodes, key).group = name;
    }
}

/// docs/identity.md, rows 7 and 8.
void Identity::State::settle_review(const Nodes& around, Changes& changes) {
    Nodes looked_at = around;
    std::set<std::string> ids = dirty_records;
    ids.insert(decided_records.begin(), decided_records.end());
    for (const auto& [name, touch] : touched) {
        const Group* g = touch.whole ? groups.find(key_of(name)) : nullptr;
        if (g != nullptr)
            for (const auto& key : g->nodes) looked_at.insert(&node(key));
        ids.insert(touch.came.begin(), touch.came.end());
    }
    for (const auto& id : decided_records)
        if (const Record* r = find(id); r != nullptr && !r->vin.empty()) looked_at.insert(node_of(*r));
    for (const Node* n : Nodes(looked_at)) looked_at.insert(near(*n).begin(), near(*n).end());
    for (const Node* n : looked_at) {
        const bool on = belongs_on_review(*n);
        if (on == n->is_on_review) continue;
        row_at(nodes, n->key).is_on_review = on;
        for (auto& id : node_records.of(key_of(n->key))) ids.insert(std::move(id));
    }
    work += looked_at.size();
    for (const auto& id : ids) {
        const bool open = open_for_review(id);
        if (review.turn({}, id, open)) (open ? changes.review_added : changes.review_removed).push_back(id);
    }
}

void Identity::State::settle_vehicles(Changes& changes) {
    std::set<std::string> whole, grown;
    for (const auto& [name, touch] : touched) (grows(name, touch) ? grown : whole).insert(name);
    const auto anew = with_whole_vehicles(std::move(whole));
    describe_anew(anew, changes);
    std::set<std::string> present(changes.present.begin(), changes.present.end());
    for (const auto& name : grown)
        if (!anew.contains(name)) grow(name, touched.at(name), present);
    changes.present.assign(present.begin(), present.end());
}

void Identity::State::drop_empty_groups() {
    for (const auto& [name, touch] : touched) {
        const Group* g = groups.find(key_of(name));
        if (g != nullptr && g->nodes.empty() && !placed.has_any(key_of(name))) groups.erase(key_of(name));
    }
}

Identity::Changes Identity::State::settle() {
    work = 0;
    Changes changes;
    if (rows && rows->reads_sets()) read_around_changes();
    auto around = around_changes();
    work += around.size();
    drop_empty_nodes(around);
    join_nodes(around);
    for (const auto& [plate, to_place] : std::exchange(dirty_plates, {})) place_without_vin(plate, to_place);
    for (const auto& id : decided_records)
        if (const auto group = group_of(id); !group.empty()) touched[group].whole = true;
    settle_review(around, changes);
    settle_vehicles(changes);
    drop_empty_groups();
    changes.moved.assign(moved_records.begin(), moved_records.end());
    moved_records.clear();
    touched.clear();
    dirty_records.clear();
    decided_records.clear();
    stood.clear();
    near_known.clear();
    assert(settled());
    return changes;
}

Identity::Identity(const Rows* rows) : state_(std::make_unique<State>(rows)) {}
Identity::~Identity() = default;
Identity::Identity(Identity&&) noexcept = default;
Identity& Identity::operator=(Identity&&) noexcept = default;

void Identity::read_ahead(const std::vector<Fact>& facts) const { state_->read_ahead(facts); }
void Identity::read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const {
    state_->read_vehicles_ahead(vehicle_ids);
}
void Identity::put(const Fact& f) { state_->put(f); }
void Identity::erase(const std::string& record_id) {
    state_->erase(record_id);
    state_->erase_decision(record_id);
}
Identity::Changes Identity::settle() { return state_->settle(); }

void Identity::each_vehicle(const std::function<void(const Vehicle&)>& visit) const { state_->each_vehicle(visit); }

std::vector<Vehicle> Identity::vehicles() const {
    std::vector<Vehicle> out;
    each_vehicle([&](const Vehicle& v) { out.push_back(v); });
    return out;
}

std::vector<std::string> Identity::review() const { return state_->review.of({}); }
std::string Identity::vehicle_of(const std::string& record_id) const { return state_->vehicle_of(record_id); }
std::optional<Vehicle> Identity::vehicle(const std::string& vehicle_id) const { return state_->vehicle(vehicle_id); }

std::size_t Identity::size_of(const std::string& vehicle_id) const {
    const auto* v = state_->vehicles.find(key_of(vehicle_id));
    return v == nullptr ? 0 : v->size;
}

std::size_t Identity::last_work() const { return state_->work; }

void Identity::write(const RowChanges& changes) {
    assert(state_->settled());
    write_rows(state_->tables(), changes);
}

void Identity::forget() {
    assert(state_->settled());
    forget_rows(state_->tables());
}

std::size_t Identity::held() const { return rows_held(state_->tables()); }

std::vector<std::string_view> Identity::table_names() const { return names_of(state_->tables()); }

}  // namespace imloop::loop
