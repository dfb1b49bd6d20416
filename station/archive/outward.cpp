#include "station/archive/outward.hpp"

#include <fmt/format.h>

#include <array>

#include "loop/time.hpp"
#include "loop/vehicle/plate.hpp"
#include "station/archive/repair.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::archive {
namespace {

using nlohmann::json;
using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, const char*>, 8> fuels{{{"petrol", "A"},
                                                                    {"diesel", "B"},
                                                                    {"electric", "C"},
                                                                    {"cng", "E"},
                                                                    {"lpg", "F"},
                                                                    {"methanol", "L"},
                                                                    {"ethanol", "M"},
                                                                    {"hybrid", "O"}}};
constexpr std::pair<const char*, const char*> other_fuel{"other", "Z"};

std::string text(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

json member(const json& object, const char* name) {
    const auto at = object.find(name);
    return at == object.end() ? json() : *at;
}

/// yyyyMMdd of the day at +08:00.
std::string compact_day(const std::string& moment) {
    const auto at = loop::parse_moment(moment);
    if (!at) return {};
    auto out = loop::format_day(loop::day_of(*at));
    std::erase(out, '-');
    return out;
}

/// With as many decimals as the archive keeps, without noughts at the end.
std::string number(const json& value, int decimals) {
    if (!value.is_number()) return {};
    auto out = fmt::format("{:.{}f}", value.get<double>(), decimals);
    if (out.find('.') == std::string::npos) return out;
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
    return out;
}

}  // namespace

std::optional<Json> archive_message_of(const json& repair, const std::string& company_name) {
    if (text(repair, "schema") != "imloop/repair/1" || text(repair, "outcome") != "repaired") return std::nullopt;
    const auto vehicle = repair.value("vehicle", json::object());
    Json basic{{"vehicleplatenumber", intake::shortened(loop::normal_plate(text(vehicle, "plate")), plate_cut)},
               {"companyname", company_name},
               {"vin", text(vehicle, "vin")},
               {"repairdate", compact_day(text(repair, "received_at"))},
               {"repairmileage", number(member(repair, "mileage_km"), 0)},
               {"settledate", compact_day(text(repair, "settled_at"))},
               {"faultdescription", intake::shortened(text(repair, "fault_description"), text_cut)},
               {"costlistcode", intake::shortened(text(repair, "work_order_no"), name_cut)}};
    if (const auto report = text(repair, "fail_report_no"); !report.empty()) basic["test_no"] = report;
    Json projects = Json::array(), parts = Json::array();
    for (const auto& item : repair.value("items", json::array()))
        projects.push_back(
            {{"repairproject",
              intake::shortened(item.contains("name") ? text(item, "name") : text(item, "code"), text_cut)},
             {"workinghours", number(member(item, "labour_hours"), 1)}});
    for (const auto& part : repair.value("parts", json::array()))
        parts.push_back({{"partsname", intake::shortened(text(part, "name"), name_cut)},
                         {"partscode", intake::shortened(text(part, "part_no"), name_cut)},
                         {"partsquantity", number(member(part, "quantity"), 2)}});
    return Json{{"basicInfo", basic}, {"vehiclepartslist", parts}, {"repairprojectlist", projects}};
}

std::optional<Json> failed_test_message_of(const json& inspection) {
    if (text(inspection, "schema") != "imloop/inspection/1" || text(inspection, "verdict") != "fail")
        return std::nullopt;
    const auto at = loop::parse_moment(text(inspection, "ended_at"));
    if (!at) return std::nullopt;
    const auto vehicle = inspection.value("vehicle", json::object());
    const auto fuel = text(vehicle, "fuel");
    std::string letter = fuel.empty() ? "" : other_fuel.second;
    for (const auto& [code, ga] : fuels)
        if (fuel == code) letter = ga;
    const auto moment = loop::format_moment(*at / 1000 * 1000);
    return Json{{"VLPN", loop::normal_plate(text(vehicle, "plate"))},
                {"StationCode", text(inspection, "station_id")},
                {"InspectionNum", text(inspection, "acceptance_no")},
                {"InspectionReportNo", text(inspection, "report_no")},
                {"DetectEndTime", moment.substr(0, 10) + " " + moment.substr(11, 8)},
                {"VIN", text(vehicle, "vin")},
                {"FuelType", letter}};
}

std::optional<json> failed_test_in(const json& message) {
    const auto at = intake::shop_time(text(message, "DetectEndTime"), 0);
    json vehicle = json::object();
    if (const auto plate = text(message, "VLPN"); !plate.empty()) vehicle["plate"] = plate;
    if (const auto vin = text(message, "VIN"); !vin.empty()) vehicle["vin"] = vin;
    if (!at || vehicle.empty()) return std::nullopt;
    if (const auto letter = text(message, "FuelType"); !letter.empty()) {
        vehicle["fuel"] = other_fuel.first;
        for (const auto& [code, ga] : fuels)
            if (letter == ga) vehicle["fuel"] = code;
    }
    json out{{"schema", "imloop/inspection/1"},
             {"station_id", text(message, "StationCode")},
             {"vehicle", vehicle},
             {"ended_at", loop::format_moment(at->at)},
             {"verdict", "fail"}};
    if (const auto number_ = text(message, "InspectionNum"); !number_.empty()) out["acceptance_no"] = number_;
    if (const auto number_ = text(message, "InspectionReportNo"); !number_.empty()) out["report_no"] = number_;
    return out;
}

}  // namespace imloop::station::archive
