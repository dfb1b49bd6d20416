#include "hub/guesses.hpp"

#include "hub/limits.hpp"

namespace imloop::hub {
namespace {

constexpr loop::Moment minute_ms = 60'000;

/// Of the last minute alone; not of the future either, for a clock that was ahead was put right.
void keep_last_minute(std::deque<loop::Moment>& times, loop::Moment now) {
    std::erase_if(times, [&](loop::Moment at) { return at <= now - minute_ms || at > now; });
}

}  // namespace

bool Guesses::note(const std::string& address, loop::Moment now) {
    const std::lock_guard guard(mutex_);
    keep_last_minute(all_, now);
    for (auto& [who, times] : by_address_) keep_last_minute(times, now);
    std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
    if (all_.size() >= guesses_of_all_max) return false;
    auto& own = by_address_[address];
    if (own.size() >= guesses_max) return false;
    own.push_back(now);
    all_.push_back(now);
    return true;
}

}  // namespace imloop::hub
