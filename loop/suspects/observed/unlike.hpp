// Vehicles that may be, or are all, unlike one another, told by their VINs (loop/suspects/observed/sameness.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

/// 17 letters and digits, right or not.
bool is_whole_vin(std::string_view);
/// Whether it has a VIN that could show it to be unlike another: without one nothing does.
bool may_be_unlike(const Record&);

/// Whether one more is unlike all of them is found by its VIN: those with a right check digit are looked up, whatever
/// their number; only where one has none are two compared.
class UnlikeVins {
public:
    /// `vin` is whole. False, and nothing added, where it may be one of them.
    bool add(const std::string& vin);
    /// Pairs compared so far.
    std::size_t compared() const { return compared_; }

private:
    bool is_unlike(const std::string& a, const std::string& b);

    std::vector<std::string> proven_, others_;
    std::unordered_multimap<std::string, std::size_t> slips_;  // of the proven ones, their places
    std::size_t compared_ = 0;
};

}  // namespace imloop::loop::rules
