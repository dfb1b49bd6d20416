// Suspect records: the rules run over the projection, and what they flagged. Flags are a projection as well: they
// appear, change and clear with the records, and the same records give the same flags in whatever order they came.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "loop/projection.hpp"
#include "loop/rules/parameters.hpp"
#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/statistics.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {

/// What an officer said of a flag; the latest by (occurred_at, record_id) counts.
struct Decision {
    Moment occurred_at = 0;
    std::string record_id;
    std::string action;  ///< confirm, dismiss, ask, …
    auto operator<=>(const Decision&) const = default;
};

/// A check of a station by an authority (`supervision`).
struct Check {
    Moment occurred_at = 0;
    std::string record_id, kind, measure, draw_id, draw_arm;
    int findings = 0;
    bool found() const { return findings > 0 || (!measure.empty() && measure != "none"); }
    auto operator<=>(const Check&) const = default;
};

/// Where a flag lacks them, its station, and its day: those of its first record.
void complete(Flag&, const Fact& first);

/// Keys and histories of more records than this are looked at by the sweep alone, so that one record more costs no more
/// than so many: a clock that stands still, a plate that is no plate.
inline constexpr std::size_t looked_at_once_max = 256;

/// Not thread safe. A record costs the rules over its vehicle's records and over the small keys it shares; the sweep
/// costs what changed in large keys and histories, and the stations.
class Suspects {
public:
    /// `rules` outlive it.
    Suspects(Parameters, Policy, const std::vector<Rule>& rules = all());
    /// The same records' arrivals and traces under other parameters; update() with Projection::everything() follows.
    Suspects(const Suspects& like, Parameters);
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
    void rejected(Fact, Arrival);
    /// After Projection::settle().
    void update(const Projection&, const Projection::Changes&);
    Traces& traces() { return traces_; }
    const Traces& traces() const { return traces_; }
    /// More is known of a trace: records and rejected lines that name it are looked at again at the next update.
    void trace_changed(const std::string& sha256);
    /// Records that name this trace, ascending.
    std::vector<std::string> records_with_trace(const std::string& sha256) const;
    /// The large keys and the stations, up to a day. Costs nothing where nothing changed since the last.
    void sweep(const Projection&, Day as_of);

    using ByOwner = std::map<std::string, Flag>;
    /// By flag id; what several owners say of the same thing is one flag, the first owner's.
    const std::map<std::string, ByOwner>& flags() const { return flags_; }
    /// Nothing where there is no such flag now.
    const Flag* flag(const std::string& flag_id) const;
    /// Strong flags about records that came since this was last asked, some of them perhaps for the second time.
    std::vector<std::string> take_new();
    /// Flags with this record among theirs; ids, ascending.
    std::vector<std::string> of_record(const std::string& record_id) const;
    /// Nothing where no officer has decided.
    const Decision* decision(const std::string& flag_id) const;
    /// By flag id, also of flags that are no more, and by record id.
    const std::map<std::string, std::set<Decision>>& decisions() const { return decisions_; }
    /// By checked station, oldest first.
    const std::map<std::string, std::set<Check>>& checks() const { return checks_; }
    /// The last day the sweep saw.
    Day swept_to() const { return swept_to_; }
    /// Rules that threw, by what they were looking at (`record ID`, `vehicle ID`, …): they are left out there, and
    /// there alone, until it is looked at again.
    using Failed = std::map<std::string, std::set<std::string>>;
    const Failed& failed() const { return failed_; }
    const Statistics& statistics() const { return statistics_; }
    const Parameters& parameters() const { return parameters_; }

    /// All flags in the order of their ids, decisions and rules that failed, text only.
    std::string dump() const;

private:
    using Index = std::uint32_t;
    using Key = std::uint64_t;
    /// How one line of a record came.
    struct Line {
        const std::string *source, *epoch;
        std::uint64_t seq;
        Moment received_at;
    };
    struct RuleGroup {
        const Rule* rule;
        const Group* group;
    };
    /// A key some records share, and where in `groups_` its group stands.
    struct SharedKey {
        std::size_t group = 0;
        Key key = 0;
        auto operator<=>(const SharedKey&) const = default;
    };
    /// What a record was put in as: the same is taken out again, whatever has become of it meanwhile.
    struct PutIn {
        std::vector<SharedKey> keys;
        const std::string* trace = nullptr;  ///< its key in `by_trace_`
        Statistics::Added added;
        std::optional<std::string> decides, checks;  ///< its key in `decisions_`, in `checks_`
    };
    struct Known {
        std::string id;
        std::vector<Line> lines{};
        std::unique_ptr<PutIn> put_in{};  ///< nothing: it does not count
    };
    /// What the rules say of one thing; one that throws says nothing of it.
    struct Findings {
        std::vector<std::pair<const Rule*, Flags>> flags{};
        std::set<std::string> failed{};
        void ask(const Rule&, const std::function<void(Flags&)>&);
    };

    // suspects.cpp: taking in
    Index index_of(const std::string& record_id);
    std::optional<Arrival> arrival_of(const Projection&, const std::string& record_id) const;
    Record record(const Projection&, Fact) const;
    std::vector<SharedKey> keys_of(const Record&);
    void put_in(const Record&);
    void take_out(const std::string& record_id);
    void note_change(const SharedKey&);
    void note_traces_like(const std::string& sha256);

    // looks.cpp: asking the rules
    Context context(const Projection&) const;
    bool waits_for_sweep(const SharedKey&) const;
    void look_at_record(const Projection&, const std::string& record_id);
    void look_at_rejected(const Projection&, const std::string& record_id);
    void look_at_vehicle(const Projection&, const std::string& vehicle_id);
    void look_at_shared(const Projection&, const SharedKey&);
    std::map<std::string, Against> against(std::string_view before) const;

    // flags.cpp: what they said
    /// What the flags lack, station and day, is their first record's as it counts.
    void replace(const Projection&, const std::string& owner, Findings);
    void replace(const std::string& owner, Findings);
    void withdraw(const std::string& flag_id, const std::string& owner);
    void drop(const std::string& owner);

    Parameters parameters_;
    Policy policy_;
    const std::vector<Rule>* offered_;
    Traces traces_;
    Statistics statistics_;
    std::vector<const Rule*> rules_;         // enabled ones
    std::vector<RuleGroup> groups_;          // of theirs
    std::unordered_set<std::string> texts_;  // sources and epochs, each once
    std::deque<Known> known_;
    std::unordered_map<std::string, Index> index_;
    std::map<SharedKey, std::vector<Index>> shared_;                // ascending
    std::unordered_map<std::string, std::vector<Index>> by_trace_;  // ascending
    std::map<std::string, std::vector<Record>> rejected_;           // by record id; in the order of their lines
    std::unordered_map<std::string, std::set<std::string>> rejected_by_trace_;
    std::set<std::string> again_;              // records to look at again
    std::set<SharedKey> stale_, stale_swept_;  // keys that changed since they were looked at
    std::set<std::string> stale_vehicles_;     // long histories, likewise
    bool sweep_stale_ = true;
    Day swept_to_ = 0;
    Failed failed_;
    std::map<std::string, ByOwner> flags_;
    std::unordered_map<std::string, std::vector<std::string>> owned_;  // flag ids by owner
    std::unordered_map<std::string, std::set<std::string>> by_record_;
    std::map<std::string, std::set<Decision>> decisions_;
    std::map<std::string, std::set<Check>> checks_;
    std::vector<std::string> new_;
};

}  // namespace imloop::loop::rules
