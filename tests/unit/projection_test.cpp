#include "loop/projection.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "journal/json.hpp"
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
            const auto vector = journal::parsed(test::read_file(entry.path()));
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
    const auto vector = journal::parsed(test::read_file(test::vectors() / "episodes/01-fail-repair-pass.json"));
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

namespace {

json failure(int number, const std::string& at, const json& vehicle) {
    char id[40];
    std::snprintf(id, sizeof id, "01920000-0000-7000-8000-%012d", number);
    return {{"schema", "imloop/inspection/1"},
            {"record_id", id},
            {"station_id", "I610404-01"},
            {"occurred_at", at},
            {"vehicle", vehicle},
            {"report_no", "R" + std::to_string(number)},
            {"line_id", "1"},
            {"inspector_id", "1"},
            {"reason", "periodic"},
            {"started_at", at},
            {"ended_at", at},
            {"method", "obd_only"},
            {"readings", json::array()},
            {"verdict", "fail"},
            {"failed_items", {"obd"}}};
}

json voiding(const json& record, const std::string& at) {
    auto id = record.at("record_id").get<std::string>();
    id[4] = '1';
    return {{"schema", "imloop/correction/1"},
            {"record_id", id},
            {"station_id", record.at("station_id")},
            {"occurred_at", at},
            {"action", "void"},
            {"corrects", record.at("record_id")},
            {"reason", "录入错误"}};
}

loop::Projection projection_of(const std::vector<json>& records) {
    loop::Projection out({});
    for (const auto& r : records) put(out, {r.at("station_id"), r.dump()}, 1);
    out.settle();
    return out;
}

/// The episodes that a look at all vehicles finds.
std::vector<loop::Episode> all_episodes(const loop::Projection& projection, loop::Day as_of) {
    std::vector<loop::Episode> out;
    projection.each_vehicle(as_of, [&](const std::string&, const std::vector<loop::Episode>& episodes) {
        out.insert(out.end(), episodes.begin(), episodes.end());
    });
    return out;
}

constexpr auto vin = "LTEST000000000019", other_vin = "LTEST000000777777";

}  // namespace

TEST_CASE("before its void a record is found by its words, as the counties count it") {
    const auto day = [](const char* text) { return loop::parse_day(text).value(); };
    const auto first =
        failure(1, "2026-03-01T09:00:00+08:00", {{"vin", vin}, {"plate", "陕D0T001"}, {"plate_kind", "02"}});
    const auto second = failure(2, "2026-03-02T09:00:00+08:00", {{"vin", vin}, {"plate", "陕D0T001"}});
    const auto bare = failure(3, "2026-03-03T09:00:00+08:00", {{"plate", "陕DOT009"}, {"plate_kind", "02"}});
    const auto again = failure(4, "2026-03-04T09:00:00+08:00", {{"plate", "陕D0T009"}, {"plate_kind", "02"}});
    const auto nobody = failure(5, "2026-03-05T09:00:00+08:00", {{"vin", "00000000000000000"}});
    const auto no_one = failure(6, "2026-03-06T09:00:00+08:00", {{"plate", "无牌"}});
    std::vector<json> records;
    for (const auto& r : {first, second, bare, again, nobody, no_one}) {
        records.push_back(r);
        records.push_back(voiding(r, "2026-04-01T09:00:00+08:00"));
    }
    const auto projection = projection_of(records);
    CHECK(projection.identity().vehicles().empty());
    // Of one VIN, of one plate and kind, and two that nothing ties to each other.
    CHECK(all_episodes(projection, day("2026-03-31")).size() == 4);
    CHECK(all_episodes(projection, day("2026-04-01")).empty());
    const auto found = [&](const char* v, const char* plate, const char* as_of) {
        const auto place = projection.place({v, plate, "", "", "", ""}, received, day(as_of));
        std::vector<std::string> failures;
        for (const auto& e : projection.episodes(place, day(as_of)))
            failures.insert(failures.end(), e.failures.begin(), e.failures.end());
        CHECK(projection.facts(place, day(as_of)).size() == failures.size());
        return failures;
    };
    const auto ids = [](std::initializer_list<json> of) {
        std::vector<std::string> out;
        for (const auto& r : of) out.push_back(r.at("record_id"));
        return out;
    };
    CHECK(found(vin, "", "2026-03-31") == ids({first, second}));
    CHECK(found("", "陕D0T001", "2026-03-31") == ids({first, second}));
    CHECK(found("", "陕D0TOO9", "2026-03-31") == ids({bare, again}));
    CHECK(found(vin, "", "2026-04-01").empty());
    CHECK(found(other_vin, "", "2026-03-31").empty());
    CHECK(projection.episode(second.at("record_id"), day("2026-03-31"))->episode_id == first.at("record_id"));
}

TEST_CASE("a voided record goes to the vehicle in which its words would be placed today") {
    const auto as_of = loop::parse_day("2026-03-31").value();
    const auto stays =
        failure(1, "2026-03-01T09:00:00+08:00", {{"vin", vin}, {"plate", "陕D0T001"}, {"plate_kind", "02"}});
    // By its plate at its time; by its VIN although the plate is another's.
    const auto by_plate = failure(2, "2026-03-02T09:00:00+08:00", {{"plate", "陕D0TOO1"}, {"plate_kind", "02"}});
    const auto other =
        failure(3, "2026-03-03T09:00:00+08:00", {{"vin", other_vin}, {"plate", "陕D0T001"}, {"plate_kind", "02"}});
    const auto projection = projection_of({stays, by_plate, other, voiding(by_plate, "2026-04-01T09:00:00+08:00"),
                                           voiding(other, "2026-04-01T09:00:00+08:00")});
    const auto episodes = projection.episodes(stays.at("record_id"), as_of);
    REQUIRE(episodes.size() == 1);
    CHECK(episodes[0].failures == std::vector<std::string>{stays.at("record_id"), by_plate.at("record_id")});
    CHECK(all_episodes(projection, as_of).size() == 2);
    const auto place = projection.place({vin, "", "", "", "", ""}, received, as_of);
    CHECK(projection.episodes(place, as_of) == episodes);
}

TEST_CASE("a vehicle's registered county: the failure's, else the nearest earlier one, else the nearest later") {
    const auto at = [](const char* moment, const char* county, int number) {
        json vehicle{{"vin", vin}};
        if (*county != '\0') vehicle["registered_county"] = county;
        return failure(number, moment, vehicle);
    };
    const auto county = [&](const std::vector<json>& records, const char* as_of) {
        const auto projection = projection_of(records);
        return all_episodes(projection, loop::parse_day(as_of).value()).at(0).registered_county;
    };
    auto before = at("2026-01-01T09:00:00+08:00", "610402", 1), nearer = at("2026-02-01T09:00:00+08:00", "610403", 2);
    for (auto* r : {&before, &nearer}) (*r)["reason"] = "comparison";  // opens nothing
    const auto fails = at("2026-03-01T09:00:00+08:00", "", 3), says = at("2026-03-01T09:00:00+08:00", "610404", 3);
    const auto later = at("2026-04-01T09:00:00+08:00", "610422", 4),
               last = at("2026-05-01T09:00:00+08:00", "610423", 5);
    CHECK(county({before, nearer, says, later}, "2026-06-01") == "610404");
    CHECK(county({before, nearer, fails, later}, "2026-06-01") == "610403");
    CHECK(county({fails, last, later}, "2026-06-01") == "610422");
    CHECK(county({fails, last, later}, "2026-03-31") == "");
    CHECK(county({fails}, "2026-06-01") == "");
    CHECK(county({before, nearer, voiding(nearer, "2026-06-01T09:00:00+08:00"), fails}, "2026-05-31") == "610403");
    CHECK(county({before, nearer, voiding(nearer, "2026-06-01T09:00:00+08:00"), fails}, "2026-06-01") == "610402");

    // By place: a day-only repair of the failure's day stands right after it, not at the day's beginning.
    json repair{{"schema", "imloop/repair/1"},
                {"record_id", "01930000-0000-7000-8000-000000000001"},
                {"station_id", "M610404-03"},
                {"occurred_at", "2026-03-01T00:00:00+08:00"},
                {"time_precision", "day"},
                {"vehicle", {{"vin", vin}, {"registered_county", "610424"}}},
                {"work_order_no", "W"},
                {"fail_report_no", "R3"},
                {"received_at", "2026-03-01T00:00:00+08:00"},
                {"settled_at", "2026-03-01T00:00:00+08:00"},
                {"items", {{{"code", "EMI-CAT"}}}},
                {"total_fee", 100},
                {"outcome", "repaired"}};
    CHECK(county({nearer, fails, repair}, "2026-06-01") == "610403");
    CHECK(county({fails, repair, later}, "2026-06-01") == "610424");

    // Of any other record of the vehicle by the same rule.
    const auto county_at = [&](const json& record, const std::vector<json>& records) {
        const auto projection = projection_of(records);
        const std::string id = record.at("record_id");
        const auto as_of = loop::parse_day("2026-06-01").value();
        return loop::registered_county(id, projection.facts(projection.identity().vehicle_of(id), as_of),
                                       projection.stations(), as_of);
    };
    CHECK(county_at(repair, {nearer, says, repair}) == "610424");
    repair["vehicle"].erase("registered_county");
    CHECK(county_at(repair, {nearer, says, repair, later}) == "610404");
    CHECK(county_at(repair, {repair, later, last}) == "610422");
    CHECK(county_at(repair, {repair}) == "");
    CHECK(county_at(later, {repair}) == "");
}
