// The hub's own journal: what it and its officers write are lines like all others.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hub/answers.hpp"
#include "hub/readers.hpp"
#include "hub/writer.hpp"
#include "journal/key.hpp"

namespace imloop::hub {

/// Lines that a hub begins it with: its registration, its key, its policy.
inline constexpr std::uint64_t own_first_lines = 3;

/// Thread safe.
class OwnJournal {
public:
    /// `latest`: when its last line was written. `key`, `readers` and `writer` outlive it.
    OwnJournal(const journal::PrivateKey& key, std::string hub, std::string epoch, loop::Moment latest,
               std::function<loop::Moment()> now, Readers& readers, Writer& writer);

    /// The members that every record has; to be filled and written.
    nlohmann::json record(const std::string& kind);
    /// Another hub wrote some meanwhile, the last one then.
    void go_on_behind(loop::Moment latest);
    /// Writes lines and waits until they are durable; not from the writer's thread.
    Answer write(const std::vector<nlohmann::json>& records);

private:
    const journal::PrivateKey& key_;
    const std::string hub_, epoch_;
    const std::function<loop::Moment()> now_;
    Readers& readers_;
    Writer& writer_;
    std::mutex one_;  ///< at a time
    std::atomic<loop::Moment> last_;
};

}  // namespace imloop::hub
