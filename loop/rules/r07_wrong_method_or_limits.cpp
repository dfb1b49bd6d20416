// Fuel decides the method and the method and the day the limits (GB 18285-2018 for spark ignition, GB 3847-2018 for
// diesel, both in force since 2019-05-01): another one is easier than the vehicle's own.
#include <algorithm>
#include <array>

#include "loop/suspects/bench.hpp"

namespace imloop::loop::rules {
namespace {

constexpr std::array spark_methods = {"two_speed_idle", "asm", "vmas", "transient"};
constexpr std::array diesel_methods = {"free_acceleration", "lugdown", "ringelmann"};
constexpr std::array spark_fuels = {"petrol", "cng", "lpg", "methanol", "ethanol"};

template <typename List>
bool has(const List& list, std::string_view what) {
    return std::ranges::find(list, what) != list.end();
}

Flag flag_of(const Record& r, const char* claim, Grade grade, int score, std::vector<Value> values) {
    return {.claim = claim,
            .grade = grade,
            .score_permille = score,
            .records = {r.fact.record_id},
            .person = r.test().inspector_id,
            .values = std::move(values)};
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

}  // namespace

Rule r07() { return {.id = "R07", .record = check}; }

}  // namespace imloop::loop::rules
