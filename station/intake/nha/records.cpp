#include "station/intake/nha/records.hpp"

#include <cmath>
#include <map>
#include <vector>

#include "loop/time.hpp"
#include "loop/written/judgement.hpp"
#include "station/ids.hpp"
#include "station/intake/outcome/no_values.hpp"

namespace imloop::station::intake {
namespace {

std::string word(const std::map<std::string, std::string>& words, const std::string& text) {
    const auto found = words.find(text);
    return found == words.end() ? std::string() : found->second;
}

const char* code_of(NhaMethod method) {
    switch (method) {
        case NhaMethod::two_speed_idle:
            return "two_speed_idle";
        case NhaMethod::asm_:
            return "asm";
        case NhaMethod::lugdown:
            return "lugdown";
        case NhaMethod::free_acceleration:
            return "free_acceleration";
        case NhaMethod::vmas:
            return "vmas";
    }
    return "";
}

Json vehicle_of(const Ini& log) {
    static const std::map<std::string, std::string> colours = {{"蓝牌", "蓝"},     {"黄牌", "黄"}, {"绿牌", "绿"},
                                                               {"黄绿牌", "黄绿"}, {"白牌", "白"}, {"黑牌", "黑"}};
    static const std::map<std::string, std::string> fuels = {
        {"汽油", "petrol"},    {"柴油", "diesel"},   {"天然气", "cng"},  {"压缩天然气", "cng"},
        {"液化石油气", "lpg"}, {"甲醇", "methanol"}, {"乙醇", "ethanol"}};
    const auto text = [&](const char* key) { return log.value("TestLog", key); };
    Json out = Json::object();
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    put("vin", text("VIN"));
    put("plate", text("PlateNumber"));
    put("plate_kind", text("PlateTypeCodeGA"));
    put("plate_color", word(colours, text("PlateType")));
    put("class", text("VehicleType"));
    put("fuel", word(fuels, text("FuelType")));
    put("emission_stage", text("EmissionStandard"));
    if (loop::parse_day(text("RegistrationDate").substr(0, 10)))
        put("registered_on", text("RegistrationDate").substr(0, 10));
    put("model", text("Model"));
    put("engine_no", text("EngineNumber"));
    if (const auto power = number(text("RatedPower")); power && !is_no_value("rated_power_kw", text("RatedPower")))
        out["rated_power_kw"] = json_number(*power);
    return out;
}

std::string reason_of(const Ini& log) {
    static const std::map<std::string, std::string> reasons = {
        {"在用车检验", "periodic"}, {"注册登记检验", "initial"}, {"新车检验", "initial"}, {"比对", "comparison"}};
    if (log.value("TestLog", "IsRetest") == "1") return "retest";
    return word(reasons, log.value("TestLog", "TestCharacter"));
}

void two_speed_idle(Fields& r, Readings& readings) {
    if (r.text("NeedTestLIS") != "0") {
        readings.judged({"co", "idle", "%"}, {"COLow", "LimitOfCOLow", "PassOfCOLow", {}});
        readings.judged({"hc", "idle", "ppm"}, {"HCLow", "LimitOfHCLow", "PassOfHCLow", {}});
        readings.plain({"co2", "idle", "%"}, "CO2Low");
        readings.plain({"o2", "idle", "%"}, "O2Low");
    }
    readings.judged({"co", "high_idle", "%"}, {"COHigh", "LimitOfCOHigh", "PassOfCOHigh", {}});
    readings.judged({"hc", "high_idle", "ppm"}, {"HCHigh", "LimitOfHCHigh", "PassOfHCHigh", {}});
    readings.plain({"co2", "high_idle", "%"}, "CO2High");
    readings.plain({"o2", "high_idle", "%"}, "O2High");
    if (r.text("NeedTestLambda") == "1")
        readings.judged({"lambda", "high_idle", "1"},
                        {"Lambda", "UpperLimitOfLambda", "PassOfLambda", "LowerLimitOfLambda"});
    else
        readings.plain({"lambda", "high_idle", "1"}, "LambdaHigh");
}

void asm_mode(Readings& readings, const char* mode) {
    const std::string m = mode;
    readings.judged({"co", mode, "%"}, {"CO" + m, "LimitOfCO" + m, "PassOfCO" + m, {}});
    readings.judged({"hc", mode, "ppm"}, {"HC" + m, "LimitOfHC" + m, "PassOfHC" + m, {}});
    readings.judged({"no", mode, "ppm"}, {"NO" + m, "LimitOfNO" + m, "PassOfNO" + m, {}});
    readings.plain({"co2", mode, "%"}, "CO2" + m);
    readings.plain({"o2", mode, "%"}, "O2" + m);
    readings.plain({"lambda", mode, "1"}, "Lambda" + m);
    readings.plain({"power", mode, "kW"}, "Power" + m);
}

void lugdown(Fields& r, Readings& readings) {
    readings.judged({"opacity", "k100", "1/m"}, {"K100", "KLimit", "PassOfK100", {}});
    readings.judged({"opacity", "k80", "1/m"}, {"K80", "KLimit", "PassOfK80", {}});
    // The standard before 2018 had no NOx.
    if (!r.text("NOx80").empty()) readings.judged({"nox", "k80", "ppm"}, {"NOx80", "NOxLimit", "PassOfNOx80", {}});
    readings.judged({"power", "max", "kW"}, {"CorrectedPower", "MinHP", "PassOfP", {}});
}

/// The result is the mean of three accelerations on end, of up to six: those whose mean it is, the last such three.
void free_acceleration(Fields& r, Readings& readings) {
    constexpr double rounding = 0.006;
    constexpr const char* phases[] = {"1", "2", "3"};
    std::vector<double> values;
    for (const auto* key : {"Value1", "Value2", "Value3", "Value4", "Value5", "Value6"}) {
        const auto value = r.optional(key, "opacity_m1");
        if (r.text(key).empty()) break;
        // One without a value parts what stands before it from what comes.
        if (value)
            values.push_back(*value);
        else
            values.clear();
    }
    const double mean = r.needed("Average", "opacity_m1").value_or(0);
    for (std::size_t first = values.size() < 3 ? 0 : values.size() - 2; first-- > 0;) {
        if (std::abs((values[first] + values[first + 1] + values[first + 2]) / 3 - mean) > rounding) continue;
        for (std::size_t i = 0; i < 3; ++i) readings.put({"opacity", phases[i], "1/m"}, values[first + i], {}, {}, {});
        readings.judged({"opacity", "mean", "1/m"}, {"Average", "Limit", "Pass", {}});
        return;
    }
    r.mark_bad("Average");
}

void vmas(Fields& r, Readings& readings) {
    readings.judged({"co", "cycle", "g/km"}, {"CO", "LimitOfCO", "PassOfCO", {}});
    if (r.text("NeedTestHCNOx") == "1") {
        readings.plain({"hc", "cycle", "g/km"}, "HC");
        readings.plain({"nox", "cycle", "g/km"}, "NOx");
        readings.judged({"hc_nox", "cycle", "g/km"}, {"HCNOx", "LimitOfHCNOx", "PassOfHCNOx", {}});
    } else {
        readings.judged({"hc", "cycle", "g/km"}, {"HC", "LimitOfHC", "PassOfHC", {}});
        readings.judged({"nox", "cycle", "g/km"}, {"NOx", "LimitOfNOx", "PassOfNOx", {}});
    }
}

void measure(NhaMethod method, Fields& r, Readings& readings) {
    switch (method) {
        case NhaMethod::two_speed_idle:
            return two_speed_idle(r, readings);
        case NhaMethod::asm_:
            asm_mode(readings, "5025");
            if (r.text("NeedTestMode2540") == "1") asm_mode(readings, "2540");
            return;
        case NhaMethod::lugdown:
            return lugdown(r, readings);
        case NhaMethod::free_acceleration:
            return free_acceleration(r, readings);
        case NhaMethod::vmas:
            return vmas(r, readings);
    }
}

Json equipment_of(const Ini& log, const Ini& result, NhaMethod method, const Settings& settings) {
    const auto text = [&](const char* key) { return log.value("TestLog", key); };
    const bool has_dynamometer = method != NhaMethod::two_speed_idle && method != NhaMethod::free_acceleration;
    const bool is_smoke = method == NhaMethod::lugdown || method == NhaMethod::free_acceleration;
    Json out = Json::object();
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    if (!is_smoke) put("analyser_id", text("AnalyzerNumber"));
    if (is_smoke) put("opacimeter_id", text("OpacimeterNumber"));
    if (method == NhaMethod::lugdown) put("analyser_id", text("NOxAnalyzerNumber"));
    if (has_dynamometer) put("dynamometer_id", text("DynamometerNumber"));
    put("software_version", result.value("Version", "Version"));
    put("calibrated_at",
        nha_time(text(is_smoke ? "OpacimeterChannelCalibrationDate" : "AnalyzerChannelCalibrationDate"), settings));
    return out;
}

}  // namespace

std::string nha_name(NhaMethod method) {
    switch (method) {
        case NhaMethod::two_speed_idle:
            return "DIS";
        case NhaMethod::asm_:
            return "ASM";
        case NhaMethod::lugdown:
            return "LUGDOWN";
        case NhaMethod::free_acceleration:
            return "FSUNHT";
        case NhaMethod::vmas:
            return "VMAS";
    }
    return {};
}

std::string nha_time(const std::string& value, const Settings& settings) {
    if (value.size() != 19 || value[10] != ' ') return {};
    std::string out = value.substr(0, 10) + "T" + value.substr(11) + settings.time_offset;
    return loop::parse_moment(out) ? out : std::string();
}

std::optional<Json> nha_record(const Ini& log, const Ini& result, NhaMethod method, const Settings& settings,
                               IniMember& bad, std::vector<NoValue>& none) {
    const std::string section = "ResultOf" + nha_name(method);
    Fields r([&](const std::string& key) { return result.value(section, key); });
    const auto log_text = [&](const char* key) { return log.value("TestLog", key); };
    const std::string started_at = nha_time(log_text("TestStartTime"), settings),
                      ended_at = nha_time(log_text("TestEndTime"), settings);
    const std::string reason = reason_of(log), report_no = log_text("ReportNumber");
    for (const auto& [key, value] :
         {std::pair("TestStartTime", started_at),
          {"TestEndTime", ended_at},
          {"TestCharacter", reason},
          {"ReportNumber", loop::judge_number(report_no).fit == loop::Fit::refused ? "" : report_no}}) {
        if (!value.empty()) continue;
        bad = {"TestLog", key};
        return std::nullopt;
    }

    const std::string line_id = log_text("LineNumber");
    Json record = {{"schema", "imloop/inspection/1"},
                   {"record_id", uuid7_of(loop::parse_moment(ended_at).value(),
                                          settings.station_id + "\ninspection\n" + report_no + "\n" + started_at)},
                   {"station_id", settings.station_id},
                   {"occurred_at", ended_at},
                   {"vehicle", vehicle_of(log)},
                   {"report_no", report_no},
                   {"line_id", line_id.empty() ? settings.line_id : line_id},
                   {"inspector_id", settings.inspector_id},
                   {"reason", reason},
                   {"started_at", started_at},
                   {"ended_at", ended_at},
                   {"method", code_of(method)}};
    Json environment = Json::object();
    const auto surround = [&](const char* name, const char* key) {
        if (const auto v = r.optional(key, name)) environment[name] = json_number(*v);
    };
    surround("temperature_c", "EnvironmentalTemperature");
    surround("humidity_pct", "RelativeHumidity");
    surround("pressure_kpa", "AtmosphericPressure");
    record["environment"] = environment;
    Readings readings(r, record);
    measure(method, r, readings);
    const bool passed = r.flag("Pass");
    for (const auto& one : r.none()) none.push_back({{section, one.key}, one.written});
    if (!r.bad().empty()) {
        bad = {section, r.bad()};
        return std::nullopt;
    }
    record["verdict"] = passed ? "pass" : "fail";
    Json failed = readings.failed(!passed);
    // The engine's speed is none of the readings of docs/contract.md; only this word tells why the test failed.
    if (method == NhaMethod::lugdown && r.text("PassOfRev") == "0" && r.text("SkipRevJudgement") != "1")
        failed.push_back("rev");
    if (!failed.empty()) record["failed_items"] = failed;
    record["equipment"] = equipment_of(log, result, method, settings);
    return record;
}

}  // namespace imloop::station::intake
