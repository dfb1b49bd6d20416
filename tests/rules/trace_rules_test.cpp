// R10, R12 and R14 on made-up traces of diesels and loaded tests; those of petrol idle and ASM are in
// tests/unit/equipment_rules_test.cpp.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <sstream>

#include "tests/support/bench.hpp"
#include "tests/support/readings.hpp"

using namespace imloop::test;

namespace {

using Names = std::set<std::string>;
const std::string sha(64, 'a');

Measured with_trace(json record, std::string csv) {
    record["trace"] = {{"sha256", sha}, {"rows", std::ranges::count(csv, '\n') - 1}};
    return {std::move(record), std::move(csv)};
}

/// 30 s of sweep, 10 s at each point.
Measured a_lugdown() {
    json r = a_test(1, "2026-03-02T10:00:00+08:00",
                    {{"method", "lugdown"}, {"vehicle", {{"fuel", "diesel"}, {"rated_power_kw", 100}}}});
    r["readings"] = {reading("opacity", "k100", 0.61, "1/m"), reading("opacity", "k80", 0.42, "1/m"),
                     reading("nox", "k80", 640, "ppm"), reading("power", "max", 61, "kW")};
    std::string csv = "time_s,state,opacity_m1,nox_ppm,rpm,speed_kmh,power_kw,load_n,obd_rpm,obd_speed_kmh\n";
    for (int i = 0; i < 50; ++i) {
        const bool is_100 = i >= 30 && i < 40;
        const double speed = i < 30 ? 78 - 0.4 * i : is_100 ? 66 : 53, power = is_100 ? 60 : 45, wave = i * 7 % 5 - 2;
        csv += fmt::format("{},{},{:.2f},{:.0f},{:.0f},{:.1f},{:.1f},{:.0f},{:.0f},{:.0f}\n", i,
                           i < 30   ? "sweep"
                           : is_100 ? "k100"
                                    : "k80",
                           (is_100 ? 0.61 : 0.42) + 0.01 * wave, 640 + 3 * wave, speed * 36 + 4 * wave, speed, power,
                           power * 3600 / speed, speed * 36 - 3 * wave, speed * 1.04);
    }
    return with_trace(std::move(r), std::move(csv));
}

/// Four accelerations, of which the last three count.
Measured a_smoke_trace(bool has_order) {
    json r = a_smoke_test(1, "2026-03-02T10:00:00+08:00", 0.52, 0.47, 0.50);
    std::string csv = has_order ? "time_s,order,opacity_m1,rpm\n" : "time_s,opacity_m1,rpm\n";
    constexpr double peaks[] = {0.9, 0.52, 0.47, 0.50};
    for (int i = 0; i < 40; ++i) {
        const double course = i % 10 == 4 ? 1 : i % 10 == 5 ? 0.6 : 0.05;
        csv += fmt::format("{},{}{:.2f},{}\n", i, has_order ? fmt::format("{},", i / 10 + 1) : "",
                           peaks[i / 10] * course, 750 + 1800 * (i % 10 == 4));
    }
    return with_trace(std::move(r), std::move(csv));
}

/// 195 s up and down.
Measured a_vmas() {
    json r = a_test(1, "2026-03-02T10:00:00+08:00", {{"method", "vmas"}, {"started_at", "2026-03-02T09:56:00+08:00"}});
    r["readings"] = {reading("co", "cycle", 1.2, "g/km"), reading("hc", "cycle", 0.3, "g/km"),
                     reading("nox", "cycle", 0.4, "g/km")};
    std::string csv = "time_s,state,co_pct,co2_pct,hc_ppm,rpm,speed_kmh,obd_speed_kmh\n";
    for (int i = 0; i < 195; ++i) {
        const double speed = std::max(0.0, 50 * std::sin(i / 20.0));
        csv += fmt::format("{},cycle,{:.2f},{:.2f},{},{:.0f},{:.1f},{:.0f}\n", i, 0.1 + 0.01 * (i % 4),
                           14.6 + 0.02 * (i % 7), 30 + i % 5, 800 + 30 * speed, speed, speed * 1.05);
    }
    return with_trace(std::move(r), std::move(csv));
}

}  // namespace

TEST_CASE("diesels' and cycles' traces as measured are quiet") {
    CHECK(flagged(a_lugdown()) == Names{});
    CHECK(flagged(a_smoke_trace(true)) == Names{});
    CHECK(flagged(a_smoke_trace(false)) == Names{});
    CHECK(flagged(a_vmas()) == Names{});
}

TEST_CASE("process data that is not whole is called so, and no other rule judges by it") {
    const auto rows_of = [](Measured m, const std::function<void(std::vector<std::string>&)>& change) {
        std::vector<std::string> rows;
        std::istringstream in(m.csv);
        std::string header, line;
        std::getline(in, header);
        while (std::getline(in, line)) rows.push_back(line);
        change(rows);
        m.csv = header + "\n" + fmt::format("{}\n", fmt::join(rows, "\n"));
        return m;
    };
    // Readings that the trace, were it whole, would not bear out.
    auto wrong = a_lugdown();
    wrong.reading("opacity", "k100")["value"] = 0.42;
    REQUIRE(flagged(wrong) == Names{"R10 no_such_window"});
    const auto cut_short = rows_of(wrong, [](auto& rows) { rows.resize(35); });
    CHECK(flagged(cut_short) == Names{"R10 other_length"});
    auto with_hole = rows_of(wrong, [](auto& rows) { rows.erase(rows.begin() + 33, rows.begin() + 38); });
    with_hole.record["trace"].erase("rows");
    CHECK(flagged(with_hole) == Names{"R10 not_whole"});
    with_hole.record["trace"]["rows"] = 45;
    CHECK(flagged(with_hole) == Names{"R10 not_whole"});
    CHECK(flagged(rows_of(wrong, [](auto& rows) { std::swap(rows[31], rows[36]); })) == Names{"R10 not_whole"});
    CHECK(flagged(rows_of(wrong, [](auto& rows) { rows.erase(rows.begin() + 5); })) == Names{"R10 no_such_window"});
}

TEST_CASE("smoke and NOx of lug-down are those of their points") {
    auto m = a_lugdown();
    m.reading("opacity", "k100")["value"] = 0.42;
    CHECK(flagged(m) == Names{"R10 no_such_window"});
    m = a_lugdown();
    m.reading("nox", "k80")["value"] = 580;
    CHECK(flagged(m) == Names{"R10 no_such_window"});
}

TEST_CASE("smoke of free acceleration is the highest of each") {
    for (const bool has_order : {true, false}) {
        auto m = a_smoke_trace(has_order);
        m.scale_readings("opacity", 2.5);
        CHECK(flagged(m).contains("R10 no_such_peak"));
    }
    auto m = a_smoke_trace(true);
    m.reading("opacity", "2")["value"] = 0.3;
    CHECK(flagged(m) == Names{"R10 no_such_peak"});
    m = a_smoke_trace(false);
    m.scale_readings("opacity", 0.4);
    CHECK(flagged(m).contains("R10 no_such_peak"));
}

TEST_CASE("a cycle cut short, with a hole, or longer than its test is found") {
    auto m = a_vmas();
    m.cut(150);
    m.record["trace"]["rows"] = 150;
    CHECK(flagged(m) == Names{"R04 phase_too_short"});
    m = a_vmas();
    m.change_column("time_s", [](double v, std::size_t) { return v < 100 ? v : v + 21; });
    CHECK(flagged(m) == Names{"R10 gap"});
    m = a_vmas();
    m.change_column("time_s", [](double v, std::size_t) { return v * 2; });
    CHECK(flagged(m) == Names{"R10 longer_than_test"});
}

TEST_CASE("a cycle whose every second holds air was sampled beside the pipe; fuel cut off now and then was not") {
    const auto with_air = [](auto air) {
        auto m = a_vmas();
        m.record["vehicle"]["fuel"] = "petrol";
        std::string csv = "time_s,state,co_pct,co2_pct,o2_pct,hc_ppm,rpm,speed_kmh,obd_speed_kmh\n";
        for (int i = 0; i < 195; ++i) {
            const double a = air(i), speed = std::max(0.0, 50 * std::sin(i / 20.0));
            csv += fmt::format("{},cycle,{:.2f},{:.2f},{:.2f},{:.0f},{:.0f},{:.1f},{:.0f}\n", i, 0.1 * (1 - a),
                               (15.2 + 0.02 * (i % 7)) * (1 - a), 0.15 * (1 - a) + 20.95 * a, 30 * (1 - a) + i % 5,
                               800 + 30 * speed, speed, speed * 1.05);
        }
        return flagged(with_trace(m.record, csv));
    };
    CHECK(with_air([](int) { return 0.0; }) == Names{});
    CHECK(with_air([](int) { return 0.14; }) == Names{});
    CHECK(with_air([](int) { return 0.25; }) == Names{"R02 thinned_with_air"});
    CHECK(with_air([](int i) { return i % 50 < 20 ? 0.9 : 0.02; }) == Names{});
}

TEST_CASE("another vehicle's speed over OBD has another course") {
    auto m = a_vmas();
    m.change_column("obd_speed_kmh",
                    [](double, std::size_t row) { return 30 + 20 * std::sin(static_cast<double>(row) / 9); });
    CHECK(flagged(m) == Names{"R12 other_course"});
    m = a_vmas();
    m.change_column("obd_speed_kmh", [](double, std::size_t) { return 0; });
    CHECK(flagged(m) == Names{});  // an axle that stands
    m = a_vmas();
    m.change_column("obd_speed_kmh", [](double, std::size_t) { return 42; });
    CHECK(flagged(m) == Names{"R12 obd_constant"});
}

TEST_CASE("a tachometer that counts twice is no other engine") {
    auto m = a_lugdown();
    m.scale_column("rpm", 2);
    CHECK(flagged(m) == Names{});
    m = a_lugdown();
    m.scale_column("obd_rpm", 1.75);
    CHECK(flagged(m) == Names{"R12 other_level"});
}

TEST_CASE("a trace that has not come is no judgement, and one that comes later is") {
    auto m = a_lugdown();
    m.reading("opacity", "k100")["value"] = 0.2;
    SuspectWorld world;
    world.put(m.record);
    CHECK(world.flags("R10").empty());
    world.suspects.traces().put_facts(sha,
                                      imloop::loop::rules::facts_of(*imloop::loop::traces::parse_trace(m.csv).trace));
    world.suspects.trace_changed(sha);
    CHECK(world.flags("R10").size() == 1);
}
