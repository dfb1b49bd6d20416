#include "hub/known_keys.hpp"

#include <algorithm>

namespace imloop::hub {

void KnownKeys::become(const hub::Keys& keys) {
    auto fresh = std::make_shared<ByKid>();
    keys.each([&](const std::string& kid, const KeyState& key) { fresh->emplace(kid, key); });
    const std::lock_guard guard(mutex_);
    keys_ = std::move(fresh);
}

void KnownKeys::learn(const std::vector<KeyState>& keys) {
    if (keys.empty()) return;
    auto fresh = std::make_shared<ByKid>(*known());
    for (const auto& key : keys) fresh->insert_or_assign(key.key.kid(), key);
    const std::lock_guard guard(mutex_);
    keys_ = std::move(fresh);
}

std::shared_ptr<const KnownKeys::ByKid> KnownKeys::known() const {
    const std::lock_guard guard(mutex_);
    return keys_;
}

std::optional<KeyState> KnownKeys::of(std::string_view source, std::string_view kid) const {
    const auto keys = known();
    const auto it = keys->find(kid);
    return it != keys->end() && it->second.source == source ? std::optional(it->second) : std::nullopt;
}

bool KnownKeys::has_source(std::string_view source) const {
    const auto keys = known();
    return std::ranges::any_of(*keys, [&](const auto& key) { return key.second.source == source; });
}

std::optional<std::string> KnownKeys::status(std::string_view source, std::string_view kid) const {
    const auto key = of(source, kid);
    return key ? std::optional(key->status) : std::nullopt;
}

}  // namespace imloop::hub
