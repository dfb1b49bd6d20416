// The projection: vehicles, episodes, cases and what stands without effect, as a function of the set of admitted lines. Any
// order of put, any batch boundaries and any repetition that end in the same set give the same answers and the same
// rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/admission.hpp"
#include "loop/bridges.hpp"
#include "loop/cases.hpp"
#include "loop/cohorts.hpp"
#include "loop/episodes.hpp"
#include "loop/identity.hpp"
#include "loop/policy.hpp"
#include "loop/projection_rows.hpp"
#include "loop/register.hpp"

namespace imloop::loop {

/// Vehicles that one settle() steps anew for a policy line.
inline constexpr std::size_t stepped_at_once_max = 500;

/// Not thread safe; without rows elsewhere, const calls may run beside each other. Answers are of the last settle();
/// walks through many vehicles read rows as they lie elsewhere, so there what was settled must have been written.
class Projection {
public:
    /// Over rows that lie elsewhere nothing is read until it is asked for. The policy holds while no line says another.
    explicit Projection(Policy unwritten, const Rows* rows = nullptr);

    /// Lines of these records will be put: where rows come in sets, theirs are read at once.
    void read_ahead(const std::vector<std::string>& record_ids) const;
    /// Likewise, that these vehicles and their records will be asked for. Gives the records.
    std::vector<std::string> read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const;
    /// One line of a journal. Accepted (no problems; a duplicate too): a record. Rejected (`record_id_reused` among its
    /// problems too): only makes its record_id known, so that a correction of it takes effect.
    void put(const Admitted&, const std::string& source, const std::string& epoch, std::uint64_t seq,
             const LineDigest& = {});

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
        bool policy_changed = false;
    };
    /// Takes in what was put since the last call. Of the vehicles that a policy line touches `stepped_at_once_max` at a
    /// time: until all are through, is_settled() is false and it is to be called again before anything is put or asked.
    Changes settle();
    bool is_settled() const { return to_step_.empty(); }
    /// What settle() would have said, had all come at once: for a reader that begins now.
    Changes everything() const;

    /// Whether reading ahead pays.
    bool reads_ahead() const { return rows_ && rows_->reads_sets(); }

    /// All rows that changed since the last call. Everything put must have been settled.
    void write(const RowChanges&);
    /// Lets go of all rows held.
    void forget();
    std::size_t held();
    std::vector<std::string_view> table_names();

    const Policies& policies() const { return policies_; }
    const Cases& cases() const { return cases_; }
    const Policy& policy(Day on) const { return policies_.on(on); }
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
    std::optional<LineDigest> line_digest(const std::string& record_id) const;
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
    /// corrected_record_unknown, correction_of_correction, correction_of_policy, correction_out_of_scope,
    /// correction_superseded, policy_dated_back, correction_of_case, those of CaseRefusal.
    std::optional<std::string_view> without_effect(const std::string& record_id) const;

    /// Vehicles with their evidence, the review list, episodes and counters in the order of their keys, text only.
    std::string dump(Day as_of) const;

private:
    using Row = RecordRow;
    using Special = SpecialRow;
    using Ghosts = std::map<std::string, std::vector<Fact>>;  // by vehicle, or by the first record of a history
    class Walk;
    /// Why settle() looks at a record.
    struct Look {
        bool is_stale = false;    ///< its line is another
        bool is_special = false;  ///< it may bring another registration or credential, or may be corrected otherwise
    };

    // projection.cpp: taking in
    void store(const std::string& id, const Admitted&, RecordOrigin, const LineDigest&);
    void mark(const std::string& record_id, const Row&);

    // projection_index.cpp: what is found of a record by other words than its id
    void list(const std::string& id, const Row&, bool is_in);
    void list_form(const std::string& record_id, const std::string& by, const Fact& form, bool is_in);
    void list_rejected(const std::string& id, const std::string& source, const std::string& station);
    void set(const std::string& record_id, bool RecordRow::*flag, bool value);
    std::vector<std::string> corrections(const std::string& record_id, const Row&) const;
    std::vector<std::string> waivers_about(const std::string& record_id, const Row&) const;
    std::set<std::string> records_at(const std::set<std::string>& places) const;

    // projection_settle.cpp: what follows
    void read_ahead_of_identity() const;
    std::vector<std::string> special_ones() const;
    const Special* special_in_force(const std::string& id) const;
    void mark_at(const std::set<std::string>& places);
    void settle_bridges();
    std::set<std::string> settle_register();
    void settle_policy(Changes&);
    void take_to_step(std::set<std::string>& touched);
    void apply(const std::string& id, const Look&, Changes&);
    void note_before(const std::string& record_id);
    std::optional<Fact> as_it_counted(const std::string& id, const Row&) const;
    void touch_past(const std::string& record_id);
    void look_at_stations(const std::set<std::string>& changed_stations, Changes&);

    // projection_scope.cpp: what has effect
    const Row* find(const std::string& record_id) const { return records_.find(key_of(record_id)); }
    const Special* special(const std::string& record_id) const { return specials_.find(key_of(record_id)); }
    const Registration* registration_of(const std::string& id, const Row&) const;
    /// Whether the source may write for the station. `registration`: of the record in question, whose county counts
    /// then, so that the register never depends on itself.
    bool holds(const std::string& source, const std::string& station, Moment, const Registration*) const;
    bool origin_in_scope(const std::string& id, const Row&) const;
    bool may_correct(const std::string& id, const Row& correction, const std::string& target_id,
                     const Row& target) const;
    /// Its id; empty where there is none.
    std::string correction_in_force(const std::string& target_id, const Row& target, std::optional<Day> as_of) const;
    WordsOf effective(const std::string& id, const Row&, std::optional<Day> as_of) const;
    std::optional<Fact> words(const WordsOf&, const Row& of) const;

    // projection_steps.cpp: every form that words of a record ever had, and what the vehicle of today adds up to
    std::vector<Fact> forms(const std::string& id, const Row&) const;
    std::vector<Fact> own_facts(const Vehicle&, Day as_of) const;
    std::vector<Step> steps(const std::string& vehicle_id) const;

    // projection_view.cpp: answers
    Ghosts ghosts(Day as_of) const;
    std::vector<Episode> episodes_of(const std::vector<Fact>&, Day as_of) const;

    auto tables() {
        return std::tuple_cat(register_.tables(), policies_.tables(), cases_.tables(), bridges_.tables(), cohorts_.tables(),
                              std::tie(records_, specials_, rejected_, corrections_, waivers_, places_, ghosts_));
    }

    const Rows* rows_;
    Policies policies_;
    Cases cases_;
    Register register_;
    Bridges bridges_;
    Identity identity_;
    Cohorts cohorts_;
    Table<Row> records_;       // by record_id
    Table<Special> specials_;  // by record_id
    Table<Mark> rejected_;     // record_id, source, station_id of a rejected line
    Table<Mark> corrections_;  // the record, its correction
    Table<Mark> waivers_;      // what it is about in any form, the waiver, who brings this form
    Table<Mark> places_;       // a station or county in any form, the record, who brings this form
    Table<Mark> ghosts_;       // day of the correction, the record that stands in no vehicle because of it

    // Since the last settle(): records to look at; what those whose words changed counted as; records whose vehicle may
    // have other episodes.
    std::map<std::string, Look> dirty_;
    std::map<std::string, std::optional<Fact>> before_;
    std::set<std::string> touched_;
    std::vector<PolicyLine> policy_lines_;
    std::set<std::string> to_step_;  // vehicles that a policy line touches and no call has come to yet
};

}  // namespace imloop::loop
