#include "hub/api/refusals.hpp"

#include <bit>
#include <cstdlib>

#include "hub/limits.hpp"

namespace imloop::hub {
namespace {

constexpr loop::Moment hour_ms = 3'600'000;

/// Either way: a clock that was ahead is put back.
bool is_over(loop::Moment since, loop::Moment now) { return std::abs(now - since) >= hour_ms; }

}  // namespace

std::optional<std::uint64_t> Refusals::note(const std::string& who, const std::string& code, loop::Moment now) {
    const std::lock_guard guard(mutex_);
    ++by_code_[code];
    if (told_.size() >= refusals_told_apart_max)
        std::erase_if(told_, [&](const auto& one) { return is_over(one.second.since, now); });
    const bool apart = told_.size() < refusals_told_apart_max || told_.contains({who, code});
    auto& told = told_[{apart ? who : "…", code}];
    if (told.times == 0 || is_over(told.since, now)) told = {now, 0};
    return std::has_single_bit(++told.times) ? std::optional(told.times) : std::nullopt;
}

std::map<std::string, std::uint64_t> Refusals::by_code() const {
    const std::lock_guard guard(mutex_);
    return by_code_;
}

}  // namespace imloop::hub
