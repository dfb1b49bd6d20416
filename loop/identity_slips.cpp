// Which known VINs are one slip from one. Nearly all VINs are proven and have plates: these keep no slips. Where one of
// two is proven and has plates, the other looks for it among the proven VINs it could be a slip of.
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
    for (const auto& slip : slip_keys(n.vin())) {
        if (listed)
            slips.put(key_of(slip), n.key);
        else
            slips.erase(key_of(slip), n.key);
    }
}

std::vector<const IdentityNode*> Identity::State::proven_slips_known(const Node& n) const {
    std::vector<const Node*> out;
    for (const auto& vin : proven_slips(n.vin()))
        if (const Node* known = nodes.find(key_of(vin))) out.push_back(known);
    return out;
}

std::vector<const IdentityNode*> Identity::State::proven_bearers_near(const Node& n, const std::string& plate) const {
    std::vector<const Node*> out;
    const auto keys = bearers.of(key_of(plate), bearers_compared_max + 1);
    if (keys.size() > bearers_compared_max) {
        out = proven_slips_known(n);
        std::erase_if(out, [&](const Node* m) { return !m->plates.contains(plate); });
    } else {
        for (const auto& key : keys)
            if (one_slip_apart(n.vin(), Node::vin_of(key)) && vin_proven(Node::vin_of(key))) out.push_back(&node(key));
    }
    return out;
}

std::vector<const IdentityNode*> Identity::State::neighbours(const Node& n) const {
    Nodes out;
    for (const auto& slip : slip_keys(n.vin()))
        for (const auto& key : slips.of(key_of(slip)))
            if (one_slip_apart(n.vin(), Node::vin_of(key))) out.insert(&node(key));
    const auto add = [&](const std::vector<const Node*>& more) { out.insert(more.begin(), more.end()); };
    if (n.is_loose())
        add(proven_slips_known(n));
    else
        for (const auto& [plate, kinds] : n.plates) add(proven_bearers_near(n, plate));
    return {out.begin(), out.end()};
}

const std::vector<const IdentityNode*>& Identity::State::near(const Node& n) {
    const auto [known, is_new] = near_known.try_emplace(&n);
    if (is_new) known->second = neighbours(n);
    return known->second;
}

}  // namespace imloop::loop
