#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

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
        const auto vector = json::parse(test::read_file(entry.path()));
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
    CHECK(seen == 21);
}

TEST_CASE("a plate that thousands share makes no record dearer than the limit allows", "[identity]") {
    loop::Identity identity;
    std::size_t most = 0;
    for (int i = 0; i < 3000; ++i) {
        loop::Fact f;
        f.record_id = "r" + std::to_string(100000 + i);
        f.occurred_at = i * loop::day_ms;
        f.vehicle = loop::VehicleWords{};
        f.vehicle->plate = "陕D0T001";
        if (i % 2 == 0) f.vehicle->vin = "LSVAA49J4G2" + std::to_string(100000 + i * 137 % 899999);
        identity.put(f);
        identity.settle();
        most = std::max(most, identity.last_work());
    }
    CHECK(most < 20 * loop::plate_bearers_max);
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
