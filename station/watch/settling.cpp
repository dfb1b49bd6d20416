#include "station/watch/settling.hpp"

namespace imloop::station::watch {

void Settling::observe(const Listing& listing, loop::Moment now) {
    std::erase_if(seen_, [&](const auto& seen) { return !listing.contains(seen.first); });
    for (const auto& [name, stamp] : listing) {
        const auto [seen, is_new] = seen_.try_emplace(name, Seen{stamp, now});
        // A clock set back must not make a file wait for what has passed already.
        if (!is_new && (seen->second.stamp != stamp || seen->second.since > now)) seen->second = {stamp, now};
    }
}

bool Settling::is_settled(const std::string& name, loop::Moment now) const {
    const auto seen = seen_.find(name);
    return seen != seen_.end() && now - seen->second.since >= settle_ms_;
}

}  // namespace imloop::station::watch
