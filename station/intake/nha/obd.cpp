#include "station/intake/nha/obd.hpp"

#include <string_view>

#include "station/intake/outcome/fault_codes.hpp"

namespace imloop::station::intake {
namespace {

struct Monitor {
    const char* name;
    const char* key;
};
constexpr Monitor monitors[] = {{"misfire", "MFT"},
                                {"fuel_system", "FST"},
                                {"components", "ICM"},
                                {"catalyst", "CC"},
                                {"catalyst_heater", "CCH"},
                                {"oxygen_sensor", "OS"},
                                {"oxygen_sensor_heater", "OSH"},
                                {"evaporation", "EECS"},
                                {"egr", "EGR"},
                                {"secondary_air", "SAIS"},
                                {"vvt", "VVT"},
                                {"doc", "DOC"},
                                {"scr", "SCR"},
                                {"dpf", "DPF"},
                                {"asc", "ASC"},
                                {"poc", "POC"}};

bool says_nothing(const std::string& text) {
    return text.empty() || text == "0" || text == "-" || text == "无" || text == "不支持";
}

}  // namespace

std::optional<Json> nha_obd(const Ini& log, const Ini& obd, IniMember& bad, std::vector<NoValue>& none) {
    const std::string section = "ResultOfOBD";
    Fields fields([&](const std::string& key) { return obd.value(section, key); });
    Json out = Json::object();
    const auto judged = [&](const std::string& key) -> std::optional<bool> {
        const auto text = fields.text(key);
        if (text == "1") return true;
        if (text == "2") return false;
        if (!text.empty() && text != "0") fields.mark_bad(key);
        return std::nullopt;
    };
    const auto put = [&](const char* name, const char* key) {
        if (const auto text = fields.text(key); !says_nothing(text)) out[name] = text;
    };
    const auto put_number = [&](const char* name, const char* key) {
        if (const auto n = fields.optional(key, name)) out[name] = json_number(*n);
    };
    const auto put_each = [&](const char* name, std::initializer_list<const char*> keys) {
        std::vector<std::string> values;
        for (const auto* key : keys)
            if (auto text = fields.text(key); !says_nothing(text)) values.push_back(std::move(text));
        put_one_or_many(out, name, values);
    };
    if (const auto has = log.value("TestLog", "HasOBD"); has == "1" || has == "0") out["supported"] = has == "1";
    if (const auto works = judged("ComErrorJudge")) out["communicates"] = *works;
    if (const auto dark = judged("LampStateJudge")) out["mil_on"] = !*dark;
    const auto dtc = fields.text("DTC");
    if (const auto codes = fault_codes_in(dtc); !says_nothing(dtc) && !codes.empty())
        out["dtcs"] = codes;
    else if (says_nothing(dtc) && judged("DTCJudge") == true)
        out["dtcs"] = Json::array();
    Json readiness = Json::object();
    for (const auto& monitor : monitors)
        if (const auto complete = judged(std::string("CheckItemJudge_") + monitor.key))
            readiness[monitor.name] = *complete;
    if (!readiness.empty()) out["readiness"] = readiness;
    put_each("cal_id", {"EngineCALID", "PostProcessingCALID", "OtherCALID"});
    put_each("cvn", {"EngineCVN", "PostProcessingCVN", "OtherCVN"});
    put("vin", "VIN");
    put("protocol", "OBDProtocol");
    put("standard", "OBDType");
    put_number("mileage_km", "Mileage");
    put_number("mil_distance_km", "DTCMileage");
    for (const auto& one : fields.none()) none.push_back({{section, one.key}, one.written});
    if (!fields.bad().empty()) bad = {section, fields.bad()};
    return fields.bad().empty() ? std::optional(out) : std::nullopt;
}

bool nha_obd_failed(const Ini& obd) { return obd.value("ResultOfOBD", "Judge") == "2"; }

}  // namespace imloop::station::intake
