// Station and county rules over statistics made by hand: what they flag, with which numbers, and what they leave alone.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "loop/rules/rule_table.hpp"
#include "loop/rules/station/evidence.hpp"
#include "loop/stations/seen.hpp"
#include "loop/statistics/tails.hpp"
#include "tests/support/station_figures.hpp"
#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::Reason;
using loop::Verdict;
using loop::rules::Flag;
using loop::rules::Flags;
using loop::rules::Grade;

namespace {

/// Twenty honest stations of 500 tests, one in ten failed.
StationFigures honest(int stations = 20) {
    StationFigures out;
    for (int s = 1; s <= stations; ++s) out.add_year(s, 500, 10);
    return out;
}

const Flag& only(const Flags& flags) {
    REQUIRE(flags.size() == 1);
    return flags[0];
}

loop::rules::History history_of(const std::string& id, std::vector<loop::rules::Record> records) {
    return {id, std::move(records), {}};
}

/// A vehicle that failed at a station, was repaired at a shop or not, and retested.
loop::rules::History retested(const std::string& id, int station, const std::string& shop, bool passed) {
    auto fail = made({station, last_day - 20, Verdict::fail});
    auto repair = made({station, last_day - 15});
    repair.fact.station_id = shop;
    auto retest = made({station, last_day - 10, passed ? Verdict::pass : Verdict::fail, 0.3, Reason::retest});
    loop::Episode e;
    e.station_id = fail.fact.station_id;
    e.county = "610404";
    e.first_failure = fail.fact.occurred_at;
    e.retests = {retest.fact.record_id};
    if (!shop.empty()) {
        e.counting_repairs = {repair.fact.record_id};
        e.first_counting_day = last_day - 15;
    }
    if (passed) e.ended_at = retest.fact.occurred_at;
    auto h = history_of(id, {fail, repair, retest});
    h.episodes = {e};
    return h;
}

loop::rules::History failed_in(const std::string& id, const std::string& county, bool repaired, bool ended) {
    loop::rules::History h;
    h.vehicle_id = id;
    loop::Episode e;
    e.station_id = "I" + county + "-01";
    e.county = county;
    e.first_failure = loop::start_of(last_day - 200);
    if (repaired) e.first_counting_day = last_day - 190;
    if (ended) e.ended_at = loop::start_of(last_day - 180);
    e.due = last_day - 170;
    h.episodes = {e};
    return h;
}

}  // namespace

TEST_CASE("S01: half the failures missing, or twice as many, beside the same vehicles elsewhere") {
    auto figures = honest();
    CHECK(figures.flags("S01").empty());
    figures.add_year(21, 1000, 40);
    figures.add_year(22, 1000, 4);
    const auto flags = figures.flags("S01");
    REQUIRE(flags.size() == 2);
    const Flag& few = flags[0];
    CHECK(few.claim == "fails_too_few");
    CHECK(few.station_id == station_id(21));
    CHECK(value_of(few, "observed") == "25");
    CHECK(value_of(few, "of") == "1000");
    CHECK(few.grade == Grade::strong);
    CHECK(loop::rules::claim_of(few).zh.starts_with("1000 次初检中 25 次不合格，按同类车在其他站的比率应有 "));
    CHECK(flags[1].claim == "fails_too_many");
    CHECK(value_of(flags[1], "observed") == "250");
}

TEST_CASE("S01: a station is not its own peer, a small one is neither hidden nor punished") {
    auto figures = honest(10);
    figures.add_year(11, 100, 0);
    figures.add_year(12, 150, 0);
    // 100 tests at one in ten: 10 expected, below the 20 that are needed.
    const auto all = loop::stations::stations_by(
        figures.statistics.tallies(), {loop::stations::window(last_day, 365), loop::stations::failed_first_tests, 12});
    REQUIRE(all.each.size() == 12);
    CHECK_FALSE(all.each[10].enough);
    CHECK(all.each[10].compared.p_low == 1);
    CHECK(all.each[11].enough);
    // 500 of the ten others and none of 100 in the whole stratum: 9.6 % or a little less for its margins.
    CHECK(all.each[11].expected == Approx(150 * 500.0 / 5100).epsilon(0.001));
    CHECK(figures.flags("S01").empty());
}

TEST_CASE("S02: first retests that hardly ever fail") {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 12; ++s)
        for (int i = 0; i < 200; ++i)
            figures.statistics.put(retested(std::to_string(++n), s, "M610404-03", s == 7 ? i % 100 != 0 : i % 5 != 0));
    const Flag flag = only(figures.flags("S02"));
    CHECK(flag.station_id == station_id(7));
    CHECK(value_of(flag, "observed") == "2");
    CHECK(flag.grade == Grade::strong);
    // A history that changed replaces what it said; one that went says nothing.
    for (int i = 1201; i <= 1400; ++i) figures.statistics.put(retested(std::to_string(i), 7, "M610404-03", i % 5 != 0));
    CHECK(figures.flags("S02").empty());
    for (int i = 1; i <= n; ++i) figures.statistics.drop(std::to_string(i));
    CHECK(rows_of(figures.statistics).empty());
}

TEST_CASE("S03: readings are missing above the limit and bunch under it") {
    StationFigures figures;
    // Log-normal by its quantiles, a twentieth above the limit; each station's analyser off by up to 4 %.
    for (int s = 1; s <= 20; ++s)
        for (int i = 0; i < 1500; ++i) {
            const double z = loop::statistics::normal_above_inverse((i + 0.5) / 1500);
            double co = 0.5 * std::exp(0.6 * (z - 1.3)) * (1 + 0.01 * (s % 9 - 4));
            if (s == 13 && co > 0.5 && i % 5 != 0) co = 0.46;
            figures.add({s, last_day - i % 360, co > 0.5 ? Verdict::fail : Verdict::pass, co});
        }
    const Flag flag = only(figures.flags("S03"));
    CHECK(flag.station_id == station_id(13));
    CHECK(flag.claim == "missing_above_limit");
    CHECK(std::stod(value_of(flag, "observed")) < 40);
    CHECK(std::stod(value_of(flag, "expected")) > 130);
}

TEST_CASE("S04: digits, repeats and fields that never vary") {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 15; ++s)
        for (int i = 0; i < 400; ++i) {
            auto r = made({s, last_day - i % 300});
            ++n;
            auto& test = *r.detail.inspection;
            const int digit = s == 3 ? (i % 2) * 5 : n % 10;
            test.readings = {{"hc", "5025", "ppm", 20.0 + (n * 7) % 60 / 10 * 10 + digit, 90.0, {}, {}},
                             {"no", "5025", "ppm", 101.0 + n, 700.0, {}, {}},
                             {"co", "5025", "%", s == 4 && i < 40 ? 0.11 : 0.0001 * (n % 4001), 0.5, {}, {}},
                             {"co", "2540", "%", 0.0001 * (n % 3001), 0.4, {}, {}}};
            if (s == 5 && i < 60)
                for (auto& reading : test.readings) reading.value = 21;
            test.temperature_c = s == 6 ? 20 : 10 + 0.1 * (n % 200);
            figures.add(r);
        }
    const auto flags = figures.flags("S04");
    std::set<std::string> found;
    for (const auto& f : flags) found.insert(f.claim + " " + f.station_id);
    CHECK(found.contains("digits_unlike_peers " + station_id(3)));
    CHECK(found.contains("readings_repeat " + station_id(5)));
    CHECK(found.contains("field_never_varies " + station_id(6)));
    const auto repeat = std::ranges::find(flags, "readings_repeat", &Flag::claim);
    CHECK(value_of(*repeat, "observed") == "59");
    CHECK(value_of(*repeat, "most") == "60");
    const auto constant = std::ranges::find(flags, "field_never_varies", &Flag::claim);
    CHECK(value_of(*constant, "value") == "20.000");
    CHECK(value_of(*constant, "stations_varying") == "14");
    CHECK(std::ranges::count(flags, "readings_repeat", &Flag::claim) == 1);
}

TEST_CASE("S05: a day holds so many tests; nights are unlike peers'") {
    auto figures = honest(8);
    CHECK(figures.flags("S05").empty());
    // ASM takes 20 s at least: 2161 of them are 12 h and 20 s.
    for (int i = 0; i < 2161; ++i) figures.add({2, last_day - 3});
    const Flag busy = only(figures.flags("S05"));
    CHECK(busy.claim == "more_than_a_day_holds");
    CHECK(value_of(busy, "hours") == "12.0");
    CHECK(value_of(busy, "worst_day") == "2025-12-28");
    for (int i = 0; i < 60; ++i) {
        auto r = made({3, last_day - i});
        r.detail.inspection->started_at = loop::start_of(last_day - i) + 3 * 3'600'000;
        figures.add(r);
    }
    const auto flags = figures.flags("S05");
    REQUIRE(flags.size() == 2);
    CHECK(flags[1].claim == "tests_at_night");
    CHECK(flags[1].station_id == station_id(3));
    CHECK(value_of(flags[1], "observed") == "60");
}

TEST_CASE("S06: aborts beyond 1.25 times the peers', and beyond chance") {
    auto figures = honest(15);
    for (int s = 1; s <= 15; ++s)
        for (int i = 0; i < (s == 9 ? 70 : 15); ++i) figures.add({s, last_day - i, Verdict::aborted});
    const Flag flag = only(figures.flags("S06"));
    CHECK(flag.station_id == station_id(9));
    CHECK(value_of(flag, "observed") == "70");
    CHECK(value_of(flag, "of") == "570");
}

TEST_CASE("S07: OBD that never answers, and OBD that always does") {
    StationFigures figures;
    for (int s = 1; s <= 15; ++s)
        for (int i = 0; i < 600; ++i) {
            auto r = made({s, last_day - i % 300});
            loop::ObdDetail obd;
            const int one_in = s == 4 ? 5 : 20;
            obd.communicates = s == 8 || i % one_in != 0;
            r.detail.inspection->obd = obd;
            figures.add(r);
        }
    const auto flags = figures.flags("S07");
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].claim == "silent_too_often");
    CHECK(flags[0].station_id == station_id(4));
    CHECK(flags[1].claim == "never_silent");
    CHECK(flags[1].station_id == station_id(8));
    CHECK(value_of(flags[1], "observed") == "0");
}

TEST_CASE("S08: late records, and silence while others work") {
    StationFigures figures;
    for (int s = 1; s <= 10; ++s)
        for (int i = 0; i < 300; ++i) {
            if (s == 5 && i < 40) continue;
            auto r = made({s, last_day - i});
            const bool late = i % (s == 2 ? 3 : 60) == 0;
            r.arrival = loop::rules::Arrival{"", "", 0, r.fact.occurred_at + (late ? 2 : 0) * loop::day_ms, {}};
            figures.add(r);
        }
    const auto flags = figures.flags("S08");
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].claim == "late_uploads");
    CHECK(flags[0].station_id == station_id(2));
    CHECK(value_of(flags[0], "observed") == "100");
    CHECK(flags[1].claim == "silent_while_others_work");
    CHECK(flags[1].station_id == station_id(5));
    CHECK(value_of(flags[1], "last_day") == "2025-11-21");
    CHECK(value_of(flags[1], "days") == "40");
    CHECK(value_of(flags[1], "expected") == "40");
}

TEST_CASE("S08: silence of all is a holiday") {
    StationFigures figures;
    for (int s = 1; s <= 5; ++s)
        for (int i = 20; i < 300; ++i) figures.add({s, last_day - i});
    CHECK(figures.flags("S08").empty());
}

TEST_CASE("S09: those who passed here fail when they are seen next") {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 12; ++s)
        for (int i = 0; i < 200; ++i) {
            auto pass = made({s, last_day - 400});
            const bool fails = i % (s == 6 ? 3 : 12) == 0;
            auto next = made({1 + i % 12, last_day - 30, fails ? Verdict::fail : Verdict::pass});
            figures.statistics.put(history_of(std::to_string(++n), {pass, next}));
        }
    const Flag flag = only(figures.flags("S09"));
    CHECK(flag.station_id == station_id(6));
    CHECK(value_of(flag, "observed") == "67");
    CHECK(value_of(flag, "of") == "200");
}

TEST_CASE("S09: a retest of the same visit is not a later failure; the roadside is, at once") {
    StationFigures figures;
    auto pass = made({1, last_day - 30}), soon = made({2, last_day - 10, Verdict::fail});
    figures.statistics.put(history_of("v", {pass, soon}));
    const auto stations_of_later = [&] {
        std::vector<std::string> out;
        figures.statistics.journeys().later.each_of([&](const auto& at, const auto&) { out.push_back(at.station_id); });
        return out;
    };
    CHECK(stations_of_later().empty());
    soon.fact.inspection->reason = Reason::roadside;
    figures.statistics.put(history_of("v", {pass, soon}));
    CHECK(stations_of_later() == std::vector{station_id(1)});
}

TEST_CASE("S10: a pair passes beyond the station's habit and the shop's skill") {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 8; ++s)
        for (int m = 1; m <= 6; ++m)
            for (int i = 0; i < 60; ++i) {
                // Lenient stations and skilled shops pass more; only the pair (3, 2) passes everything.
                const bool passes = (s == 3 && m == 2) || (i * 7 + s * 3 + m) % 20 >= 6 - s / 3 - m / 3;
                figures.statistics.put(retested(std::to_string(++n), s, fmt::format("M610404-{:02}", m), passes));
            }
    const Flag flag = only(figures.flags("S10"));
    CHECK(flag.station_id == station_id(3));
    CHECK(flag.other_station_id == "M610404-02");
    CHECK(value_of(flag, "observed") == "60");
    CHECK(value_of(flag, "concentration") == "0.17");
}

TEST_CASE("S11: all gases of a line step down on a date") {
    StationFigures figures;
    for (int s = 1; s <= 12; ++s)
        for (int week = 0; week < 50; ++week)
            for (int i = 0; i < 25; ++i) {
                const loop::Day day = last_day - 7 * week - i % 7;
                const double scale = s == 4 && week < 20 ? 0.6 : 1;
                auto r = made({s, day});
                const double wobble = 1 + 0.3 * ((i * 13 + week * 7 + s * 5) % 11 - 5) / 5;
                r.detail.inspection->readings = {{"co", "5025", "%", 0.2 * scale * wobble, 0.5, {}, {}},
                                                 {"hc", "5025", "ppm", 40 * scale * wobble, 90.0, {}, {}},
                                                 {"no", "5025", "ppm", 300 * scale * wobble, 700.0, {}, {}}};
                figures.add(r);
            }
    const Flag flag = only(figures.flags("S11"));
    CHECK(flag.claim == "readings_fell");
    CHECK(flag.station_id == station_id(4));
    CHECK(value_of(flag, "channels") == "3");
    CHECK(std::stod(value_of(flag, "step")) == Approx(-40).margin(2));
    // Twenty weeks before the end of 2025: the week of Monday 2025-08-11 or the next.
    CHECK(value_of(flag, "since") >= "2025-08-11");
    CHECK(value_of(flag, "since") <= "2025-08-18");
}

TEST_CASE("S11: failures of a station fall on a date") {
    StationFigures figures;
    for (int s = 1; s <= 15; ++s)
        for (int week = 0; week < 50; ++week)
            for (int i = 0; i < 40; ++i) {
                const int one_in = s == 4 && week < 20 ? 40 : 5 + (week * 7 + s * 3) % 3;
                figures.add({s, last_day - 7 * week - i % 7, i % one_in == 0 ? Verdict::fail : Verdict::pass});
            }
    const Flag flag = only(figures.flags("S11"));
    CHECK(flag.claim == "failures_fell");
    CHECK(flag.station_id == station_id(4));
}

TEST_CASE("S12: an inspector who lets vehicles pass, and where they went") {
    StationFigures figures;
    for (int s = 1; s <= 12; ++s)
        for (const char* who : {"A", "B", "C"})
            for (int i = 0; i < 300; ++i) {
                const bool lax = s == 5 && who[0] == 'B';
                const auto name = lax ? "李某" : fmt::format("{}{}", who, s);
                figures.add({s, last_day - 100 - i % 200, i % (lax ? 60 : 10) == 0 ? Verdict::fail : Verdict::pass, 0.3,
                             Reason::periodic, name});
            }
    figures.add({9, last_day - 10, Verdict::pass, 0.3, Reason::periodic, "李某"});
    const auto flags = figures.flags("S12");
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].claim == "inspector_fails_too_few");
    CHECK(flags[0].person == "李某");
    CHECK(flags[0].station_id == station_id(5));
    CHECK(flags[1].claim == "inspector_moved_here");
    CHECK(flags[1].station_id == station_id(9));
    CHECK(flags[1].other_station_id == station_id(5));
}

TEST_CASE("C01: a county without repairs, one with few, one that holds the target") {
    StationFigures figures;
    int n = 0;
    for (int i = 0; i < 60; ++i) {
        figures.statistics.put(failed_in(std::to_string(++n), "610428", false, true));
        figures.statistics.put(failed_in(std::to_string(++n), "610402", i % 3 == 0, true));
        figures.statistics.put(failed_in(std::to_string(++n), "610403", i % 20 != 0, true));
        figures.statistics.put(failed_in(std::to_string(++n), "110101", false, true));
    }
    const auto flags = figures.flags("C01");
    REQUIRE(flags.size() == 2);
    CHECK(flags[0].county == "610402");
    CHECK(flags[0].claim == "few_repairs");
    CHECK(value_of(flags[0], "repaired") == "20");
    CHECK(flags[1].county == "610428");
    CHECK(flags[1].claim == "no_repairs");
    CHECK(flags[1].station_id.empty());
}

TEST_CASE("C02 and C04: a county whose failed vehicles stay away") {
    StationFigures figures;
    int n = 0;
    for (const auto& county : loop::default_policy().counties)
        for (int i = 0; i < 300; ++i)
            figures.statistics.put(
                failed_in(std::to_string(++n), county, true, i % (county == "610424" ? 2 : 20) != 0));
    const Flag away = only(figures.flags("C02"));
    CHECK(away.county == "610424");
    CHECK(value_of(away, "observed") == "150");
    const Flag unknown = only(figures.flags("C04"));
    CHECK(unknown.county == "610424");
    CHECK(value_of(unknown, "share") == "50.0");
}

TEST_CASE("C01 and C02: a failure is as old as the deadlines of its day let it be") {
    constexpr loop::Day failed_on = last_day - 20;
    // Deadlines in force since long, and those since five days.
    const auto set_deadlines = [](StationFigures& figures, loop::Deadlines before, loop::Deadlines since) {
        json counties = json::object();
        for (const auto& county : loop::default_policy().counties) counties[county] = json::object();
        std::uint64_t seq = 0;
        for (const auto& [from, days] : {std::pair(last_day - 1000, before), std::pair(last_day - 5, since)}) {
            const json line{{"schema", "imloop/policy/1"},
                            {"record_id", id_of(700'000 + static_cast<int>(++seq))},
                            {"station_id", "H610400-01"},
                            {"occurred_at", loop::format_moment(loop::start_of(from))},
                            {"valid_from", loop::format_day(from)},
                            {"officer_id", "o-1"},
                            {"confirmed_by", "o-2"},
                            {"repair_days", days.repair_days},
                            {"retest_days", days.retest_days},
                            {"counties", counties}};
            const auto admitted = loop::admit(line.dump(), "H610400-01", loop::start_of(last_day));
            REQUIRE(admitted.problems.empty());
            figures.projection.put(admitted, "H610400-01", "epoch", seq);
        }
        figures.projection.settle();
    };
    const auto fail = [](StationFigures& figures, int n, const std::string& county, bool ended, int days) {
        auto h = failed_in(std::to_string(n), county, false, ended);
        h.episodes[0].first_failure = loop::start_of(failed_on);
        h.episodes[0].due = failed_on + days;
        figures.statistics.put(h);
    };
    StationFigures cut, extended;
    set_deadlines(cut, {30, 15}, {10, 5});
    set_deadlines(extended, {10, 5}, {60, 30});
    int n = 0;
    for (int i = 0; i < 60; ++i) fail(cut, ++n, "610428", false, 45);
    CHECK(cut.flags("C01").empty());  // all of them still in time
    for (const auto& county : loop::default_policy().counties)
        for (int i = 0; i < 300; ++i) fail(extended, ++n, county, i % (county == "610424" ? 2 : 20) != 0, 15);
    CHECK(extended.flags("C01").size() == loop::default_policy().counties.size());
    CHECK(only(extended.flags("C02")).county == "610424");
}

TEST_CASE("C03: a county's failures fall to a third in one week, beside counties where nothing changed") {
    const auto of_county = [](int s) { return s <= 6 ? "610428" : s <= 14 ? "610402" : "610403"; };
    const auto add_year = [](StationFigures& out, bool falls) {
        for (int s = 1; s <= 24; ++s)
            for (int i = 0; i < 720; ++i) {
                const loop::Day day = last_day - 360 + i / 2;
                const int one_in = falls && s <= 6 && day > last_day - 120 ? 15 : 5;
                const bool fails = (i * 7 + s) % one_in == 0;
                out.add({s, day, fails ? Verdict::fail : Verdict::pass, fails ? 0.9 : 0.3});
            }
    };
    const auto register_stations = [&](StationFigures& out) {
        for (int s = 1; s <= 24; ++s) {
            const auto registered = a_registration(station_id(s), {{"county", of_county(s)}});
            out.projection.put(loop::admit(registered.dump(), "H610400-01", loop::start_of(last_day)), "H610400-01",
                               "epoch", static_cast<std::uint64_t>(s));
        }
        out.projection.settle();
    };
    StationFigures level, fallen;
    for (auto* figures : {&level, &fallen}) {
        add_year(*figures, figures == &fallen);
        register_stations(*figures);
    }
    CHECK(level.flags("C03").empty());
    const Flag fell = only(fallen.flags("C03"));
    CHECK(fell.claim == "failures_fell");
    CHECK(fell.county == "610428");
    CHECK(fell.station_id.empty());
    CHECK(fell.day == loop::stations::monday_of(loop::stations::week_of(last_day - 119)));
    CHECK(value_of(fell, "since") == loop::format_day(fell.day));
    CHECK(std::stod(value_of(fell, "after")) < 0.5 * std::stod(value_of(fell, "before")));
}

TEST_CASE("a chance can be said aloud") {
    using loop::rules::chance;
    CHECK(chance("p", 0.5).text == "> 1/10");
    CHECK(chance("p", 0.01).text == "1/100");
    CHECK(chance("p", 0.00032).text == "1/3,100");
    CHECK(chance("p", 1e-8).text == "1/100,000,000");
    CHECK(chance("p", 0).text == "< 1/1,000,000,000");
}

TEST_CASE("strata: what is not known has code 0, bands begin at 1") {
    auto r = made({1});
    auto stratum = loop::stations::stratum_of(r);
    CHECK(stratum.codes[0] == 2);  // asm is the second of the methods
    CHECK(stratum.codes[1] == 1);
    CHECK(stratum.codes[2] == 5);
    CHECK(stratum.codes[3] == 0);
    CHECK(stratum.codes[4] == 0);
    r.detail.vehicle->registered_on = last_day - 3650;
    loop::ObdDetail obd;
    obd.mileage_km = 50'000;
    r.detail.inspection->obd = obd;
    stratum = loop::stations::stratum_of(r);
    CHECK(stratum.codes[3] == 3);
    CHECK(stratum.codes[4] == 2);
    r.fact.inspection->reason = Reason::roadside;
    CHECK_FALSE(loop::stations::seen(r));
}

TEST_CASE("what rows hold by number keeps its number") {
    const auto begins_with = [](std::string_view table, const std::vector<std::string>& codes) {
        const auto& rows = loop::rows_of(table);
        REQUIRE(rows.size() >= codes.size());
        for (std::size_t i = 0; i < codes.size(); ++i) CHECK(rows[i].at("code") == codes[i]);
    };
    begins_with("methods", {"two_speed_idle", "asm", "vmas", "transient", "free_acceleration", "lugdown", "obd_only",
                            "ringelmann"});
    begins_with("fuels", {"petrol", "diesel", "cng", "lpg", "methanol", "ethanol", "hybrid", "electric", "other"});
    begins_with("emission_stages", {"国0", "国I", "国II", "国III", "国IV", "国V", "国VI"});
    std::string channels;
    for (std::uint8_t channel = 1; loop::stations::channel_name(channel) != "?"; ++channel)
        channels += loop::stations::channel_name(channel) + " ";
    CHECK(channels.starts_with(
        "co/idle co/high_idle hc/idle hc/high_idle co2/idle co2/high_idle o2/idle o2/high_idle "
        "lambda/high_idle co/5025 co/2540 hc/5025 hc/2540 no/5025 no/2540 co2/5025 co2/2540 "
        "o2/5025 o2/2540 lambda/5025 lambda/2540 power/5025 power/2540 co/cycle hc/cycle nox/cycle "
        "hc_nox/cycle opacity/1 opacity/2 opacity/3 opacity/mean opacity/k100 opacity/k80 nox/k80 "
        "power/max ringelmann/1 "));
}

TEST_CASE("weeks run from Monday to Sunday") {
    using namespace loop::stations;
    const auto monday = loop::parse_day("2025-12-29").value();
    CHECK(monday_of(week_of(monday)) == monday);
    CHECK(week_of(monday + 6) == week_of(monday));
    CHECK(week_of(monday - 1) == week_of(monday) - 1);
    CHECK(monday_of(week_of(-1)) == -3);
    CHECK(quarter_of(-1) == -1);
}
