// What a suspect rule is: pure functions over a record, a vehicle's history, records that share a key or what these add
// up to, or the stations' statistics, which say what needs a look. A rule reads its arguments alone; the same records
// give the same flags, whatever order they came in. All functions are thread safe, and stand any moment, before 1970
// too.
//
// To add one: `r03_lambda.cpp` in this folder defines `Rule r03()`; its words, parameters and documentation stand in
// schemas/tables/rules/R03.json. The build finds both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "loop/episodes.hpp"
#include "loop/fact.hpp"
#include "loop/pack.hpp"
#include "loop/record/detail.hpp"
#include "loop/register.hpp"

namespace imloop::loop {
class Projection;
struct Policy;
}  // namespace imloop::loop

namespace imloop::loop::rules {

class Parameters;
class Statistics;
class Traces;

/// How much a flag says by itself. Only `strong` counts in the ten-vehicle meter.
enum class Grade { weak, medium, strong };
std::string_view name_of(Grade);

/// One number or word of the evidence. `name` has its words in the rule's table, under `values`.
struct Value {
    std::string name;
    std::string text;  ///< a number with as many decimals as it is good for, a time as RFC 3339, a record id, words
    std::string unit;
    bool operator==(const Value&) const = default;
};
auto members(Like<Value> auto& v) { return std::tie(v.name, v.text, v.unit); }
Value number(std::string_view name, double value, int decimals, std::string_view unit = "");
Value text(std::string_view name, std::string_view words);
Value moment(std::string_view name, Moment);

/// A record, a station or a pair needs a look. Data only, the same for the same records.
struct Flag {
    std::string flag_id{};  ///< `R03-` and 16 hex digits of rule and key; set by the engine
    std::string rule{};     ///< set by the engine
    int version = 1;        ///< of the rule; set by the engine
    std::string claim{};    ///< which of the rule's sentences (`claims` of its table)
    Grade grade = Grade::weak;
    int score_permille = 0;              ///< how likely it is that something is wrong, 0 to 1000
    std::vector<std::string> records{};  ///< record ids, the one in question first; empty for a station's figures
    std::string station_id{};            ///< the station in question; set by the engine where empty: the first record's
    std::string person{};                ///< inspector or technician id
    std::string other_station_id{};      ///< the shop of a pair, the other place
    std::string county{};                ///< of a county's flag alone
    Day day = 0;                         ///< of the first record, set by the engine; a rule's own where there are none
    std::vector<Value> values{};
    /// What makes the flag the same one when its evidence grows; empty: claim, first record, stations, person, county.
    std::string key{};
    bool operator==(const Flag&) const = default;
};
auto members(Like<Flag> auto& f) {
    return std::tie(f.flag_id, f.rule, f.version, f.claim, f.grade, f.score_permille, f.records, f.station_id, f.person,
                    f.other_station_id, f.county, f.day, f.values, f.key);
}

/// How a line came. Of the arrival, not of the record: equal under rebuild, not under reordering.
struct Arrival {
    std::string source, epoch;
    std::uint64_t seq = 0;
    Moment received_at = 0;
    std::vector<std::string> rejected_for;  ///< codes of its problems; empty: accepted
};
auto members(Like<Arrival> auto& a) { return std::tie(a.source, a.epoch, a.seq, a.received_at, a.rejected_for); }

/// A record as it counts today, corrections applied.
struct Record {
    Fact fact;
    Detail detail;
    std::optional<Arrival> arrival;  ///< of its own line; nothing where that is not known
    const InspectionDetail& test() const { return *detail.inspection; }
    const RepairDetail& repair() const { return *detail.repair; }
    bool is_test() const { return fact.inspection && detail.inspection; }
    bool is_repair() const { return fact.repair && detail.repair; }
};

/// A vehicle's records in the order (occurred_at, record_id), and its episodes with no day's view cut off.
struct History {
    std::string vehicle_id;
    std::vector<Record> records;
    std::vector<Episode> episodes;
};

/// What every rule may read beside its records.
struct Context {
    const Register& stations;
    const Parameters& parameters;
    const Traces& traces;
    /// Tests that name this process data, in the order (occurred_at, record_id).
    std::function<std::vector<Record>(const std::string& sha256)> with_trace{};
    /// A parameter of the rule, as it holds in the county of the record's station.
    double number(std::string_view rule, std::string_view name, const Record&) const;
    double number(std::string_view rule, std::string_view name, std::string_view county = "") const;
    /// Of the record's station in force then; empty where it has no registration.
    std::string county_of(const Record&) const;
};

/// What is said against a station, by sweeps as far as they run before the asking rule; dismissed flags left out.
struct Against {
    int strong = 0, confirmed = 0;  ///< flags of that grade, and those an officer confirmed
};

/// What the sweep rules read. `as_of`: the last day seen.
struct Sweep {
    const Statistics& statistics;
    const Projection& projection;
    Day as_of = 0;
    std::function<std::map<std::string, Against>()> against{};  ///< by station, where anything is said
    const Policy& policy() const;                               ///< in force on the day
};

using Flags = std::vector<Flag>;

/// Records that share a key and are looked at together.
struct Group {
    /// The keys of a record.
    void (*keys)(const Record&, std::vector<std::string>&);
    /// All records of one key, at least one, in the order (occurred_at, record_id).
    void (*shared)(std::span<const Record>, const Context&, Flags&);
    /// Looked at by the sweep alone, for keys that may be large (a model, a shop); else at once while they are small (a
    /// line's day, a part's number; `looked_at_once_max`).
    bool swept = false;
    /// Of fewer records it says nothing: they are not read.
    std::size_t least = 1;
};

/// Rows in the order of their keys, as long as this wants the next: what follows the given beginning of a key, and how
/// often it is there.
using CountVisit = std::function<bool(std::string_view rest, std::int64_t count)>;
/// What the words of a unit add up to. Keys are of key_of() (loop/rows/key.hpp), a tag first.
using Cells = std::map<std::string, std::int64_t>;

/// What the records of one key add up to (Fold). Costs what is read of it.
class Sums {
public:
    Sums() = default;
    Sums(const Sums&) = delete;
    Sums& operator=(const Sums&) = delete;
    virtual ~Sums() = default;
    virtual std::string key() const = 0;
    virtual std::unique_ptr<Sums> of(const std::string& key) const = 0;  ///< of the same fold
    virtual std::int64_t cell(std::string_view cell) const = 0;  ///< 0 where there is none
    virtual void each_cell(std::string_view beginning, const CountVisit&) const = 0;
    virtual void each_word(std::string_view unit, const CountVisit&) const = 0;
    /// As it counts; nothing where it does not any more, what takes it out is still to come.
    virtual std::optional<Record> record(std::string_view record_id) const = 0;
};

/// Records that share a key, told by what they add up to: what one more costs does not grow with those that were there.
/// Each says words of units (a vehicle, a station); what a unit's words add up to is counted in cells of the key, and
/// made anew where one of them comes or goes. A rule reads cells, and words and records of what it has to say alone.
struct Fold {
    struct Word {
        std::string key, unit, word;  ///< units: of key_of(), a tag first; words are in the order of their bytes
        bool is_listed = false;       ///< the record's own, to be found again: nothing is added up of its unit
    };
    void (*words)(const Record&, std::vector<Word>&);
    /// Of a unit with at least one word: few of them, each with how many records say it. Never throws.
    void (*add_up)(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells&);
    /// By the sweep alone; of a key that no record has any more nothing is there.
    void (*judge)(const Sums&, const Context&, Flags&);
    /// Keys that are to be judged again where this one changed.
    void (*then)(const Sums&, std::vector<std::string>& keys) = nullptr;
};

/// Any of the functions may be missing. One that throws is left out for what it looked at, and named.
struct Rule {
    std::string_view id{};
    int version = 1;
    /// Each record by itself, tests of rejected lines too (`arrival->rejected_for`).
    void (*record)(const Record&, const Context&, Flags&) = nullptr;
    /// A vehicle's whole history.
    void (*history)(const History&, const Context&, Flags&) = nullptr;
    std::vector<Group> groups{};  ///< stored keys name them by their place: in another order it is another version
    std::vector<Fold> folds{};    ///< likewise
    /// Stations, inspectors, pairs and counties out of their statistics.
    void (*sweep)(const Sweep&, const Context&, Flags&) = nullptr;
};

/// All rules, by id.
const std::vector<Rule>& all();

}  // namespace imloop::loop::rules
