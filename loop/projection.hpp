// The projection in memory: vehicles, episodes and what stands without effect, as a function of the set of admitted
// lines. Any order of put, any batch boundaries and any repetition that end in the same set give the same answers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "loop/admission.hpp"
#include "loop/cohorts.hpp"
#include "loop/episodes.hpp"
#include "loop/identity.hpp"
#include "loop/register.hpp"

namespace imloop::loop {

/// Not thread safe. Answers are of the last settle(). Facts are held packed: some 500 bytes a record beside what
/// Identity holds.
class Projection {
public:
    explicit Projection(Policy);

    /// One line of a journal. Accepted (no problems; a duplicate too): a record. Rejected (`record_id_reused` among its
    /// problems too): only makes its record_id known, so that a correction of it takes effect.
    void put(const Admitted&, const std::string& source, const std::string& epoch, std::uint64_t seq);

    struct ChangedRecord {
        std::string record_id;
        std::unique_ptr<const Fact> before;  ///< as it counted; nothing where it did not
    };
    struct Changes {
        Identity::Changes identity;
        /// Records that count in other words than before, or at a station whose registration changed, each once.
        std::vector<ChangedRecord> records;
        /// Vehicles whose episodes, as of any day, may be others than before, ascending: those in `identity.present`,
        /// those with a changed record or waiver, and those with records at a station whose registration changed.
        std::vector<std::string> touched;
        bool register_changed = false;
        std::set<std::string> stations{};  ///< whose registration changed; everything() names none
    };
    /// Takes in what was put since the last call.
    Changes settle();
    /// What settle() would have said, had all come at once: for a reader that begins now.
    Changes everything() const;

    const Policy& policy() const { return policy_; }
    const Register& stations() const { return register_; }
    const Identity& identity() const { return identity_; }
    /// Where a record with these words would stand today.
    Placement place(const VehicleWords& words, Moment at) const { return identity_.place(words, at); }
    /// The same for a view of a day: words that stand with nothing today find the history of records voided since.
    Placement place(const VehicleWords& words, Moment at, Day as_of) const;

    /// The record as it counts today: corrected, nothing where it is voided, without effect or unknown.
    std::optional<Fact> fact(const std::string& record_id) const;
    /// The record as it was seen at the end of a day: corrections of later days are not seen.
    std::optional<Fact> fact(const std::string& record_id, Day as_of) const;
    /// Facts of a vehicle as it is today.
    std::vector<Fact> facts(const std::string& vehicle_id) const;
    /// Facts of today's vehicle as seen on a day. A record that is voided today goes to the vehicle in which identity
    /// would place its words; where there is none, those of one VIN, else of one plate and kind, are a history by
    /// themselves, whose id is that of its first record.
    std::vector<Fact> facts(const std::string& vehicle_id, Day as_of) const;
    /// Facts of the vehicle as it would be with the words that were placed.
    std::vector<Fact> facts(const Placement&, Day as_of) const;
    /// `waive` decisions about any of these records.
    std::vector<Fact> waivers(const std::vector<Fact>& of, Day as_of) const;

    std::vector<Episode> episodes(const std::string& vehicle_id, Day as_of) const;
    std::vector<Episode> episodes(const Placement&, Day as_of) const;
    /// The episode that any failure in it finds.
    std::optional<Episode> episode(const std::string& failure_record_id, Day as_of) const;
    /// Every vehicle in ascending order of id, those of today's voided records last.
    using Visitor = std::function<void(const std::string& vehicle_id, const std::vector<Episode>&)>;
    void each_vehicle(Day as_of, const Visitor&) const;
    /// The same with their facts as seen on the day.
    using HistoryVisitor = std::function<void(const std::string& vehicle_id, const std::vector<Fact>&)>;
    void each_history(Day as_of, const HistoryVisitor&) const;
    void each_history(const std::set<std::string>& vehicles, Day as_of, const HistoryVisitor&) const;
    /// The vehicles that failed first in the period, ascending, with those of their episodes.
    void each_failed(Period, Day as_of, const Visitor&) const;

    /// What the vehicles of today add to the measures, without what was voided since.
    const Cohorts& cohorts() const { return cohorts_; }
    /// The histories in which a record is seen on the day that was voided since: their episodes then, and those of them
    /// that cohorts() counts.
    using VoidedVisitor = std::function<void(const std::vector<Episode>& seen, const std::vector<Episode>& in_cohorts)>;
    void each_with_voided(Day as_of, const VoidedVisitor&) const;

    /// The journal line a record is taken from; nothing where it has no accepted one.
    struct Line {
        std::string source;
        std::string epoch;
        std::uint64_t seq = 0;
    };
    std::optional<Line> journal_line(const std::string& record_id) const;
    /// Where the words stand that count for a record today: its own line, or in `replacement` of a correction's.
    struct WordsLine {
        Line line;
        bool is_replacement = false;
    };
    std::optional<WordsLine> words_line(const std::string& record_id) const;
    /// The correction that is in force for a record.
    std::optional<std::string> corrected_by(const std::string& record_id) const;
    /// Whether a bridge may write for a station now.
    bool may_write_for(const std::string& source, const std::string& station, Moment) const;

    /// Why an accepted record has no effect; nothing where it has one. Codes: station_not_in_writes_for,
    /// corrected_record_unknown, correction_of_correction, correction_out_of_scope, correction_superseded.
    std::optional<std::string_view> without_effect(const std::string& record_id) const;

    /// Vehicles with their evidence, the review list, episodes and counters in the order of their keys, text only.
    std::string dump(Day as_of) const;

private:
    /// The journal line a record is taken from; of several the least.
    struct Origin {
        bool foreign = false;  ///< source differs from station_id
        const std::string* source = nullptr;
        const std::string* epoch = nullptr;
        std::uint64_t seq = 0;
        bool before(const Origin&) const;
    };
    /// What only few records have.
    struct Rare {
        std::set<std::pair<std::string, std::string>> rejected;  ///< source and station_id of rejected lines
        std::set<std::string> corrections;                       ///< records that correct this one
        std::optional<Registration> registration;                ///< its own, or the one a correction brings
        std::optional<Credential> credential;                    ///< likewise
        std::string corrects;                                    ///< of a correction
        std::string replacement;                                 ///< packed; empty: a void
    };
    struct Entry {
        Origin origin;  ///< no source: no accepted line
        const std::string* station = nullptr;
        Kind kind{};
        Moment occurred_at = 0;
        std::string packed;
        std::unique_ptr<Rare> rare;
        const Entry* applied = nullptr;  ///< whose words identity has: its own, a correction's, or none's
        bool stale = false;              ///< another line than the applied one
        bool accepted() const { return origin.source != nullptr; }
        bool known() const { return accepted() || (rare && !rare->rejected.empty()); }
    };
    using CredentialKey = std::tuple<Day, Moment, std::string>;
    using Ghosts = std::map<std::string, std::vector<Fact>>;  // by vehicle, or by the first record of a history

    // projection.cpp: taking in
    void store(Entry&, const Admitted&, const Origin&);
    void mark(const std::string& record_id);
    void mark_bridges();
    const Rare* rare_in_force(const std::string& id) const;
    bool apply_credential(const std::string& id);
    void apply_registration(const std::string& id, std::set<std::string>& changed_stations);
    void apply(const std::string& id, std::set<std::string>& touched_records, Changes&);

    // projection_scope.cpp: what has effect
    const Entry* find(const std::string& record_id) const;
    const std::vector<std::string>* writes_for(const std::string& source, Moment) const;
    /// Whether the source may write for the station. `registration`: of the record in question, whose county counts
    /// then, so that the register never depends on itself.
    bool holds(const std::string& source, const std::string& station, Moment, const Registration*) const;
    bool origin_in_scope(const Entry&) const;
    bool may_correct(const Entry& correction, const Entry& target) const;
    const Entry* correction_in_force(const Entry& target, std::optional<Day> as_of) const;
    /// Whose words count for this record: itself, the correction in force (perhaps a void), or none.
    const Entry* effective(const Entry&, std::optional<Day> as_of) const;
    static std::optional<Fact> words(const Entry* effective, const Entry& of);

    // projection_steps.cpp: every form that words of a record ever had, and what the vehicle of today adds up to
    std::vector<Fact> forms(const Entry&) const;
    void touch_past(const std::string& record_id, std::set<std::string>& touched_records) const;
    bool once_stood_at(const Entry&, const std::set<std::string>& stations) const;
    void put_days(const std::string& record_id, std::set<Day>&) const;
    std::vector<Fact> own_facts(const Vehicle&, Day as_of) const;
    std::vector<Step> steps(const std::string& vehicle_id) const;

    // projection_view.cpp: answers
    Ghosts ghosts(Day as_of) const;
    std::vector<Fact> history(const std::string& vehicle_id, Day as_of, Ghosts& gone) const;
    std::vector<Episode> episodes_of(const std::vector<Fact>&, Day as_of) const;

    Policy policy_;
    Register register_;
    Identity identity_;
    std::unordered_set<std::string> texts_;              // sources, epochs and stations, each once
    std::unordered_map<std::string, Entry> entries_;     // by record_id; entries keep their address
    std::map<std::string, Registration> registrations_;  // in effect, by record_id
    std::map<std::string, std::pair<std::string, CredentialKey>> credential_places_;       // in effect, by record_id
    std::map<std::string, std::map<CredentialKey, Credential>, std::less<>> credentials_;  // by source
    std::unordered_set<std::string> by_bridges_;                                           // records a bridge wrote
    std::unordered_map<std::string, std::set<std::string>> waivers_;  // by what they are about, in any form
    // Records that stand in no vehicle today because of a correction, by the day of it: only views of days before see
    // them.
    std::set<std::pair<Day, std::string>> ghosts_;
    std::unordered_map<std::string, Day> ghost_days_;
    std::unordered_set<std::string> dirty_;
    Cohorts cohorts_;
};

}  // namespace imloop::loop
