// The tables of suspects: what rules have been asked about, and what they said. After a sweep their rows are a function
// of the set of lines with their outcomes, of process data and of the day swept to; before it, marks of what waits for
// the sweep and flags of what waits depend on the batches.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/rules/rule.hpp"
#include "loop/suspects/asking/folds.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {

/// What an officer said of a flag; the latest by (occurred_at, record_id) counts.
struct Decision {
    Moment occurred_at = 0;
    std::string record_id;
    std::string action;  ///< confirm, dismiss, ask, …
};
auto members(Like<Decision> auto& d) { return std::tie(d.occurred_at, d.record_id, d.action); }

/// A check of a station by an authority (`supervision`).
struct Check {
    Moment occurred_at = 0;
    std::string record_id, kind, measure, draw_id, draw_arm;
    int findings = 0;
    bool found() const { return findings > 0 || (!measure.empty() && measure != "none"); }
};
auto members(Like<Check> auto& c) {
    return std::tie(c.occurred_at, c.record_id, c.kind, c.measure, c.draw_id, c.draw_arm, c.findings);
}

/// How one line of a record came.
struct ArrivedLine {
    std::string source, epoch;
    std::uint64_t seq = 0;
    Moment received_at = 0;
};
auto members(Like<ArrivedLine> auto& l) { return std::tie(l.source, l.epoch, l.seq, l.received_at); }

/// A line of a test that was rejected for what the rules judge too.
struct RejectedLine {
    std::string fact;  ///< packed
    Arrival arrival;
};
auto members(Like<RejectedLine> auto& l) { return std::tie(l.fact, l.arrival); }

/// A key some records share, of which there are many: so it is short, and other words may have the same. Who looks at
/// it tells these apart.
struct SharedKey {
    std::uint8_t group = 0;  ///< its number among the groups of the rules that are asked
    std::uint32_t hash = 0;  ///< of the words of the key
    std::strong_ordering operator<=>(const SharedKey&) const = default;
    /// In front of the notes of the key's records, and of its mark.
    std::string row() const;
};
SharedKey shared_key_of(std::string_view row);
auto members(Like<SharedKey> auto& k) { return std::tie(k.group, k.hash); }

/// A record in few bytes, and perhaps another one too.
std::string note_of(std::string_view record_id);
std::string note_in(std::string_view row_of_shared);
/// Of a record under its note.
std::string noted_key(std::string_view record_id);
std::string record_of_noted(std::string_view key);

/// What a record was put in as: the same is taken out again, whatever has become of it meanwhile.
struct PutIn {
    std::vector<SharedKey> keys;  ///< ascending
    std::string trace;            ///< the process data it names
    Statistics::Added added;
    std::string decision, check;  ///< keys of their rows; empty: none
    std::vector<FoldedWord> words;
};
auto members(Like<PutIn> auto& p) { return std::tie(p.keys, p.trace, p.added, p.decision, p.check, p.words); }

/// The last sweep. No row: there was none.
struct Swept {
    bool is_stale = true;  ///< something changed since
    Day to = 0;            ///< the last day it saw
};
auto members(Like<Swept> auto& s) { return std::tie(s.is_stale, s.to); }

/// Threads: as of Table. Beside each its key; an owner is what was looked at when the rules said it: `record ID`,
/// `rejected ID`, `vehicle ID`, `shared GROUP HASH`, `sums FOLD HASH`,
/// `sweep RULE`.
struct SuspectRows {
    explicit SuspectRows(const Rows* rows);
    Table<std::vector<ArrivedLine>> arrivals;  ///< (record): few, in the order of source, epoch and number
    Table<PutIn> put_ins;                      ///< (record): those that count
    Table<Mark> shared;                        ///< (group, key, note of a record)
    Table<Mark> noted;                         ///< (note, record): of those that are put in
    Table<Mark> by_trace;                      ///< (sha256, record)
    Table<RejectedLine> rejected;              ///< (record, source, epoch, number)
    Table<Mark> rejected_by_trace;             ///< (sha256, record)
    Table<Mark> rejected_by_station;           ///< (station, record)
    Table<Mark> stale_keys;                    ///< (group, key): changed since they were looked at
    Table<Mark> stale_vehicles;                ///< (vehicle): long histories, likewise
    Table<Swept> swept;                        ///< (`last`): one row
    Table<std::set<std::string>> failed;       ///< (owner, or `keys RECORD`): rules that threw
    Table<Flag> flags;                         ///< (flag, owner)
    Table<Mark> owned;                         ///< (owner, flag)
    Table<Mark> flagged;                       ///< (record, flag, owner)
    Table<Decision> decisions;                 ///< (what it is about, occurred_at, record)
    Table<Check> checks;                       ///< (checked station, occurred_at, record)

    void each(const auto& visit) { visit_all(*this, visit); }
    void each(const auto& visit) const { visit_all(*this, visit); }

private:
    static void visit_all(auto& all, const auto& visit) {
        visit(all.arrivals), visit(all.put_ins), visit(all.shared), visit(all.noted), visit(all.by_trace);
        visit(all.rejected), visit(all.rejected_by_trace), visit(all.rejected_by_station);
        visit(all.stale_keys), visit(all.stale_vehicles), visit(all.swept), visit(all.failed);
        visit(all.flags), visit(all.owned), visit(all.flagged), visit(all.decisions), visit(all.checks);
    }
};

}  // namespace imloop::loop::rules
