// The contract's table ("Vehicle identity"), where its rows are decided; row 1 is node_for() in identity_index.cpp.
#include <algorithm>
#include <optional>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

bool kinds_agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

/// The same plate and kind on both.
bool share_plate(const IdentityNode& a, const IdentityNode& b) {
    for (const auto& [plate, kinds] : a.plates) {
        const auto it = b.plates.find(plate);
        if (it == b.plates.end()) continue;
        for (const auto& [ka, na] : kinds)
            for (const auto& [kb, nb] : it->second)
                if (kinds_agree(ka, kb)) return true;
    }
    return false;
}

bool engines_agree(const IdentityNode& a, const IdentityNode& b) {
    return std::any_of(a.engines.begin(), a.engines.end(), [&](const auto& e) { return b.engines.contains(e.first); });
}

}  // namespace

/// Rows 2 and 4.
bool Identity::State::joined(const Node& a, const Node& b) const {
    if (a.proven && b.proven) return false;
    if (share_plate(a, b)) return true;
    for (const auto& [bare, other] : {std::pair(&a, &b), std::pair(&b, &a)})
        if (bare->plates.empty() && engines_agree(*bare, *other) && neighbours(*bare).size() == 1) return true;
    return false;
}

/// Row 3 by time: the one group with this plate on both sides, or the nearest on both sides, or on the only side.
IdentityGroup* Identity::State::by_row_3(const Record& x, const Plate& plate) const {
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
IdentityGroup* Identity::State::named(const Record& x, const Plate& plate) const {
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

}  // namespace imloop::loop
