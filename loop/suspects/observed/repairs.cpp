#include "loop/suspects/observed/repairs.hpp"

#include <algorithm>

namespace imloop::loop::rules {
namespace {

using Codes = std::vector<std::string_view>;

bool holds(const Codes& codes, std::string_view code) { return std::ranges::find(codes, code) != codes.end(); }

}  // namespace

bool is_timed_repair(const Record& r) {
    return r.is_repair() && !r.fact.day_only && r.fact.repair->outcome == RepairOutcome::repaired &&
           r.repair().settled_at >= r.repair().received_at;
}

double stay_minutes(const Record& r) {
    return static_cast<double>(r.repair().settled_at - r.repair().received_at) / 60'000;
}

std::optional<double> labour_hours(const Record& r) {
    std::optional<double> sum;
    for (const auto& item : r.repair().items)
        if (item.labour_hours) sum = sum.value_or(0) + *item.labour_hours;
    return sum;
}

std::vector<std::string> failed_readings(const Record& test) {
    std::vector<std::string> out;
    for (const auto& r : test.test().readings) {
        const bool over = r.limit && (r.item == "power" ? r.value < *r.limit : r.value > *r.limit);
        const bool under = r.limit_low && r.value < *r.limit_low;
        if (r.passed ? !*r.passed : over || under) out.push_back(r.item + "/" + r.phase);
    }
    return out;
}

/// CO and HC come of mixture, ignition, compression and catalyst; NO of temperature, EGR and catalyst; smoke of
/// injection, air and filter; NOx of a diesel of EGR and SCR; power of fuel, air and the engine itself (Heywood,
/// "Internal Combustion Engine Fundamentals", chapters 4 and 11). What cannot matter is far less than what can.
bool can_mend(std::string_view code, std::string_view failed) {
    if (code.empty() || code == "OTH-OTHER") return true;
    const auto item = failed.substr(0, failed.find('/'));
    if (item == "appearance" || item == "obd") return true;
    if (code == "ENG-OIL") return item == "opacity";
    if (item == "opacity")
        return !holds({"EMI-CAT", "EMI-CATC", "EMI-EVAP", "IGN-PLUG", "IGN-COIL", "IGN-WIRE", "FUE-GAS"}, code);
    if (item == "co" || item == "hc" || item == "lambda")
        return !holds({"EMI-DPF", "EMI-DOC", "EMI-SCR", "EMI-UREA", "EMI-NOXS"}, code);
    return true;
}

/// A code names its circuit: sensors of oxygen, catalyst, EGR, filter, urea, boost and fuel pressure are not mended by
/// fresh oil or a thermostat; camshaft timing, misfire and a mixture that is too rich may be.
bool can_clear(std::string_view code, const std::vector<std::string>& dtcs) {
    static const Codes others{"P008", "P013", "P014", "P015", "P016", "P02", "P04", "P20", "P22"};
    if (dtcs.empty() || !holds({"ENG-OIL", "COO-THER"}, code)) return true;
    return !std::ranges::all_of(dtcs, [&](const std::string& dtc) {
        return std::ranges::any_of(others, [&](std::string_view group) { return dtc.starts_with(group); });
    });
}

const Record* failure_of(const Record& repair, const History& history) {
    const auto& named = repair.fact.repair->fail_report_no;
    const Record* latest = nullptr;
    const Record* by_name = nullptr;
    for (const Record& r : history.records) {
        if (!r.is_test() || r.fact.inspection->verdict != Verdict::fail) continue;
        const auto& test = *r.fact.inspection;
        if (!named.empty() && (test.report_no == named || test.acceptance_no == named)) by_name = &r;
        if (r.fact.occurred_at <= repair.fact.occurred_at) latest = &r;
    }
    if (by_name) return by_name;
    for (const Episode& e : history.episodes)
        if (std::ranges::find(e.repairs, repair.fact.record_id) != e.repairs.end()) return latest;
    return nullptr;
}

const Record* next_formal_test(const History& history, Moment after) {
    for (const Record& r : history.records)
        if (is_formal(r.fact) && r.fact.occurred_at > after) return &r;
    return nullptr;
}

}  // namespace imloop::loop::rules
