// Vehicles that passed here fail at the roadside, at a spot check or in their next cycle more often than those that
// passed elsewhere (follow-up pass rate of California's STAR; programmes D2).
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S09", name); };
    const Day from = s.as_of - static_cast<Day>(parameter("window_days"));
    std::map<std::string, stations::Unit> by_station;
    for (const auto& [vehicle, journey] : s.statistics.journeys())
        for (const auto& later : journey.later) {
            if (later.day <= from || later.day > s.as_of) continue;
            auto& unit = by_station[later.station_id];
            unit.station_id = later.station_id;
            unit.own.add(later.stratum, {later.failed ? 1 : 0, 1});
        }
    std::vector<stations::Unit> units;
    for (auto& [id, unit] : by_station) units.push_back(std::move(unit));
    const auto figures = stations::against_each_other(std::move(units), parameter("expected_min"));
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
