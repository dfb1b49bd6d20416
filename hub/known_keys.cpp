#include "hub/known_keys.hpp"

namespace imloop::hub {

void KnownKeys::become(const hub::Keys& keys) {
    auto fresh = std::make_shared<ByKid>();
    keys.each([&](const std::string& kid, const KeyState& key) { fresh->emplace(kid, Known{key.source, key.status}); });
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
