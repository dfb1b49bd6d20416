#include "hub/watch/rule_failures.hpp"

#include <catch2/catch.hpp>

using namespace imloop;
using Counts = std::map<std::string, std::uint64_t>;

TEST_CASE("rules that threw are told once, a line a rule, and counted") {
    hub::RuleFailures failures;
    CHECK(failures.look({}).empty());
    const auto told = failures.look({{"record a", {"R04", "R09"}}, {"record b", {"R04"}}, {"vehicle a", {"V06"}}});
    REQUIRE(told.size() == 3);
    CHECK(told[0].find("rule R04 threw at record a (2 in all)") != std::string::npos);
    CHECK(told[1].find("rule R09 threw at record a (1 in all)") != std::string::npos);
    CHECK(told[2].find("rule V06 threw at vehicle a (1 in all)") != std::string::npos);
    CHECK(failures.by_rule() == Counts{{"R04", 2}, {"R09", 1}, {"V06", 1}});
}

TEST_CASE("a rule that goes on throwing there is not told again; elsewhere, or after it was mended, it is") {
    hub::RuleFailures failures;
    failures.look({{"record a", {"R04"}}});
    CHECK(failures.look({{"record a", {"R04"}}}).empty());
    CHECK(failures.look({{"record a", {"R04"}}, {"record b", {"R04"}}}).size() == 1);
    CHECK(failures.look({{"record b", {"R04"}}}).empty());
    CHECK(failures.look({{"record a", {"R04"}}, {"record b", {"R04"}}}).size() == 1);
    CHECK(failures.by_rule() == Counts{{"R04", 3}});
}
