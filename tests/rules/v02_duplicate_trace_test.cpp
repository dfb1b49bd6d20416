#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "loop/rules/vehicle/repeats.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "tests/sim/random.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

const std::string sha(64, 'a'), other_sha(64, 'b');

json readings(const std::vector<double>& values) {
    const char* items[][3] = {{"co", "5025", "%"}, {"hc", "5025", "ppm"}, {"no", "5025", "ppm"},
                              {"co", "2540", "%"}, {"hc", "2540", "ppm"}, {"no", "2540", "ppm"}};
    json out = json::array();
    for (std::size_t i = 0; i < values.size(); ++i)
        out.push_back({{"item", items[i][0]}, {"phase", items[i][1]}, {"unit", items[i][2]}, {"value", values[i]}});
    return out;
}

json asm_test(int n, const char* at, const std::vector<double>& values, const char* station = "I610404-01") {
    auto r = a_test(n, at, {{"method", "asm"}, {"readings", readings(values)}});
    r["vehicle"].merge_patch(a_vehicle(n));
    r["station_id"] = station;
    return r;
}

json traced(int n, const std::string& digest) {
    auto r = asm_test(n, "2026-03-02T10:00:00+08:00", {0.21 + n * 0.01});
    r["trace"] = {{"sha256", digest}, {"rows", 90}};
    return r;
}

const std::vector<double> dirty{0.37, 86, 655, 0.29, 73, 612}, clean{0.01, 3, 12, 0, 2, 9};
constexpr auto monday = "2026-03-02T10:00:00+08:00", tuesday = "2026-03-03T10:00:00+08:00";

}  // namespace

TEST_CASE("one trace of two vehicles is a copy, of one vehicle it was sent twice") {
    SuspectWorld world, twice;
    world.put(traced(1, sha));
    world.put(traced(2, other_sha));
    CHECK(world.flags("V02").empty());
    world.put(traced(3, sha));
    const auto flags = world.flags("V02");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "same_trace");
    CHECK(flags[0].records == std::vector{id_of(3), id_of(1)});
    auto again = traced(1, sha);
    again["record_id"] = id_of(9);
    twice.put(traced(1, sha));
    twice.put(again);
    CHECK(twice.flags("V02").empty());
}

TEST_CASE("a trace known as a copy of another is flagged as soon as that is known") {
    SuspectWorld world;
    world.put(traced(1, sha));
    world.settle();
    world.suspects.traces().put_match(sha, {other_sha, 3, 0.8, 0, 0.79, 88, 1e-12});
    world.suspects.trace_changed(sha);
    CHECK(world.flags("V02").empty());
    world.suspects.traces().put_match(sha, {other_sha, 3, 0.8, 0, 0.86, 88, 1e-12});
    world.suspects.trace_changed(sha);
    const auto flags = world.flags("V02");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "copy_of_another_trace");
    CHECK(flags[0].values[0].text == "bbbbbbbbbbbb");
}

TEST_CASE("readings carry as much as their digits range over") {
    const auto bits = [](std::vector<loop::Reading> r) { return loop::rules::information_bits(r); };
    CHECK(bits({{"hc", "idle", "ppm", 0, {}, {}, {}}}) == 0);
    CHECK(bits({{"co", "idle", "%", 0.01, {}, {}, {}}}) == 0);
    CHECK(bits({{"no", "5025", "ppm", 320, {}, {}, {}}}) == Approx(std::log2(224)));
    CHECK(bits({{"lambda", "high_idle", "1", 1.004, {}, {}, {}}}) == Approx(std::log2(50.2)));
}

TEST_CASE(
    "six readings the same to the last digit on two vehicles of a station are a copy; clean ones, or fewer, are not") {
    const auto flags_of = [](const std::vector<json>& records) {
        SuspectWorld world;
        for (const auto& r : records) world.put(r);
        return world.flags("V02").size();
    };
    CHECK(flags_of({asm_test(1, monday, dirty), asm_test(2, tuesday, dirty)}) == 1);
    CHECK(flags_of({asm_test(1, monday, dirty), asm_test(2, tuesday, dirty, "I610404-02")}) == 0);
    CHECK(flags_of({asm_test(1, monday, clean), asm_test(2, tuesday, clean), asm_test(3, tuesday, clean)}) == 0);
    const std::vector three(dirty.begin(), dirty.begin() + 3);
    CHECK(flags_of({asm_test(1, monday, three), asm_test(2, tuesday, three)}) == 0);
    auto other = dirty;
    other[2] = 656;
    CHECK(flags_of({asm_test(1, monday, dirty), asm_test(2, tuesday, other)}) == 0);
}

TEST_CASE("what agrees by chance on two vehicles does not on six") {
    const std::vector<double> four{0.22, 41, 160, 0.18};
    SuspectWorld world;
    for (int n = 0; n < 2; ++n) world.put(asm_test(n, monday, four));
    CHECK(world.flags("V02").empty());
    for (int n = 2; n < 6; ++n) world.put(asm_test(n, tuesday, four));
    const auto flags = world.flags("V02");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records.size() == 6);
    CHECK(flags[0].records[0] == id_of(5));
}

TEST_CASE("of two tests with one trace's data the later is in question, whichever came first") {
    for (const bool turned : {false, true}) {
        SuspectWorld world;
        auto early = traced(1, sha), late = traced(2, other_sha);
        late["record_id"] = id_of(2);
        late["occurred_at"] = late["ended_at"] = "2027-01-05T10:00:00+08:00";
        late["started_at"] = "2027-01-05T09:56:00+08:00";
        world.put(turned ? late : early);
        world.suspects.traces().put_match(sha, {other_sha, 0, 1, 0, 0.95, 88, 1e-12});
        world.suspects.traces().put_match(other_sha, {sha, 0, 1, 0, 0.95, 88, 1e-12});
        world.settle();
        world.put(turned ? early : late);
        const auto flags = world.flags("V02");
        REQUIRE(flags.size() == 1);
        CHECK(flags[0].records == std::vector{id_of(2), early["record_id"].get<std::string>()});
    }
}

namespace {

/// The n-th test of one bench, so many minutes after monday.
json vmas_test(int n, double co, double hc, double nox, const char* analyser = "A1") {
    auto r = a_test(n, loop::format_moment(*loop::parse_moment(monday) + n * 600'000),
                    {{"method", "vmas"},
                     {"equipment", {{"analyser_id", analyser}}},
                     {"readings",
                      {{{"item", "co"}, {"phase", "cycle"}, {"value", co}, {"unit", "g/km"}},
                       {{"item", "hc"}, {"phase", "cycle"}, {"value", hc}, {"unit", "g/km"}},
                       {{"item", "nox"}, {"phase", "cycle"}, {"value", nox}, {"unit", "g/km"}}}}});
    r["vehicle"].merge_patch(a_vehicle(n));
    return r;
}

/// Forty tests far from one another, and then copies of the first ones.
json spread_test(int n) {
    const int of = n % 40;
    return vmas_test(n, 2.03 + of * 0.11, 0.31 + of * 0.02, 0.21 + of % 7 * 0.13);
}

/// Tests spread evenly over a lattice, `wide` times `wide` times `wide` values of `step`.
std::vector<loop::rules::Flag> flags_of_lattice(int tests, int wide, double step) {
    SuspectWorld world;
    sim::Random random(20260302);
    const auto value = [&] { return 0.4 + step * static_cast<double>(random.below(static_cast<std::uint64_t>(wide))); };
    for (int n = 0; n < tests; ++n) {
        const double co = value(), hc = value(), nox = value();
        world.put(vmas_test(n, co, hc, nox));
    }
    return world.flags("V02");
}

}  // namespace

TEST_CASE("three readings that come again with four vehicles of a station are copies, with three they may be chance") {
    SuspectWorld world;
    for (int n = 0; n < 43; ++n) world.put(spread_test(n));
    CHECK(world.flags("V02").empty());
    world.put(spread_test(43));
    const auto flags = world.flags("V02");
    REQUIRE(flags.size() == 4);
    std::set<std::vector<std::string>> pairs;
    for (const auto& flag : flags) {
        CHECK(flag.claim == "readings_come_again");
        pairs.insert(flag.records);
    }
    CHECK(pairs.contains({id_of(43), id_of(3)}));
    CHECK(flags[0].values[1].text == "4");
    CHECK(flags[0].values[2].text == "44");
}

TEST_CASE("readings that lie so close that some must agree are no copies, nor those of a coarse instrument") {
    // 500 tests on 20 x 20 x 20 places: some 15 pairs agree by chance.
    CHECK(flags_of_lattice(500, 20, 0.01).empty());
    CHECK(flags_of_lattice(500, 20, 0.1).empty());
}

TEST_CASE("of readings spread evenly about as many agree as their neighbours let expect") {
    std::vector<loop::rules::Record> records;
    sim::Random random(7);
    const auto value = [&] { return 5.01 + 0.01 * static_cast<double>(random.below(30)); };
    for (int n = 0; n < 2000; ++n) {
        loop::rules::Record r;
        r.fact.vehicle.emplace().vin = a_vehicle(n)["vin"];
        auto& test = r.detail.inspection.emplace();
        test.analyser_id = "A1";
        for (const char* item : {"co", "hc", "nox"})
            test.readings.push_back({item, "cycle", "g/km", value(), {}, {}, {}});
        records.push_back(std::move(r));
    }
    const auto repeats = loop::rules::repeats_of(records);
    CHECK(repeats.tests == 2000);
    // 2000 * 1999 / 2 pairs: each agrees with probability 1 / 30^3, which makes 74, and lies near with
    // (88 / 900)^3 - 1 / 30^3 (two of 30 places have one neighbour less), which makes 1795 / 26 = 69.
    CHECK(repeats.expected == Approx(69).epsilon(0.07));
    CHECK(std::abs(static_cast<double>(repeats.pairs.size()) - 74) < 3 * std::sqrt(74));
}
