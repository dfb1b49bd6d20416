#include "station/intake/profiles/apply_rules.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

#include "loop/tables.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/written/judgement.hpp"
#include "station/ids.hpp"
#include "station/intake/outcome/no_values.hpp"
#include "station/intake/profiles/time_form.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

bool is_nothing(const Rules& rules, const std::string& text) {
    const auto n = number(text);
    return std::ranges::any_of(rules.not_measured,
                               [&](const std::string& word) { return word == text || (n && number(word) == n); });
}

const Json* find_code(const CodeTable& codes, const std::string& text) {
    auto found = codes.find(text);
    if (found == codes.end()) found = codes.find(half_width(text));
    return found == codes.end() ? nullptr : &found->second;
}

/// Of one list where one value is meant: /a/0 and /a/1.
bool is_beside(const Member& first, const Member& other) {
    const auto list = [](const std::string& place) { return place.substr(0, place.rfind('/') + 1); };
    return first.place != other.place && !list(first.place).empty() && list(first.place) == list(other.place);
}

/// 0.6 and 0.60 do.
bool says_the_same(const std::string& a, const std::string& b) {
    const auto one = number(a), other = number(b);
    return a == b || (one && one == other);
}

/// `environment.temperature_c` is temperature_c.
std::string quantity_of_member(const std::string& target) { return target.substr(target.find('.') + 1); }

/// The two ends of 0.95-1.05, 0.95~1.05.
std::optional<std::pair<double, double>> range_of(const std::string& text) {
    static const std::regex form(R"(\s*(\d+(?:\.\d+)?)\s*(?:-|~|～|—)\s*(\d+(?:\.\d+)?)\s*)");
    std::smatch m;
    if (text.size() > 40 || !std::regex_match(text, m, form)) return std::nullopt;
    return std::pair(*number(m[1].str()), *number(m[2].str()));
}

/// 0.304999… that multiplying leaves behind is 0.305.
double rounded(double value) { return std::round(value * 1e9) / 1e9; }

/// Of a code that decides what the record is: refused where it is not known.
std::string code_problem(const std::string& target) {
    if (target == "reason") return "unknown_check_type";
    if (target == "method") return "unknown_method";
    if (target == "verdict") return "bad_value";
    return {};
}

}  // namespace

std::optional<Member> first_said(const Rules& rules, const Value& value, const Members& members) {
    for (const auto& path : value.at)
        for (auto& member : members.all(path))
            if (!is_nothing(rules, member.text)) return std::move(member);
    return std::nullopt;
}

bool condition_holds(const Condition& condition, const Members& members) {
    for (const auto& member : members.all(condition.at))
        if (condition.is.empty() || std::ranges::find(condition.is, member.text) != condition.is.end()) return true;
    return false;
}

std::string code_of(const Rules& rules, const std::string& target, const Members& members) {
    const auto rule = std::ranges::find(rules.head, target, &Target::name);
    if (rule == rules.head.end()) return {};
    const auto member = first_said(rules, rule->value, members);
    if (!member) return rule->value.otherwise.is_string() ? rule->value.otherwise.get<std::string>() : std::string();
    const auto* code = find_code(rule->value.codes, member->text);
    if (code != nullptr) return code->is_string() ? code->get<std::string>() : std::string();
    return rule->value.codes.empty() ? member->text : std::string();
}

void Draft::problem(std::string code, const std::string& place, std::string value, std::string zh, std::string en) {
    problems_.push_back(
        {std::move(code), prefix_ + place, std::move(value), std::move(zh), std::move(en), file_, line_});
}

void Draft::note(std::string code, const std::string& place, std::string value, std::string zh, std::string en) {
    const auto at = prefix_ + place;
    // Head and readings may be looked at more than once, in each message of a test.
    const auto is_same = [&](const RuleProblem& n) {
        return n.code == code && n.place == at && n.file == file_ && n.line == line_;
    };
    if (std::ranges::none_of(notes_, is_same))
        notes_.push_back({std::move(code), at, std::move(value), std::move(zh), std::move(en), file_, line_});
}

void Draft::bad_value(const Member& member, const std::string& zh, const std::string& en) {
    problem("bad_value", member.place, member.text, zh, en);
}

std::optional<Member> Draft::member(const Value& value, const Members& members) {
    auto first = first_said(rules_, value, members);
    if (!first) return first;
    for (const auto& path : value.at)
        for (const auto& other : members.all(path))
            if (path.find('*') == std::string::npos && is_beside(*first, other) && !is_nothing(rules_, other.text) &&
                !says_the_same(other.text, first->text))
                note("repeated_member", other.place, other.text, "写了两次且不同，采用前一个: " + first->text,
                     "is written twice and differs, the first counts: " + first->text);
    return first;
}

void Draft::note_not_measured(const Value& value, const Members& members) {
    for (const auto& path : value.at)
        for (const auto& member : members.all(path))
            if (number(member.text)) note("no_value", member.place, member.text, no_value_zh, no_value_en);
}

std::optional<double> Draft::number_of(const Value& value, const Members& members, std::string_view quantity) {
    const auto found = member(value, members);
    if (!found && !quantity.empty()) note_not_measured(value, members);
    if (!found) return value.otherwise.is_number() ? std::optional(value.otherwise.get<double>()) : std::nullopt;
    auto read = number(found->text);
    if (!read && rules_.is_table) read = number(half_width(found->text));
    if (is_no_value(quantity, found->text, value.factor)) {
        note("no_value", found->place, found->text, no_value_zh, no_value_en);
        return std::nullopt;
    }
    if (!read) {
        bad_value(*found, "不是数字，请改为数字或留空", "is no number, write a number or leave it empty");
        return std::nullopt;
    }
    return value.factor == 1 ? *read : rounded(*read * value.factor);
}

std::optional<bool> Draft::flag_of(const Value& value, const Members& members) {
    const auto found = member(value, members);
    if (!found) return value.otherwise.is_boolean() ? std::optional(value.otherwise.get<bool>()) : std::nullopt;
    const auto* code = find_code(value.codes, found->text);
    if (code == nullptr || !code->is_boolean()) {
        bad_value(*found, "看不懂这个判定，请在代码表中写明", "says neither yes nor no, put it into the code table");
        return std::nullopt;
    }
    return code->get<bool>();
}

Json Draft::read_time_of(const Target& target, const Member& found, const Members& members) {
    const auto& forms = target.value.times.empty() ? rules_.times : target.value.times;
    auto time = read_time(found.text, forms, settings_.time_offset);
    if (!time && !target.value.day.empty()) {
        Value day;
        day.at = {target.value.day};
        if (const auto of = member(day, members))
            if (const auto date = read_time(of->text, forms, settings_.time_offset))
                time = read_clock(found.text, loop::day_of(date->at), settings_.time_offset);
    }
    if (!time) {
        if (target.value.day.empty() && is_clock(found.text))
            bad_value(found, "只有时刻，没有日期：请写明日期在哪一列 (day)",
                      "a time of day without its day: say which column has it (day)");
        else
            bad_value(found, "不是规定格式的时间", "is no time of the form that is said");
        return nullptr;
    }
    if (target.form == Form::day) return loop::format_day(loop::day_of(time->at));
    if (time->day_only) {
        bad_value(found, "只有日期，没有时刻", "has a day and no time of day");
        return nullptr;
    }
    return loop::format_moment(time->at);
}

Json Draft::read_code(const Target& target, const Member& found) {
    std::string code = found.text;
    if (!target.value.codes.empty()) {
        const auto* ours = find_code(target.value.codes, found.text);
        if (ours != nullptr && ours->is_null()) {
            if (code_problem(target.name).empty()) return nullptr;
            problem("not_ours", found.place, found.text, "平台有这一类，本规范没有",
                    "the platform has this kind, the contract has not");
            return nullptr;
        }
        code = ours == nullptr ? std::string() : ours->get<std::string>();
    } else if (target.list == "plate_kinds" && code.size() == 1) {
        code = "0" + code;
    }
    const bool is_word = target.list == "reason" || target.list == "verdict";
    if (!code.empty() && (!target.value.codes.empty() || is_word || loop::codes(target.list).contains(code)))
        return code;
    const auto why = code_problem(target.name);
    if (why.empty())
        note("left_out", found.place, found.text, "代码未知，记录中不写", "the code is not known and left out");
    else
        problem(why, found.place, found.text, "代码未知", "the code is not known");
    return nullptr;
}

Json Draft::read(const Target& target, const Members& members) {
    const auto found = member(target.value, members);
    if (!found) return target.value.otherwise;
    switch (target.form) {
        case Form::time:
        case Form::day:
            return read_time_of(target, *found, members);
        case Form::code:
            return read_code(target, *found);
        case Form::number:
        case Form::whole: {
            const auto n = number_of(target.value, members, quantity_of_member(target.name));
            if (!n) return nullptr;
            if (target.form == Form::whole && (*n < 1 || *n > 99 || *n != std::floor(*n))) {
                bad_value(*found, "应是 1 起的整数", "must be a whole number from 1");
                return nullptr;
            }
            return json_number(*n);
        }
        case Form::text:
            break;
    }
    return read_text(target, *found);
}

Json Draft::read_text(const Target& target, const Member& found) {
    const bool is_vin = target.name == "vehicle.vin", is_plate = target.name == "vehicle.plate",
               is_report = target.name == "report_no" || target.name == "acceptance_no" || target.name == "retest_of";
    if ((is_vin || is_report) && found.lossy) {
        bad_value(found, "编号变成了小数或科学计数，末位已丢失，请以文本格式重新导出",
                  "the number has lost its last digits, export it again as text");
        return nullptr;
    }
    if (const auto* code = find_code(target.value.codes, found.text); code != nullptr) return *code;
    if (!is_vin && !is_plate && !is_report) return found.text;
    const auto judged = is_vin     ? loop::judge_vin(found.text)
                        : is_plate ? loop::judge_plate(found.text)
                                   : loop::judge_number(found.text);
    const auto words = loop::judgement_words(judged.code);
    // A platform's message has the VIN in the plate's place where there is no plate: finish() knows.
    if (judged.fit == loop::Fit::refused && (rules_.is_table || is_report)) {
        bad_value(found, words.zh, words.en);
        return nullptr;
    }
    const bool is_in_its_place = judged.code == "plate_is_vin";
    if (judged.fit == loop::Fit::refused ? !is_in_its_place
                                         : !judged.code.empty() && (!is_vin || judged.code == "vin_placeholder"))
        note(std::string(judged.code), found.place, found.text, words.zh, words.en);
    const bool is_kept = judged.fit == loop::Fit::right || judged.fit == loop::Fit::doubtful;
    return is_kept ? Json(judged.value) : Json(found.text);
}

void Draft::read_head(const Members& members) {
    for (const auto& target : rules_.head) {
        const auto before = problems_.size();
        auto value = read(target, members);
        if (problems_.size() > before) refused_.insert(target.name);
        if (value.is_null()) continue;
        const auto known = head_.find(target.name);
        if (known == head_.end()) {
            head_[target.name] = std::move(value);
            const auto found = member(target.value, members);
            places_[target.name] = found ? prefix_ + found->place : std::string();
        } else if (rules_.is_table && known->second != value) {
            const auto found = member(target.value, members);
            problem("rows_differ", found ? found->place : std::string(), found ? found->text : std::string(),
                    "同一编号的行写得不一样，请改成一致", "rows of one number differ, make them agree");
        }
    }
}

void Draft::read_failed(const Members& members) {
    for (const auto& failed : rules_.failed)
        if (condition_holds(failed.when, members) && std::ranges::find(failed_, Json(failed.item)) == failed_.end())
            failed_.push_back(failed.item);
}

void Draft::read_readings(const std::vector<ReadingRule>& rules, const Members& members) {
    Json into = Json::object();
    Fields none([](const std::string&) { return std::string(); });
    Readings readings(none, into);
    for (const auto& rule : rules) {
        if (rule.when && !condition_holds(*rule.when, members)) continue;
        const auto quantity = quantity_of(rule.item, rule.unit);
        const auto value = number_of(rule.value, members, quantity);
        if (!value) continue;
        std::optional<double> limit, low;
        const auto said = member(rule.limit, members);
        if (const auto range = said ? range_of(said->text) : std::nullopt) {
            low = range->first;
            limit = range->second;
        } else if (rule.limit.is_set()) {
            limit = number_of(rule.limit, members, quantity);
        }
        if (rule.limit_low.is_set())
            if (const auto said_low = number_of(rule.limit_low, members, quantity)) low = said_low;
        if (limit && low && *low > *limit) std::swap(limit, low);
        const auto passed = rule.passed.is_set() ? flag_of(rule.passed, members) : std::nullopt;
        readings.put({rule.item.c_str(), rule.phase.c_str(), rule.unit.c_str()}, *value, limit, low, passed);
    }
    for (auto& reading : into["readings"]) {
        const auto same = [&](const Json& other) {
            return other["item"] == reading["item"] && other["phase"] == reading["phase"];
        };
        const auto there = std::ranges::find_if(readings_, same);
        if (there == readings_.end())
            readings_.push_back(std::move(reading));
        else if (*there != reading)
            problem("rows_differ", {}, reading["value"].dump(),
                    "同一检验有两个 " + reading["item"].get<std::string>() + "/" + reading["phase"].get<std::string>(),
                    "one test has two values of " + reading["item"].get<std::string>() + "/" +
                        reading["phase"].get<std::string>());
    }
    for (const auto& item : readings.failed(false))
        if (std::ranges::find(failed_, item) == failed_.end()) failed_.push_back(item);
}

std::string Draft::head(const std::string& name) const {
    const auto found = head_.find(name);
    return found != head_.end() && found->second.is_string() ? found->second.get<std::string>() : std::string();
}

bool Draft::is_diesel() const {
    const auto fuel = head("vehicle.fuel"), method = head("method");
    return fuel.empty() || fuel == "hybrid" ? method == "lugdown" || method == "free_acceleration" : fuel == "diesel";
}

Json Draft::finish(const std::string& place) {
    const auto had = [&](const std::string& code) {
        return std::ranges::any_of(problems_, [&](const RuleProblem& p) { return p.code == code; });
    };
    const auto need = [&](const char* name, const char* code, const std::string& zh, const std::string& en) {
        const auto rule = std::ranges::find(rules_.head, name, &Target::name);
        const auto where =
            !rules_.is_table || rule == rules_.head.end() || rule->value.at.empty() ? place : rule->value.at.front();
        if (!head_.contains(name) && !refused_.contains(name) && !had("unknown_method"))
            problem(code, where, {}, zh, en);
    };
    // Where there is no plate, some platforms have the VIN stand in its place.
    const auto vin = loop::normal_vin(head("vehicle.vin")), plate = loop::normal_plate(head("vehicle.plate"));
    const auto as_vin = loop::normal_vin(plate);
    if (!plate.empty() && !loop::plate_well_formed(plate) && (as_vin == vin || (vin.empty() && as_vin.size() == 17))) {
        if (vin.empty()) head_["vehicle.vin"] = head("vehicle.plate");
        for (const auto* name : {"vehicle.plate", "vehicle.plate_kind", "vehicle.plate_color"}) head_.erase(name);
    }
    if (loop::normal_vin(head("vehicle.vin")).empty() && loop::normal_plate(head("vehicle.plate")).empty())
        problem("vehicle_unnamed", place, {}, "没有车架号，也没有号牌", "has neither VIN nor plate");
    need("report_no", "no_report_number", "没有检测编号", "has no report number");
    need("reason", "unknown_check_type", "没有检测类型", "does not say why the vehicle is tested");
    need("method", "unknown_method", "看不出是哪种检测方法", "the method can't be told from the data");
    for (const auto* name : {"started_at", "ended_at", "verdict"})
        need(name, "bad_value", std::string("缺少 ") + name, std::string(name) + " is missing");
    const auto started = loop::parse_moment(head("started_at")), ended = loop::parse_moment(head("ended_at"));
    if (started && ended && *ended < *started)
        problem("bad_value", places_["ended_at"], head("ended_at"), "结束早于开始", "ends before it starts");
    auto verdict = head("verdict");
    if (verdict == "invalid")
        problem("invalid_test", places_["verdict"], {}, "设备判为无效的检验，不采用",
                "a test that its own equipment calls invalid is not taken");
    if (verdict == "not_tested")
        problem("not_finished", places_["verdict"], {}, "没有检测，或还没有结果",
                "was not tested, or has no result yet");
    if (problems_.empty() && readings_.empty() && head("method") != "obd_only" && verdict != "aborted")
        problem("no_values", place, {}, "没有任何测量值", "nothing was measured");
    if (obd_failed_ && std::ranges::find(failed_, Json("obd")) == failed_.end()) failed_.push_back("obd");
    // The verdict of the emission test alone; the OBD check came in a message of its own.
    if (obd_failed_ && verdict == "pass") verdict = "fail";
    if (problems_.empty() && ((verdict == "pass" && !failed_.empty()) || (verdict == "fail" && failed_.empty())))
        problem("contradiction", places_["verdict"], verdict, "总判定与各项判定矛盾",
                "the verdict contradicts the judgements of the items");
    if (!problems_.empty()) return nullptr;

    if (head_.contains("attempt") && head_["attempt"] > 1 &&
        (head("reason") == "periodic" || head("reason") == "initial"))
        head_["reason"] = "retest";
    const auto or_else = [&](const char* name, const std::string& other) {
        const auto text = head(name);
        return text.empty() ? other : text;
    };
    const auto group = [&](const std::string& name) {
        Json out = Json::object();
        for (const auto& target : rules_.head)
            if (target.name.starts_with(name + ".") && head_.contains(target.name))
                out[target.name.substr(name.size() + 1)] = head_[target.name];
        return out;
    };
    Json record = {{"schema", "imloop/inspection/1"},
                   {"record_id", uuid7_of(*ended, settings_.station_id + "\ninspection\n" + head("report_no") + "\n" +
                                                      head("started_at"))},
                   {"station_id", settings_.station_id},
                   {"occurred_at", head("ended_at")},
                   {"vehicle", group("vehicle")},
                   {"report_no", head("report_no")}};
    if (!head("acceptance_no").empty()) record["acceptance_no"] = head("acceptance_no");
    record["line_id"] = or_else("line_id", settings_.line_id);
    record["inspector_id"] = or_else("inspector_id", settings_.inspector_id);
    record["reason"] = head("reason");
    for (const auto* name : {"attempt", "retest_of", "started_at", "ended_at", "unit_id", "method", "limits_in_force"})
        if (head_.contains(name)) record[name] = head_[name];
    for (const auto* name : {"environment", "equipment"})
        if (auto members = group(name); !members.empty()) record[name] = std::move(members);
    record["readings"] = readings_;
    record["verdict"] = verdict;
    if (!failed_.empty()) record["failed_items"] = failed_;
    if (!obd_.empty()) record["obd"] = obd_;
    if (trace_gap_) put_quality(record, "trace", *trace_gap_);
    return record;
}

}  // namespace imloop::station::intake
