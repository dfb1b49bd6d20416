// The groups as vehicles, with the officers' decisions, which outrank the table's rows.
#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

/// The proven VIN, then that of more records, then the least; of two nodes of one old-style number the least key.
const IdentityNode* leading(const std::set<const IdentityNode*>& nodes) {
    const auto rank = [](const IdentityNode* n) {
        return std::tuple(!n->proven(), -static_cast<std::int64_t>(n->size), n->vin(), std::string_view(n->key));
    };
    const auto least = std::ranges::min_element(nodes, {}, rank);
    return least == nodes.end() ? nullptr : *least;
}

}  // namespace

Identity::State::Contents Identity::State::contents(const std::string& group) const {
    Contents out;
    if (const Group* g = groups.find(key_of(group)))
        for (const auto& key : g->nodes) {
            const Node& n = node(key);
            for (const Record* r : records_of(n)) out.emplace(r, &n);
        }
    for (const auto& id : placed.of(key_of(group))) out.emplace(&record(id), nullptr);
    return out;
}

/// These groups and all that decisions tie to them, now or in a vehicle that stood until now: a vehicle is described
/// whole.
std::map<std::string, Identity::State::Contents> Identity::State::with_whole_vehicles(std::set<std::string> of) const {
    std::map<std::string, Contents> out;
    std::set<std::string> seen;
    const auto add = [&](const std::string& record_id) {
        if (auto group = group_of(record_id); !group.empty() && !out.contains(group)) of.insert(std::move(group));
    };
    const auto visit = [&](const std::string& record_id) {
        if (const auto in = vehicle_of(record_id); !in.empty() && seen.insert(in).second)
            if (const auto whole = vehicle(in))
                for (const auto& e : whole->records) add(e.record_id);
        if (!is_decided(record_id)) return;
        for (const auto& id : decided.of(key_of(record_id))) {
            const auto& d = *decisions.find(key_of(id));
            add(d.about);
            add(d.other);
        }
    };
    while (!of.empty()) {
        const std::string name = of.extract(of.begin()).value();
        const auto& here = out[name] = contents(name);
        for (const auto& [r, n] : here) visit(r->id);
        if (const auto touch = touched.find(name); touch != touched.end())
            std::ranges::for_each(touch->second.left, visit);
    }
    return out;
}

/// The vehicles of these groups: each group one vehicle, then the officers' decisions in their order.
std::vector<Vehicle> Identity::State::describe(const std::map<std::string, Contents>& of) const {
    struct Member {
        const Node* node;
        bool by_officer;  ///< put here by one
    };
    std::vector<std::map<const Record*, Member>> parts;
    std::map<const Record*, std::size_t> part_of;  // of those that decisions are about
    std::map<std::pair<Moment, std::string>, const IdentityDecision*> ordered;
    for (const auto& [name, members] : of) {
        auto& part = parts.emplace_back();
        for (const auto& [r, n] : members) {
            part.emplace_hint(part.end(), r, Member{n, false});
            if (!r->is_decided) continue;
            part_of[r] = parts.size() - 1;
            for (const auto& id : decided.of(key_of(r->id))) {
                const auto* d = decisions.find(key_of(id));
                ordered[{d->occurred_at, id}] = d;
            }
        }
    }
    for (const auto& [when, d] : ordered) {
        const Record *a = find(d->about), *b = find(d->other);
        if (!part_of.contains(a) || !part_of.contains(b)) continue;
        const std::size_t from = part_of[a], to = part_of[b];
        if (d->join == (from == to)) continue;
        // A join moves all of the one vehicle; a part takes the record out, with the others of its VIN where they
        // differ.
        const Node *node_a = parts[from].at(a).node, *node_b = parts[to].at(b).node;
        std::vector<std::pair<const Record*, const Node*>> moved;
        for (const auto& [r, member] : parts[from])
            if (d->join || r == a || (node_a != nullptr && node_a != node_b && member.node == node_a))
                moved.emplace_back(r, member.node);
        const std::size_t target = d->join ? to : parts.size();
        if (!d->join) parts.emplace_back();
        for (const auto& [r, n] : moved) {
            parts[from].erase(r);
            parts[target].emplace(r, Member{n, true});
            part_of[r] = target;
        }
    }
    std::vector<Vehicle> out;
    for (const auto& members : parts) {
        if (members.empty()) continue;  // all of it was moved
        Nodes nodes_here;
        for (const auto& [r, member] : members)
            if (member.node != nullptr) nodes_here.insert(member.node);
        const Node* lead = leading(nodes_here);
        Vehicle v;
        const Record* first = nullptr;
        for (const auto& [r, member] : members) {
            if (first == nullptr || r->comes_before(*first)) first = r;
            const Node* n = member.node;
            const bool alone = members.size() == 1;
            const bool certain = alone || (n != nullptr && n->vin() == lead->vin());
            const int row = n == nullptr ? r->row : n == lead ? 1 : n->plates.empty() ? 4 : 2;
            v.records.push_back({r->id, certain ? Certainty::certain : Certainty::likely, member.by_officer ? 0 : row});
        }
        v.vehicle_id = first->id;
        if (lead != nullptr) v.vin = lead->vin();
        std::ranges::sort(v.records, {}, &Evidence::record_id);
        out.push_back(std::move(v));
    }
    return out;
}

/// Whether records without VIN that came and went are all that happened to this group's vehicle: it keeps its id, its
/// VIN and all other evidence.
bool Identity::State::grows(const std::string& group, const Touch& touch) const {
    const Group* g = groups.find(key_of(group));
    if (touch.whole || g == nullptr || g->vehicle_id.empty()) return false;
    const Record* first = find(g->vehicle_id);
    if (first == nullptr || touch.left.contains(g->vehicle_id)) return false;
    if (vehicles.find(key_of(g->vehicle_id))->size < 2 + touch.left.size()) return false;
    return std::ranges::none_of(touch.came, [&](const std::string& id) {
        const Record& r = record(id);
        return r.is_decided || r.id == first->id || r.comes_before(*first);
    });
}

void Identity::State::grow(const std::string& group, const Touch& touch, std::set<std::string>& present) {
    const std::string id = groups.find(key_of(group))->vehicle_id;
    std::size_t& size = vehicles.change(key_of(id))->size;
    bool changed = false;
    for (const auto& left : touch.left) {
        const auto key = key_of(id, left);
        if (!evidence.contains(key)) continue;
        evidence.erase(key);
        --size;
        changed = true;
    }
    for (const auto& came : touch.came) {
        stands_in(came, id);
        const auto key = key_of(id, came);
        const IdentityEvidence now{Certainty::likely, record(came).row};
        const auto* was = evidence.find(key);
        if (was != nullptr && *was == now) continue;
        if (was == nullptr) ++size;
        evidence.put(key, now);
        changed = true;
    }
    work += touch.left.size() + touch.came.size();
    if (changed) present.insert(id);
}

/// The vehicles of these groups, against what their records were in until now.
void Identity::State::describe_anew(const std::map<std::string, Contents>& whole, Changes& changes) {
    std::map<std::string, Vehicle> before;
    const auto stood_in = [&](const std::string& record_id) {
        const auto id = vehicle_of(record_id);
        if (id.empty() || before.contains(id)) return;
        if (auto was = vehicle(id)) before.emplace(id, std::move(*was));
    };
    for (const auto& [name, members] : whole) {
        for (const auto& [r, n] : members) stood_in(r->id);
        if (const auto touch = touched.find(name); touch != touched.end())
            std::ranges::for_each(touch->second.left, stood_in);
    }
    for (const auto& v : describe(whole)) {
        assert(!v.records.empty());
        work += v.records.size();
        for (const auto& e : v.records) stands_in(e.record_id, v.vehicle_id);
        const auto was = before.find(v.vehicle_id);
        if (was == before.end() || was->second != v) {
            changes.present.push_back(v.vehicle_id);
            put_vehicle(was == before.end() ? nullptr : &was->second, v);
        }
        if (was != before.end()) before.erase(was);
    }
    for (const auto& [id, v] : before) {
        changes.gone.push_back(id);
        drop_vehicle(v);
    }
    for (const auto& [name, members] : whole) {
        const bool is_by_officer = std::ranges::any_of(members, [](const auto& m) { return m.first->is_decided; });
        const bool is_one = !members.empty() && !is_by_officer;
        const std::string id = is_one ? members.begin()->first->vehicle_id : std::string();
        assert(!is_one || vehicles.find(key_of(id))->size == members.size());
        const Group* known = groups.find(key_of(name));
        if (members.empty() || (known != nullptr && known->vehicle_id == id)) continue;
        groups.change_or_new(key_of(name)).vehicle_id = id;
    }
}

}  // namespace imloop::loop
