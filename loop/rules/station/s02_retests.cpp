// First retests pass too often, given whether a repair counts before them: failures of first retests against peers by
// method, fuel, stage, age and repair (docs/threats.md, D3). A retest is the cheapest place to let a vehicle through.
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S02", name); };
    const auto window = stations::window(s.as_of, static_cast<int>(parameter("window_days")));
    const auto figures = stations::against_each_other(
        stations::units_by(&stations::StationShopWeek::station_id, s.statistics.journeys().retests, window),
        parameter("expected_min"));
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_low > parameter("false_discoveries")) continue;
        Flag flag = flag_of(m, figures, "retests_pass_too_often", c.p_low, c.q_low, s.as_of);
        grade(flag, c.ratio.quantile(0.975), parameter("strong_ratio"), c.q_low, true);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule s02() { return {.id = "S02", .sweep = sweep}; }

}  // namespace imloop::loop::rules
