// One control unit's software on unlike vehicles. Calibration id and verification number together name a program, so
// that a model, a maker's platform and sister plants share theirs; vehicles of many makers, or of a model that has
// another program everywhere else, do not: a simulator or a borrowed car was plugged in. Counters that agree to the
// kilometre on several vehicles are the same.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/rules/vehicle/programs.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

constexpr int counters_needed = 2;

const std::string& vin_of(const Record& r) { return r.fact.vehicle->vin; }

/// Mileage, distance and warm-ups since clearing, where at least two of them say something: not zero, round or full.
std::string counters_of(const Record& r) {
    const auto& obd = *r.test().obd;
    const auto saying = [](std::optional<double> value, double least, double full) {
        return value && *value >= least && *value < full && static_cast<long>(*value) % 1000 != 0;
    };
    const int count = saying(obd.mileage_km, 1000, 9'999'999) + saying(obd.cleared_distance_km, 100, 65'535) +
                      saying(obd.cleared_warm_ups, 10, 255);
    if (count < counters_needed) return {};
    return fmt::format("{:.0f}/{:.0f}/{:.0f}", obd.mileage_km.value_or(0), obd.cleared_distance_km.value_or(0),
                       obd.cleared_warm_ups.value_or(0));
}

void by_obd_vin(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (const auto vin = obd_vin(r.test()); !vin.empty()) out.emplace_back(vin);
}

void by_counters(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (const auto words = counters_of(r); !words.empty()) out.push_back(r.fact.station_id + "|" + words);
}

using Vins = std::set<std::string>;

void check_counters(std::span<const Record> records, const Context&, Flags& flags) {
    Vins vins;
    for (const Record& r : records) vins.insert(vin_of(r));
    const auto unlike = [&](const std::string& vin) {
        return vins_far_apart(vin, *vins.begin()) || vin == *vins.begin();
    };
    if (vins.size() < 3 || !std::ranges::all_of(vins, unlike)) return;
    Flag flag{
        .claim = "same_counters",
        .grade = Grade::strong,
        .score_permille = 960,
        .values = {text("counters", counters_of(records[0])), number("vehicles", static_cast<double>(vins.size()), 0)},
        .key = "counters|" + records[0].fact.station_id + "|" + counters_of(records[0])};
    for (const Record& r : records) flag.records.push_back(r.fact.record_id);
    flags.push_back(std::move(flag));
}

/// All of one OBD VIN: a borrowed car answers for others while it is about itself, or for several.
void check_vin(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const std::string vin(obd_vin(records[0].test()));
    Vins others;
    std::vector<const Record*> borrowed, own;
    for (const Record& r : records) {
        if (vins_far_apart(vin, vin_of(r))) others.insert(vin_of(r)), borrowed.push_back(&r);
        if (vin_of(r) == vin) own.push_back(&r);
    }
    const double near_ms = ctx.number("V01", "near_days_max") * day_ms;
    const auto near_own = [&](const Record* r) {
        const auto long_before = [&](const Record* o) {
            return static_cast<double>(r->fact.occurred_at - o->fact.occurred_at) > near_ms;
        };
        const auto next = std::ranges::partition_point(own, long_before);
        return next != own.end() && static_cast<double>((*next)->fact.occurred_at - r->fact.occurred_at) <= near_ms;
    };
    if (others.size() < 2) std::erase_if(borrowed, [&](const Record* r) { return !near_own(r); });
    if (borrowed.empty()) return;
    ByMonth found;
    for (const Record* r : borrowed)
        found.add(
            {r->fact.occurred_at, r->fact.record_id}, r->fact.station_id, "vin|" + vin,
            {.claim = "obd_vin_answers_for_others",
             .grade = Grade::strong,
             .score_permille = 960,
             .values = {text("obd_vin", masked_vin(vin)), number("vehicles", static_cast<double>(others.size()), 0)}});
    found.give(flags);
}

}  // namespace

Rule v01() {
    return {.id = "V01",
            .groups = {{by_obd_vin, check_vin, true, 2}, {by_counters, check_counters, true, 3}},
            .folds = {programs(), models()}};
}

}  // namespace imloop::loop::rules
