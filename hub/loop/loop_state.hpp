// The loop's view of the journal: where each chain stands, the keys, which record ids were accepted, vehicles with
// their episodes, the work list. Rows of the store, written in the transaction that stores the segments; the same lines
// with the same outcomes give the same rows, but for the numbers of changes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/loop/keys.hpp"
#include "hub/loop/typed_rows.hpp"
#include "hub/loop/worklist.hpp"
#include "hub/store/store.hpp"
#include "journal/receipt.hpp"
#include "loop/projection.hpp"

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
    loop::LineDigest digest{};
    std::string source, epoch;
    std::uint64_t seq = 0;
};
template <loop::Like<Accepted> T>
auto members(T& a) {
    return std::tie(a.digest, a.source, a.epoch, a.seq);
}

/// What a batch changed, for whoever follows behind (hub/watch).
struct ChangeNote {
    std::int64_t position = 0;  ///< of the last segment stored by then
    std::vector<std::string> records, gone, touched;
    bool register_changed = false, policy_changed = false;
    std::vector<std::string> stations;  ///< whose registration changed
    std::vector<std::string> traces;    ///< process data that came
    struct Fork {
        std::string source;
        std::uint64_t first = 0;
        loop::Moment at = 0;
    };
    std::vector<Fork> forks;
};
template <loop::Like<ChangeNote::Fork> T>
auto members(T& f) {
    return std::tie(f.source, f.first, f.at);
}
template <loop::Like<ChangeNote> T>
auto members(T& n) {
    return std::tie(n.position, n.records, n.gone, n.touched, n.register_changed, n.policy_changed, n.stations,
                    n.traces, n.forks);
}

/// How far the rows are.
struct Settled {
    std::uint64_t notes = 0;    ///< the last note's number
    std::int64_t position = 0;  ///< of the last segment taken in
};
template <loop::Like<Settled> T>
auto members(T& s) {
    return std::tie(s.notes, s.position);
}

/// To be raised where the shape or meaning of any row of the view changes: a start makes all of them anew.
inline constexpr int loop_rows_version = 6;

/// Not thread safe: the writer has one, each reader another.
class LoopState {
public:
    explicit LoopState(const loop::Rows* rows = nullptr);

    loop::Projection projection;
    Worklist worklist;
    Keys keys;
    std::vector<KeyState> keys_changed{};  ///< since whoever watches them took these

    const ChainState* chain(std::string_view source, std::string_view epoch) const;
    void put_chain(std::string_view source, std::string_view epoch, const ChainState&);
    /// Of all sources, or of one.
    using ChainVisitor = std::function<void(const std::string& source, const std::string& epoch, const ChainState&)>;
    void each_chain(const ChainVisitor&) const;
    void each_chain_of(std::string_view source, const ChainVisitor&) const;
    const PriceList* price_list(std::string_view station) const;
    /// When the latest line of a hub's own journal says it was written, clocks that ran ahead left out; 0 where none.
    loop::Moment latest_of(std::string_view hub) const;

    /// The status of an admitted line: accepted, duplicate or rejected (record_id_reused among others). Takes nothing
    /// in.
    journal::Outcome judge(const loop::Admitted&, std::string_view line, std::uint64_t seq) const;
    /// Lines of these records will be judged and taken in: where rows come in sets, theirs are read at once.
    void read_ahead(const std::vector<std::string>& record_ids) const;
    /// Takes a line in, with the outcome that judge() or a stored receipt gave it. settle() follows a batch.
    void take(const loop::Admitted&, std::string_view line, const journal::Outcome&, const std::string& source,
              const std::string& epoch, loop::Moment received_at);
    /// Takes in a stored segment. False where it is damaged: its lines are left out, its journal goes on behind them.
    bool load(const StoredSegment&);
    /// `position`: of the last segment taken in. To be called again, what it changed written meanwhile, until
    /// is_settled().
    void settle(loop::Day today, std::int64_t position);
    bool is_settled() const { return projection.is_settled(); }
    /// What else the next settle() tells followers of.
    void trace_came(const std::string& sha256) { note_.traces.push_back(sha256); }
    void forked(ChangeNote::Fork fork) { note_.forks.push_back(std::move(fork)); }
    /// Whether there is more to settle than lines.
    bool has_news() const { return !note_.traces.empty() || !note_.forks.empty(); }
    /// The receipt of a stored segment where a hub's seal on it holds.
    std::optional<journal::Receipt> receipt_that_holds(const StoredSegment&) const;

    /// Notes are numbered from 1 without gaps; those up to `number` may be taken out when all have read them.
    std::uint64_t notes() const { return settled().notes; }
    /// Of the last segment that was taken in.
    std::int64_t position() const { return settled().position; }
    void each_note(std::uint64_t after, const std::function<bool(std::uint64_t number, const ChangeNote&)>&) const;
    void drop_notes(std::uint64_t up_to);

    /// What settle() changed of the typed rows since this was last asked.
    TypedChanges take_typed() { return std::exchange(typed_, {}); }
    /// Between settle() and the next line.
    void write(const loop::RowChanges&);
    void forget();
    /// Lets go of what was taken in and not written, too.
    void abandon();
    std::size_t held();
    static std::vector<std::string_view> table_names();
    /// The row that every settle() changes: a reader whose snapshot has the same one knows nothing old.
    static std::optional<std::string> mark_of(const loop::Rows&);

private:
    auto tables() {
        return std::tuple_cat(worklist.tables(), keys.tables(),
                              std::tie(chains_, accepted_, claim_words_, price_lists_, latest_, notes_, settled_));
    }
    Settled settled() const;
    std::optional<Accepted> accepted(const std::string& record_id) const;
    void pass_over(const StoredSegment&);
    void take_claim(const loop::Admitted&);
    void settle_claim(const std::string& record_id);
    void take_prices(const loop::Admitted&);

    const loop::Rows* rows_;
    loop::Table<ChainState> chains_;        // by source and epoch
    loop::Table<Accepted> accepted_;        // by record; where it is not the line the projection takes it from
    loop::Table<loop::Claim> claim_words_;  // by the record of the line they stand in
    loop::Table<PriceList> price_lists_;    // by station
    loop::Table<loop::Moment> latest_;      // by hub
    loop::Table<ChangeNote> notes_;         // by number
    loop::Table<Settled> settled_;          // one row
    ChangeNote note_;                       // of what is not settled
    TypedChanges typed_;                    // of what is not written
};

}  // namespace imloop::hub
