#include "hub/quota.hpp"

#include <algorithm>
#include <cassert>

namespace imloop::hub {

Quota::Held& Quota::Held::operator=(Held&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(who_, other.who_);
    std::swap(amount_, other.amount_);
    return *this;
}

Quota::Held::~Held() {
    if (of_ != nullptr) of_->change(who_, amount_, 0);
}

bool Quota::Held::hold(std::size_t amount) {
    assert(of_ != nullptr);
    if (!of_->change(who_, amount_, amount)) return false;
    amount_ = amount;
    return true;
}

std::optional<Quota::Held> Quota::take(std::size_t amount, const std::string& who) {
    if (!change(who, 0, amount)) return std::nullopt;
    return Held(this, who, amount);
}

bool Quota::change(const std::string& who, std::size_t from, std::size_t to) {
    const std::lock_guard guard(mutex_);
    const auto own = each_.try_emplace(who).first;
    assert(own->second >= from && held_ >= from);
    const bool fits = to <= from || (to - from <= all_max_ - held_ && to - from <= each_max_ - own->second);
    if (fits) {
        own->second = own->second - from + to;
        held_ = held_ - from + to;
        peak_ = std::max(peak_, held_);
    }
    if (own->second == 0) each_.erase(own);
    return fits;
}

std::size_t Quota::held() const {
    const std::lock_guard guard(mutex_);
    return held_;
}

std::size_t Quota::peak() const {
    const std::lock_guard guard(mutex_);
    return peak_;
}

}  // namespace imloop::hub
