#include "loop/suspects/observed/unlike.hpp"

#include <algorithm>
#include <cassert>

#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {

bool is_whole_vin(std::string_view vin) {
    return vin.size() == vin_places &&
           std::ranges::all_of(vin, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

bool may_be_unlike(const Record& r) { return r.fact.vehicle && is_whole_vin(r.fact.vehicle->vin); }

bool UnlikeVins::is_unlike(const std::string& a, const std::string& b) {
    ++compared_;
    return vins_far_apart(a, b);
}

bool UnlikeVins::add(const std::string& vin) {
    assert(is_whole_vin(vin));
    const auto unlike = [&](const std::string& other) { return is_unlike(vin, other); };
    if (!std::ranges::all_of(others_, unlike)) return false;
    if (!vin_proven(vin)) {
        if (!std::ranges::all_of(proven_, unlike)) return false;
        others_.push_back(vin);
        return true;
    }
    // Of two right ones only what a slip parts may be one vehicle.
    const auto keys = slip_keys(vin);
    for (const auto& key : keys)
        for (auto [it, end] = slips_.equal_range(key); it != end; ++it)
            if (!unlike(proven_[it->second])) return false;
    for (const auto& key : keys) slips_.emplace(key, proven_.size());
    proven_.push_back(vin);
    return true;
}

}  // namespace imloop::loop::rules
