// What a suspect rule is: pure functions over a record, a vehicle's history, records that share a key, or the stations'
// statistics, which say what needs a look. A rule reads its arguments alone; the same records give the same flags,
// whatever order they came in. All functions are thread safe, and stand any moment, before 1970 too.
//
// To add one: `r03_lambda.cpp` in this folder defines `Rule r03()`; its words, parameters and documentation stand in
// schemas/tables/rules/R03.json. The build finds both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// Any of the functions may be missing. One that throws is left out for what it looked at, and named.
struct Rule {
    std::string_view id{};
    int version = 1;
    /// Each record by itself, tests of rejected lines too (`arrival->rejected_for`).
    void (*record)(const Record&, const Context&, Flags&) = nullptr;
    /// A vehicle's whole history.
    void (*history)(const History&, const Context&, Flags&) = nullptr;
    std::vector<Group> groups{};  ///< stored keys name them by their place: in another order it is another version
    /// Stations, inspectors, pairs and counties out of their statistics.
    void (*sweep)(const Sweep&, const Context&, Flags&) = nullptr;
};

/// All rules, by id.
const std::vector<Rule>& all();

}  // namespace imloop::loop::rules
