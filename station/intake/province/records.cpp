#include "station/intake/province/records.hpp"

#include <algorithm>

#include "loop/time.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/written/judgement.hpp"
#include "station/ids.hpp"
#include "station/intake/province/obd.hpp"

namespace imloop::station::intake {
namespace {

struct Method {
    const char* code;
    const char* number;              ///< as the platform counts the methods
    std::vector<const char*> signs;  ///< members that only this method has
};

const std::vector<Method>& methods() {
    static const std::vector<Method> all = {{"two_speed_idle", "1", {"low_co", "low_hc", "high_co", "high_hc"}},
                                            {"asm", "2", {"co_5025", "hc_5025", "no_5025", "co_2540"}},
                                            {"vmas", "3", {}},
                                            {"lugdown", "4", {"k100", "k80", "k80no", "maxpower"}},
                                            {"free_acceleration", "5", {"smoke1", "smoke2", "smoke3", "smoke_avg"}}};
    return all;
}

bool has_sign(const XmlNode& data, const Method& method) {
    return std::ranges::any_of(method.signs, [&](const char* name) { return data.child(name) != nullptr; });
}

/// Members of no emission test, or the number of an OBD upload.
bool has_no_emission(const XmlNode& data) {
    const auto number = data.value("check_method");
    return std::ranges::none_of(methods(), [&](const Method& m) { return has_sign(data, m); }) &&
           (number.empty() || number == "6" || number == "7");
}

boost::system::result<const Method*, Refusal> method_of(const XmlNode& data) {
    const Method* found = nullptr;
    for (const auto& method : methods()) {
        if (!has_sign(data, method)) continue;
        if (found != nullptr)
            return Refusal{"unknown_method", "有两种方法的数据", "has data of two methods", data.line};
        found = &method;
    }
    if (const auto number = data.value("check_method"); !number.empty()) {
        const auto named = std::ranges::find_if(methods(), [&](const Method& m) { return number == m.number; });
        if (named == methods().end() || (found != nullptr && found != &*named))
            return Refusal{"unknown_method", "检测方法未知或与数据不符: " + number,
                           "the method is not known or not that of the data: " + number, line_of(data, "check_method")};
        found = &*named;
    }
    if (found == nullptr)
        return Refusal{"unknown_method", "看不出是哪种检测方法", "the method can't be told from the data", data.line};
    return found;
}

void two_speed_idle(Readings& readings) {
    readings.measured({"co", "idle", "%"}, {"low_co", "low_co_limit", "low_co_passed", {}});
    readings.measured({"hc", "idle", "ppm"}, {"low_hc", "low_hc_limit", "low_hc_passed", {}});
    readings.measured({"co", "high_idle", "%"}, {"high_co", "high_co_limit", "high_co_passed", {}});
    readings.measured({"hc", "high_idle", "ppm"}, {"high_hc", "high_hc_limit", "high_hc_passed", {}});
    readings.measured({"lambda", "high_idle", "1"}, {"lambda", "lambda_limit_h", "lambda_passed", "lambda_limit_l"});
}

void asm_mode(Readings& readings, const char* mode) {
    const auto of_gas = [&](const char* gas, const char* unit) {
        const std::string name = std::string(gas) + "_" + mode;
        readings.measured({gas, mode, unit}, {name, name + "_limit", name + "_passed", {}});
    };
    of_gas("co", "%");
    of_gas("hc", "ppm");
    of_gas("no", "ppm");
    readings.plain({"lambda", mode, "1"}, std::string("lambda_") + mode);
    readings.plain({"power", mode, "kW"}, std::string("power_") + mode);
}

void vmas(Readings& readings) {
    for (const auto* gas : {"co", "hc", "nox", "hc_nox"}) {
        const std::string name = gas;
        readings.measured({gas, "cycle", "g/km"}, {name, name + "_limit", name + "_passed", {}});
    }
}

void lugdown(Readings& readings) {
    readings.measured({"opacity", "k100", "1/m"}, {"k100", "smokeklimit", "k100judge", {}});
    readings.measured({"opacity", "k80", "1/m"}, {"k80", "k80limit", "k80judge", {}});
    readings.measured({"nox", "k80", "ppm"}, {"k80no", "k80nolimit", "k80nojudge", {}});
    readings.measured({"power", "max", "kW"}, {"maxpower", "maxpowerlimit", {}, {}});
}

void free_acceleration(Readings& readings) {
    readings.plain({"opacity", "1", "1/m"}, "smoke1");
    readings.plain({"opacity", "2", "1/m"}, "smoke2");
    readings.plain({"opacity", "3", "1/m"}, "smoke3");
    readings.measured({"opacity", "mean", "1/m"}, {"smoke_avg", "smoke_limit", {}, {}});
}

void measure(std::string_view method, Readings& readings) {
    if (method == "two_speed_idle") return two_speed_idle(readings);
    if (method == "vmas") return vmas(readings);
    if (method == "lugdown") return lugdown(readings);
    if (method == "free_acceleration") return free_acceleration(readings);
    asm_mode(readings, "5025");
    asm_mode(readings, "2540");
}

Json vehicle_of(const XmlNode& data) {
    static const CodeWords fuels = {{"A", "petrol"},   {"B", "diesel"},  {"C", "electric"}, {"E", "cng"},  {"F", "lpg"},
                                    {"L", "methanol"}, {"M", "ethanol"}, {"O", "hybrid"},   {"Z", "other"}};
    Json out = Json::object();
    const auto put = [&](const char* name, const std::string& value) {
        if (!says_nothing(value)) out[name] = value;
    };
    const auto vin = data.value("vin"), plate = data.value("plate");
    put("vin", vin);
    // Where there is no plate, some platforms have the VIN stand in its place.
    if (loop::normal_plate(plate) != loop::normal_plate(vin)) put("plate", plate);
    put("fuel", word(fuels, data.value("rlzl")));
    put("model", data.value("clxh"));
    return out;
}

Json environment_of(Fields& fields) {
    Json out = Json::object();
    for (const auto& [name, key] : {std::pair("temperature_c", "temperature"), std::pair("humidity_pct", "humidity"),
                                    std::pair("pressure_kpa", "pressure")})
        if (const auto v = fields.optional(key, name)) out[name] = json_number(*v);
    return out;
}

bool is_diesel(const XmlNode& data) {
    const auto fuel = data.value("rlzl");
    if (!fuel.empty()) return fuel.starts_with("B");
    return has_sign(data, methods()[3]) || has_sign(data, methods()[4]);
}

/// The common part of the record: whose, when, why.
boost::system::result<Json, Refusal> head_of(const XmlNode& data, const Settings& settings) {
    static const CodeWords reasons = {{"1", "periodic"},   {"2", "initial"}, {"3", "initial"},
                                      {"4", "comparison"}, {"5", "retest"},  {"6", "retest"}};
    const auto report_no = data.value("check_id"), type = data.value("check_type");
    if (report_no.empty()) return no_report_number(data);
    if (const auto judged = loop::judge_number(report_no); judged.fit == loop::Fit::refused) {
        const auto words = loop::judgement_words(judged.code);
        return Refusal{"bad_value", "检测编号 (check_id)：" + words.zh, "check_id: " + words.en,
                       line_of(data, "check_id")};
    }
    const auto reason = word(reasons, type);
    if (reason.empty())
        return Refusal{"unknown_check_type", "检测类型未知: " + type, "the check type is not known: " + type,
                       line_of(data, "check_type")};
    const auto vehicle = vehicle_of(data);
    if (loop::normal_vin(vehicle.value("vin", "")).empty() && loop::normal_plate(vehicle.value("plate", "")).empty())
        return Refusal{"vehicle_unnamed", "没有车架号，也没有号牌", "has neither VIN nor plate", data.line};
    const auto day = data.value("check_date");
    const auto started_at = moment_of(data.value("start_time"), day, settings),
               ended_at = moment_of(data.value("end_time"), day, settings);
    if (started_at.empty()) return bad_value(data, "start_time");
    const auto ended = loop::parse_moment(ended_at);
    if (!ended || *ended < loop::parse_moment(started_at).value()) return bad_value(data, "end_time");
    const auto or_else = [&](const char* name, const std::string& other) {
        const auto text = data.value(name);
        return text.empty() ? other : text;
    };
    Json head = {
        {"schema", "imloop/inspection/1"},
        {"record_id", uuid7_of(*ended, settings.station_id + "\ninspection\n" + report_no + "\n" + started_at)},
        {"station_id", settings.station_id},
        {"occurred_at", ended_at},
        {"vehicle", vehicle},
        {"report_no", report_no},
        {"line_id", or_else("line_id", settings.line_id)},
        {"inspector_id", or_else("user_id", settings.inspector_id)},
        {"reason", reason},
        {"started_at", started_at},
        {"ended_at", ended_at}};
    if (const auto unit = data.value("unit_id"); !unit.empty()) head["unit_id"] = unit;
    return {boost::system::in_place_value, head};
}

}  // namespace

bool is_obd_alone(const XmlNode& result) {
    const auto* data = result.child("result_data");
    return data != nullptr && has_no_emission(*data) && has_obd(*data) && data->child("start_time") == nullptr;
}

bool is_process_data_alone(const XmlNode& result) {
    const auto* data = result.child("result_data");
    return data != nullptr && result.child("process_data") != nullptr && has_no_emission(*data) && !has_obd(*data) &&
           data->child("passed") == nullptr && data->child("check_type") == nullptr;
}

boost::system::result<ProvinceTest, Refusal> province_test(const XmlNode& result, const Settings& settings) {
    const auto all = result.all("result_data");
    if (all.size() != 1)
        return Refusal{"not_a_test", "不是一次检验的结果 (result_data)", "is not the result of one test (result_data)",
                       result.line};
    const XmlNode& data = *all.front();
    const XmlNode* block = result.child("obd_data");
    const bool alone = has_no_emission(data);
    if (alone && !has_obd(data) && data.child("passed") == nullptr)
        return Refusal{"not_a_test", "不是检验结果", "is no result of a test", data.line};
    auto head = head_of(data, settings);
    if (!head) return head.error();
    ProvinceTest out{std::move(*head), notes_of(result)};
    const bool is_obd_only = alone && has_obd(data);
    std::string method = "obd_only";
    if (!is_obd_only) {
        auto found = method_of(data);
        if (!found) return found.error();
        method = (*found)->code;
    }
    out.record["method"] = method;
    auto verdict = verdict_of(data);
    if (!verdict) return verdict.error();

    auto fields = fields_of(data);
    out.record["environment"] = environment_of(fields);
    Readings readings(fields, out.record);
    if (!is_obd_only) measure(method, readings);
    if (!fields.bad().empty()) return bad_value(data, fields.bad());
    note_none(data, fields, out.notes);
    note_unread(data, fields, out.notes);
    if (!is_obd_only && out.record["readings"].empty() && *verdict != "aborted")
        return Refusal{"no_values", "没有任何测量值", "nothing was measured", data.line};
    out.record["verdict"] = *verdict;
    if (const auto failed = readings.failed(*verdict == "fail"); !failed.empty()) out.record["failed_items"] = failed;
    if (block != nullptr || has_obd(data)) {
        const XmlNode& of_obd = block != nullptr ? *block : data;
        auto member = obd_member(result, of_obd, is_diesel(data), out.notes);
        if (!member) return member.error();
        const bool failed = block != nullptr ? block->value("passed") == "0" : is_obd_only && *verdict == "fail";
        join_obd(out.record, {{}, {}, {}, *member, failed, {}});
    }
    const bool fails = out.record.contains("failed_items");
    if ((out.record["verdict"] == "pass" && fails) || (out.record["verdict"] == "fail" && !fails))
        return Refusal{"contradiction", "总判定与各项判定矛盾", "the verdict contradicts the judgements of the items",
                       line_of(data, "passed")};
    return out;
}

}  // namespace imloop::station::intake
