// The table of docs/identity.md, where its rows are decided; row 1 is node_for() in identity_index.cpp, rows 3, 5 and 8
// by a record's own words are in identity_plate.cpp.
#include <algorithm>
#include <utility>

#include "loop/identity_state.hpp"

namespace imloop::loop {

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

bool Identity::State::joined(const Node& a, const Node& b) {
    return joined_by_rows(a, b, [&](const Node& n) { return near(n).size(); });
}

IdentityBearer Identity::State::bearer(const Node& n, std::string_view group, const std::string& plate) const {
    IdentityBearer out{&n, group, records_of(n)};
    std::erase_if(out.records, [&](const Record* r) { return r->plate != plate && r->new_plate != plate; });
    return out;
}

/// Of its records without VIN.
std::set<std::string> Identity::State::kinds_given(const std::string& plate) const {
    std::set<std::string> out;
    if (const auto* given = plates.find(key_of(plate)))
        for (const auto& [kind, count] : given->kinds) out.insert(kind);
    return out;
}

/// The failures without VIN that a repair without VIN names under its plate.
std::vector<const IdentityRecord*> Identity::State::named_without_vin(const Record& repair) const {
    std::vector<const Record*> out;
    if (!repair.fail_report_no.empty())
        for (const auto& id : failures.of(key_of(repair.plate, repair.fail_report_no))) out.push_back(&record(id));
    return out;
}

/// docs/identity.md, rows 3, 5 and 8, for the records without VIN under one plate that may stand elsewhere than before.
void Identity::State::place_without_vin(const std::string& plate, const ToPlace& to_place) {
    const auto all = to_place.all ? without_vin.of(key_of(plate)) : std::vector<std::string>();
    if (all.empty() && to_place.records.empty()) return;
    std::vector<IdentityBearer> borne_by;
    for (const auto& key : bearers.of(key_of(plate))) {
        const Node& n = node(key);
        borne_by.push_back(bearer(n, n.group, plate));
    }
    work += borne_by.size();
    const IdentityPlateRows by(plate, std::move(borne_by), kinds_given(plate));
    const auto place = [&](const std::string& id) {
        const Record& r = record(id);
        put_into(r, by.home(r, named_without_vin(r)));
        ++work;
    };
    if (to_place.all)
        std::ranges::for_each(all, place);
    else
        std::ranges::for_each(to_place.records, place);
}

/// docs/identity.md, row 7.
bool Identity::State::belongs_on_review(const Node& n) {
    return std::ranges::any_of(near(n), [&](const Node* m) {
        return m->group != n.group && (!n.proven() || share_plate(n, *m)) && !has_decided(n, *m);
    });
}

bool Identity::State::open_for_review(const std::string& record_id) const {
    const Record* r = find(record_id);
    if (r == nullptr) return false;
    const Node* n = node_of(*r);
    return n != nullptr ? n->is_on_review : r->row == 8 && !r->is_decided;
}

}  // namespace imloop::loop
