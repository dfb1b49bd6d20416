#include "hub/known_keys.hpp"

namespace imloop::hub {

void KnownKeys::become(const std::map<std::string, KeyState>& by_kid) {
    auto fresh = std::make_shared<Keys>();
    for (const auto& [kid, key] : by_kid) fresh->emplace(kid, Known{key.source, key.status});
    const std::lock_guard guard(mutex_);
    keys_ = std::move(fresh);
}

std::optional<std::string> KnownKeys::status(std::string_view source, std::string_view kid) const {
    const auto keys = [&] {
        const std::lock_guard guard(mutex_);
        return keys_;
    }();
    const auto it = keys->find(kid);
    return it != keys->end() && it->second.source == source ? std::optional(it->second.status) : std::nullopt;
}

}  // namespace imloop::hub
