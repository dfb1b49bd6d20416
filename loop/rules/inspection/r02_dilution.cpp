// The carbon of the fuel is in the exhaust: gas that lacks it was thinned with air (a leaking or throttled sampling
// tube), or all of its readings were scaled (a board between sensor and display).
#include <cmath>

#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {
namespace {

Flag flag_of(const Record& r, std::string claim, std::string_view phase, const physics::Gas& gas) {
    Flag flag{.claim = std::move(claim),
              .records = {r.fact.record_id},
              .person = r.test().inspector_id,
              .values = {text("phase", phase), number("co", gas.co_pct, 2, "%"), number("co2", gas.co2_pct, 2, "%"),
                         number("o2", gas.o2_pct, 2, "%"), number("co_co2", gas.co_pct + gas.co2_pct, 2, "%")}};
    flag.key = flag.claim + "|" + r.fact.record_id;
    return flag;
}

/// Below the floor at which the standard has the test stopped (GB 18285-2018: CO + CO2 at least 6 %).
bool under_floor(const Record& r, const Context& ctx, std::string_view phase, Flags& flags) {
    const auto *co = r.test().reading("co", phase), *co2 = r.test().reading("co2", phase);
    if (!co || !co2) return false;
    const double least = ctx.number("R02", "co_co2_pct_min", r);
    if (co->value + co2->value >= least) return false;
    const auto* o2 = r.test().reading("o2", phase);
    const bool is_pass = r.fact.inspection->verdict == Verdict::pass;
    auto flag = flag_of(r, "under_floor", phase, {co->value, co2->value, o2 ? o2->value : 0, 0, 0});
    flag.grade = is_pass ? Grade::strong : Grade::weak;
    flag.score_permille = is_pass ? 930 : 500;
    flag.values.push_back(number("co_co2_min", least, 2, "%"));
    flags.push_back(std::move(flag));
    return true;
}

/// Nearest to 1 over the fuels it may have burnt.
double carbon_share(const physics::Gas& gas, std::span<const physics::Fuel> fuels) {
    double best = 0;
    for (const auto& fuel : fuels) {
        const double share = physics::carbon_pct(gas) / physics::expected_carbon_pct(gas, fuel);
        if (std::abs(share - 1) < std::abs(best - 1)) best = share;
    }
    return best;
}

bool out_of_balance(const Record& r, const Context& ctx, std::string_view phase, const physics::Gas& gas,
                    Flags& flags) {
    const auto fuels = physics::burnt_in_spark_ignition(fuel_of(r));
    if (fuels.empty()) return false;
    const double share = carbon_share(gas, fuels);
    const double least = ctx.number("R02", "carbon_share_min", r), most = ctx.number("R02", "carbon_share_max", r);
    if (share >= least && share <= most) return false;
    const bool is_far = share < least - 0.12 || share > most + 0.12;
    auto flag = flag_of(r, share < least ? "carbon_missing" : "carbon_too_much", phase, gas);
    flag.grade = is_far ? Grade::strong : Grade::medium;
    flag.score_permille = is_far ? 930 : 800;
    flag.values.push_back(number("expected", physics::expected_carbon_pct(gas, fuels.front()), 2, "%"));
    flag.values.push_back(number("share", share * 100, 0, "%"));
    flag.values.push_back(number("share_min", least * 100, 0, "%"));
    flag.values.push_back(number("share_max", most * 100, 0, "%"));
    flags.push_back(std::move(flag));
    return true;
}

/// A pass of exhaust that holds this much air: a probe that is not in the pipe.
bool thinned(const Record& r, const Context& ctx, std::string_view phase, const physics::Gas& gas, Flags& flags) {
    const auto fuels = physics::burnt_in_spark_ignition(fuel_of(r));
    if (fuels.empty() || r.fact.inspection->verdict != Verdict::pass) return false;
    const double share = physics::air_share(gas, fuels.front());
    const double most = ctx.number("R02", "air_share_max", r);
    if (share <= most) return false;
    auto flag = flag_of(r, "thinned_with_air", phase, gas);
    flag.grade = Grade::medium;
    flag.score_permille = share > 1.5 * most ? 900 : 800;
    flag.values.push_back(number("air_share", share * 100, 0, "%"));
    flag.values.push_back(number("air_share_max", most * 100, 0, "%"));
    flags.push_back(std::move(flag));
    return true;
}

/// A driven cycle's result is in grams; its seconds show the gas. The richest and the least lean of them are taken,
/// since an engine that is pushed takes no fuel and pumps air.
void check_cycle(const Record& r, const Context& ctx, Flags& flags) {
    const TraceFacts* trace = whole_trace(r, ctx);
    if (!trace) return;
    const auto *co = trace->of(Part::whole, Channel::co), *co2 = trace->of(Part::whole, Channel::co2),
               *o2 = trace->of(Part::whole, Channel::o2), *hc = trace->of(Part::whole, Channel::hc);
    if (!co || !co2 || !o2 || co2->window_max <= 0) return;
    const physics::Gas gas{co->mean, co2->window_max, o2->window_min, hc ? hc->mean : 0.0, 0};
    const auto fuels = physics::burnt_in_spark_ignition(fuel_of(r));
    if (fuels.empty()) return;
    // Oxygen that is of other gas than the carbon beside it (taken after the air of the meter) says nothing.
    const double share = carbon_share(gas, fuels);
    if (share < ctx.number("R02", "carbon_share_min", r) || share > ctx.number("R02", "carbon_share_max", r)) return;
    thinned(r, ctx, "cycle", gas, flags);
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    const auto& method = r.fact.inspection->method;
    if (method == "vmas") return check_cycle(r, ctx, flags);
    if (method != "two_speed_idle" && method != "asm") return;
    for (const std::string_view phase : {"high_idle", "idle", "5025", "2540"}) {
        if (under_floor(r, ctx, phase, flags)) return;
        const auto gas = gas_of(r.test(), phase);
        if (!gas) continue;
        if (out_of_balance(r, ctx, phase, *gas, flags) || thinned(r, ctx, phase, *gas, flags)) return;
    }
}

}  // namespace

Rule r02() { return {.id = "R02", .record = check}; }

}  // namespace imloop::loop::rules
