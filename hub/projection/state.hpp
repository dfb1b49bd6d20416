// Everything the hub computes from the journal and holds in memory: where each chain stands, the keys, which record ids
// were accepted, and the loop's projection. Loaded from the store at start; the same lines give the same state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/projection/shelf.hpp"
#include "hub/projection/worklist.hpp"
#include "hub/store/store.hpp"
#include "journal/receipt.hpp"
#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

struct ChainState {
    std::uint64_t last = 0;
    journal::Digest head{};
    bool is_head_known = true;  ///< false: the last segment is damaged, and what follows it is taken as following
};

struct KeyState {
    std::string source;
    journal::PublicKey key;
    std::string status;  ///< issued, renewed, revoked
    loop::Moment since = 0;
    std::string record_id;
};

class State {
public:
    State(const loop::Policy& policy, loop::rules::Parameters parameters)
        : projection(policy), suspects(std::move(parameters), policy) {}

    loop::Projection projection;
    Worklist worklist;
    loop::rules::Suspects suspects;
    TraceShelf shelf;
    std::map<std::pair<std::string, std::string>, ChainState> chains;  ///< by source, epoch
    std::map<std::string, KeyState> keys;                              ///< by kid
    bool keys_changed = false;                                         ///< since whoever watches them reset it

    struct PriceList {
        loop::Day valid_from = 0;
        std::string record_id;
    };
    std::map<std::string, PriceList> price_lists;  ///< the latest of each shop

    const KeyState* key(std::string_view source, std::string_view kid) const;
    /// The status of an admitted line: accepted, duplicate or rejected (record_id_reused among others). Takes nothing
    /// in.
    journal::Outcome judge(const loop::Admitted&, std::string_view line, std::uint64_t seq) const;
    /// Takes a line in, with the outcome that judge() or a stored receipt gave it. settle() follows a batch.
    void take(const loop::Admitted&, std::string_view line, const journal::Outcome&, const std::string& source,
              const std::string& epoch, loop::Moment received_at);
    void settle(loop::Day today);
    /// Process data that came: stored with what is drawn from it, and its records looked at again.
    void receive_trace(const std::string& sha256, const std::string& source, loop::Moment received_at,
                       std::string_view csv, Store&);
    /// All that the store holds, by what was drawn from it; drawn anew where that is missing, damaged or of another
    /// version, and kept so where `keep`.
    void take_traces_in(Store&, bool keep = true);
    /// Alarms of forked journals, which stand beside the journals too.
    void take_forks_in(Store&);
    /// What another state knows of process data, which stands beside the journals.
    void take_traces_of(const State&);
    /// Takes in a stored segment. False where it is damaged: its lines are left out, its journal goes on behind them.
    bool load(const StoredSegment&);
    /// The receipt of a stored segment where a hub's seal on it holds.
    std::optional<journal::Receipt> receipt_that_holds(const StoredSegment&) const;

private:
    void pass_over(const StoredSegment&);
    void take_trace(const std::string& sha256, std::string_view csv, Store&, bool keep = true);
    void take_claim(const loop::Admitted&);
    void take_rejected(const loop::Admitted&, loop::rules::Arrival);
    void settle_claim(const std::string& record_id);
    void take_prices(const loop::Admitted&);
    struct Accepted {
        journal::Digest sha{};
        journal::LineAddress address;
    };
    std::unordered_map<std::string, Accepted> accepted_;
    std::unordered_map<std::string, Claim> claim_words_;  // by the line they stand in
};

}  // namespace imloop::hub
