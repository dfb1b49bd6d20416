// A station fails too few of its vehicles, or too many, for what they are: first tests against peers by method, fuel,
// stage, age and mileage (Spiegelhalter 2005; Clayton and Kaldor 1987; docs/threats.md, D1 and D8).
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S01", name); };
    const auto figures = stations::stations_by(s.statistics.tallies(),
                                               {stations::window(s.as_of, static_cast<int>(parameter("window_days"))),
                                                stations::failed_first_tests, parameter("expected_min")});
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q > parameter("false_discoveries")) continue;
        const bool is_low = c.z < 0;
        const double p = is_low ? c.p_low : c.p_high;
        Flag flag = flag_of(m, figures, is_low ? "fails_too_few" : "fails_too_many", p, c.q, s.as_of);
        if (is_low)
            grade(flag, c.ratio.quantile(0.975), parameter("strong_ratio"), c.q, true);
        else
            grade(flag, c.ratio.quantile(0.025), 1 / parameter("strong_ratio"), c.q, false);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule s01() { return {.id = "S01", .sweep = sweep}; }

}  // namespace imloop::loop::rules
