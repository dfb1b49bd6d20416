// Applies rules (rules.hpp) to foreign members and makes the inspection record of them. What a record needs and what
// contradicts itself is named with its place; nothing is guessed. Pure.
// Codes of problems as in folder.hpp, and: not_ours (a code the platform has and our tables have not), rows_differ.
// Codes of notes: left_out (a member that does not matter is not in the record), bad_trace, no_value, repeated_member,
// damaged, and what judgement of a VIN, plate or number finds doubtful (loop/written).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "station/intake/outcome/folder.hpp"
#include "station/intake/outcome/trace_gap.hpp"
#include "station/intake/profiles/members.hpp"
#include "station/intake/profiles/rules.hpp"

namespace imloop::station::intake {

struct RuleProblem {
    std::string code;
    std::string place;  ///< JSON pointer or column; empty: the whole
    std::string value;  ///< as it stands there
    std::string zh, en;
    std::string file;
    std::size_t line = 0;  ///< of a table
};

/// A record in the making: members are read into it from one message or several, rows or one, then it is finished.
class Draft {
public:
    Draft(const Rules& rules, const Settings& settings) : rules_(rules), settings_(settings) {}

    /// Where the next members stand; `prefix` goes before their pointers.
    void at(const std::string& file, const std::string& prefix, std::size_t line = 0) {
        file_ = file;
        prefix_ = prefix;
        line_ = line;
    }

    void read_head(const Members&);
    void read_failed(const Members&);
    /// Of one method; its problems count only where it is the method of the test.
    void read_readings(const std::vector<ReadingRule>&, const Members&);
    void read_obd(const ObdRule&, const Members&);
    /// Fails the test, as an OBD check of its own message does.
    void fail_obd() { obd_failed_ = true; }
    /// Rows of each message; messages come by the names of their files, and are put by the time of their first row.
    void read_trace(const TraceRule&, std::vector<std::vector<Members>> messages);
    void set_method(const std::string& code) { head_["method"] = code; }

    std::string head(const std::string& name) const;  ///< empty where it is not known
    bool is_diesel() const;
    bool has_readings() const { return !readings_.empty(); }
    bool has_obd() const { return !obd_.empty(); }

    /// The record without its trace; null where there are problems. `place` is where the test stands.
    Json finish(const std::string& place);

    const std::string& trace_csv() const { return trace_csv_; }
    const std::vector<RuleProblem>& problems() const { return problems_; }
    const std::vector<RuleProblem>& notes() const { return notes_; }
    const std::map<std::string, std::string>& places() const { return places_; }  ///< of members of the head
    void problem(std::string code, const std::string& place, std::string value, std::string zh, std::string en);
    void note(std::string code, const std::string& place, std::string value, std::string zh, std::string en);

private:
    std::optional<Member> member(const Value&, const Members&);
    bool says_nothing(const std::string&) const;
    /// `quantity` as in no_values.hpp: what says "none" is noted and nothing.
    std::optional<double> number_of(const Value&, const Members&, std::string_view quantity = {});
    void note_not_measured(const Value&, const Members&);
    /// The text as it is kept; nothing where it can't be what the target is.
    Json read_text(const Target&, const Member&);
    std::optional<bool> flag_of(const Value&, const Members&);
    Json read(const Target&, const Members&);
    Json read_time_of(const Target&, const Member&, const Members&);
    Json read_code(const Target&, const Member&);
    void bad_value(const Member&, const std::string& zh, const std::string& en);
    std::optional<double> obd_number(const ObdRule::Part&, const Members&);
    std::optional<RowTime> time_of(const Value& order, const Members& row) const;
    /// Nothing where the rows are not whole or not in order, which is noted.
    std::optional<std::vector<RowTime>> times_of(const Value& order, const std::vector<Members>& rows);
    std::optional<std::string> trace_of(const TraceRule&, const std::vector<Members>&);

    const Rules& rules_;
    const Settings& settings_;
    std::string file_, prefix_;
    std::size_t line_ = 0;
    std::map<std::string, Json> head_;
    std::map<std::string, std::string> places_;
    std::set<std::string> refused_;  ///< members of the head that have a problem of their own
    Json readings_ = Json::array();
    Json failed_ = Json::array();
    Json obd_ = Json::object();
    bool obd_failed_ = false;
    std::string trace_csv_;
    std::optional<TraceGap> trace_gap_;
    std::vector<RuleProblem> problems_, notes_;
};

/// Said of what says "none".
inline constexpr const char* no_value_zh = "是“没有值”的写法，记录中不写";
inline constexpr const char* no_value_en = "says that there is no value, and is left out";
/// The first member of a rule that says something.
std::optional<Member> first_said(const Rules&, const Value&, const Members&);
/// The code of a member by the table of its rule; empty where it says nothing or the table has it not.
std::string code_of(const Rules&, const std::string& target, const Members&);
/// Whether a condition holds; texts are compared as they stand.
bool condition_holds(const Condition&, const Members&);

}  // namespace imloop::station::intake
