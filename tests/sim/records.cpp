#include "tests/sim/records.hpp"

#include <fmt/format.h>

#include <cmath>

#include "station/ids.hpp"

namespace imloop::sim {
namespace {

double rounded(double value, int decimals) {
    const double step = std::pow(10, decimals);
    return std::round(value * step) / step;
}

struct Limit {
    const char *item, *phase, *unit;
    double limit;
    int decimals;
    bool is_lower = false;
};

const std::vector<Limit> idle = {{"co", "idle", "%", 0.6, 2},
                                 {"hc", "idle", "ppm", 80, 0},
                                 {"co", "high_idle", "%", 0.3, 2},
                                 {"hc", "high_idle", "ppm", 50, 0},
                                 {"lambda", "high_idle", "1", 1.05, 3}};
const std::vector<Limit> asm_ = {{"co", "5025", "%", 0.5, 2},   {"hc", "5025", "ppm", 90, 0},
                                 {"no", "5025", "ppm", 700, 0}, {"co", "2540", "%", 0.4, 2},
                                 {"hc", "2540", "ppm", 80, 0},  {"no", "2540", "ppm", 650, 0}};
const std::vector<Limit> vmas = {
    {"co", "cycle", "g/km", 8.0, 2}, {"hc", "cycle", "g/km", 1.6, 2}, {"nox", "cycle", "g/km", 1.3, 2}};
const std::vector<Limit> lugdown = {{"opacity", "k100", "1/m", 1.2, 2},
                                    {"opacity", "k80", "1/m", 1.2, 2},
                                    {"nox", "k80", "ppm", 1500, 0},
                                    {"power", "max", "kW", 40, 1, true}};
const std::vector<Limit> free_acceleration = {{"opacity", "mean", "1/m", 1.2, 2}};

Json vehicle_words(const Vehicle& v) {
    Json out = {{"vin", v.vin},
                {"plate", v.plate},
                {"plate_kind", v.plate_kind},
                {"plate_color", v.plate_color},
                {"fuel", v.fuel},
                {"emission_stage", v.emission_stage},
                {"registered_on", v.registered_on},
                {"model", v.model}};
    if (v.vin.empty()) out.erase("vin");
    if (v.plate.empty()) out.erase("plate");
    return out;
}

std::string id_of(loop::Moment at, const Json& r, const std::string& words) {
    return station::uuid7_of(at, r.at("station_id").get<std::string>() + "\n" + words);
}

Json common(const char* kind, const std::string& station, loop::Moment at, const std::string& words) {
    Json out = {{"schema", fmt::format("imloop/{}/1", kind)},
                {"record_id", ""},
                {"station_id", station},
                {"occurred_at", loop::format_moment(at)}};
    out["record_id"] = id_of(at, out, words);
    return out;
}

}  // namespace

Json inspection(const Vehicle& v, const TestWords& words, Random& random) {
    const char* method = v.diesel ? (random.chance(0.7) ? "lugdown" : "free_acceleration")
                                  : (random.chance(0.5)   ? "asm"
                                     : random.chance(0.5) ? "vmas"
                                                          : "two_speed_idle");
    const std::string_view name = method;
    const auto& limits = name == "lugdown"             ? lugdown
                         : name == "free_acceleration" ? free_acceleration
                         : name == "asm"               ? asm_
                         : name == "vmas"              ? vmas
                                                       : idle;
    const int minutes = name == "vmas" ? 6 : 4;
    Json r = common("inspection", words.station, words.ended_at, words.report_no);
    r["vehicle"] = vehicle_words(v);
    r["report_no"] = words.report_no;
    r["line_id"] = std::to_string(1 + random.below(3));
    r["inspector_id"] = fmt::format("A{:03}", random.below(12));
    r["reason"] = words.reason;
    r["started_at"] =
        loop::format_moment(words.ended_at - minutes * 60'000 - static_cast<loop::Moment>(random.below(60)) * 1000);
    r["ended_at"] = r["occurred_at"];
    r["method"] = method;
    r["environment"] = {{"temperature_c", rounded(5 + random.unit() * 25, 1)},
                        {"humidity_pct", rounded(20 + random.unit() * 60, 1)},
                        {"pressure_kpa", rounded(94 + random.unit() * 4, 1)}};
    r["readings"] = Json::array();
    Json failed = Json::array();
    const std::size_t worst = random.below(limits.size());
    for (std::size_t i = 0; i < limits.size() && words.verdict != "aborted"; ++i) {
        const auto& l = limits[i];
        const bool fails = words.verdict == "fail" && i == worst;
        const double share = fails ? 1.1 + random.unit() * 1.5 : 0.1 + random.unit() * 0.8;
        double value = rounded(l.is_lower ? l.limit / share : l.limit * share, l.decimals);
        if (std::string_view(l.item) == "lambda") value = fails ? 1.12 : rounded(0.97 + random.unit() * 0.06, 3);
        Json reading = {{"item", l.item}, {"phase", l.phase}, {"value", value}, {"unit", l.unit}, {"limit", l.limit}};
        if (std::string_view(l.item) == "lambda") reading["limit_low"] = 0.95;
        reading["passed"] = !fails;
        if (fails) failed.push_back(fmt::format("{}/{}", l.item, l.phase));
        r["readings"].push_back(std::move(reading));
    }
    r["verdict"] = words.verdict;
    if (!failed.empty()) r["failed_items"] = failed;
    r["equipment"] = {{"analyser_id", fmt::format("AN{:04}", random.below(9999))}, {"software_version", "3.2.1"}};
    r["limits_in_force"] = v.diesel ? "GB3847-2018/a" : "GB18285-2018/a";
    return r;
}

Json repair(const Vehicle& v, const std::string& station, loop::Moment settled_at, const std::string& work_order_no,
            const std::string& fail_report_no, const std::string& outcome, bool day_only, Random& random) {
    const std::vector<std::pair<const char*, const char*>> petrol = {{"EMI-CAT", "更换三元催化器"},
                                                                     {"EMI-O2S", "更换氧传感器"},
                                                                     {"IGN-PLUG", "更换火花塞"},
                                                                     {"INT-THR", "清洗节气门"}};
    const std::vector<std::pair<const char*, const char*>> diesel = {
        {"FUE-INJ", "清洗或更换喷油嘴"}, {"EMI-DPF", "清洗或更换颗粒捕集器"}, {"INT-AIR", "更换空气滤清器"}};
    if (day_only) settled_at = loop::start_of(loop::day_of(settled_at));
    Json r = common("repair", station, settled_at, work_order_no);
    if (day_only) r["time_precision"] = "day";
    r["vehicle"] = vehicle_words(v);
    r["work_order_no"] = work_order_no;
    if (!fail_report_no.empty()) r["fail_report_no"] = fail_report_no;
    r["received_at"] = day_only ? r["occurred_at"] : Json(loop::format_moment(settled_at - 5 * 3'600'000));
    r["settled_at"] = r["occurred_at"];
    r["mileage_km"] = 20'000 + static_cast<int>(random.below(180'000));
    r["fault_description"] = v.diesel ? "加速冒黑烟" : "尾气超标";
    if (outcome == "repaired") {
        const auto& [code, name] = random.pick(v.diesel ? diesel : petrol);
        const int fee = 100 + static_cast<int>(random.below(30)) * 10;
        r["items"] = Json::array({{{"code", code}, {"name", name}, {"labour_hours", 2}, {"labour_fee", fee}}});
        r["total_fee"] = fee + static_cast<int>(random.below(2000));
        r["certificate_no"] = "C" + work_order_no;
    } else {
        r["total_fee"] = 80;
    }
    r["technician_id"] = fmt::format("T{:02}", random.below(9));
    r["outcome"] = outcome;
    return r;
}

Json vehicle_event(const Vehicle& v, const std::string& station, loop::Moment at, const std::string& event) {
    at = loop::start_of(loop::day_of(at));
    Json r = common("vehicle_event", station, at, v.plate + event);
    r["time_precision"] = "day";
    r["vehicle"] = vehicle_words(v);
    r["event"] = event;
    r["authority"] = "市公安局交警支队";
    return r;
}

Json correction_void(const Json& record, loop::Moment at) {
    Json r = common("correction", record.at("station_id"), at, record.at("record_id").get<std::string>());
    r["corrects"] = record.at("record_id");
    r["action"] = "void";
    r["reason"] = "录入错误";
    return r;
}

std::string trace_of(const Json& inspection, Random& random) {
    const bool diesel = inspection.at("method") == "lugdown" || inspection.at("method") == "free_acceleration";
    std::string out = diesel ? "time_s,opacity_m1,nox_ppm,rpm,speed_kmh,power_kw\n"
                             : "time_s,co_pct,co2_pct,o2_pct,hc_ppm,lambda,rpm\n";
    for (int second = 0; second < 90; ++second)
        out +=
            diesel
                ? fmt::format("{},{:.2f},{},{},{:.1f},{:.1f}\n", second, 0.3 + random.unit(), 300 + random.below(200),
                              1800 + random.below(300), 60 + random.unit() * 5, 45 + random.unit() * 4)
                : fmt::format("{},{:.2f},{:.2f},{:.2f},{},{:.2f},{}\n", second, random.unit() * 0.1, 14 + random.unit(),
                              random.unit(), random.below(40), 0.98 + random.unit() * 0.05, 2400 + random.below(200));
    return out;
}

}  // namespace imloop::sim
