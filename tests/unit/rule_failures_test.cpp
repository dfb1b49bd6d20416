#include "hub/watch/rule_failures.hpp"

#include <catch2/catch.hpp>

using namespace imloop;
using Counts = std::map<std::string, std::uint64_t>;

TEST_CASE("rules that threw are told, a line a rule, and counted") {
    hub::RuleFailures failures;
    CHECK(failures.count({}).empty());
    const auto told = failures.count({{"record a", {"R04", "R09"}}, {"record b", {"R04"}}, {"vehicle a", {"V06"}}});
    REQUIRE(told.size() == 3);
    CHECK(told[0].find("rule R04 threw at record a (2 in all)") != std::string::npos);
    CHECK(told[1].find("rule R09 threw at record a (1 in all)") != std::string::npos);
    CHECK(told[2].find("rule V06 threw at vehicle a (1 in all)") != std::string::npos);
    CHECK(failures.by_rule() == Counts{{"R04", 2}, {"R09", 1}, {"V06", 1}});
    CHECK(failures.count({{"record c", {"R04"}}}).size() == 1);
    CHECK(failures.by_rule() == Counts{{"R04", 3}, {"R09", 1}, {"V06", 1}});
}
