#include "tests/eval/run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imloop::eval {

std::vector<Scene> scenes(const Plan& plan) {
    Plan mixed = plan, honest = plan;
    if (mixed.year.cheats.wanted.empty()) mixed.year.cheats.wanted = {"default"};
    honest.year.cheats.wanted.clear();
    std::vector<Scene> out = {{"mixed", "cheats mixed / 各种作弊混合", mixed},
                              {"honest", "an honest year / 诚实的一年", honest}};
    for (const int share : {30, 50}) {
        Plan flips = honest;
        for (int i = 0; i < std::max(1, flips.year.i_stations / 16); ++i)
            flips.year.cheats.wanted.push_back(fmt::format("flip:auto:{}", share / 100.0));
        out.push_back(
            {fmt::format("flip{}", share), fmt::format("stations that pass {} % of what fails", share), flips});
    }
    return out;
}

Score run(const Plan& plan) {
    Traces traces;
    const auto year = sim::make_year(plan.year, [&](const auto& sha, const auto& csv) { traces[sha] = csv; });
    Feed feed(year, traces, plan.year.year);
    Judge judge(year);
    const auto first = loop::parse_day(fmt::format("{}-01-01", plan.year.year)).value();
    const auto last = loop::parse_day(fmt::format("{}-01-07", plan.year.year + 1)).value();
    for (auto day = first; day < last; day += plan.step_days) {
        feed.until(std::min(day + plan.step_days - 1, last));
        judge.look(feed, std::min(day + plan.step_days - 1, last));
    }
    return judge.score(feed);
}

}  // namespace imloop::eval
