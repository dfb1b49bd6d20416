// What a `claim` record says: who repairs a failed vehicle (docs/contract.md, "claim").
#pragma once

#include <string>
#include <tuple>

#include "loop/pack.hpp"
#include "loop/time.hpp"

namespace imloop::loop {

struct Claim {
    std::string record_id;
    std::string fail_record_id;
    std::string action;   ///< choose, take_in, give_back
    std::string station;  ///< the shop: the writer, or the one an inspection station wrote down for the owner
    Moment occurred_at = 0;
};
template <Like<Claim> T>
auto members(T& c) {
    return std::tie(c.record_id, c.fail_record_id, c.action, c.station, c.occurred_at);
}

}  // namespace imloop::loop
