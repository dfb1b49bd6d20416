// What an import may bring: segments of registered sources, judged as if they had come over the network, and of the
// hub's own journal. The receipt that comes with one counts where this hub signed it. Another hub's journal is let in
// only where this hub was empty and becomes its copy (`--restore KID`). Thread safe.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/answers.hpp"
#include "hub/known_keys.hpp"
#include "hub/readers.hpp"
#include "hub/writer.hpp"
#include "journal/receipt.hpp"

namespace imloop::hub {

class Stick {
public:
    /// Keeps for the bureau what was refused.
    using Alarm = std::function<void(const journal::Header&, const std::string& code, const std::string& bytes)>;
    /// What is referred to outlives it.
    Stick(std::string hub, std::function<loop::Moment()> now, Readers& readers, Writer& writer, const KnownKeys& keys,
          Alarm alarm);

    /// A segment with the receipt that came with it or none, checked up to its seal. Nothing: `refusal` says why.
    std::optional<Arrival> arrived(std::string bytes, const std::string& receipt, Answer& refusal);
    /// The first segment of another hub's journal among exported ones.
    std::optional<std::string> foreign_in(std::string_view exported);
    /// From here on the journal under these keys is let in. 409 hub_not_empty.
    std::optional<Answer> begin_restore(const std::vector<std::string>& kids);
    /// Another hub may have become a copy meanwhile.
    void look_again();

private:
    /// Both empty: no receipt came, or another hub's, which does not count.
    struct CameReceipt {
        std::optional<journal::Receipt> receipt;
        std::optional<Answer> refusal;
    };
    /// The key that may seal this segment, revoked or not; nothing where none may.
    std::optional<KeyState> key_of(const journal::Segment&);
    /// A key of this hub, or of the one it is a copy of.
    bool is_own(const Reader&, const KeyState&) const;
    /// Whether a key holds for what was receipted then: a copy takes what came before a revocation.
    bool holds_at(const KeyState&, std::optional<loop::Moment> receipted_at) const;
    CameReceipt receipt_of(std::string_view, const journal::Segment&, const KeyState& sealed_by);

    const std::string hub_;
    const std::function<loop::Moment()> now_;
    Readers& readers_;
    Writer& writer_;
    const KnownKeys& keys_;
    const Alarm alarm_;
    mutable std::mutex mutex_;
    std::set<std::string> restored_;  ///< kids of the hub this one is a copy of
};

}  // namespace imloop::hub
