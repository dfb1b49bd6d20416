// The policy the loop is judged by: its lines in the hub's own journal, and what is in force on a day.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/time.hpp"

namespace imloop::loop {

/// Days for a repair after a failure, and for a retest after the repair; both ends inclusive.
struct Deadlines {
    int repair_days = 0, retest_days = 0;
    bool operator==(const Deadlines&) const = default;
};

struct Policy {
    /// What a county has of its own.
    struct Own {
        std::optional<int> repair_days, retest_days;
        std::optional<double> repair_rate_target;
    };
    int repair_days = 30;
    int retest_days = 15;
    double repair_rate_target = 0.9;
    std::vector<std::string> repair_required_members;  ///< of a finished repair, beyond its schema; shops mark them
    std::string city = "610400";
    /// Stations whose passed results wait for an officer where a strong flag speaks against them, and for how long.
    std::vector<std::string> watched_stations;
    int hold_minutes = 15;
    std::vector<std::string> counties;  ///< of the hub, in the order of reports; a station elsewhere lies outside
    std::map<std::string, Own, std::less<>> own;  ///< by county; none empty
    std::string rules = "{}";                     ///< JSON, as rules::Parameters reads it

    bool inside(std::string_view county) const;
    Deadlines deadlines(std::string_view county) const;
    double target(std::string_view county) const;
};

/// Members of a policy's words, in the order they are shown.
const std::vector<std::string>& policy_members();
/// Reads words of the form of `policy` records; members left out are the built-in ones. Throws
/// nlohmann::json::exception.
Policy policy_from(const nlohmann::json& words);
/// What stands after a line: member by member, objects one level down; null ends a value.
void merge_policy(nlohmann::json& words, const nlohmann::json& line);

/// One `policy` record.
struct PolicyLine {
    std::string record_id;
    Day valid_from = 0;
    Moment occurred_at = 0;
    std::string officer_id, confirmed_by;
    std::string words;  ///< JSON, of policy_members() alone
};

/// What holds from a day on, until the next.
struct PolicySpan {
    Day from = 0;
    Policy policy;
    std::string words;  ///< JSON, all that lines so far say
};

/// A function of the lines put in. In force on a day is, member by member, what the latest by (valid_from, occurred_at,
/// record_id) with valid_from not after it says. A line whose valid_from is before its own day is without effect, but
/// for the first by (occurred_at, record_id). Which counties are the hub's has no date: all years have the last list.
/// Const calls may run beside each other where no rows lie elsewhere.
class Policies {
public:
    /// `unwritten` holds while there is no line.
    explicit Policies(Policy unwritten, const Rows* rows = nullptr);

    /// What counts otherwise than before.
    struct Change {
        std::optional<Day> deadlines_from;  ///< of failures from this day on
        std::set<std::string> counties;     ///< that came to the hub's, or left them
    };
    Change put(const std::vector<PolicyLine>&);

    /// Stands until the next put().
    const Policy& on(Day) const;
    /// What the lines say by then, and since when; an empty object before the first.
    struct Words {
        nlohmann::json words;
        std::optional<Day> since;
    };
    Words words_on(Day) const;
    /// In the order above.
    std::vector<PolicyLine> lines() const;
    bool is_dated_back(const std::string& record_id) const;
    const Policy& unwritten() const { return unwritten_; }

    auto tables() { return std::tie(lines_, spans_); }

private:
    const PolicySpan* span(Day) const;

    Policy unwritten_;
    Table<PolicyLine> lines_;               // by record
    Table<std::vector<PolicySpan>> spans_;  // one row, ascending; the first is older than any record
};

template <Like<Policy::Own> T>
auto members(T& o) {
    return std::tie(o.repair_days, o.retest_days, o.repair_rate_target);
}
template <Like<Policy> T>
auto members(T& p) {
    return std::tie(p.repair_days, p.retest_days, p.repair_rate_target, p.repair_required_members, p.city,
                    p.watched_stations, p.hold_minutes, p.counties, p.own, p.rules);
}
template <Like<PolicyLine> T>
auto members(T& l) {
    return std::tie(l.record_id, l.valid_from, l.occurred_at, l.officer_id, l.confirmed_by, l.words);
}
template <Like<PolicySpan> T>
auto members(T& s) {
    return std::tie(s.from, s.policy, s.words);
}

}  // namespace imloop::loop
