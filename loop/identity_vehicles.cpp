// The groups as vehicles, with the officers' decisions, which outrank the table's rows.
#include <algorithm>
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

}  // namespace imloop::loop
