#include "hub/guesses.hpp"

#include "hub/limits.hpp"

namespace imloop::hub {
namespace {

constexpr loop::Moment minute_ms = 60'000;

void forget_before(std::deque<loop::Moment>& times, loop::Moment then) {
    while (!times.empty() && times.front() <= then) times.pop_front();
}

}  // namespace

bool Guesses::note(const std::string& address, loop::Moment now) {
    const std::lock_guard guard(mutex_);
    forget_before(all_, now - minute_ms);
    for (auto& [who, times] : by_address_) forget_before(times, now - minute_ms);
    std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
    if (all_.size() >= guesses_of_all_max) return false;
    auto& own = by_address_[address];
    if (own.size() >= guesses_max) return false;
    own.push_back(now);
    all_.push_back(now);
    return true;
}

}  // namespace imloop::hub
