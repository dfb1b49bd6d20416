#include "loop/suspects/asking/risk.hpp"

#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::rules::Flag;
using loop::rules::Grade;

namespace {

Flag flag(const std::string& rule, int n, int score) {
    return {.flag_id = rule + "-" + std::to_string(n), .rule = rule, .score_permille = score};
}

json too_fast(int n, const std::string& plate, int seconds) {
    auto r = a_test(
        n, "2026-03-09T10:00:00+08:00",
        {{"started_at", loop::format_moment(loop::parse_moment("2026-03-09T10:00:00+08:00").value() - seconds * 1000)},
         {"line_id", "L" + std::to_string(n)},
         {"inspector_id", "P" + std::to_string(n)}});
    r["vehicle"] = {{"plate", plate}, {"plate_kind", "02"}};
    return r;
}

}  // namespace

TEST_CASE("a single flag is worth what it says, two rules together more, one rule twice no more") {
    const SuspectWorld world;
    const Flag a = flag("R02", 1, 500), again = flag("R02", 2, 400), b = flag("R03", 1, 500);
    CHECK(risk_of(world.suspects, {}).score_permille == 0);
    CHECK(risk_of(world.suspects, {a}).score_permille == 500);
    CHECK(risk_of(world.suspects, {a, again}).score_permille == 500);
    // odds: prior 0.02/0.98; each flag's ratio is 1 / (0.02/0.98) = 49; 49 * 49 * 0.02/0.98 = 49; 49/50 = 0.98
    const auto both = risk_of(world.suspects, {a, b});
    CHECK(both.score_permille == 980);
    CHECK(both.flag_ids == std::vector<std::string>{"R02-1", "R03-1"});
}

TEST_CASE("the meter counts vehicles, not flags, and leaves out what was dismissed") {
    SuspectWorld world;
    world.put(too_fast(1, "陕D0T001", 20));
    world.put(too_fast(2, "陕D0T001", 21));
    world.put(too_fast(3, "陕D0T003", 22));
    world.put(too_fast(4, "陕D0T004", 60));
    const auto flags = world.flags("R04");
    REQUIRE(flags.size() == 4);
    auto meter = meters(world.suspects, world.projection).at("I610404-01");
    CHECK(meter.strong == 2);
    CHECK(meter.medium == 1);
    CHECK(meter.strong_flags.size() == 2);
    for (const auto& f : flags)
        if (f.records[0] == id_of(3))
            world.put({{"schema", "imloop/decision/1"},
                       {"record_id", id_of(20)},
                       {"station_id", "H610400-01"},
                       {"occurred_at", "2026-04-01T09:00:00+08:00"},
                       {"about", {{"flag_id", f.flag_id}}},
                       {"action", "dismiss"},
                       {"reason", "录像正常"},
                       {"officer_id", "魏岚"}});
    world.settle();
    meter = meters(world.suspects, world.projection).at("I610404-01");
    CHECK(meter.strong == 1);
    CHECK(risks(world.suspects).stations.at("I610404-01").score_permille > 900);
}
