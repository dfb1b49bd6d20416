// Everything the hub computes from the journal and holds in memory: where each chain stands, the keys, which record ids
// were accepted, and the loop's projection. Loaded from the store at start; the same lines give the same state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/projection/keys.hpp"
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
template <loop::Like<ChainState> T>
auto members(T& c) {
    return std::tie(c.last, c.head, c.is_head_known);
}

/// The latest of a shop.
struct PriceList {
    loop::Day valid_from = 0;
    std::string record_id;
};
template <loop::Like<PriceList> T>
auto members(T& p) {
    return std::tie(p.valid_from, p.record_id);
}

/// The line a record id was accepted with.
struct Accepted {
    journal::Digest sha256{};
    std::string source, epoch;
    std::uint64_t seq = 0;
};
template <loop::Like<Accepted> T>
auto members(T& a) {
    return std::tie(a.sha256, a.source, a.epoch, a.seq);
}

class State {
public:
    State(const loop::Policy& policy, loop::rules::Parameters parameters)
        : projection(policy), suspects(std::move(parameters), policy) {}

    const ChainState* chain(std::string_view source, std::string_view epoch) const;
    void put_chain(std::string_view source, std::string_view epoch, const ChainState&);
    /// Of all sources, or of one.
    using ChainVisitor = std::function<void(const std::string& source, const std::string& epoch, const ChainState&)>;
    void each_chain(const ChainVisitor&) const;
    void each_chain_of(std::string_view source, const ChainVisitor&) const;
    const PriceList* price_list(std::string_view station) const;

    loop::Projection projection;
    Worklist worklist;
    loop::rules::Suspects suspects;
    TraceShelf shelf;
    Keys keys;
    bool keys_changed = false;  ///< since whoever watches them reset it

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

    loop::Table<ChainState> chains_{"loop_chains"};           // by source and epoch
    loop::Table<Accepted> accepted_{"loop_accepted"};         // by record
    loop::Table<Claim> claim_words_{"loop_claim_words"};      // by the record of the line they stand in
    loop::Table<PriceList> price_lists_{"loop_price_lists"};  // by station
};

}  // namespace imloop::hub
