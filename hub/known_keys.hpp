// Which keys the hub knows and whether they hold: for the threads that let callers in, which never wait for whoever
// holds the state. Thread safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/loop/keys.hpp"

namespace imloop::hub {

class KnownKeys {
public:
    /// From here on these are known, and no others.
    void become(const hub::Keys&);
    /// And these, in place of what was known of them.
    void learn(const std::vector<KeyState>&);
    /// Where it is this source's.
    std::optional<KeyState> of(std::string_view source, std::string_view kid) const;
    /// Whether the source has any.
    bool has_source(std::string_view source) const;
    /// issued, renewed or revoked; nothing where the source has no such key.
    std::optional<std::string> status(std::string_view source, std::string_view kid) const;

private:
    using ByKid = std::map<std::string, KeyState, std::less<>>;
    std::shared_ptr<const ByKid> known() const;

    mutable std::mutex mutex_;  // of the pointer alone
    std::shared_ptr<const ByKid> keys_ = std::make_shared<const ByKid>();
};

}  // namespace imloop::hub
