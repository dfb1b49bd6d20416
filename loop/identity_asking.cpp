// Where a record would stand, without storing it. The world as it is, but for one node that holds the record too
// (`mine`, in the place of `was`), for the groups of the nodes around it, and for what stands without VIN under their
// plates: these are made anew, by the same rows, beside what is kept.
#include <algorithm>
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop {

struct Identity::Asking {
    using Record = IdentityRecord;
    using Node = IdentityNode;
    using Group = IdentityGroup;
    using Nodes = State::Nodes;
    using Homes = std::map<const Record*, std::string>;  // the name of its group

    const State& world;
    Record x;
    Node mine;
    const Node* was = nullptr;
    std::set<std::string> shaken;  ///< groups that may be others with x
    std::map<const Node*, std::string> regrouped;
    std::map<std::string, Nodes> made;
    std::map<std::string, Homes> homes;

    Asking(const State& of, const VehicleWords& words, Moment at) : world(of) {
        x.id = "~";  // sorts behind every record_id: it never names a vehicle
        x.occurred_at = at;
        x.vin = words.vin;
        x.plate = comparable_plate(words.plate);
        x.kind = words.plate_kind;
        x.engine_no = words.engine_no;
        if (x.vin.empty()) return;
        mine.key = Node::key_of_record(x);
        was = world.nodes.find(key_of(mine.key));
        if (was != nullptr) {
            mine = *was;
            shaken.insert(was->group);
        }
        mine.count(x, +1);
        for (const Node* n : neighbours(mine)) shaken.insert(n->group);
    }

    std::vector<const Node*> neighbours(const Node& n) const {
        auto out = world.neighbours(n);
        if (&n == &mine) return out;
        const auto own = std::ranges::find(out, was);
        if (own != out.end())
            *own = &mine;
        else if (!x.vin.empty() && one_slip_apart(n.vin(), mine.vin()))  // the words' plate may make them neighbours
            out.push_back(&mine);
        return out;
    }

    const std::string& group_of(const Node* n) {
        if (n == was && was != nullptr) n = &mine;
        if (n != &mine && !shaken.contains(n->group)) return n->group;
        if (const auto known = regrouped.find(n); known != regrouped.end()) return known->second;
        Nodes joined{n};
        std::vector<const Node*> queue{n};
        std::string least = n->key;
        while (!queue.empty()) {
            const Node* a = queue.back();
            queue.pop_back();
            least = std::min(least, a->key);
            const auto near = [&](const Node& of) { return neighbours(of).size(); };
            for (const Node* b : neighbours(*a))
                if (!joined.contains(b) && joined_by_rows(*a, *b, near)) joined.insert(b), queue.push_back(b);
        }
        const auto name = Group::of_nodes(least);
        for (const Node* a : joined) regrouped.emplace(a, name);
        made.emplace(name, std::move(joined));
        return regrouped.at(n);
    }

    const Node* node_of(const Record& r) const {
        const Node* n = &r == &x && !x.vin.empty() ? &mine : world.node_of(r);
        return n != nullptr && n == was ? &mine : n;
    }

    std::vector<const Record*> records_of(const Node& n) const {
        auto out = world.records_of(n);
        if (&n == &mine) out.push_back(&x);
        return out;
    }

    bool is_here(const std::string& plate) const { return x.vin.empty() && x.plate == plate; }

    /// Of all records without VIN under a plate, x among them.
    const Homes& homes_under(const std::string& plate) {
        const auto [known, is_new] = homes.try_emplace(plate);
        if (!is_new) return known->second;
        std::vector<IdentityBearer> bearers;
        for (const auto& key : world.bearers.of(key_of(plate)))
            if (const Node& n = world.node(key); &n != was) bearers.push_back(world.bearer(n, group_of(&n), plate));
        if (mine.plates.contains(plate)) {
            auto& own = bearers.emplace_back(world.bearer(mine, group_of(&mine), plate));
            if (x.plate == plate) own.records.push_back(&x);
        }
        auto kinds = world.kinds_given(plate);
        if (is_here(plate) && !x.kind.empty()) kinds.insert(x.kind);
        const IdentityPlateRows rows(plate, std::move(bearers), std::move(kinds));
        for (const auto& id : world.without_vin.of(key_of(plate))) {
            const Record& r = world.record(id);
            known->second.emplace(&r, rows.home(r, world.named_without_vin(r)).group);
        }
        if (is_here(plate)) known->second.emplace(&x, rows.home(x, {}).group);
        return known->second;
    }

    std::string group_of(const Record& r) {
        if (const Node* n = node_of(r)) return group_of(n);
        return r.neither() ? Group::of_record(r.id) : homes_under(r.plate).at(&r);
    }

    Nodes nodes_of(const std::string& group) {
        if (const auto anew = made.find(group); anew != made.end()) return anew->second;
        Nodes out;
        if (const Group* known = world.groups.find(key_of(group)))
            for (const auto& key : known->nodes) out.insert(&world.node(key));
        return out;
    }

    /// All records of the group, `of` among them.
    State::Contents contents(const std::string& group, const Record& of) {
        State::Contents out;
        std::set<std::string> plates;
        if (node_of(of) == nullptr) plates.insert(of.plate);
        for (const Node* n : nodes_of(group)) {
            for (const Record* r : records_of(*n)) out.emplace(r, n);
            for (const auto& [plate, kinds] : n->plates) plates.insert(plate);
        }
        if (of.neither()) out.emplace(&of, nullptr);
        for (const auto& plate : plates)
            for (const auto& [r, home] : homes_under(plate))
                if (home == group) out.emplace(r, nullptr);
        return out;
    }

    /// x's group with all that officers' decisions tie to it.
    std::map<std::string, State::Contents> around_x() {
        std::map<std::string, State::Contents> out;
        std::vector<const Record*> queue{&x};
        while (!queue.empty()) {
            const Record& next = *queue.back();
            queue.pop_back();
            const auto group = group_of(next);
            const auto [slot, is_new] = out.try_emplace(group);
            if (!is_new) continue;
            slot->second = contents(group, next);
            for (const auto& [r, n] : slot->second) {
                if (!r->is_decided) continue;
                for (const auto& id : world.decided.of(key_of(r->id))) {
                    const auto& d = *world.decisions.find(key_of(id));
                    for (const auto* about : {&d.about, &d.other})
                        if (const Record* other = world.find(*about)) queue.push_back(other);
                }
            }
        }
        return out;
    }

    bool on_review() {
        if (x.vin.empty()) return x.neither() || group_of(x) == Group::of_record(x.id);
        return std::ranges::any_of(neighbours(mine), [&](const Node* n) {
            return group_of(n) != group_of(&mine) && (!mine.proven() || share_plate(mine, *n)) &&
                   !world.has_decided(mine, *n);
        });
    }
};

Placement Identity::place(const VehicleWords& words, Moment moment) const {
    assert(state_->settled());
    Asking asking(*state_, counting(words), moment);
    if (asking.on_review()) return {Placement::Kind::review, {}, {}};
    Placement out;
    for (const auto& v : state_->describe(asking.around_x())) {
        const auto own = std::ranges::find(v.records, asking.x.id, &Evidence::record_id);
        if (own == v.records.end() || v.records.size() == 1) continue;
        out.kind = Placement::Kind::vehicle;
        const IdentityRecord* first = nullptr;
        for (const auto& e : v.records) {
            if (e.record_id == asking.x.id) continue;
            out.records.push_back(e.record_id);
            const auto& r = state_->record(e.record_id);
            if (first == nullptr || r.comes_before(*first)) first = &r;
        }
        out.vehicle_id = first->vehicle_id;
    }
    return out;
}

}  // namespace imloop::loop
