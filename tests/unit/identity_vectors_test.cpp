#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "journal/json.hpp"
#include "loop/identity.hpp"
#include "tests/support/facts.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

void check(const json& vector, const loop::Identity& identity) {
    std::set<std::set<std::string>> expected, found;
    std::set<std::string> likely;
    for (const auto& v : vector["vehicles"]) expected.insert(v.get<std::set<std::string>>());
    for (const auto& v : identity.vehicles()) {
        std::set<std::string> ids;
        for (const auto& e : v.records) {
            ids.insert(e.record_id);
            if (e.certainty == loop::Certainty::likely) likely.insert(e.record_id);
        }
        found.insert(ids);
    }
    CHECK(found == expected);
    CHECK(likely == vector["likely"].get<std::set<std::string>>());
    const auto review = identity.review();
    CHECK(std::set<std::string>(review.begin(), review.end()) == vector["review"].get<std::set<std::string>>());
}

}  // namespace

TEST_CASE("each identity vector, in thirty orders, settled at once and one by one", "[identity]") {
    std::mt19937 random(7);
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / "identity")) {
        const auto vector = journal::parsed(test::read_file(entry.path()));
        std::vector<loop::Fact> facts;
        for (const auto& r : vector["records"]) facts.push_back(test::fact_of(r));
        for (int order = 0; order < 30; ++order) {
            INFO(entry.path().filename() << " order " << order);
            loop::Identity identity;
            for (const auto& f : facts) {
                identity.put(f);
                if (order % 2 == 0) identity.settle();
            }
            identity.settle();
            check(vector, identity);
            // Taken away and put again, it is the same.
            identity.erase(facts.front().record_id);
            identity.settle();
            identity.put(facts.front());
            identity.settle();
            check(vector, identity);
            std::shuffle(facts.begin(), facts.end(), random);
        }
        ++seen;
    }
    CHECK(seen == 27);
}

namespace {

loop::Fact record_of(int number, loop::VehicleWords words) {
    loop::Fact f;
    f.record_id = "r" + std::to_string(100'000 + number);
    f.occurred_at = number * loop::day_ms;
    f.vehicle = std::move(words);
    return f;
}

}  // namespace

TEST_CASE("no number of records takes a plate's vehicle away, and none makes the next one dearer", "[identity]") {
    const loop::VehicleWords whole{"LSVAA49J4G2000017", "陕D0T001", "02", "", "", ""},
        bare{"", "陕D0T001", "", "", "", ""};
    for (const std::size_t count : {65U, 200U, 5000U}) {
        for (const bool vin_comes_first : {true, false}) {
            loop::Identity identity;
            std::size_t most = 0, all = 0;
            const auto come = [&](const loop::Fact& f) {
                identity.put(f);
                identity.settle();
                all += identity.last_work();
                most = std::max(most, identity.last_work());
            };
            if (vin_comes_first) come(record_of(0, whole));
            for (std::size_t i = 1; i <= count; ++i) come(record_of(static_cast<int>(i), bare));
            CHECK(most <= 8);
            if (!vin_comes_first) come(record_of(0, whole));
            INFO(count << " records without VIN, " << all << " steps");
            CHECK(all <= 12 * count);
            REQUIRE(identity.vehicles().size() == 1);
            CHECK(identity.vehicles()[0].vin == whole.vin);
            CHECK(identity.vehicles()[0].records.size() == count + 1);
            CHECK(identity.review().empty());
            CHECK(identity.place(bare, 7).records.size() == count + 1);
        }
    }
}

TEST_CASE("a plate that thousands share is looked at once a record, not once a pair", "[identity]") {
    loop::Identity identity;
    std::size_t most = 0;
    constexpr int count = 1000;
    for (int i = 0; i < count; ++i) {
        loop::VehicleWords words{"", "陕D0T001", "", "", "", ""};
        if (i % 2 == 0) words.vin = "LSVAA49J4G2" + std::to_string(100000 + i * 137 % 899999);
        identity.put(record_of(i, words));
        identity.settle();
        most = std::max(most, identity.last_work());
    }
    CHECK(most < 3 * count);
}

TEST_CASE("an officer's join and part outrank the table, the latest counts", "[identity]") {
    const auto record = [](std::string id, std::string vin, loop::Moment at) {
        loop::Fact f;
        f.record_id = std::move(id);
        f.occurred_at = at;
        f.vehicle = loop::VehicleWords{};
        f.vehicle->vin = std::move(vin);
        return f;
    };
    const auto decide = [](std::string id, std::string action, loop::Moment at) {
        loop::Fact f;
        f.record_id = std::move(id);
        f.kind = loop::Kind::decision;
        f.occurred_at = at;
        f.decision = loop::DecisionFact{"record_id", "a", std::move(action), "b", {}};
        return f;
    };
    loop::Identity identity;
    identity.put(record("a", "LSVAA49J4G2000017", 1));
    identity.put(record("b", "LFV2A21K8E4003321", 2));
    identity.put(decide("d1", "join", 10));
    identity.settle();
    CHECK(identity.vehicle_of("a") == identity.vehicle_of("b"));
    identity.put(decide("d2", "part", 11));
    identity.settle();
    CHECK(identity.vehicle_of("a") != identity.vehicle_of("b"));
    identity.erase("d2");
    identity.settle();
    CHECK(identity.vehicle_of("a") == identity.vehicle_of("b"));
}

TEST_CASE("a clearance finds the vehicle of a slip, and leaves no trace", "[identity]") {
    loop::Identity identity;
    loop::Fact f;
    f.record_id = "a";
    f.vehicle = loop::VehicleWords{"LSVAA49J4G2000017", "陕D0T001", "02", "", "", ""};
    identity.put(f);
    identity.settle();
    const auto before = identity.vehicles();
    CHECK(identity.place({"LSVAA49J4G2030017", "陕D0T001", "02", "", "", ""}, 5).vehicle_id == "a");
    CHECK(identity.place({"", "陕D0T001", "02", "", "", ""}, 5).vehicle_id == "a");
    CHECK(identity.place({"LSVAA49J4G2030017", "", "", "", "", ""}, 5).kind == loop::Placement::Kind::review);
    CHECK(identity.place({"LFV2A21K8E4003321", "", "", "", "", ""}, 5).kind == loop::Placement::Kind::none);
    CHECK(identity.vehicles() == before);
    CHECK(identity.review().empty());
}

TEST_CASE("words that join what stands apart are answered of the vehicle as it would be", "[identity]") {
    // A VIN without plate, and a failure under the plate with one place of the VIN mistyped: apart until the right VIN
    // comes with the plate.
    loop::Identity identity;
    auto earlier = record_of(0, {"LSVAA49J4G2000017", "", "", "", "", ""});
    auto failure = record_of(1, {"LSVAA49J4G2000117", "陕D0T001", "02", "", "", ""});
    for (const bool swapped : {false, true}) {
        if (swapped) std::swap(earlier.record_id, failure.record_id);
        identity.put(earlier);
        identity.put(failure);
        identity.settle();
        CHECK(identity.vehicles().size() == 2);
        const auto both = identity.place({"LSVAA49J4G2000017", "陕D0T001", "02", "", "", ""}, 9 * loop::day_ms);
        CHECK(both.kind == loop::Placement::Kind::vehicle);
        CHECK(both.records == std::vector<std::string>{"r100000", "r100001"});
        CHECK(both.vehicle_id == earlier.record_id);
        const auto plate = identity.place({"", "陕D0T001", "02", "", "", ""}, 9 * loop::day_ms);
        CHECK(plate.records == std::vector{failure.record_id});
    }
}

TEST_CASE("placeholders and look-alikes are asked as they are stored", "[identity]") {
    loop::Identity identity;
    identity.put(record_of(0, {"00000000000000000", "陕D0T001", "02", "", "", ""}));
    identity.put(record_of(1, {"00000000000000000", "陕D0T002", "02", "", "", ""}));
    identity.settle();
    CHECK(identity.vehicles().size() == 2);
    CHECK(identity.place({"00000000000000000", "陕DOT00I", "02", "", "", ""}, 9).records ==
          std::vector<std::string>{"r100000"});
    CHECK(identity.place({"11111111111111111", "陕D0T002", "02", "", "", ""}, 9).records ==
          std::vector<std::string>{"r100001"});
    CHECK(identity.place({"11111111111111111", "无牌", "02", "", "", ""}, 9).kind == loop::Placement::Kind::review);
    int number = 2;
    for (const char* none : {"陕D", "00000", "试"})
        for (int twice = 0; twice < 2; ++twice) identity.put(record_of(number++, {"", none, "02", "", "", ""}));
    identity.settle();
    CHECK(identity.vehicles().size() == 8);
    // The first two places are the province and the office: O is one of those.
    CHECK(identity.place({"", "陕OD0T001", "02", "", "", ""}, 9).kind == loop::Placement::Kind::none);
}
