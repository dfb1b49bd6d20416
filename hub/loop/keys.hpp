// The keys of sources, as the hub's own credentials say: whose each is, and whether it holds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "journal/key.hpp"
#include "loop/rows/table.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

struct KeyState {
    std::string source;
    journal::PublicKey key;
    std::string status;  ///< issued, renewed, revoked
    loop::Moment since = 0;
    std::string record_id;
};

struct KeyRow {
    std::string source, spki, status;
    loop::Moment since = 0;
    std::string record_id;
};
template <loop::Like<KeyRow> T>
auto members(T& k) {
    return std::tie(k.source, k.spki, k.status, k.since, k.record_id);
}

/// Not thread safe.
class Keys {
public:
    explicit Keys(const loop::Rows* rows = nullptr);

    std::optional<KeyState> find(std::string_view kid) const;
    /// Where it is this source's.
    std::optional<KeyState> of(std::string_view source, std::string_view kid) const;
    /// Whether the source has any.
    bool has_source(std::string_view source) const;
    /// Ascending by kid; of all sources, or of one.
    using Visitor = std::function<void(const std::string& kid, const KeyState&)>;
    void each(const Visitor&) const;
    void each_of(std::string_view source, const Visitor&) const;
    /// The later word of a key counts, by (since, record_id), but for a revocation: that holds for good, whatever a
    /// clock that was ahead has said before. False where it does not count.
    bool put(const KeyState&);

    auto tables() { return std::tie(keys_, sources_); }

private:
    loop::Table<KeyRow> keys_;         // by kid
    loop::Table<loop::Mark> sources_;  // by source and kid
};

}  // namespace imloop::hub
