#include "station/intake/profiles/rules.hpp"

#include <algorithm>

#include "loop/tables.hpp"
#include "station/intake/profiles/time_form.hpp"

namespace imloop::station::intake {
namespace {

[[noreturn]] void bad(const std::string& where, const std::string& zh, const std::string& en) {
    throw BadRules(where + ": " + zh + " / " + en);
}

const std::vector<Target>& targets() {
    static const auto target = [](const char* name, Form form, const char* list = "") {
        return Target{name, form, list, {}};
    };
    static const std::vector<Target> all = {target("report_no", Form::text),
                                            target("acceptance_no", Form::text),
                                            target("line_id", Form::text),
                                            target("inspector_id", Form::text),
                                            target("unit_id", Form::text),
                                            target("retest_of", Form::text),
                                            target("reason", Form::code, "reason"),
                                            target("attempt", Form::whole),
                                            target("started_at", Form::time),
                                            target("ended_at", Form::time),
                                            target("method", Form::code, "methods"),
                                            target("verdict", Form::code, "verdict"),
                                            target("limits_in_force", Form::text),
                                            target("vehicle.vin", Form::text),
                                            target("vehicle.plate", Form::text),
                                            target("vehicle.plate_kind", Form::code, "plate_kinds"),
                                            target("vehicle.plate_color", Form::code, "codes/plate_color"),
                                            target("vehicle.class", Form::code, "codes/class"),
                                            target("vehicle.fuel", Form::code, "fuels"),
                                            target("vehicle.emission_stage", Form::code, "emission_stages"),
                                            target("vehicle.registered_on", Form::day),
                                            target("vehicle.registered_county", Form::text),
                                            target("vehicle.model", Form::text),
                                            target("vehicle.engine_no", Form::text),
                                            target("vehicle.mass_kg", Form::number),
                                            target("vehicle.rated_power_kw", Form::number),
                                            target("environment.temperature_c", Form::number),
                                            target("environment.humidity_pct", Form::number),
                                            target("environment.pressure_kpa", Form::number),
                                            target("equipment.analyser_id", Form::text),
                                            target("equipment.dynamometer_id", Form::text),
                                            target("equipment.software_version", Form::text),
                                            target("equipment.calibrated_at", Form::time)};
    return all;
}

bool is_ours(const std::string& list, const std::string& code) {
    static const std::vector<std::string> reasons = {"periodic", "initial",    "retest",
                                                     "roadside", "spot_check", "comparison"};
    static const std::vector<std::string> verdicts = {"pass", "fail", "aborted", "invalid", "not_tested"};
    if (list == "reason") return std::ranges::find(reasons, code) != reasons.end();
    if (list == "verdict") return std::ranges::find(verdicts, code) != verdicts.end();
    return loop::codes(list).contains(code);
}

/// A JSON object's members with their pointers; bad where it is none, or has one that is not in `may`.
const Json& object(const Json& json, const std::string& where, std::initializer_list<std::string_view> may = {}) {
    if (!json.is_object()) bad(where, "应是对象", "must be an object");
    for (const auto& [name, _] : json.items())
        if (may.size() > 0 && std::ranges::find(may, name) == may.end())
            bad(where + "/" + name, "没有这样的设置", "there is no such setting");
    return json;
}

std::string text(const Json& json, const std::string& where) {
    if (!json.is_string()) bad(where, "应是文字", "must be text");
    return json.get<std::string>();
}

CodeTable code_table(const Json& json, const std::string& where) {
    CodeTable out;
    for (const auto& [foreign, ours] : object(json, where).items()) out[foreign] = ours;
    return out;
}

class Reader {
public:
    explicit Reader(const Json& json) : json_(json) {}

    Rules read() {
        Rules out;
        out.not_measured = {"", "-", "--", "—", "/", "无", "null", "NULL", "N/A"};
        if (json_.contains("not_measured"))
            for (const auto& word : names_from(json_["not_measured"], "/not_measured"))
                out.not_measured.push_back(word);
        out.times = json_.contains("times") ? forms(json_["times"], "/times") : std::vector<std::string>{"any"};
        out.any_case = json_.value("any_case", false);
        judgements_ = {{"1", true},    {"0", false},      {"true", true}, {"false", false}, {"合格", true},
                       {"通过", true}, {"不合格", false}, {"Y", true},    {"N", false}};
        if (json_.contains("judgements"))
            judgements_ = flags(code_table(json_["judgements"], "/judgements"), "/judgements");
        if (!json_.contains("head")) bad("/head", "缺少", "is missing");
        for (const auto& [name, value] : object(json_["head"], "/head").items())
            out.head.push_back(target(name, value));
        if (json_.contains("failed")) out.failed = failed(json_["failed"]);
        if (json_.contains("methods"))
            for (const auto& [code, method] : object(json_["methods"], "/methods").items())
                out.methods.push_back(method_rule(code, method));
        if (json_.contains("readings")) out.readings = readings(json_["readings"], "/readings", nullptr);
        if (json_.contains("obd")) out.obd = obd(json_["obd"]);
        if (json_.contains("trace")) out.trace = trace(json_["trace"]);
        return out;
    }

private:
    std::vector<std::string> forms(const Json& json, const std::string& where) {
        auto out = names_from(json, where);
        for (const auto& form : out)
            if (!is_time_form(form)) bad(where, "不认识的时间格式 " + form, "no form of a time: " + form);
        return out;
    }

    Value value(const Json& json, const std::string& where) {
        Value out;
        if (!json.is_object()) {
            out.at = names_from(json, where);
            return out;
        }
        object(json, where, {"at", "column", "day", "codes", "otherwise", "constant", "factor", "times"});
        for (const auto* name : {"at", "column"})
            if (json.contains(name)) out.at = names_from(json[name], where + "/" + name);
        if (json.contains("day")) out.day = text(json["day"], where + "/day");
        if (json.contains("codes")) out.codes = codes(json["codes"], where + "/codes");
        for (const auto* name : {"otherwise", "constant"})
            if (json.contains(name)) out.otherwise = json[name];
        if (json.contains("factor")) {
            if (!json["factor"].is_number()) bad(where + "/factor", "应是数字", "must be a number");
            out.factor = json["factor"].get<double>();
        }
        if (json.contains("times")) out.times = forms(json["times"], where + "/times");
        if (!out.is_set()) bad(where, "没有写来自哪里 (at)", "does not say where it comes from (at)");
        return out;
    }

    CodeTable codes(const Json& json, const std::string& where) {
        if (!json.is_string()) return code_table(json, where);
        const auto name = json.get<std::string>();
        if (!json_.contains("codes") || !json_["codes"].contains(name))
            bad(where, "没有这张代码表 " + name, "there is no code table " + name);
        return code_table(json_["codes"][name], "/codes/" + name);
    }

    static CodeTable flags(CodeTable table, const std::string& where) {
        for (const auto& [foreign, ours] : table)
            if (!ours.is_boolean()) bad(where + "/" + foreign, "应是 true 或 false", "must be true or false");
        return table;
    }

    Target target(const std::string& name, const Json& json) {
        const std::string where = "/head/" + name;
        const auto* known = known_target(name);
        if (known == nullptr) bad(where, "记录里没有这一项", "a record has no such member");
        Target out = *known;
        out.value = value(json, where);
        if (out.form != Form::code) return out;
        const auto check = [&](const Json& ours, const std::string& at) {
            if (ours.is_null()) return;
            if (!ours.is_string() || !is_ours(out.list, ours.get<std::string>()))
                bad(at, "不是规范的代码: " + ours.dump(), "is none of the contract's codes: " + ours.dump());
        };
        for (const auto& [foreign, ours] : out.value.codes) check(ours, where + "/codes/" + foreign);
        check(out.value.otherwise, where + "/otherwise");
        return out;
    }

    static std::vector<FailedRule> failed(const Json& json) {
        std::vector<FailedRule> out;
        for (const auto& [item, condition] : object(json, "/failed").items())
            out.push_back({item, condition_from(condition, "/failed/" + item)});
        return out;
    }

    MethodRule method_rule(const std::string& code, const Json& json) {
        const std::string where = "/methods/" + code;
        const auto* method = loop::method_named(code);
        if (method == nullptr) bad(where, "没有这种检测方法", "there is no such method");
        object(json, where, {"signs", "readings"});
        MethodRule out{code, {}, {}};
        if (json.contains("signs")) out.signs = names_from(json["signs"], where + "/signs");
        if (json.contains("readings")) out.readings = readings(json["readings"], where + "/readings", method);
        return out;
    }

    std::vector<ReadingRule> readings(const Json& json, const std::string& where, const loop::Method* method) {
        if (!json.is_array()) bad(where, "应是列表", "must be a list");
        std::vector<ReadingRule> out;
        for (std::size_t i = 0; i < json.size(); ++i)
            out.push_back(reading(json[i], where + "/" + std::to_string(i), method));
        return out;
    }

    ReadingRule reading(const Json& json, const std::string& where, const loop::Method* method) {
        object(json, where, {"item", "phase", "unit", "value", "limit", "limit_low", "passed", "factor", "when"});
        ReadingRule out;
        for (const auto& [name, to] :
             {std::pair("item", &out.item), std::pair("phase", &out.phase), std::pair("unit", &out.unit)}) {
            if (!json.contains(name)) bad(where + "/" + name, "缺少", "is missing");
            *to = text(json[name], where + "/" + name);
        }
        const auto takes = [&](const loop::Method& m) {
            const auto* item = m.item(out.item);
            return item != nullptr && item->unit == out.unit &&
                   std::ranges::find(item->phases, out.phase) != item->phases.end();
        };
        if (method != nullptr ? !takes(*method) : std::ranges::none_of(loop::methods(), takes))
            bad(where, "没有这样的项目、工况和单位", "there is no such item, phase and unit");
        if (!json.contains("value")) bad(where + "/value", "缺少", "is missing");
        out.value = value(json["value"], where + "/value");
        if (json.contains("limit")) out.limit = value(json["limit"], where + "/limit");
        if (json.contains("limit_low")) out.limit_low = value(json["limit_low"], where + "/limit_low");
        if (json.contains("passed")) {
            out.passed = value(json["passed"], where + "/passed");
            out.passed.codes =
                out.passed.codes.empty() ? judgements_ : flags(out.passed.codes, where + "/passed/codes");
        }
        if (json.contains("factor")) {
            if (!json["factor"].is_number()) bad(where + "/factor", "应是数字", "must be a number");
            for (auto* number : {&out.value, &out.limit, &out.limit_low})
                number->factor *= json["factor"].get<double>();
        }
        if (json.contains("when")) out.when = condition_from(json["when"], where + "/when");
        return out;
    }

    ObdRule obd(const Json& json) {
        using Kind = ObdRule::Part::Kind;
        static const std::map<std::string, Kind> kinds = {{"supported", Kind::flag},
                                                          {"communicates", Kind::flag},
                                                          {"mil_on", Kind::flag},
                                                          {"dtcs", Kind::codes},
                                                          {"permanent_dtcs", Kind::codes},
                                                          {"cal_id", Kind::text},
                                                          {"cvn", Kind::text},
                                                          {"vin", Kind::text},
                                                          {"protocol", Kind::text},
                                                          {"standard", Kind::text},
                                                          {"mileage_km", Kind::number},
                                                          {"mil_distance_km", Kind::number},
                                                          {"cleared_distance_km", Kind::number},
                                                          {"cleared_warm_ups", Kind::number}};
        ObdRule out;
        for (const auto& [name, part] : object(json, "/obd").items()) {
            const std::string where = "/obd/" + name;
            if (name == "failed") {
                out.failed = condition_from(part, where);
            } else if (name == "ready") {
                out.complete = value(part, where);
                out.complete.codes = out.complete.codes.empty() ? judgements_ : flags(out.complete.codes, where);
            } else if (name == "not_ready") {
                object(part, where, {"at", "petrol", "diesel", "codes"});
                out.not_ready = names_from(part.value("at", Json()), where + "/at");
                const auto table = [&](const char* of) {
                    const auto* member = part.contains(of) ? of : "codes";
                    return part.contains(member) ? codes(part[member], where + "/" + member) : CodeTable{};
                };
                out.not_ready_petrol = table("petrol");
                out.not_ready_diesel = table("diesel");
            } else {
                const auto kind = kinds.find(name);
                if (kind == kinds.end()) bad(where, "OBD 没有这一项", "an OBD check has no such member");
                ObdRule::Part made{name, kind->second, value(part, where)};
                if (made.kind == Kind::flag)
                    made.value.codes = made.value.codes.empty() ? judgements_ : flags(made.value.codes, where);
                out.parts.push_back(std::move(made));
            }
        }
        return out;
    }

    TraceRule trace(const Json& json) {
        static const std::vector<std::string> columns = {
            "co_pct",     "co2_pct",       "o2_pct",       "hc_ppm",       "no_ppm",   "nox_ppm",
            "lambda",     "opacity_m1",    "rpm",          "speed_kmh",    "power_kw", "load_n",
            "oil_temp_c", "temperature_c", "humidity_pct", "pressure_kpa", "obd_rpm",  "obd_speed_kmh"};
        object(json, "/trace", {"rows", "order", "state", "states", "columns"});
        TraceRule out;
        if (json.contains("rows")) out.rows = text(json["rows"], "/trace/rows");
        out.order = names_from(json.value("order", Json()), "/trace/order");
        if (json.contains("state")) out.state = names_from(json["state"], "/trace/state");
        if (json.contains("states"))
            for (const auto& [method, table] : object(json["states"], "/trace/states").items())
                out.states[method] = code_table(table, "/trace/states/" + method);
        const Json named = json.value("columns", Json());
        for (const auto& [name, at] : object(named, "/trace/columns").items()) {
            if (std::ranges::find(columns, name) == columns.end())
                bad("/trace/columns/" + name, "过程数据没有这一列", "process data has no such column");
            out.columns.emplace_back(name, names_from(at, "/trace/columns/" + name));
        }
        return out;
    }

    const Json& json_;
    CodeTable judgements_;
};

}  // namespace

std::vector<std::string> names_from(const Json& json, const std::string& where) {
    if (json.is_string()) return {json.get<std::string>()};
    std::vector<std::string> out;
    if (json.is_array())
        for (const auto& name : json) out.push_back(text(name, where));
    if (out.empty()) bad(where, "应是名称或名称的列表", "must be a name or a list of names");
    return out;
}

Condition condition_from(const Json& json, const std::string& where) {
    object(json, where, {"at", "column", "is"});
    const auto* name = json.contains("column") ? "column" : "at";
    if (!json.contains(name)) bad(where + "/at", "缺少", "is missing");
    Condition out{text(json[name], where + "/" + name), {}};
    if (json.contains("is")) out.is = names_from(json["is"], where + "/is");
    return out;
}

Rules rules_from(const Json& json) {
    object(json, "");
    return Reader(json).read();
}

const Target* known_target(const std::string& name) {
    const auto found = std::ranges::find(targets(), name, &Target::name);
    return found == targets().end() ? nullptr : &*found;
}

std::vector<std::string> names_in(const Rules& rules) {
    std::vector<std::string> out;
    const auto add = [&](const Value& value) {
        out.insert(out.end(), value.at.begin(), value.at.end());
        if (!value.day.empty()) out.push_back(value.day);
    };
    const auto add_readings = [&](const std::vector<ReadingRule>& readings) {
        for (const auto& reading : readings) {
            for (const auto* value : {&reading.value, &reading.limit, &reading.limit_low, &reading.passed}) add(*value);
            if (reading.when) out.push_back(reading.when->at);
        }
    };
    for (const auto& target : rules.head) add(target.value);
    for (const auto& failed : rules.failed) out.push_back(failed.when.at);
    for (const auto& method : rules.methods) add_readings(method.readings);
    add_readings(rules.readings);
    if (rules.obd) {
        for (const auto& part : rules.obd->parts) add(part.value);
        add(rules.obd->complete);
        out.insert(out.end(), rules.obd->not_ready.begin(), rules.obd->not_ready.end());
        if (rules.obd->failed) out.push_back(rules.obd->failed->at);
    }
    return out;
}

}  // namespace imloop::station::intake
