// Another car was measured: between a failure and its passed retest the control unit, the burnt fuel or the power at
// the wheels is no more this vehicle's; or, in one lane, tests are again and again too like the one before, as when one
// good car stands in for its neighbours (Oliva 2015 on Mexico City's donor cars).
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/lane.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/rounds.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

void check_control_unit(const Round& round, const Context& ctx, Flags& flags) {
    const auto &before = round.failed->test(), &after = round.next->test();
    if (!before.obd || !after.obd) return;
    const auto vin_before = obd_vin(before), vin_after = obd_vin(after);
    if (!vin_before.empty() && !vin_after.empty() && vins_far_apart(vin_before, vin_after)) {
        flags.push_back(flag_of(round, "obd_vin_changed", Grade::strong, 960,
                                {text("before", masked_vin(vin_before)), text("after", masked_vin(vin_after))}));
        return;
    }
    const auto software_before = software_of(*before.obd), software_after = software_of(*after.obd);
    if (software_before.empty() || software_after.empty() || software_before == software_after) return;
    // Programs name protocols and monitors each in its own way: only the same one's words compare.
    const bool same_words = round.failed->fact.station_id == round.next->fact.station_id &&
                            before.software_version == after.software_version;
    const auto differ = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; };
    const bool unlike = same_words && (differ(before.obd->protocol, after.obd->protocol) ||
                                       differ(supported_monitors(*before.obd), supported_monitors(*after.obd)));
    const bool unexplained =
        round.repairs.empty() && round.minutes() < ctx.number("V07", "reflash_days_min", *round.next) * 24 * 60;
    if (!unlike && !unexplained) return;
    flags.push_back(flag_of(round, "control_unit_changed", Grade::medium, unlike ? 900 : 750,
                            {text("before", software_before), text("after", software_after)}));
}

/// CO and CO2 of the undiluted dry exhaust in % vol: about 15 of petrol, below 12 of natural gas, burnt at lambda 1.
std::optional<double> carbon(const Record& r, std::string_view phase) {
    constexpr double air_oxygen_pct = 20.9;
    const auto *co = r.test().reading("co", phase), *co2 = r.test().reading("co2", phase),
               *o2 = r.test().reading("o2", phase);
    if (!co || !co2 || !o2 || co->unit != "%" || o2->value >= air_oxygen_pct / 2) return std::nullopt;
    return (co->value + co2->value) * air_oxygen_pct / (air_oxygen_pct - o2->value);
}

void check_fuel(const Round& round, const Context& ctx, Flags& flags) {
    if (round.failed->fact.inspection->method != round.next->fact.inspection->method) return;
    for (const auto* phase : {"high_idle", "5025", "2540"}) {
        const auto before = carbon(*round.failed, phase), after = carbon(*round.next, phase);
        if (!before || !after) continue;
        const double petrol = ctx.number("V07", "petrol_carbon_min_pct", *round.next),
                     gas_low = ctx.number("V07", "gas_carbon_min_pct", *round.next),
                     gas_high = ctx.number("V07", "gas_carbon_max_pct", *round.next);
        const auto is_gas = [&](double c) { return c >= gas_low && c <= gas_high; };
        const bool changed = (*before >= petrol && is_gas(*after)) || (is_gas(*before) && *after >= petrol);
        if (!changed) continue;
        flags.push_back(
            flag_of(round, "another_fuel_burnt", Grade::medium, 800,
                    {text("phase", phase), number("before", *before, 1, "%"), number("after", *after, 1, "%")}));
        return;
    }
}

void check_power(const Round& round, const Context& ctx, Flags& flags) {
    if (round.failed->fact.inspection->method != round.next->fact.inspection->method) return;
    for (const auto& before : round.failed->test().readings) {
        if (before.item != "power" || before.value <= 0 || before.passed == false) continue;
        const auto* after = round.next->test().reading(before.item, before.phase);
        if (!after || after->value <= 0) continue;
        const double ratio = std::max(after->value / before.value, before.value / after->value);
        if (ratio < ctx.number("V07", "power_ratio_min", *round.next)) continue;
        flags.push_back(flag_of(round, "another_power", Grade::medium, 750,
                                {number("before", before.value, 1, "kW"), number("after", after->value, 1, "kW")}));
    }
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Round& round : sure_rounds_of(history)) {
        if (!round.passed()) continue;
        check_control_unit(round, ctx, flags);
        check_fuel(round, ctx, flags);
        check_power(round, ctx, flags);
    }
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || r.test().line_id.empty() || r.test().readings.empty()) return;
    out.push_back(r.fact.station_id + "|" + r.test().line_id + "|" + r.fact.inspection->method + "|" +
                  format_day(day_of(r.fact.occurred_at)).substr(0, 7));
}

void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("V07", name, records[0]); };
    const auto alike = lane::too_alike(records, setting("alike_share_pct") / 100, setting("pairs_min"));
    if (!alike || alike->chance > setting("chance_max")) return;
    const double expected = alike->share * alike->neighbours;
    const auto found = static_cast<double>(alike->pairs.size());
    if (found < setting("alike_factor_min") * expected) return;
    Flag flag{.claim = "too_like_the_neighbour",
              .grade = Grade::medium,
              .score_permille = static_cast<int>(1000 * (found - expected) / found),
              .records = {},
              .values = {text("line", records[0].test().line_id), number("pairs", found, 0),
                         number("neighbours", alike->neighbours, 0), number("expected", expected, 1),
                         text("chance", chance_words(alike->chance))},
              .key = "lane|" + records[0].fact.station_id + "|" + records[0].test().line_id + "|" +
                     records[0].fact.inspection->method + "|" +
                     format_day(day_of(records[0].fact.occurred_at)).substr(0, 7)};
    for (const auto& [before, after] : alike->pairs) flag.records.push_back(after->fact.record_id);
    flags.push_back(std::move(flag));
}

}  // namespace

Rule v07() { return {.id = "V07", .history = check, .groups = {{keys, shared, true}}}; }

}  // namespace imloop::loop::rules
