#include "station/intake/province/obd.hpp"

#include <algorithm>
#include <optional>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/outcome/fault_codes.hpp"

namespace imloop::station::intake {
namespace {

/// Counts and flags that stand in a code's place are none; what has letters and is none is named.
void put_codes(const XmlNode& block, Json& codes, Notes& notes) {
    const auto text = block.value("troubleid");
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (std::ranges::none_of(text, is_letter)) return;
    for (auto& code : fault_codes_in(text)) {
        if (is_fault_code(code))
            codes.push_back(std::move(code));
        else
            notes.push_back({{},
                             "not_read",
                             "看不懂这个故障码: " + code,
                             "is no trouble code: " + code,
                             line_of(block, "troubleid"),
                             "troubleid"});
    }
}

/// The lamp has been on since the earliest of the codes.
void put_trouble_codes(const XmlNode& result, Json& obd, Notes& notes) {
    Json codes = Json::array();
    bool none = false;
    std::optional<double> farthest;
    for (const auto* block : result.all("trou_data")) {
        auto fields = fields_of(*block);
        put_codes(*block, codes, notes);
        none = none || fields.text("gzmnum") == "0";
        if (const auto km = fields.optional("milodo", "mil_distance_km"); km && *km >= 0)
            farthest = std::max(farthest.value_or(0), *km);
        note_none(*block, fields, notes);
    }
    if (farthest) obd["mil_distance_km"] = json_number(*farthest);
    if (!codes.empty() || none) obd["dtcs"] = codes;
}

/// `isready`, and what of it is not ready: numbers that mean other monitors for diesel.
boost::system::result<Json, Refusal> readiness_of(const XmlNode& data, bool is_diesel) {
    static const CodeWords of_diesel = {{"0", "scr"}, {"1", "poc"}, {"2", "doc"}, {"3", "dpf"}, {"4", "egr"}};
    static const CodeWords of_petrol = {
        {"0", "catalyst"}, {"1", "oxygen_sensor"}, {"2", "oxygen_sensor_heater"}, {"3", "egr"}};
    auto fields = fields_of(data);
    Json out = Json::object();
    if (const auto ready = fields.optional_flag("isready")) out["complete"] = *ready;
    if (!fields.bad().empty()) return bad_value(data, "isready");
    std::string item;
    for (const char c : data.value("isreadyfailitem") + ",") {
        if (c != ',') {
            if (c != ' ') item += c;
            continue;
        }
        if (!says_nothing(item)) {
            const auto name = word(is_diesel ? of_diesel : of_petrol, item);
            if (name.empty()) return bad_value(data, "isreadyfailitem");
            out[name] = false;
        }
        item.clear();
    }
    return {boost::system::in_place_value, out};
}

}  // namespace

bool has_obd(const XmlNode& data) { return data.child("obdzsq") != nullptr || data.child("communication") != nullptr; }

boost::system::result<Json, Refusal> obd_member(const XmlNode& result, const XmlNode& data, bool is_diesel,
                                                Notes& notes) {
    auto fields = fields_of(data);
    Json out = Json::object();
    // 0 is "it works".
    if (const auto failed = fields.optional_flag("communication")) out["communicates"] = !*failed;
    if (const auto lit = fields.optional_flag("obdzsq")) out["mil_on"] = *lit;
    put_trouble_codes(result, out, notes);
    auto readiness = readiness_of(data, is_diesel);
    if (!readiness) return readiness.error();
    if (!readiness->empty()) out["readiness"] = *readiness;
    std::vector<std::string> cal_ids, cvns;
    for (const auto* unit : result.all("cal_data")) {
        if (const auto id = unit->value("calid"); !says_nothing(id)) cal_ids.push_back(id);
        if (const auto cvn = unit->value("cvn"); !says_nothing(cvn)) cvns.push_back(cvn);
    }
    put_one_or_many(out, "cal_id", cal_ids);
    put_one_or_many(out, "cvn", cvns);
    if (const auto standard = data.value("obdstand"); !says_nothing(standard)) out["standard"] = standard;
    if (const auto km = fields.optional("odometer", "mileage_km"); km && *km >= 0) out["mileage_km"] = json_number(*km);
    if (!fields.bad().empty()) return bad_value(data, fields.bad());
    note_none(data, fields, notes);
    return {boost::system::in_place_value, out};
}

boost::system::result<ProvinceObd, Refusal> province_obd(const XmlNode& result) {
    const XmlNode& data = *result.child("result_data");
    ProvinceObd out{
        data.value("check_id"), loop::normal_plate(data.value("plate")), loop::normal_vin(data.value("vin")), {}, false,
        notes_of(result)};
    if (out.report_no.empty()) return no_report_number(data);
    auto verdict = verdict_of(data);
    if (!verdict) return verdict.error();
    out.failed = *verdict == "fail";
    auto member = obd_member(result, data, data.value("rlzl").starts_with("B"), out.notes);
    if (!member) return member.error();
    out.member = *member;
    return out;
}

void join_obd(Json& record, const ProvinceObd& obd) {
    record["obd"] = obd.member;
    if (!obd.failed) return;
    record["failed_items"].push_back("obd");
    if (record["verdict"] == "pass") record["verdict"] = "fail";
}

}  // namespace imloop::station::intake
