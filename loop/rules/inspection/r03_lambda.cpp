// The analyser computes lambda from its own gases (Brettschneider 1979; GB 18285-2018): a lambda that does not follow
// from the gases beside it means that one of them was changed afterwards. And the vehicle has a sensor of its own: a
// warm engine that holds its mixture by it leaves gas of that lambda, unless the probe takes air or another gas.
#include <algorithm>
#include <cmath>

#include "loop/suspects/observed/bench.hpp"

namespace imloop::loop::rules {
namespace {

/// Nearest over the fuels that may have burnt; analysers compute with petrol's coefficients unless told otherwise.
double recomputed(const physics::Gas& gas, std::span<const physics::Fuel> fuels, double reported) {
    double best = physics::brettschneider_lambda(gas, fuels.front());
    for (const auto& fuel : fuels)
        if (const double l = physics::brettschneider_lambda(gas, fuel);
            std::abs(l - reported) < std::abs(best - reported))
            best = l;
    return best;
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    const auto fuels = physics::burnt_in_spark_ignition(fuel_of(r));
    if (fuels.empty()) return;
    for (const std::string_view phase : {"high_idle", "5025", "2540"}) {
        const auto* reported = r.test().reading("lambda", phase);
        const auto gas = gas_of(r.test(), phase);
        // Without HC the carbon is not whole; beyond these lambda is no figure of an engine.
        if (!reported || !gas || !r.test().reading("hc", phase) || reported->value < 0.5 || reported->value > 3)
            continue;
        const double lambda = recomputed(*gas, fuels, reported->value);
        // Means of windows in which the mixture changes, and oxygen's own error, grow with the excess of air.
        const double allowed = ctx.number("R03", "lambda_difference_max", r) +
                               0.1 * std::max(std::abs(reported->value - 1), std::abs(lambda - 1));
        const double difference = std::abs(lambda - reported->value);
        if (difference <= allowed) continue;
        const bool is_far = difference > 2 * allowed;
        flags.push_back(
            {.claim = "lambda_not_of_the_gases",
             .grade = is_far ? Grade::strong : Grade::medium,
             .score_permille = is_far ? 940 : 850,
             .records = {r.fact.record_id},
             .person = r.test().inspector_id,
             .values = {text("phase", phase), number("reported", reported->value, 3), number("recomputed", lambda, 3),
                        number("difference", difference, 3), number("allowed", allowed, 3),
                        number("co", gas->co_pct, 2, "%"), number("co2", gas->co2_pct, 2, "%"),
                        number("o2", gas->o2_pct, 2, "%"), number("hc", gas->hc_ppm, 0, "ppm")},
             .key = "lambda|" + r.fact.record_id});
        return;
    }
}

/// Passed tests of petrol engines alone, with nothing wrong on board and the mixture held at 1 by the sensor. Air that
/// leaks into an exhaust pipe reads lean as well, so that only a large difference speaks.
void check_obd(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r) || r.fact.inspection->verdict != Verdict::pass || fuel_of(r) != "petrol") return;
    const auto& obd = r.test().obd;
    const bool is_sound = obd && obd->lambda && obd->communicates.value_or(true) && !obd->mil_on.value_or(false) &&
                          obd->dtcs.empty() && obd->permanent_dtcs.empty();
    if (!is_sound || std::abs(*obd->lambda - 1) > ctx.number("R03", "closed_loop_max", r)) return;
    // Idle may be rich for a cold engine; at these the oil is warm by the method.
    for (const std::string_view phase : {"high_idle", "5025", "2540"}) {
        const auto gas = gas_of(r.test(), phase);
        if (!gas || !r.test().reading("hc", phase)) continue;
        const double lambda = recomputed(*gas, physics::burnt_in_spark_ignition("petrol"), *obd->lambda);
        const double difference = std::abs(lambda - *obd->lambda);
        if (difference <= ctx.number("R03", "obd_difference_max", r)) continue;
        flags.push_back({.claim = "gases_not_of_this_engine",
                         .grade = Grade::medium,
                         .score_permille = 800,
                         .records = {r.fact.record_id},
                         .person = r.test().inspector_id,
                         .values = {text("phase", phase), number("obd_lambda", *obd->lambda, 3),
                                    number("recomputed", lambda, 3), number("difference", difference, 3),
                                    number("allowed", ctx.number("R03", "obd_difference_max", r), 3)},
                         .key = "obd|" + r.fact.record_id});
        return;
    }
}

void check_both(const Record& r, const Context& ctx, Flags& flags) {
    check(r, ctx, flags);
    check_obd(r, ctx, flags);
}

}  // namespace

Rule r03() { return {.id = "R03", .record = check_both}; }

}  // namespace imloop::loop::rules
