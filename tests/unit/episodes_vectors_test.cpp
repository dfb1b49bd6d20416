#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "journal/json.hpp"
#include "loop/measures.hpp"
#include "tests/support/facts.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

/// The facts that are seen on the day: corrections seen by then applied, by hand.
struct Seen {
    std::vector<loop::Fact> facts, decisions;
};

Seen seen_on(const json& records, loop::Day as_of) {
    std::map<std::string, json> by_id;
    for (const auto& r : records) by_id[r["record_id"]] = r;
    for (const auto& r : records) {
        if (r["schema"] != "imloop/correction/1") continue;
        by_id.erase(r["record_id"].get<std::string>());
        if (loop::day_of(*loop::parse_moment(r["occurred_at"].get<std::string>())) > as_of) continue;
        if (r["action"] == "void")
            by_id.erase(r["corrects"].get<std::string>());
        else
            by_id[r["corrects"]] = r["replacement"];
    }
    Seen out;
    for (const auto& [id, r] : by_id) {
        const auto f = test::fact_of(r);
        (f.decision ? out.decisions : out.facts).push_back(f);
    }
    return out;
}

}  // namespace

TEST_CASE("each episode vector, in twenty orders", "[episodes]") {
    std::mt19937 random(11);
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / "episodes")) {
        const auto vector = journal::parsed(test::read_file(entry.path()));
        loop::Register stations;
        loop::Policy policy;
        policy.repair_days = vector["policy"]["repair_days"];
        policy.retest_days = vector["policy"]["retest_days"];
        for (const auto& s : vector["stations"]) {
            const std::string id = s["id"], kind = s["kind"], county = s["county"];
            stations.put({"reg-" + id, id, kind[0], id, county, loop::StationStatus::filed, 0, 0, "", {}});
            if (!s.value("outside", false)) policy.counties.push_back(county);
        }
        const auto as_of = loop::parse_day(vector["as_of"].get<std::string>()).value();
        auto [facts, decisions] = seen_on(vector["records"], as_of);
        for (int order = 0; order < 20; ++order) {
            INFO(entry.path().filename());
            const auto found = loop::episodes(facts, decisions, stations, loop::Policies(policy), as_of);
            const auto& expected = vector["episodes"];
            REQUIRE(found.size() == expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(found[i].episode_id == expected[i]["episode_id"]);
                CHECK(found[i].county == expected[i]["county"]);
                CHECK(loop::name_of(found[i].outcome) == expected[i]["outcome"].get<std::string>());
                CHECK(found[i].counting_repairs.size() == expected[i]["counting_repairs"]);
                CHECK(found[i].failures.size() == expected[i]["failures"]);
                CHECK(!found[i].retests.empty() == expected[i]["retested"]);
                CHECK(found[i].first_retest_passed.value_or(false) == expected[i]["first_retest_passed"]);
            }
            std::shuffle(facts.begin(), facts.end(), random);
        }
        ++seen;
    }
    CHECK(seen == 42);
}

TEST_CASE("Wilson intervals and flags of the vectors", "[measures]") {
    for (const auto& row : journal::parsed(test::read_file(test::vectors() / "wilson.json"))) {
        const std::int64_t repaired = row["repaired"], failed = row["failed"];
        const auto interval = loop::wilson(repaired, failed);
        INFO(repaired << "/" << failed);
        CHECK(interval.low == Approx(row["low"].get<double>()).epsilon(1e-12).margin(1e-15));
        CHECK(interval.high == Approx(row["high"].get<double>()).epsilon(1e-12).margin(1e-15));
        CHECK(loop::is_low(repaired, failed, row["target"]) == row["is_low"]);
        CHECK(loop::is_zero(repaired, failed, row["target"]) == row["is_zero"]);
    }
}

TEST_CASE("shares sum to a thousand by largest remainder; medians take the middle two", "[measures]") {
    CHECK(loop::shares_per_mille(std::vector<std::int64_t>{1, 1, 1}) == std::vector<int>{334, 333, 333});
    CHECK(loop::shares_per_mille(std::vector<std::int64_t>{0, 0}) == std::vector<int>{0, 0});
    CHECK(loop::shares_per_mille(std::vector<std::int64_t>{2, 4, 1}) == std::vector<int>{286, 571, 143});
    const auto median_of = [](const loop::Measures::Days& days) { return loop::Measures::median(days); };
    CHECK(median_of({{1, 1}, {2, 1}, {4, 1}, {5, 1}}) == 3.0);
    CHECK(median_of({{1, 1}, {2, 1}, {9, 1}}) == 2.0);
    CHECK(median_of({{1, 3}, {4, 2}, {9, 1}}) == 2.5);
    CHECK(median_of({{7, 4}}) == 7.0);
    CHECK_FALSE(median_of({}));
}
