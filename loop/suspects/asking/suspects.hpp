// Suspect records: the rules run over the projection, and what they flagged. Flags are a projection as well: they
// appear, change and clear with the records, and the same records give the same flags in whatever order they came.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loop/projection.hpp"
#include "loop/rules/parameters.hpp"
#include "loop/rules/rule.hpp"
#include "loop/suspects/asking/folds.hpp"
#include "loop/suspects/asking/suspect_rows.hpp"
#include "loop/suspects/observed/statistics.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {

/// Where a flag lacks them, its station, and its day: those of its first record.
void complete(Flag&, const Fact& first);

/// Keys and histories of more records than this are looked at by the sweep alone, so that one record more costs no more
/// than so many: a clock that stands still, a plate that is no plate.
inline constexpr std::size_t looked_at_once_max = 256;

/// Threads: as of Table. A record costs the rules over its vehicle's records and over the small keys it shares; the
/// sweep costs what changed in large keys and histories, and the stations.
class Suspects {
public:
    /// `rules` and `rows` outlive it. Rows are of one set of rules, versions and parameters: who keeps them sees to it.
    explicit Suspects(Parameters, const std::vector<Rule>& rules = all(), const Rows* rows = nullptr);
    Suspects(Suspects&&) = default;
    Suspects& operator=(Suspects&&) = default;

    /// How a record's line came, each of them where it came more than once: what rules read is the line that the
    /// projection takes the record from. Before update() sees the record.
    void arrived(const std::string& record_id, const Arrival&);
    /// Any line, accepted or not, once it came.
    void came(const Arrival&);
    /// A second text under a number of a source's journal, refused.
    void forked(const std::string& source, std::uint64_t first, Moment);
    /// A test rejected for what the rules judge too (its verdict against its readings).
    void rejected(const Fact&, Arrival);
    /// After Projection::settle().
    void update(const Projection&, const Projection::Changes&);
    Traces& traces() { return traces_; }
    const Traces& traces() const { return traces_; }
    /// More is known of a trace: records and rejected lines that name it are looked at again at the next update.
    void trace_changed(const std::string& sha256);
    /// Records that name this trace, ascending.
    std::vector<std::string> records_with_trace(const std::string& sha256) const;
    /// The large keys and the stations, up to a day. Costs nothing where nothing changed since the last. Between two
    /// looks `goes_on` is asked: whatever is held, here and in the projection, may be written and let go of then. Where
    /// it says no, the rest is left to the next sweep, which goes on from there; once only the stations are left it is
    /// not listened to. Gives whether nothing is left.
    bool sweep(
        const Projection&, Day as_of, const std::function<bool()>& goes_on = [] { return true; });

    /// In the order of their ids; what several owners say of the same thing is one flag, the first owner's. The flag
    /// stands during the visit.
    void each_flag(const std::function<void(const Flag&)>& visit) const;
    /// Nothing where there is no such flag now.
    std::optional<Flag> flag(const std::string& flag_id) const;
    /// Strong flags about records that came since this was last asked, some of them perhaps for the second time.
    std::vector<std::string> take_new();
    /// Flags with this record among theirs; ids, ascending.
    std::vector<std::string> of_record(const std::string& record_id) const;
    /// The latest. Nothing where no officer has decided.
    std::optional<Decision> decision(const std::string& about) const;
    /// All, oldest first.
    std::vector<Decision> decisions(const std::string& about) const;
    /// By what they are about, oldest first: flag ids, also of flags that are no more, and record ids.
    void each_decision(const std::function<void(const std::string& about, const Decision&)>& visit) const;
    /// By checked station, oldest first.
    void each_check(const std::function<void(const std::string& station, const Check&)>& visit) const;
    /// The last day the sweep saw.
    Day swept_to() const { return swept().to; }
    /// Rules that threw, by what they were looking at (`record ID`, `vehicle ID`, …): they are left out there, and
    /// there alone, until it is looked at again.
    using Failed = std::map<std::string, std::set<std::string>>;
    Failed failed() const;
    /// Those that threw since this was last asked where they had not before.
    Failed take_failed();
    const Statistics& statistics() const { return statistics_; }
    const Parameters& parameters() const { return parameters_; }

    /// Between two updates, when nothing waits for the next.
    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

    /// All flags in the order of their ids, decisions and rules that failed, text only.
    std::string dump() const;

private:
    struct RuleGroup {
        const Rule* rule;
        std::size_t number;  ///< among the rule's
        const Group& group() const { return rule->groups[number]; }
    };
    struct RuleFold {
        const Rule* rule;
        std::size_t number;
        const Fold& fold() const { return rule->folds[number]; }
    };
    /// What the rules say of one thing; one that throws says nothing of it.
    struct Findings {
        std::vector<std::pair<const Rule*, Flags>> flags{};
        std::set<std::string> failed{};
        void ask(const Rule&, const std::function<void(Flags&)>&);
    };

    // suspects.cpp: taking in
    std::optional<Arrival> arrival_of(const Projection&, const std::string& record_id) const;
    Record record(const Projection&, Fact) const;
    std::vector<SharedKey> keys_of(const Record&, std::set<std::string>& failed) const;
    std::vector<FoldedWord> words_of(const Record&, std::set<std::string>& failed) const;
    void put_in(const Record&);
    void take_out(const std::string& record_id);
    void note_change(const SharedKey&);
    void leave(const SharedKey&, const std::string& record_id);
    void note_sweep();
    void note_traces_like(const std::string& sha256);

    // ahead.cpp: where rows come in sets, those that update() needs next
    void read_ahead(const Projection&, const Projection::Changes&) const;
    void read_ahead_of(const Projection&, const std::set<SharedKey>&) const;
    void read_words_ahead(const Projection&, const Projection::Changes&) const;
    void read_owners_ahead(const std::vector<std::string>& owners) const;

    // looks.cpp: asking the rules
    std::string owner_of(const SharedKey&) const;
    std::string owner_of_sums(std::string_view stale) const;
    Context context(const Projection&) const;
    Swept swept() const;
    void put_swept(Swept now);
    bool is_large(const SharedKey&) const;
    bool has(const SharedKey&, std::size_t records) const;
    void look_at_record(const Projection&, const std::string& record_id);
    void look_at_rejected(const Projection&, const std::string& record_id);
    void look_at_vehicle(const Projection&, const std::string& vehicle_id);
    void look_at_shared(const Projection&, const SharedKey&);
    void look_at_sums(const Projection&, const std::string& stale);
    std::map<std::string, std::vector<Record>> sharing(const Projection&, const SharedKey&) const;
    std::map<std::string, Against> against(std::string_view before) const;

    // flags.cpp: what they said
    /// What the flags lack, station and day, is their first record's as it counts.
    void replace(const Projection&, const std::string& owner, Findings);
    void replace(const std::string& owner, Findings);
    void withdraw(const std::string& flag_id, const std::string& owner);
    void drop(const std::string& owner) { replace(owner, {}); }
    void set_failed(const std::string& owner, std::set<std::string> now);

    /// Of each flag what its first owner says.
    void each_first(const std::function<void(const std::string& owner, const Flag&)>& visit) const;

    /// All that has rows.
    static void each_part(auto& of, const auto& visit) {
        visit(of.traces_);
        visit(of.statistics_);
        visit(of.folds_);
        of.rows_.each(visit);
    }

    Parameters parameters_;
    const Rows* from_;
    Traces traces_;
    Statistics statistics_;
    Folds folds_;
    SuspectRows rows_;
    std::vector<const Rule*> rules_;    // enabled ones
    std::vector<RuleGroup> groups_;     // of theirs, as SharedKey numbers them
    std::vector<RuleFold> fold_rules_;  // of theirs, as Folds numbers them
    // Of what was put in since the last update.
    std::set<std::string> again_;  // records to look at again
    std::set<SharedKey> stale_;    // keys that changed since they were looked at
    // Of what nobody has asked for yet.
    std::vector<std::string> new_;
    Failed failed_before_;  // as it was when take_failed() was last called, where it has changed
};

}  // namespace imloop::loop::rules
