// Where a record would stand, without storing it. The world as it is, but for one node that holds the record too
// (`mine`, in the place of `was`), for the groups of the nodes around it, and for what stands without VIN under their
// plates: these are made anew, by the same rows, beside what is kept.
#include <algorithm>
#include <cassert>
#include <tuple>

#include "loop/identity_state.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop {

struct Identity::Asking {
    using Record = IdentityRecord;
    using Node = IdentityNode;
    using Group = IdentityGroup;
    using Homes = std::map<Record*, IdentityHome>;
    /// The records of one home: a group of VINs, a plate's kind, or one that stands alone. The plate is of the latter
    /// two.
    using Unit = std::pair<std::string, IdentityHome>;

    const State& world;
    Record x;
    Node mine;
    Node* was = nullptr;
    std::set<const Group*> shaken;  ///< groups that may be others with x
    std::map<const Node*, Group*> regrouped;
    std::map<std::string, Homes> homes;
    std::map<Unit, std::unique_ptr<Group>> units;
    std::vector<std::unique_ptr<Group>> made;

    Asking(const State& of, const VehicleWords& words, Moment at) : world(of) {
        x.id = "~";  // sorts behind every record_id: it never names a vehicle
        x.occurred_at = x.from = x.to = at;
        x.vin = words.vin;
        x.plate = comparable_plate(words.plate);
        x.kind = words.plate_kind;
        x.engine_no = words.engine_no;
        if (x.vin.empty()) return;
        const auto known = world.nodes.find(identity_key(x));
        if (known != world.nodes.end()) was = known->second.get();
        if (was != nullptr) {
            mine = *was;
        } else {
            mine.key = identity_key(x);
            mine.vin = x.vin;
            mine.proven = vin_proven(x.vin);
            mine.group = nullptr;
        }
        x.node = was != nullptr ? was : &mine;
        mine.records.insert(&x);
        mine.count(x, +1);
        if (was != nullptr) shaken.insert(was->group);
        for (const Node* n : neighbours(mine)) shaken.insert(n->group);
    }

    std::vector<Node*> neighbours(const Node& n) {
        auto out = world.neighbours(n);
        if (&n == &mine) return out;
        const auto own = std::ranges::find(out, was);
        if (own != out.end())
            *own = &mine;
        else if (!mine.vin.empty() && one_slip_apart(n.vin, mine.vin))  // the words' plate may make them neighbours
            out.push_back(&mine);
        return out;
    }

    Group* group_of(Node* n) {
        if (n == was && was != nullptr) n = &mine;
        if (n != &mine && !shaken.contains(n->group)) return n->group;
        if (const auto known = regrouped.find(n); known != regrouped.end()) return known->second;
        Group* g = made.emplace_back(std::make_unique<Group>()).get();
        std::vector<Node*> queue{n};
        g->nodes.insert(n);
        while (!queue.empty()) {
            Node* a = queue.back();
            queue.pop_back();
            regrouped[a] = g;
            const auto near = [&](const Node& of) { return neighbours(of).size(); };
            for (Node* b : neighbours(*a))
                if (!g->nodes.contains(b) && joined_by_rows(*a, *b, near)) g->nodes.insert(b), queue.push_back(b);
        }
        return g;
    }

    bool is_here(const std::string& plate) const { return x.vin.empty() && x.plate == plate; }

    /// Of all records without VIN under a plate, x among them.
    const Homes& homes_under(const std::string& name) {
        const auto [known, is_new] = homes.try_emplace(name);
        if (!is_new) return known->second;
        static const IdentityPlate nobodys{};
        const auto it = world.plates.find(name);
        const IdentityPlate& plate = it == world.plates.end() ? nobodys : it->second;
        std::vector<IdentityPlateRows::Bearer> bearers;
        for (Node* n : plate.bearers)
            if (n != was) bearers.emplace_back(n, group_of(n));
        if (mine.plates.contains(name)) bearers.emplace_back(&mine, group_of(&mine));
        auto kinds = plate.kinds_given();
        if (is_here(name) && !x.kind.empty()) kinds.insert(x.kind);
        const IdentityPlateRows rows(name, std::move(bearers), std::move(kinds));
        const auto home_of = [&](const Record& r) {
            return r.node != nullptr ? IdentityHome{.group = group_of(r.node)} : rows.home(r);
        };
        for (Record* r : plate.without_vin) known->second[r] = plate.named(*r, rows, home_of).value_or(home_of(*r));
        if (is_here(name)) known->second[&x] = rows.home(x);
        return known->second;
    }

    Unit unit_of(Record& r) {
        if (r.node != nullptr) return {"", {.group = group_of(r.node)}};
        if (r.neither()) return {"", {.lone = &r}};
        const auto& home = homes_under(r.plate).at(&r);
        return {home.group != nullptr ? "" : r.plate, home};
    }

    /// The unit's records, `of` among them, as a group of their own.
    std::unique_ptr<Group> filled(const Unit& unit, Record& of) {
        const auto& [plate, home] = unit;
        auto out = std::make_unique<Group>();
        std::set<std::string> plates;
        if (home.group != nullptr) {
            out->nodes = home.group->nodes;
            for (const Node* n : out->nodes)
                for (const auto& [name, kinds] : n->plates) plates.insert(name);
        } else if (!plate.empty()) {
            plates.insert(plate);
        } else {
            out->without_vin.insert(&of);
        }
        for (const auto& name : plates)
            for (const auto& [r, at] : homes_under(name))
                if (at == home) out->without_vin.insert(r);
        return out;
    }

    /// x's unit with all that officers' decisions tie to it.
    std::set<Group*> around_x() {
        std::set<Group*> out;
        std::vector<Record*> queue{&x};
        while (!queue.empty()) {
            Record& next = *queue.back();
            queue.pop_back();
            const auto unit = unit_of(next);
            auto& slot = units[unit];
            if (slot) continue;
            slot = filled(unit, next);
            out.insert(slot.get());
            const auto follow = [&](const Record* r) {
                const auto about = world.decisions_about.find(r->id);
                if (about == world.decisions_about.end()) return;
                for (const auto& id : about->second)
                    for (const auto& other : {world.decisions.at(id).about, world.decisions.at(id).other})
                        if (const auto it = world.records.find(other); it != world.records.end())
                            queue.push_back(it->second.get());
            };
            for (const Node* n : slot->nodes) std::ranges::for_each(n->records, follow);
            std::ranges::for_each(slot->without_vin, follow);
        }
        return out;
    }

    bool on_review() {
        if (x.vin.empty()) return x.neither() || homes_under(x.plate).at(&x).lone != nullptr;
        return std::ranges::any_of(neighbours(mine), [&](Node* n) {
            return group_of(n) != group_of(&mine) && (!mine.proven || share_plate(mine, *n)) &&
                   !world.decided(mine, *n);
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
        const State::Record* first = nullptr;
        for (const auto& e : v.records) {
            if (e.record_id == asking.x.id) continue;
            out.records.push_back(e.record_id);
            const auto* r = state_->records.at(e.record_id).get();
            if (first == nullptr || std::tie(r->occurred_at, r->id) < std::tie(first->occurred_at, first->id))
                first = r;
        }
        out.vehicle_id = vehicle_of(first->id);
    }
    return out;
}

}  // namespace imloop::loop
