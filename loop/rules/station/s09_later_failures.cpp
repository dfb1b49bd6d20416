// Vehicles that passed here fail at the roadside, at a spot check or in their next cycle more often than those that
// passed elsewhere (follow-up pass rate of California's STAR; docs/threats.md, D2).
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S09", name); };
    const auto window = stations::window(s.as_of, static_cast<int>(parameter("window_days")));
    const auto figures = stations::against_each_other(
        stations::units_by(&stations::StationShopWeek::station_id, s.statistics.journeys().later, window),
        parameter("expected_min"));
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        Flag flag = flag_of(m, figures, "fail_later", c.p_high, c.q_high, s.as_of);
        grade(flag, c.ratio.quantile(0.025), parameter("strong_ratio"), c.q_high, false);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule s09() { return {.id = "S09", .sweep = sweep}; }

}  // namespace imloop::loop::rules
