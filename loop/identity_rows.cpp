// The contract's table ("Vehicle identity"), where its rows are decided; row 1 is node_for() in identity_index.cpp,
// rows 3, 5 and 8 by a record's own words are in identity_plate.cpp.
#include <algorithm>
#include <cassert>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

bool kinds_agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

}  // namespace

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

bool Identity::State::joined(const Node& a, const Node& b) const {
    return joined_by_rows(a, b, [&](const Node& n) { return neighbours(n).size(); });
}

/// Rows 3, 5 and 8 for the records without VIN under one plate that may stand elsewhere than before.
void Identity::State::place_without_vin(const std::string& name) {
    Plate& plate = plates.at(name);
    if (plate.without_vin.empty()) {
        plate.row_5.clear();
        plate.rows.reset();
        if (plate.bearers.empty()) plates.erase(name);
        return;
    }
    if (!plate.rows) {
        std::vector<IdentityPlateRows::Bearer> bearers;
        for (const Node* n : plate.bearers) bearers.emplace_back(n, n->group);
        work += bearers.size();
        plate.rows = std::make_unique<const IdentityPlateRows>(name, std::move(bearers), plate.kinds_given());
        plate.to_place = plate.without_vin;
    }
    const auto home_of = [&](const Record& r) {
        return r.node != nullptr ? IdentityHome{.group = r.node->group} : plate.rows->home(r);
    };
    const auto put_home = [&](Record& r, const IdentityHome& home, int row) {
        Group* g = home.group;
        if (home.kind) {
            auto& own = plate.row_5[*home.kind];
            g = own = own != nullptr ? own : new_group();
        } else if (home.lone != nullptr) {
            g = home.lone->group;
            if (g == nullptr || g->lone != home.lone) g = new_group();
            g->lone = home.lone;
        }
        if (r.group != nullptr && r.group != g && r.group->lone == &r) r.group->lone = nullptr;
        put_into(r, g, row);
    };
    std::vector<Record*> naming;
    for (Record* r : plate.to_place) {
        ++work;
        if (!r->fail_report_no.empty()) {
            naming.push_back(r);
            continue;
        }
        const auto home = home_of(*r);
        put_home(*r, home, home.group != nullptr ? 3 : home.kind ? 5 : 8);
    }
    // What a repair names stands by now; failures name nothing.
    for (Record* r : naming) {
        const auto own = home_of(*r);
        const auto named = plate.named(*r, *plate.rows, home_of);
        const bool outranked = named && *named != own;
        put_home(*r, outranked ? *named : own, outranked || own.group != nullptr ? 3 : own.kind ? 5 : 8);
    }
    plate.to_place.clear();
    std::erase_if(plate.row_5, [](const auto& of) { return of.second->without_vin.empty(); });
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

bool Identity::State::open_for_review(const std::string& record_id) const {
    const auto it = records.find(record_id);
    if (it == records.end()) return false;
    const Record& r = *it->second;
    return r.node != nullptr ? r.node->review : r.row == 8 && !is_decided(record_id);
}

}  // namespace imloop::loop
