#include "loop/projection.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "loop/tally.hpp"
#include "loop/vehicle/plate.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const loop::Moment received = loop::parse_moment("2026-12-01T00:00:00+08:00").value();

struct Line {
    std::string source;
    std::string bytes;
};

/// The register of a vector, as the hub would have written it.
std::vector<Line> registrations(const json& vector) {
    std::vector<Line> out;
    int n = 0;
    for (const auto& s : vector.value("stations", json::array())) {
        char id[40];
        std::snprintf(id, sizeof id, "01910000-0000-7000-8000-%012d", ++n);
        const json r{{"schema", "imloop/registration/1"},
                     {"record_id", id},
                     {"station_id", "H610400-01"},
                     {"occurred_at", "2020-01-01T00:00:00+08:00"},
                     {"registered_station_id", s.at("id")},
                     {"kind", s.at("kind")},
                     {"name", s.at("id")},
                     {"county", s.at("county")},
                     {"status", "filed"},
                     {"valid_from", "2020-01-01"}};
        out.push_back({"H610400-01", r.dump()});
    }
    return out;
}

loop::Policy policy_of(const json& vector) {
    loop::Policy policy = {};
    for (const auto& s : vector.value("stations", json::array()))
        if (!s.value("outside", false)) policy.counties.push_back(s.at("county"));
    std::ranges::sort(policy.counties);
    policy.counties.erase(std::unique(policy.counties.begin(), policy.counties.end()), policy.counties.end());
    policy.repair_days = vector.value("policy", json::object()).value("repair_days", 30);
    policy.retest_days = vector.value("policy", json::object()).value("retest_days", 15);
    return policy;
}

void put(loop::Projection& projection, const Line& line, std::uint64_t seq) {
    const auto admitted = loop::admit(line.bytes, line.source, received);
    INFO(line.bytes);
    REQUIRE(admitted.problems.empty());
    projection.put(admitted, line.source, "epoch", seq);
}

std::vector<Line> lines_of(const json& vector) {
    auto out = registrations(vector);
    for (const auto& r : vector.at("records")) out.push_back({r.at("station_id"), r.dump()});
    return out;
}

}  // namespace

TEST_CASE("the vectors through the whole projection, in any order and any batches") {
    std::mt19937 random(1);
    for (const auto* part : {"episodes", "identity"})
        for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / part)) {
            const auto vector = json::parse(test::read_file(entry.path()));
            const auto as_of = loop::parse_day(vector.value("as_of", "2026-11-30")).value();
            auto lines = lines_of(vector);
            std::vector<std::uint64_t> seqs(lines.size());
            std::optional<std::string> expected;
            for (int order = 0; order < 12; ++order) {
                loop::Projection projection(policy_of(vector));
                for (std::size_t i = 0; i < lines.size(); ++i) {
                    put(projection, lines[i], 1);
                    if (random() % 3 == 0) projection.settle();
                    if (random() % 5 == 0) put(projection, lines[random() % (i + 1)], 1);
                }
                projection.settle();
                const auto dump = projection.dump(as_of);
                INFO(entry.path());
                if (!expected) expected = dump;
                CHECK(dump == *expected);
                if (order == 0 && vector.contains("episodes"))
                    for (const auto& e : vector.at("episodes")) {
                        const auto found = projection.episode(e.at("episode_id").get<std::string>(), as_of);
                        REQUIRE(found);
                        CHECK(loop::name_of(found->outcome) == e.at("outcome"));
                    }
                std::ranges::shuffle(lines, random);
            }
        }
}

TEST_CASE("a plate alone finds its vehicle, before and after the settling of a question") {
    const auto vector = json::parse(test::read_file(test::vectors() / "episodes/01-fail-repair-pass.json"));
    loop::Projection projection(policy_of(vector));
    for (const auto& line : lines_of(vector)) put(projection, line, 1);
    projection.settle();
    const loop::VehicleWords words{"", loop::normal_plate("陕D·0T001"), "", "", "", ""};
    for (int again = 0; again < 2; ++again) {
        const auto place = projection.place(words, received);
        CHECK(place.kind == loop::Placement::Kind::vehicle);
        CHECK(place.vehicle_id == "01920000-0000-7000-8000-000000000001");
    }
}
