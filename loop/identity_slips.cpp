// Which known VINs are one slip from one. Nearly all VINs are proven and have plates: these keep no slips. Where one of
// two is proven and has plates, the other looks for it among the proven VINs it could be a slip of.
#include <algorithm>
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {
namespace {

/// Of a plate with more bearers it is less work to look for each proven VIN that one could be a slip of.
constexpr std::size_t bearers_compared_max = 64;

}  // namespace

void Identity::State::list_slips(Node& n, bool listed) {
    if (std::exchange(n.is_listed, listed) == listed) return;
    for (const auto& key : slip_keys(n.vin)) {
        if (listed) {
            slips[key].insert(&n);
        } else {
            const auto it = slips.find(key);
            assert(it != slips.end());
            it->second.erase(&n);
            if (it->second.empty()) slips.erase(it);
        }
    }
}

std::vector<IdentityNode*> Identity::State::proven_slips_known(const Node& n) const {
    std::vector<Node*> out;
    for (const auto& vin : proven_slips(n.vin))
        if (const auto it = nodes.find(vin); it != nodes.end()) out.push_back(it->second.get());
    return out;
}

std::vector<IdentityNode*> Identity::State::proven_bearers_near(const Node& n, const std::string& plate) const {
    std::vector<Node*> out;
    const auto it = plates.find(plate);
    if (it == plates.end()) return out;
    if (it->second.bearers.size() > bearers_compared_max) {
        out = proven_slips_known(n);
        std::erase_if(out, [&](const Node* m) { return !m->plates.contains(plate); });
    } else {
        for (Node* m : it->second.bearers)
            if (m->proven && one_slip_apart(n.vin, m->vin)) out.push_back(m);
    }
    return out;
}

std::vector<IdentityNode*> Identity::State::neighbours(const Node& n) const {
    std::set<Node*> out;
    for (const auto& key : slip_keys(n.vin))
        if (const auto it = slips.find(key); it != slips.end())
            for (Node* m : it->second)
                if (one_slip_apart(n.vin, m->vin)) out.insert(m);
    const auto add = [&](const std::vector<Node*>& more) { out.insert(more.begin(), more.end()); };
    if (n.is_loose())
        add(proven_slips_known(n));
    else
        for (const auto& [plate, kinds] : n.plates) add(proven_bearers_near(n, plate));
    return {out.begin(), out.end()};
}

}  // namespace imloop::loop
