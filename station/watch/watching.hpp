// The watched folders of a running service: each looked at by its own timer, on one thread beside the uploader's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "station/config.hpp"
#include "station/watch/watcher.hpp"

namespace imloop::station::watch {

/// Thread safe.
class Watching {
public:
    /// Begins at once. `appended` is called on the watching thread after records were made durable.
    Watching(const Config&, std::function<void()> appended);
    ~Watching();  ///< the look that is under way ends before its next file
    /// In the order of the configuration.
    std::vector<FolderState> folders() const;
    /// In place of those watched until now.
    void watch(const std::vector<WatchedFolder>&);
    void look_now();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Puts a rejected file back into its folder, to be read like a new one, and forgets what was said of it. False where
/// it is not there any more; sets that are rewritten in place are none. Throws as std::filesystem does.
bool read_again(Ledger&, const Entry&);

}  // namespace imloop::station::watch
