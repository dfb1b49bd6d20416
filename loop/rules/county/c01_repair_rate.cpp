// A county where few or none of the failed vehicles enter a repair station (docs/episodes.md, "Measures": low and
// zero).
#include "loop/measures.hpp"
#include "loop/rules/county/counties.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto window = static_cast<Day>(ctx.number("C01", "window_days"));
    const Policy& policy = s.policy();
    const auto age = [](const Policy& then, const std::string& county) { return then.deadlines(county).repair_days; };
    for (const auto& [code, c] : failures_by_county(s, age, window)) {
        const double target = policy.target(code);
        const bool zero = is_zero(c.repaired, c.failed, target);
        if (!zero && !is_low(c.repaired, c.failed, target)) continue;
        const auto interval = wilson(c.repaired, c.failed);
        const double rate = static_cast<double>(c.repaired) / static_cast<double>(c.failed);
        flags.push_back(
            {.claim = zero ? "no_repairs" : "few_repairs",
             .grade = zero ? Grade::strong : Grade::medium,
             .score_permille = zero ? 950 : 800,
             .county = code,
             .day = s.as_of,
             .values = {number("repaired", static_cast<double>(c.repaired), 0),
                        number("failed", static_cast<double>(c.failed), 0), number("rate", 100 * rate, 1, "%"),
                        number("rate_high", 100 * interval.high, 1, "%"), number("target", 100 * target, 0, "%")}});
    }
}

}  // namespace

Rule c01() { return {.id = "C01", .sweep = sweep}; }

}  // namespace imloop::loop::rules
