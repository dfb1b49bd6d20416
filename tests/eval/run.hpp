// One year simulated, fed and judged.
#pragma once

#include "tests/eval/score.hpp"

namespace imloop::eval {

struct Plan {
    sim::YearOptions year = [] {
        sim::YearOptions o;
        o.seed = 7, o.tests = 20'000, o.trace_share = 0.2;
        return o;
    }();
    int step_days = 7;
};

struct Scene {
    std::string name, title;
    Plan plan;
};
/// All kinds of cheats mixed (or those the plan names), an honest year, and stations that pass 30 % and 50 % of what
/// fails, one in sixteen of all.
std::vector<Scene> scenes(const Plan&);

Score run(const Plan&);

}  // namespace imloop::eval
