// The OBD check and the process data of a record that rules make.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "loop/time.hpp"
#include "station/intake/outcome/fault_codes.hpp"
#include "station/intake/outcome/no_values.hpp"
#include "station/intake/profiles/apply_rules.hpp"
#include "station/intake/profiles/time_form.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t rows_max = 3600, bytes_max = 4 << 20;

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == ',' || c == ';' || c == '|' || c == ' ')
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

Value value_of(const std::vector<std::string>& names) {
    Value out;
    out.at = names;
    return out;
}

}  // namespace

bool Draft::says_nothing(const std::string& text) const {
    if (text.empty() || text == "不支持") return true;
    for (const auto& word : rules_.not_measured)
        if (word == text) return true;
    return false;
}

void Draft::read_obd(const ObdRule& rule, const Members& members) {
    using Kind = ObdRule::Part::Kind;
    for (const auto& part : rule.parts) {
        if (part.kind == Kind::flag) {
            if (const auto flag = flag_of(part.value, members)) obd_[part.name] = *flag;
        } else if (part.kind == Kind::number) {
            if (const auto n = obd_number(part, members)) obd_[part.name] = json_number(*n);
        } else {
            std::vector<std::string> said;
            bool is_there = false;
            for (const auto& path : part.value.at)
                for (const auto& found : members.all(path)) {
                    is_there = true;
                    if (says_nothing(found.text)) continue;
                    if (part.kind == Kind::codes)
                        for (auto& code : fault_codes_in(found.text)) said.push_back(std::move(code));
                    else
                        said.push_back(found.text);
                }
            if (part.kind == Kind::text)
                put_one_or_many(obd_, part.name.c_str(), said);
            else if (is_there && (!said.empty() || !obd_.contains(part.name)))
                obd_[part.name] = said;
        }
    }
    Json readiness = obd_.value("readiness", Json::object());
    if (rule.complete.is_set())
        if (const auto ready = flag_of(rule.complete, members)) readiness["complete"] = *ready;
    const auto& codes = is_diesel() ? rule.not_ready_diesel : rule.not_ready_petrol;
    for (const auto& path : rule.not_ready)
        for (const auto& found : members.all(path))
            for (const auto& item : split(found.text)) {
                if (says_nothing(item)) continue;
                const auto code = codes.find(item);
                if (code == codes.end() || !code->second.is_string())
                    problem("bad_value", found.place, found.text, "未就绪项目的代码未知: " + item,
                            "a monitor that is not ready has an unknown code: " + item);
                else
                    readiness[code->second.get<std::string>()] = false;
            }
    if (!readiness.empty()) obd_["readiness"] = readiness;
    if (rule.failed && condition_holds(*rule.failed, members)) obd_failed_ = true;
}

std::optional<double> Draft::obd_number(const ObdRule::Part& part, const Members& members) {
    const auto first = number_of(part.value, members, part.name);
    if (part.name != "mil_distance_km") return first && *first >= 0 ? first : std::nullopt;
    // One a trouble code: the lamp has been on since the earliest.
    std::optional<double> out = obd_.contains(part.name) ? std::optional(obd_[part.name].get<double>()) : std::nullopt;
    for (const auto& path : part.value.at)
        for (const auto& found : members.all(path))
            if (const auto n = number(found.text);
                n && *n >= 0 && !says_nothing(found.text) && !is_no_value(part.name, found.text, part.value.factor))
                out = std::max(out.value_or(0), *n * part.value.factor);
    return out;
}

void Draft::read_trace(const TraceRule& rule, std::vector<std::vector<Members>> messages) {
    const auto order = value_of(rule.order);
    std::ranges::stable_sort(messages, {}, [&](const std::vector<Members>& rows) {
        return time_of(order, rows.front()).value_or(RowTime{}).second;
    });
    std::vector<Members> rows;
    for (auto& of_message : messages) std::ranges::move(of_message, std::back_inserter(rows));
    if (rows.empty()) return;
    if (auto csv = trace_of(rule, rows)) trace_csv_ = std::move(*csv);
}

std::optional<RowTime> Draft::time_of(const Value& order, const Members& row) const {
    const auto at = first_said(rules_, order, row);
    if (!at) return std::nullopt;
    if (const auto n = number(at->text); n && *n < 1e6) return RowTime{*n == std::floor(*n), *n};
    const auto time = read_time(at->text, rules_.times, settings_.time_offset);
    return time ? std::optional(RowTime{false, static_cast<double>(time->at) / 1000}) : std::nullopt;
}

std::optional<std::vector<RowTime>> Draft::times_of(const Value& order, const std::vector<Members>& rows) {
    std::vector<RowTime> out;
    for (const auto& row : rows) {
        if (const auto time = time_of(order, row)) {
            out.push_back(*time);
        } else {
            const auto at = first_said(rules_, order, row);
            note("bad_trace", at ? at->place : row.base(), at ? at->text : std::string(), "过程数据的时序不对",
                 "the process data is out of order");
            return std::nullopt;
        }
    }
    if (std::ranges::any_of(out, [](const RowTime& time) { return !time.is_count; }))
        for (auto& time : out) time.is_count = false;
    if (auto gap = gap_of(out)) {
        const auto at = first_said(rules_, order, rows[gap->first]);
        note("bad_trace", at ? at->place : rows[gap->first].base(), at ? at->text : std::string(), gap->second.zh,
             gap->second.en);
        trace_gap_ = std::move(gap->second);
        return std::nullopt;
    }
    return out;
}

std::optional<std::string> Draft::trace_of(const TraceRule& rule, const std::vector<Members>& rows) {
    const auto left = [&](const std::string& place, const std::string& value, const std::string& zh,
                          const std::string& en) {
        note("bad_trace", place, value, zh, en);
        return std::nullopt;
    };
    if (rows.size() > rows_max)
        return left(rows[rows_max].base(), {}, "过程数据超过 3600 行", "more than 3,600 rows of process data");
    using Column = std::pair<std::string, Value>;
    std::vector<Column> used;
    for (const auto& [name, names] : rule.columns) {
        const auto value = value_of(names);
        for (const auto& row : rows)
            if (first_said(rules_, value, row)) {
                used.emplace_back(name, value);
                break;
            }
    }
    if (used.empty())
        return left(rows.front().base(), {}, "过程数据没有认识的列", "the process data has no known column");
    const auto order = value_of(rule.order), state = value_of(rule.state);
    const auto table = rule.states.find(head("method"));
    bool has_state = false;
    for (const auto& row : rows) has_state = has_state || (!rule.state.empty() && first_said(rules_, state, row));
    std::string csv = has_state ? "time_s,state,state_code" : "time_s";
    for (const auto& [name, _] : used) csv += "," + name;
    csv += '\n';
    const auto times = times_of(order, rows);
    if (!times) return std::nullopt;
    std::set<std::string> noted;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        csv += json_number(times->at(i).second - times->front().second).dump();
        if (has_state) {
            const auto code = first_said(rules_, state, row);
            std::string word;
            if (code && table != rule.states.end())
                if (const auto known = table->second.find(code->text); known != table->second.end())
                    word = known->second.get<std::string>();
            if (code && code->text.find_first_of(",\"\n\r") != std::string::npos)
                return left(code->place, code->text, "过程数据的工况写法不对",
                            "a state of the process data is no code");
            csv += "," + word + "," + (code ? code->text : std::string());
        }
        for (const auto& [name, value] : used) {
            auto found = first_said(rules_, value, row);
            if (found && is_no_value(name, found->text)) {
                if (noted.insert(name).second) note("no_value", found->place, found->text, no_value_zh, no_value_en);
                found.reset();
            }
            if (found && !number(found->text))
                return left(found->place, found->text, "过程数据有不是数字的值",
                            "a value of the process data is no number");
            csv += "," + (found ? found->text : std::string());
        }
        csv += '\n';
    }
    if (csv.size() > bytes_max)
        return left(rows.front().base(), {}, "过程数据超过 4 MiB", "more than 4 MiB of process data");
    return csv;
}

}  // namespace imloop::station::intake
