#include "station/intake/nha_records.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "loop/time.hpp"
#include "station/ids.hpp"

namespace imloop::station::intake {
namespace {

using Json = nlohmann::ordered_json;

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// 80 rather than 80.0, so that a record reads like the file.
Json json_number(double value) {
    if (std::trunc(value) == value && std::abs(value) < 1e9) return static_cast<std::int64_t>(value);
    return value;
}

std::string word(const std::map<std::string, std::string>& words, const std::string& text) {
    const auto found = words.find(text);
    return found == words.end() ? std::string() : found->second;
}

struct Column {
    const char* name;
    const char* key;
};
constexpr Column common_columns[] = {
    {"co_pct", "CO"}, {"co2_pct", "CO2"},   {"o2_pct", "O2"},     {"hc_ppm", "HC"},
    {"no_ppm", "NO"}, {"lambda", "Lambda"}, {"rpm", "EngineRev"}, {"oil_temp_c", "OilTemperature"}};
constexpr Column asm_columns[] = {{"speed_kmh", "Velocity"}, {"power_kw", "Power"}, {"load_n", "Force"}};
constexpr Column last_columns[] = {{"temperature_c", "EnvironmentalTemperature"},
                                   {"humidity_pct", "RelativeHumidity"},
                                   {"pressure_kpa", "AtmosphericPressure"},
                                   {"obd_rpm", "OBDRTData_EngineRev"},
                                   {"obd_speed_kmh", "OBDRTData_Velocity"}};

/// Reads a result's members and remembers the first one that is missing or no number.
class Result {
public:
    Result(const Ini& ini, std::string_view section, std::string& bad) : ini_(ini), section_(section), bad_(bad) {}

    std::string text(const std::string& key) const { return ini_.value(section_, key); }
    std::optional<double> optional(const std::string& key) {
        const auto value = text(key);
        if (value.empty()) return std::nullopt;
        const auto n = number(value);
        if (!n && bad_.empty()) bad_ = key;
        return n;
    }
    double needed(const std::string& key) {
        const auto n = optional(key);
        if (!n && bad_.empty()) bad_ = key;
        return n.value_or(0);
    }
    bool flag(const std::string& key) {
        const auto value = text(key);
        if (value != "0" && value != "1" && bad_.empty()) bad_ = key;
        return value == "1";
    }

private:
    const Ini& ini_;
    std::string section_;
    std::string& bad_;
};

class Readings {
public:
    Readings(Result& result, Json& record) : result_(result), record_(record) { record_["readings"] = Json::array(); }

    /// Judged by the equipment: value, upper limit and whether it passed.
    void judged(const char* item, const char* phase, const char* unit, const std::string& value,
                const std::string& limit, const std::string& passed, const std::string& limit_low = {}) {
        Json reading = {{"item", item},
                        {"phase", phase},
                        {"value", json_number(result_.needed(value))},
                        {"unit", unit},
                        {"limit", json_number(result_.needed(limit))}};
        if (!limit_low.empty()) reading["limit_low"] = json_number(result_.needed(limit_low));
        reading["passed"] = result_.flag(passed);
        if (!reading["passed"].get<bool>()) failed_.push_back(std::string(item) + "/" + phase);
        record_["readings"].push_back(std::move(reading));
    }
    void plain(const char* item, const char* phase, const char* unit, const std::string& value) {
        if (const auto v = result_.optional(value))
            record_["readings"].push_back(
                {{"item", item}, {"phase", phase}, {"value", json_number(*v)}, {"unit", unit}});
    }
    const Json& failed() const { return failed_; }

private:
    Result& result_;
    Json& record_;
    Json failed_ = Json::array();
};

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
    if (const auto power = number(text("RatedPower"))) out["rated_power_kw"] = json_number(*power);
    return out;
}

std::string reason_of(const Ini& log) {
    static const std::map<std::string, std::string> reasons = {
        {"在用车检验", "periodic"}, {"注册登记检验", "initial"}, {"新车检验", "initial"}, {"比对", "comparison"}};
    if (log.value("TestLog", "IsRetest") == "1") return "retest";
    return word(reasons, log.value("TestLog", "TestCharacter"));
}

void two_speed_idle(Result& r, Readings& readings) {
    if (r.text("NeedTestLIS") != "0") {
        readings.judged("co", "idle", "%", "COLow", "LimitOfCOLow", "PassOfCOLow");
        readings.judged("hc", "idle", "ppm", "HCLow", "LimitOfHCLow", "PassOfHCLow");
        readings.plain("co2", "idle", "%", "CO2Low");
        readings.plain("o2", "idle", "%", "O2Low");
    }
    readings.judged("co", "high_idle", "%", "COHigh", "LimitOfCOHigh", "PassOfCOHigh");
    readings.judged("hc", "high_idle", "ppm", "HCHigh", "LimitOfHCHigh", "PassOfHCHigh");
    readings.plain("co2", "high_idle", "%", "CO2High");
    readings.plain("o2", "high_idle", "%", "O2High");
    if (r.text("NeedTestLambda") == "1")
        readings.judged("lambda", "high_idle", "1", "Lambda", "UpperLimitOfLambda", "PassOfLambda",
                        "LowerLimitOfLambda");
    else
        readings.plain("lambda", "high_idle", "1", "LambdaHigh");
}

void asm_mode(Readings& readings, const char* mode) {
    const std::string m = mode;
    readings.judged("co", mode, "%", "CO" + m, "LimitOfCO" + m, "PassOfCO" + m);
    readings.judged("hc", mode, "ppm", "HC" + m, "LimitOfHC" + m, "PassOfHC" + m);
    readings.judged("no", mode, "ppm", "NO" + m, "LimitOfNO" + m, "PassOfNO" + m);
    readings.plain("co2", mode, "%", "CO2" + m);
    readings.plain("o2", mode, "%", "O2" + m);
    readings.plain("lambda", mode, "1", "Lambda" + m);
    readings.plain("power", mode, "kW", "Power" + m);
}

}  // namespace

std::string nha_time(const std::string& value, const Settings& settings) {
    if (value.size() != 19 || value[10] != ' ') return {};
    std::string out = value.substr(0, 10) + "T" + value.substr(11) + settings.time_offset;
    return loop::parse_moment(out) ? out : std::string();
}

std::optional<std::string> nha_trace(const Ini& real_time, NhaMethod method, const Settings& settings) {
    std::vector<Column> columns(std::begin(common_columns), std::end(common_columns));
    if (method == NhaMethod::asm_) columns.insert(columns.end(), std::begin(asm_columns), std::end(asm_columns));
    columns.insert(columns.end(), std::begin(last_columns), std::end(last_columns));
    std::string csv = method == NhaMethod::asm_ ? "time_s,state" : "time_s";
    for (const auto& column : columns) csv += std::string(",") + column.name;
    csv += '\n';
    static const std::map<std::string, std::string> states = {{"4", "hold"}, {"5", "stable"}, {"6", "test"}};
    std::optional<loop::Moment> start;
    for (int row = 1;; ++row) {
        const auto section = std::to_string(row);
        if (!real_time.sections.contains(section)) return row > 1 ? std::optional(csv) : std::nullopt;
        const auto at = loop::parse_moment(nha_time(real_time.value(section, "SamplingTime"), settings));
        if (!at) return std::nullopt;
        if (!start) start = *at;
        csv += std::to_string((*at - *start) / 1000);
        if (method == NhaMethod::asm_) csv += "," + word(states, real_time.value(section, "State"));
        for (const auto& column : columns) {
            const auto value = real_time.value(section, column.key);
            if (!value.empty() && !number(value)) return std::nullopt;
            csv += "," + value;
        }
        csv += '\n';
    }
}

std::optional<Json> nha_record(const Ini& log, const Ini& result, NhaMethod method, const Settings& settings,
                               std::string& bad) {
    const bool is_asm = method == NhaMethod::asm_;
    Result r(result, is_asm ? "ResultOfASM" : "ResultOfDIS", bad);
    const auto log_text = [&](const char* key) { return log.value("TestLog", key); };
    const std::string started_at = nha_time(r.text("TestStartTime"), settings),
                      ended_at = nha_time(r.text("TestEndTime"), settings);
    if (started_at.empty() || ended_at.empty()) bad = started_at.empty() ? "TestStartTime" : "TestEndTime";
    const std::string reason = reason_of(log), report_no = log_text("ReportNumber");
    if (reason.empty()) bad = "TestCharacter";
    if (!bad.empty()) return std::nullopt;

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
                   {"method", is_asm ? "asm" : "two_speed_idle"}};
    Json environment = Json::object();
    const auto surround = [&](const char* name, const char* key) {
        if (const auto v = r.optional(key)) environment[name] = json_number(*v);
    };
    surround("temperature_c", "EnvironmentalTemperature");
    surround("humidity_pct", "RelativeHumidity");
    surround("pressure_kpa", "AtmosphericPressure");
    record["environment"] = environment;
    Readings readings(r, record);
    if (is_asm) {
        asm_mode(readings, "5025");
        if (r.text("NeedTestMode2540") == "1") asm_mode(readings, "2540");
    } else {
        two_speed_idle(r, readings);
    }
    const bool passed = r.flag("Pass");
    if (!bad.empty()) return std::nullopt;
    record["verdict"] = passed ? "pass" : "fail";
    if (!readings.failed().empty()) record["failed_items"] = readings.failed();
    Json equipment = Json::object();
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) equipment[name] = value;
    };
    put("analyser_id", log_text("AnalyzerNumber"));
    if (is_asm) put("dynamometer_id", log_text("DynamometerNumber"));
    put("software_version", result.value("Version", "Version"));
    put("calibrated_at", nha_time(log_text("AnalyzerChannelCalibrationDate"), settings));
    record["equipment"] = equipment;
    return record;
}

}  // namespace imloop::station::intake
