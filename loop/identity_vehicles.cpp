// The groups as vehicles, with the officers' decisions, which outrank the table's rows.
#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

/// The proven VIN, then that of more records, then the least; of two nodes of one old-style number the least key.
const IdentityNode* leading(const IdentityGroup& g) {
    const auto rank = [](const IdentityNode& n) {
        return std::tuple(!n.proven, -static_cast<int>(n.records.size()), std::string_view(n.vin),
                          std::string_view(n.key));
    };
    const IdentityNode* best = nullptr;
    for (const IdentityNode* n : g.nodes)
        if (best == nullptr || rank(*n) < rank(*best)) best = n;
    return best;
}

}  // namespace

/// These groups and all that decisions tie to them, now or in a vehicle that stood until now: a vehicle is described
/// whole.
std::set<IdentityGroup*> Identity::State::with_whole_vehicles(std::set<Group*> out) const {
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
    while (!queue.empty()) {
        Group* g = queue.back();
        queue.pop_back();
        for (const Node* n : g->nodes)
            for (const Record* r : n->records) visit(r->id);
        for (const Record* r : g->without_vin) visit(r->id);
        if (const auto touch = touched.find(g); touch != touched.end())
            for (const auto& id : touch->second.left) visit(id);
    }
    return out;
}

/// The vehicles of these groups: each group one vehicle, then the officers' decisions in their order.
std::vector<Vehicle> Identity::State::describe(const std::set<Group*>& of) const {
    using VehicleRecords = std::map<const Record*, bool>;  // true: an officer put it here
    std::vector<VehicleRecords> parts;
    std::unordered_map<const Record*, std::size_t> part_of;
    std::map<std::pair<Moment, std::string>, const IdentityDecision*> ordered;
    for (const Group* g : of) {
        VehicleRecords members;
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
        if (members.empty()) continue;  // all of it was moved
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

/// Whether records without VIN that came and went are all that happened to this group's vehicle: it keeps its id, its
/// VIN and all other evidence.
bool Identity::State::grows(const Group& g, const Touch& touch) const {
    if (touch.whole || g.vehicle_id.empty()) return false;
    const auto& was = vehicles.at(g.vehicle_id);
    const auto first = records.find(g.vehicle_id);
    if (first == records.end() || touch.left.contains(g.vehicle_id) || was.records.size() < 2) return false;
    if (was.records.size() < 2 + touch.left.size()) return false;
    const Record& begin = *first->second;
    return std::ranges::none_of(touch.came, [&](const Record* r) {
        return is_decided(r->id) || r->id == g.vehicle_id ||
               std::tie(r->occurred_at, r->id) < std::tie(begin.occurred_at, begin.id);
    });
}

void Identity::State::grow(Group& g, const Touch& touch, std::set<std::string>& present) {
    auto& evidence = vehicles.at(g.vehicle_id).records;
    const auto at = [&](const std::string& id) {
        return std::ranges::lower_bound(evidence, id, {}, &Evidence::record_id);
    };
    bool changed = false;
    for (const auto& id : touch.left)
        if (const auto it = at(id); it != evidence.end() && it->record_id == id) {
            evidence.erase(it);
            changed = true;
        }
    for (const Record* r : touch.came) {
        const Evidence now{r->id, Certainty::likely, r->row};
        const auto it = at(r->id);
        vehicle_of[r->id] = g.vehicle_id;
        if (it == evidence.end() || it->record_id != r->id)
            evidence.insert(it, now);
        else if (*it != now)
            *it = now;
        else
            continue;
        changed = true;
    }
    work += touch.left.size() + touch.came.size();
    if (changed) present.insert(g.vehicle_id);
}

/// The vehicles of these groups, against what their records were in until now.
void Identity::State::describe_anew(std::set<Group*> whole, Changes& changes) {
    std::set<std::string> old;
    const auto stood_in = [&](const std::string& record_id) {
        if (const auto it = vehicle_of.find(record_id); it != vehicle_of.end()) old.insert(it->second);
    };
    for (Group* g : whole) {
        for (const Node* n : g->nodes)
            for (const Record* r : n->records) stood_in(r->id);
        for (const Record* r : g->without_vin) stood_in(r->id);
        if (const auto touch = touched.find(g); touch != touched.end())
            for (const auto& id : touch->second.left) stood_in(id);
    }
    std::map<std::string, Vehicle> before;
    for (const auto& id : old)
        if (auto was = vehicles.extract(id)) before.emplace(id, std::move(was.mapped()));
    for (auto& v : describe(whole)) {
        assert(!v.records.empty());
        work += v.records.size();
        for (const auto& e : v.records) vehicle_of[e.record_id] = v.vehicle_id;
        const auto was = before.find(v.vehicle_id);
        if (was == before.end() || was->second != v) changes.present.push_back(v.vehicle_id);
        vehicles[v.vehicle_id] = std::move(v);
    }
    for (const auto& [id, v] : before)
        if (!vehicles.contains(id)) changes.gone.push_back(id);
    for (Group* g : whole) {
        std::size_t count = g->without_vin.size();
        bool by_officer = false;
        std::string id;
        const auto look = [&](const Record* r) {
            by_officer = by_officer || is_decided(r->id);
            id = r->id;
        };
        for (const Node* n : g->nodes) {
            count += n->records.size();
            std::ranges::for_each(n->records, look);
        }
        std::ranges::for_each(g->without_vin, look);
        g->vehicle_id = count == 0 || by_officer ? std::string() : vehicle_of.at(id);
        assert(g->vehicle_id.empty() || vehicles.at(g->vehicle_id).records.size() == count);
    }
}

}  // namespace imloop::loop
