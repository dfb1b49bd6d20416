// Bounds that the suspect rules keep on a small simulated year, whatever the seed: wide ones. The figures themselves
// are imloop_eval's.
#include <catch2/catch.hpp>

#include "tests/eval/run.hpp"

using namespace imloop;

namespace {

eval::Plan small(std::vector<std::string> cheats) {
    eval::Plan plan;
    plan.year.tests = 10'000, plan.year.trace_share = 0.02;
    plan.year.cheats.wanted = std::move(cheats);
    plan.step_days = 90;
    return plan;
}

}  // namespace

TEST_CASE("an honest year accuses hardly any record and few stations") {
    const auto score = eval::run(small({}));
    CHECK(score.records > 15'000);
    CHECK(score.accused_firmly * 1000 <= score.records);
    CHECK(score.stations_flagged * 5 <= score.stations);
}

TEST_CASE("of some of all cheats the rules find a part and are mostly right") {
    const auto score = eval::run(small({"default"}));
    CHECK(score.cheats.size() >= 30);
    CHECK(score.cheated > 100);
    CHECK(score.found * 5 >= score.cheated);
    CHECK(score.right * 10 >= score.flags * 8);
    CHECK(eval::tables(score).find("borrowed_catalyst") != std::string::npos);
}
