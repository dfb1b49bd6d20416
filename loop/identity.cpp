#include "loop/identity.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {
namespace {

using Record = IdentityRecord;
using Node = IdentityNode;
using Group = IdentityGroup;
using Plate = IdentityPlate;

constexpr std::size_t vin_places = 17;

bool kinds_agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

/// The same plate and kind on both.
bool share_plate(const Node& a, const Node& b) {
    for (const auto& [plate, kinds] : a.plates) {
        const auto it = b.plates.find(plate);
        if (it == b.plates.end()) continue;
        for (const auto& [ka, na] : kinds)
            for (const auto& [kb, nb] : it->second)
                if (kinds_agree(ka, kb)) return true;
    }
    return false;
}

bool engines_agree(const Node& a, const Node& b) {
    return std::any_of(a.engines.begin(), a.engines.end(), [&](const auto& e) { return b.engines.contains(e.first); });
}

/// The proven VIN, then that of more records, then the least; of two nodes of one old-style number the least key.
const Node* leading(const Group& g) {
    const auto rank = [](const Node& n) {
        return std::tuple(!n.proven, -static_cast<int>(n.records.size()), std::string_view(n.vin),
                          std::string_view(n.key));
    };
    const Node* best = nullptr;
    for (const Node* n : g.nodes)
        if (best == nullptr || rank(*n) < rank(*best)) best = n;
    return best;
}

}  // namespace

struct Identity::State {
    std::unordered_map<std::string, std::unique_ptr<Record>> records;
    std::unordered_map<std::string, std::unique_ptr<Node>> nodes;
    std::unordered_map<std::string, std::set<Node*>> slips;
    std::unordered_map<std::string, Plate> plates;
    std::unordered_map<Group*, std::unique_ptr<Group>> groups;
    std::map<std::string, IdentityDecision> decisions;
    std::unordered_map<std::string, std::set<std::string>> decisions_about;  // record_id -> decision ids

    // The vehicles as last settled.
    std::map<std::string, Vehicle> vehicles;
    std::unordered_map<std::string, std::string> vehicle_of;
    std::set<std::string> review;

    std::set<Node*> dirty_nodes;
    std::set<std::string> dirty_plates;
    std::set<Group*> dirty_groups;        ///< that lost a record without VIN
    std::set<std::string> dirty_records;  // without VIN and plate evidence, erased, or decided about
    std::size_t work = 0;

    void put(const Fact&);
    void add(std::unique_ptr<Record>);
    void erase(const std::string& id);
    void put_decision(const Fact&);
    void erase_decision(const std::string& id);
    Changes settle();

    Node& node_for(const Record&);
    std::vector<Node*> neighbours(const Node&) const;
    Group* new_group();
    void bear(Record&, int sign);
    void join_nodes(const std::set<Node*>& around, std::set<Group*>& touched);
    bool joined(const Node& a, const Node& b) const;
    void place_without_vin(const std::string& plate, std::set<Group*>& touched);
    void put_into(Record&, Group*, int row, std::set<Group*>& touched);
    Group* by_row_3(const Record&, const Plate&) const;
    Group* named(const Record&, const Plate&) const;
    bool decided(const Node& a, const Node& b) const;
    bool on_review(const Node&) const;
    std::vector<Vehicle> describe(const std::set<Group*>& groups) const;
    std::set<Group*> with_whole_vehicles(std::set<Group*>) const;
    Group* group_of(const std::string& id) const;
};

Group* Identity::State::new_group() {
    auto owned = std::make_unique<Group>();
    Group* g = owned.get();
    groups.emplace(g, std::move(owned));
    return g;
}

Node& Identity::State::node_for(const Record& r) {
    const std::string key = r.vin.size() == vin_places ? r.vin : r.vin + "|" + (r.plate.empty() ? r.id : r.plate);
    auto& slot = nodes[key];
    if (!slot) {
        slot = std::make_unique<Node>();
        slot->key = key;
        slot->vin = r.vin;
        slot->proven = vin_proven(r.vin);
        slot->group = new_group();
        slot->group->nodes.insert(slot.get());
        for (const auto& k : slip_keys(r.vin)) slips[k].insert(slot.get());
    }
    return *slot;
}

std::vector<Node*> Identity::State::neighbours(const Node& n) const {
    std::set<Node*> out;
    for (const auto& k : slip_keys(n.vin))
        if (const auto it = slips.find(k); it != slips.end())
            for (Node* m : it->second)
                if (one_slip_apart(n.vin, m->vin)) out.insert(m);
    return {out.begin(), out.end()};
}

/// Adds (+1) or takes away (-1) what a record with VIN says of its node and plates.
void Identity::State::bear(Record& r, int sign) {
    Node& n = *r.node;
    for (const auto* plate : {&r.plate, &r.new_plate}) {
        if (plate->empty()) continue;
        auto& count = n.plates[*plate][r.kind];
        if ((count += sign) == 0) n.plates[*plate].erase(r.kind);
        if (n.plates[*plate].empty()) {
            n.plates.erase(*plate);
            plates[*plate].bearers.erase(&n);
        } else {
            plates[*plate].bearers.insert(&n);
        }
        dirty_plates.insert(*plate);
    }
    if (!r.engine_no.empty() && (n.engines[r.engine_no] += sign) == 0) n.engines.erase(r.engine_no);
}

void Identity::State::put(const Fact& f) {
    if (f.decision) return put_decision(f);
    erase(f.record_id);
    if (!f.vehicle || (f.vehicle->vin.empty() && f.vehicle->plate.empty())) return;
    auto r = std::make_unique<Record>();
    r->id = f.record_id;
    r->occurred_at = r->from = r->to = f.occurred_at;
    if (f.day_only) r->to = r->from + day_ms - 1;
    r->vin = f.vehicle->vin;
    r->plate = f.vehicle->plate;
    r->kind = f.vehicle->plate_kind;
    r->engine_no = f.vehicle->engine_no;
    if (f.event) r->new_plate = f.event->new_plate;
    if (f.repair) r->fail_report_no = f.repair->fail_report_no;
    if (f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison) {
        r->report_no = f.inspection->report_no;
        r->acceptance_no = f.inspection->acceptance_no;
    }
    add(std::move(r));
}

void Identity::State::add(std::unique_ptr<Record> r) {
    dirty_records.insert(r->id);
    if (r->vin.empty()) {
        plates[r->plate].without_vin.insert(r.get());
        dirty_plates.insert(r->plate);
    } else {
        r->node = &node_for(*r);
        r->node->records.insert(r.get());
        bear(*r, +1);
        dirty_nodes.insert(r->node);
    }
    auto& slot = records[r->id];
    slot = std::move(r);
}

void Identity::State::erase(const std::string& id) {
    const auto it = records.find(id);
    if (it == records.end()) return;
    Record& r = *it->second;
    dirty_records.insert(id);
    if (r.node == nullptr) {
        plates[r.plate].without_vin.erase(&r);
        dirty_plates.insert(r.plate);
        if (r.group != nullptr) {
            r.group->without_vin.erase(&r);
            dirty_groups.insert(r.group);
        }
    } else {
        bear(r, -1);
        r.node->records.erase(&r);
        dirty_nodes.insert(r.node);
    }
    records.erase(it);
}

void Identity::State::put_decision(const Fact& f) {
    erase_decision(f.record_id);
    const auto& d = *f.decision;
    if (d.about_kind != "record_id" || (d.action != "join" && d.action != "part")) return;
    decisions[f.record_id] = {f.record_id, d.about, d.other_record_id, f.occurred_at, d.action == "join"};
    for (const auto& id : {d.about, d.other_record_id}) {
        decisions_about[id].insert(f.record_id);
        dirty_records.insert(id);
    }
}

void Identity::State::erase_decision(const std::string& id) {
    const auto it = decisions.find(id);
    if (it == decisions.end()) return;
    for (const auto& about : {it->second.about, it->second.other}) {
        decisions_about[about].erase(id);
        dirty_records.insert(about);
    }
    decisions.erase(it);
}

/// Rows 2 and 4.
bool Identity::State::joined(const Node& a, const Node& b) const {
    if (a.proven && b.proven) return false;
    if (share_plate(a, b)) return true;
    for (const auto& [bare, other] : {std::pair(&a, &b), std::pair(&b, &a)})
        if (bare->plates.empty() && engines_agree(*bare, *other) && neighbours(*bare).size() == 1) return true;
    return false;
}

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

void Identity::State::put_into(Record& r, Group* g, int row, std::set<Group*>& touched) {
    if (std::exchange(r.row, row) != row && r.group == g) touched.insert(g);
    if (r.group == g) return;
    if (r.group != nullptr) {
        r.group->without_vin.erase(&r);
        touched.insert(r.group);
    }
    r.group = g;
    g->without_vin.insert(&r);
    touched.insert(g);
}

/// Row 3 by time: the one group with this plate on both sides, or the nearest on both sides, or on the only side.
Group* Identity::State::by_row_3(const Record& x, const Plate& plate) const {
    struct Sides {
        bool before = false, after = false;
    };
    std::map<Group*, Sides> sides;
    std::optional<Moment> nearest_before, nearest_after;
    std::set<Group*> last_before, first_after;
    for (const Node* n : plate.bearers) {
        for (const Record* r : n->records) {
            if ((r->plate != x.plate && r->new_plate != x.plate) || !kinds_agree(r->kind, x.kind)) continue;
            if (r->from <= x.to) {
                sides[n->group].before = true;
                if (!nearest_before || r->from > *nearest_before) nearest_before = r->from, last_before.clear();
                if (r->from == *nearest_before) last_before.insert(n->group);
            }
            if (r->to >= x.from) {
                sides[n->group].after = true;
                if (!nearest_after || r->to < *nearest_after) nearest_after = r->to, first_after.clear();
                if (r->to == *nearest_after) first_after.insert(n->group);
            }
        }
    }
    Group* around = nullptr;
    int both = 0;
    for (const auto& [g, s] : sides)
        if (s.before && s.after) around = g, ++both;
    if (both == 1) return around;
    if (both > 1 || last_before.size() > 1 || first_after.size() > 1) return nullptr;
    if (last_before.empty()) return first_after.empty() ? nullptr : *first_after.begin();
    if (first_after.empty() || first_after == last_before) return *last_before.begin();
    return nullptr;
}

/// The one group that holds the failure that a repair names under its plate.
Group* Identity::State::named(const Record& x, const Plate& plate) const {
    if (x.fail_report_no.empty()) return nullptr;
    std::set<Group*> found;
    const auto look = [&](const Record* r, Group* g) {
        if (r->plate == x.plate && kinds_agree(r->kind, x.kind) && g != nullptr &&
            (r->report_no == x.fail_report_no || r->acceptance_no == x.fail_report_no))
            found.insert(g);
    };
    for (const Node* n : plate.bearers)
        for (const Record* r : n->records) look(r, n->group);
    for (const Record* r : plate.without_vin) look(r, r->group);
    return found.size() == 1 ? *found.begin() : nullptr;
}

/// Rows 3, 5 and 8 for all records without VIN under one plate.
void Identity::State::place_without_vin(const std::string& name, std::set<Group*>& touched) {
    const auto it = plates.find(name);
    if (it == plates.end()) return;
    Plate& plate = it->second;
    const bool was_crowded = std::exchange(plate.crowded, plate.over());
    const auto alone = [&](Record& r, int row) {
        const bool is_alone = r.group != nullptr && r.group->nodes.empty() && r.group->without_vin.size() == 1;
        put_into(r, is_alone ? r.group : new_group(), row, touched);
        ++work;
    };
    if (plate.crowded) {
        for (Record* r : plate.without_vin)
            if (!was_crowded || r->group == nullptr) alone(*r, 8);
        return;
    }
    std::set<std::string> vin_kinds, bare_kinds;
    bool kindless_vin = false;
    for (const Node* n : plate.bearers)
        for (const auto& [kind, count] : n->plates.at(name))
            kind.empty() ? (kindless_vin = true) : vin_kinds.insert(kind).second;
    for (const Record* r : plate.without_vin)
        if (!r->kind.empty()) bare_kinds.insert(r->kind);
    std::set<std::string> all_kinds = vin_kinds;
    all_kinds.insert(bare_kinds.begin(), bare_kinds.end());

    std::map<std::string, std::vector<Record*>> row_5;
    std::vector<Record*> repairs_that_name;
    for (Record* r : plate.without_vin) {
        ++work;
        const bool borne = kindless_vin || (r->kind.empty() ? !vin_kinds.empty() : vin_kinds.contains(r->kind));
        if (!r->fail_report_no.empty()) repairs_that_name.push_back(r);
        if (r->kind.empty() && all_kinds.size() > 1) {
            alone(*r, 8);
        } else if (borne) {
            Group* g = by_row_3(*r, plate);
            g != nullptr ? put_into(*r, g, 3, touched) : alone(*r, 8);
        } else {
            row_5[r->kind.empty() && !bare_kinds.empty() ? *bare_kinds.begin() : r->kind].push_back(r);
        }
    }
    for (auto& [kind, list] : row_5) {
        Group* g = nullptr;
        for (Record* r : list)
            if (r->group != nullptr && r->group->nodes.empty() && r->row == 5) g = r->group;
        if (g == nullptr) g = new_group();
        for (Record* r : list) put_into(*r, g, 5, touched);
        // The group may still hold records that have left the plate's row 5.
        const std::set<Record*> now(list.begin(), list.end());
        if (g->without_vin != now) {
            Group* own = new_group();
            for (Record* r : list) put_into(*r, own, 5, touched);
        }
    }
    std::vector<std::pair<Record*, Group*>> moves;
    for (Record* r : repairs_that_name)
        if (Group* g = named(*r, plate); g != nullptr && g != r->group) moves.emplace_back(r, g);
    for (const auto& [r, g] : moves) put_into(*r, g, 3, touched);
}

Group* Identity::State::group_of(const std::string& id) const {
    const auto it = records.find(id);
    if (it == records.end()) return nullptr;
    return it->second->node != nullptr ? it->second->node->group : it->second->group;
}

bool Identity::State::decided(const Node& a, const Node& b) const {
    for (const Record* r : a.records) {
        const auto it = decisions_about.find(r->id);
        if (it == decisions_about.end()) continue;
        for (const auto& id : it->second) {
            const auto& d = decisions.at(id);
            const auto other = records.find(d.about == r->id ? d.other : d.about);
            if (other != records.end() && other->second->node == &b) return true;
        }
    }
    return false;
}

/// Row 7.
bool Identity::State::on_review(const Node& n) const {
    for (const Node* m : neighbours(n))
        if (m->group != n.group && (!n.proven || share_plate(n, *m)) && !decided(n, *m)) return true;
    return false;
}

/// These groups and all that decisions tie to them, now or in a vehicle that stood until now: a vehicle is described
/// whole.
std::set<Group*> Identity::State::with_whole_vehicles(std::set<Group*> out) const {
    std::vector<Group*> queue(out.begin(), out.end());
    std::set<std::string> seen;
    const auto add = [&](const std::string& record_id) {
        if (Group* g = group_of(record_id); g != nullptr && out.insert(g).second) queue.push_back(g);
    };
    const auto visit = [&](const std::string& record_id) {
        const auto stood_in = vehicle_of.find(record_id);
        if (stood_in != vehicle_of.end() && seen.insert(stood_in->second).second)
            if (const auto v = vehicles.find(stood_in->second); v != vehicles.end())
                for (const auto& e : v->second.records) add(e.record_id);
        const auto about = decisions_about.find(record_id);
        if (about == decisions_about.end()) return;
        for (const auto& id : about->second) {
            add(decisions.at(id).about);
            add(decisions.at(id).other);
        }
    };
    for (const auto& id : dirty_records) visit(id);
    while (!queue.empty()) {
        const Group* g = queue.back();
        queue.pop_back();
        for (const Node* n : g->nodes)
            for (const Record* r : n->records) visit(r->id);
        for (const Record* r : g->without_vin) visit(r->id);
    }
    return out;
}

/// The vehicles of these groups: each group one vehicle, then the officers' decisions in their order.
std::vector<Vehicle> Identity::State::describe(const std::set<Group*>& of) const {
    using Members = std::map<const Record*, bool>;  // true: an officer put it here
    std::vector<Members> parts;
    std::unordered_map<const Record*, std::size_t> part_of;
    std::map<std::pair<Moment, std::string>, const IdentityDecision*> ordered;
    for (const Group* g : of) {
        Members members;
        for (const Node* n : g->nodes)
            for (const Record* r : n->records) members.emplace(r, false);
        for (const Record* r : g->without_vin) members.emplace(r, false);
        for (const auto& [r, by_officer] : members) {
            part_of[r] = parts.size();
            if (const auto it = decisions_about.find(r->id); it != decisions_about.end())
                for (const auto& id : it->second) ordered[{decisions.at(id).occurred_at, id}] = &decisions.at(id);
        }
        parts.push_back(std::move(members));
    }
    for (const auto& [when, d] : ordered) {
        const auto a = records.find(d->about), b = records.find(d->other);
        if (a == records.end() || b == records.end()) continue;
        const Record *ra = a->second.get(), *rb = b->second.get();
        if (!part_of.contains(ra) || !part_of.contains(rb)) continue;
        const std::size_t from = part_of[ra], to = part_of[rb];
        if (d->join == (from == to)) continue;
        // A join moves all of the one vehicle; a part takes the record out, with the others of its VIN where they
        // differ.
        std::vector<const Record*> moved;
        for (const auto& [r, by_officer] : parts[from])
            if (d->join || r == ra || (ra->node != nullptr && ra->node != rb->node && r->node == ra->node))
                moved.push_back(r);
        const std::size_t target = d->join ? to : parts.size();
        if (!d->join) parts.emplace_back();
        for (const Record* r : moved) {
            parts[from].erase(r);
            parts[target].emplace(r, true);
            part_of[r] = target;
        }
    }
    std::vector<Vehicle> out;
    for (const auto& members : parts) {
        if (members.empty()) continue;
        Group here;
        for (const auto& [r, by_officer] : members)
            if (r->node != nullptr) here.nodes.insert(r->node);
        const Node* lead = leading(here);
        Vehicle v;
        const Record* first = nullptr;
        for (const auto& [r, by_officer] : members) {
            if (first == nullptr || std::tie(r->occurred_at, r->id) < std::tie(first->occurred_at, first->id))
                first = r;
            const bool alone = members.size() == 1;
            const bool certain = alone || (r->node != nullptr && r->vin == lead->vin);
            int row = r->row;
            if (r->node != nullptr) row = r->node == lead ? 1 : r->node->plates.empty() ? 4 : 2;
            v.records.push_back({r->id, certain ? Certainty::certain : Certainty::likely, by_officer ? 0 : row});
        }
        v.vehicle_id = first->id;
        if (lead != nullptr) v.vin = lead->vin;
        std::sort(v.records.begin(), v.records.end(), [](auto& a, auto& b) { return a.record_id < b.record_id; });
        out.push_back(std::move(v));
    }
    return out;
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
