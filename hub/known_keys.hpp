// Which keys the hub knows and whether they hold: for the threads that let callers in, which never wait for whoever
// holds the state. Thread safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "hub/projection/state.hpp"

namespace imloop::hub {

class KnownKeys {
public:
    /// From here on these are known, and no others.
    void become(const hub::Keys&);
    /// issued, renewed or revoked; nothing where the source has no such key.
    std::optional<std::string> status(std::string_view source, std::string_view kid) const;

private:
    struct Known {
        std::string source, status;
    };
    using ByKid = std::map<std::string, Known, std::less<>>;

    mutable std::mutex mutex_;  // of the pointer alone
    std::shared_ptr<const ByKid> keys_ = std::make_shared<const ByKid>();
};

}  // namespace imloop::hub
