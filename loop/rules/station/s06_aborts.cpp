// Tests are aborted more often than at other stations: above 1.25 times what peers abort with the same vehicles, and
// beyond chance and honest spread (the rule of California's programme with a test of significance; programmes C6, C7).
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S06", name); };
    const auto figures = stations::stations_by(s.statistics.tallies(),
                                               {stations::window(s.as_of, static_cast<int>(parameter("window_days"))),
                                                stations::aborted_tests, parameter("expected_min")});
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        if (c.ratio.mean() < parameter("ratio_min")) continue;
        Flag flag = flag_of(m, figures, "aborts_too_many", c.p_high, c.q_high, s.as_of);
        grade(flag, c.ratio.quantile(0.025), parameter("strong_ratio"), c.q_high, false);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule s06() { return {.id = "S06", .sweep = sweep}; }

}  // namespace imloop::loop::rules
