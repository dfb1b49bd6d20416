// A county whose failed vehicles stay away past their day more often than elsewhere in the city (docs/threats.md, G1).
#include "loop/rules/county/counties.hpp"
#include "loop/rules/station/evidence.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("C02", name); };
    std::vector<stations::Unit> units;
    const auto age = [](const Policy& then, const std::string& county) {
        const auto [repair_days, retest_days] = then.deadlines(county);
        return repair_days + retest_days;
    };
    for (const auto& [code, c] : failures_by_county(s, age, static_cast<Day>(parameter("window_days")))) {
        units.push_back({code, "", {}});
        units.back().own.add({}, {c.missing, c.failed});
    }
    const auto figures = stations::against_each_other(std::move(units), parameter("expected_min"));
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        Flag flag = flag_of(m, figures, "more_stay_away", c.p_high, c.q_high, s.as_of);
        std::swap(flag.county, flag.station_id);
        flag.grade = Grade::medium;
        flag.score_permille = 750;
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule c02() { return {.id = "C02", .sweep = sweep}; }

}  // namespace imloop::loop::rules
