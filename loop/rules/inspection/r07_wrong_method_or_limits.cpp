// Fuel decides the method and the method and the day the limits (GB 18285-2018 for spark ignition, GB 3847-2018 for
// diesel, both in force since 2019-05-01): another one is easier than the vehicle's own. Which of its methods a vehicle
// is tested by follows from its drive, which its model has: what all other stations test on rollers is not tested at
// idle.
#include <algorithm>
#include <array>
#include <map>

#include "loop/block.hpp"
#include "loop/suspects/observed/bench.hpp"

namespace imloop::loop::rules {
namespace {

constexpr std::array spark_methods = {"two_speed_idle", "asm", "vmas", "transient"};
constexpr std::array diesel_methods = {"free_acceleration", "lugdown", "ringelmann"};
constexpr std::array spark_fuels = {"petrol", "cng", "lpg", "methanol", "ethanol"};

template <typename List>
bool has(const List& list, std::string_view what) {
    return std::ranges::find(list, what) != list.end();
}

/// Hybrids may hold either engine, and an electric car has no exhaust at all.
void method(const Record& r, Flags& flags) {
    const std::string fuel(fuel_of(r)), &method = r.fact.inspection->method;
    const bool is_wrong = (has(spark_fuels, fuel) && has(diesel_methods, method)) ||
                          (fuel == "diesel" && has(spark_methods, method)) ||
                          (fuel == "electric" && (has(spark_methods, method) || has(diesel_methods, method)));
    if (is_wrong)
        flags.push_back(
            flag_of(r, "method_not_for_fuel", Grade::medium, 850, {text("fuel", fuel), text("method", method)}));
}

bool is_known_standard(const std::string& name) {
    return std::ranges::any_of(limits(), [&](const Limit& l) { return l.standard == name; });
}

/// `GB3847-2005` of a `GB3847-2005/b`.
std::string_view text_of_standard(std::string_view name) { return name.substr(0, name.find('/')); }

void standard(const Record& r, Flags& flags) {
    const auto& named = r.test().limits_in_force;
    if (named.empty()) return;
    const Day day = day_of(r.test().ended_at);
    bool has_method = false, other_has = false;
    for (const auto& l : limits()) {
        if (l.method != r.fact.inspection->method || l.valid_from > day) continue;
        (l.standard == named ? has_method : other_has) = true;
    }
    if (has_method || !other_has) return;
    // A standard we do not know is wrong only where it is an older edition of one that we know.
    const auto edition = text_of_standard(named);
    const auto base = edition.substr(0, edition.find('-'));
    const bool is_older = std::ranges::any_of(limits(), [&](const Limit& l) {
        const auto ours = text_of_standard(l.standard);
        return ours.substr(0, ours.find('-')) == base && edition < ours && l.valid_from <= day;
    });
    if (!is_known_standard(named) && !is_older) return;
    flags.push_back(flag_of(r, is_older ? "limits_out_of_force" : "limits_of_another_method", Grade::medium, 850,
                            {text("limits", named), text("method", r.fact.inspection->method)}));
}

void own_limits(const Record& r, Flags& flags) {
    for (const auto& reading : r.test().readings) {
        const auto table = table_limits(r, reading.phase, reading.item);
        if (!table || !reading.limit) continue;
        constexpr double rounding = 0.005;
        if (*reading.limit <= table->laxest + rounding) continue;
        auto flag =
            flag_of(r, "limit_laxer", Grade::medium, 850,
                    {text("reading", place_of(reading)), number("limit", *reading.limit, 2, reading.unit),
                     number("table", table->laxest, 2, reading.unit), number("value", reading.value, 2, reading.unit)});
        // A pass that the right limit would not have given.
        if (reading.value > table->laxest) flag.grade = Grade::strong, flag.score_permille = 950;
        flags.push_back(std::move(flag));
        return;
    }
}

void check(const Record& r, const Context&, Flags& flags) {
    if (!is_judged_test(r) || !is_car_or_lorry(r)) return;
    method(r, flags);
    standard(r, flags);
    own_limits(r, flags);
}

constexpr Day block_days = 90;  // tests of one model that are compared

bool is_on_rollers(const Record& r) {
    const auto& method = r.fact.inspection->method;
    return method == "asm" || method == "vmas" || method == "transient" || method == "lugdown";
}
bool is_easier(const Record& r) {
    const auto& method = r.fact.inspection->method;
    return method == "two_speed_idle" || method == "free_acceleration";
}

/// Tests at a station; roadside and spot checks have no rollers.
void keys(const Record& r, std::vector<std::string>& out) {
    if (!is_judged_test(r) || !r.fact.vehicle || r.fact.vehicle->model.size() < 4) return;
    const auto reason = r.fact.inspection->reason;
    if (reason != Reason::periodic && reason != Reason::initial && reason != Reason::retest) return;
    if (is_on_rollers(r) || is_easier(r))
        out.push_back(r.fact.vehicle->model + "|" + std::string(fuel_of(r)) + "|" +
                      std::to_string(block_of(day_of(r.test().ended_at), block_days)));
}

void easier_than_model(std::span<const Record> records, const Context& ctx, Flags& flags) {
    struct Count {
        int rollers = 0, easier = 0;
    };
    std::map<std::string, Count> stations;
    std::map<std::string, std::vector<const Record*>> easier_at;
    for (const auto& r : records) {
        auto& count = stations[r.fact.station_id];
        ++(is_easier(r) ? count.easier : count.rollers);
        if (is_easier(r)) easier_at[r.fact.station_id].push_back(&r);
    }
    for (const auto& [station, own] : stations) {
        // A station without rollers moves nobody.
        if (own.easier == 0 || own.rollers == 0) continue;
        int rollers = 0, easier = 0;
        double others = 0;
        for (const auto& [other, count] : stations)
            if (other != station && count.rollers > 0) rollers += count.rollers, easier += count.easier, ++others;
        if (others < ctx.number("R07", "peers_min") || rollers < ctx.number("R07", "peer_tests_min") ||
            easier > ctx.number("R07", "peers_easier_share_max") * (rollers + easier))
            continue;
        for (const Record* r : easier_at.at(station))
            flags.push_back(flag_of(*r, "easier_than_model", Grade::medium, 800,
                                    {text("method", r->fact.inspection->method), number("tests", rollers + easier, 0),
                                     number("easier", easier, 0), number("own_easier", own.easier, 0),
                                     number("own_tests", own.easier + own.rollers, 0)}));
    }
}

}  // namespace

Rule r07() { return {.id = "R07", .record = check, .groups = {{keys, easier_than_model, true}}}; }

}  // namespace imloop::loop::rules
