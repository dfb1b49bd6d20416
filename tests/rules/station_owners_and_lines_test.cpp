// What stations are judged by beside their tests: aborts that end in passes, lines as they came, who owns them.
#include <catch2/catch.hpp>

#include "tests/support/station_figures.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::Reason;
using loop::Verdict;
using loop::rules::Flag;
using loop::rules::Flags;

namespace {

/// A test broken off at ten; the next one so many hours later.
loop::rules::History aborted(int vehicle, int station, int hours_later, Verdict next) {
    auto abort = made({station, last_day - vehicle % 300, Verdict::aborted});
    auto after = made({station, last_day - vehicle % 300, next});
    after.fact.occurred_at = abort.fact.occurred_at + hours_later * 3'600'000LL;
    return {std::to_string(vehicle), {abort, after}, {}};
}

loop::rules::Arrival line(int station, std::uint64_t seq, loop::Day day, bool is_rejected = false,
                          const std::string& epoch = "e") {
    loop::rules::Arrival out{station_id(station), epoch, seq, loop::start_of(day), {}};
    if (is_rejected) out.rejected_for = {"unknown_member"};
    return out;
}

/// A year of 24 stations' lines, one in a hundred rejected; of station 7 one in ten.
StationFigures a_year_of_lines() {
    StationFigures out;
    for (int s = 1; s <= 24; ++s)
        for (int i = 0; i < 600; ++i)
            out.statistics.came(
                line(s, static_cast<std::uint64_t>(i + 1), last_day - 300 + i / 2, i % (s == 7 ? 10 : 100) == 0));
    return out;
}

}  // namespace

TEST_CASE("S06: as many aborts as elsewhere, but each of them ends in a pass") {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 15; ++s) {
        figures.add_year(s, 500, 10);
        for (int i = 0; i < 40; ++i) {
            auto history = aborted(++n, s, 1, s == 9 || i % 4 == 0 ? Verdict::pass : Verdict::fail);
            figures.add(history.records[0]);
            figures.statistics.put(std::move(history));
        }
    }
    const auto flags = figures.flags("S06");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "aborts_then_passes");
    CHECK(flags[0].station_id == station_id(9));
    CHECK(value_of(flags[0], "observed") == "40");
    CHECK(value_of(flags[0], "of") == "540");
}

TEST_CASE("a pass on another day, at another station or after a failure is none that an abort ended in") {
    const auto aborts_of = [](const loop::rules::History& history) {
        return loop::stations::journey_of(history).aborts.size();
    };
    CHECK(aborts_of(aborted(1, 1, 3, Verdict::pass)) == 1);
    CHECK(aborts_of(aborted(2, 1, 20, Verdict::pass)) == 0);
    CHECK(aborts_of(aborted(3, 1, 3, Verdict::fail)) == 0);
    auto elsewhere = aborted(4, 1, 3, Verdict::pass);
    elsewhere.records[1].fact.station_id = station_id(2);
    CHECK(aborts_of(elsewhere) == 0);
    auto failed_between = aborted(5, 1, 3, Verdict::pass);
    auto failure = aborted(5, 1, 2, Verdict::fail).records[1];
    failed_between.records.insert(failed_between.records.begin() + 1, failure);
    CHECK(aborts_of(failed_between) == 0);
}

TEST_CASE("S08: lines rejected ten times as often as elsewhere; a line that comes twice is one") {
    auto figures = a_year_of_lines();
    for (int i = 0; i < 600; ++i) figures.statistics.came(line(8, static_cast<std::uint64_t>(i + 1), last_day, true));
    const auto flags = figures.flags("S08");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "many_rejections");
    CHECK(flags[0].station_id == station_id(7));
    CHECK(value_of(flags[0], "observed") == "60");
    CHECK(value_of(flags[0], "of") == "600");
    CHECK(flags[0].grade == loop::rules::Grade::weak);
}

TEST_CASE("S08: a second text under a number is shown for a year") {
    StationFigures figures;
    figures.statistics.forked(station_id(1), 7, last_day - 10);
    figures.statistics.forked(station_id(1), 7, last_day - 9);  // the same, sent again
    figures.statistics.forked(station_id(1), 90, last_day - 3);
    figures.statistics.forked(station_id(2), 7, last_day - 365);
    const auto flags = figures.flags("S08");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "journal_forked");
    CHECK(value_of(flags[0], "forks") == "2");
    CHECK(value_of(flags[0], "last_day") == "2025-12-28");
}

TEST_CASE("S08: journals begun again and again, not the first one and not one that all began again") {
    StationFigures figures;
    for (int s = 1; s <= 12; ++s)
        for (int i = 0; i < (s == 4 ? 5 : 2); ++i)
            figures.statistics.came(line(s, 1, last_day - 100 + i, false, std::string(1, static_cast<char>('a' + i))));
    CHECK(figures.flags("S08").empty());  // four, where one is usual: 1/50
    for (int i = 5; i < 8; ++i)
        figures.statistics.came(line(4, 1, last_day - 50 + i, false, std::string(1, static_cast<char>('a' + i))));
    const auto flags = figures.flags("S08");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "journals_begun_again");
    CHECK(value_of(flags[0], "observed") == "7");
    CHECK(value_of(flags[0], "expected") == "1.09");  // (11 + 1) / 11
}

TEST_CASE("one owner of two stations is seen by name or credit code, however it is written") {
    const auto owned = [](const char* owner, const char* code) {
        loop::StationView v;
        v.owner = owner, v.credit_code = code;
        return v;
    };
    CHECK(loop::same_owner(owned("渭城机动车服务公司", ""), owned("渭城机动车服务公司 ", "")));
    CHECK(loop::same_owner(owned("91610404MA6XXXXX1A", ""), owned("", "91610404ma6xxxxx1a")));
    CHECK_FALSE(loop::same_owner(owned("", ""), owned("", "")));
    CHECK_FALSE(loop::same_owner(owned("甲", "91610404MA6XXXXX1A"), owned("乙", "91610404MA6XXXXX2B")));
}

namespace {

json flawed_station(const std::string& id, const json& more) {
    json words{{"owner", "渭城机动车服务公司"}};
    words.merge_patch(more);
    return a_registration(id, words);
}

/// Station 01 tests on while it is suspended, `tests` times; its owner has station 05 since that day.
std::vector<Flag> owner_flags(int tests, const json& later, const char* decided = nullptr) {
    SuspectWorld world;
    world.put(flawed_station("I610404-01", {{"status", "suspended"}, {"valid_from", "2026-03-02"}}), "H610400-01");
    world.put(a_registration("I610404-05", later), "H610400-01");
    for (int n = 0; n < tests; ++n) {
        auto r = a_test(n + 1, fmt::format("2026-04-{:02}T10:00:00+08:00", n + 1));
        r["vehicle"].merge_patch(a_vehicle(n));
        world.put(r);
    }
    if (decided)
        world.put({{"schema", "imloop/decision/1"},
                   {"record_id", id_of(500)},
                   {"station_id", "H610400-01"},
                   {"occurred_at", "2026-05-01T10:00:00+08:00"},
                   {"about", {{"flag_id", world.flags("R11").at(0).flag_id}}},
                   {"action", decided},
                   {"reason", "现场核查"},
                   {"officer_id", "A01"}},
                  "H610400-01");
    return world.flags("S12");
}

}  // namespace

TEST_CASE("S12: what speaks against a station follows its owner to the next one") {
    const json young{{"owner", "渭城机动车服务公司"}, {"valid_from", "2026-05-01"}};
    const auto flags = owner_flags(3, young);
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "owner_goes_on_here");
    CHECK(flags[0].station_id == "I610404-05");
    CHECK(flags[0].other_station_id == "I610404-01");
    CHECK(flags[0].grade == loop::rules::Grade::weak);
    CHECK(value_of(flags[0], "strong") == "3");
    CHECK(owner_flags(2, young).empty());
    CHECK(owner_flags(2, young, "confirm").size() == 1);
    CHECK(owner_flags(3, young, "dismiss").empty());
    CHECK(owner_flags(3, {{"valid_from", "2026-05-01"}}).empty());
    CHECK(owner_flags(3, {{"owner", "渭城机动车服务公司"}}).empty());  // no younger than the old one
    CHECK(owner_flags(3, {{"owner", "渭城机动车服务公司"}, {"valid_from", "2025-12-30"}}).empty());  // a year by then
}

namespace {

/// Eight stations and six shops, 60 vehicles each pair; the pair (3, 2) passes all but `failed`.
Flags pair_flags(int failed, bool one_owner) {
    StationFigures figures;
    int n = 0;
    for (int s = 1; s <= 8; ++s)
        for (int m = 1; m <= 6; ++m)
            for (int i = 0; i < 60; ++i) {
                const bool passes = s == 3 && m == 2 ? i >= failed : (i * 7 + s * 3 + m) % 20 >= 6 - s / 3 - m / 3;
                const auto shop = fmt::format("M610404-{:02}", m);
                loop::rules::History h{std::to_string(++n), {}, {}};
                auto fail = made({s, last_day - 20, Verdict::fail}), repair = made({s, last_day - 15}),
                     retest = made({s, last_day - 10, passes ? Verdict::pass : Verdict::fail, 0.3, Reason::retest});
                repair.fact.station_id = shop;
                loop::Episode e;
                e.retests = {retest.fact.record_id}, e.counting_repairs = {repair.fact.record_id};
                h.records = {fail, repair, retest}, h.episodes = {e};
                figures.statistics.put(h);
            }
    const auto put = [&](const std::string& id, const char* owner) {
        const auto line =
            loop::admit(a_registration(id, {{"owner", owner}}).dump(), "H610400-01", loop::start_of(last_day));
        figures.projection.put(line, "H610400-01", "epoch", id[0] == 'I' ? 1 : 2);
    };
    put(station_id(3), "渭城机动车服务公司");
    put("M610404-02", one_owner ? "渭城机动车服务公司" : "另一家");
    figures.projection.settle();
    return figures.flags("S10");
}

}  // namespace

TEST_CASE("S10: one owner of station and shop is said, and less is asked for") {
    const auto clear = pair_flags(0, true);
    REQUIRE(clear.size() == 1);
    CHECK(clear[0].claim == "pair_of_one_owner_passes_too_often");
    CHECK(pair_flags(0, false).at(0).claim == "pair_passes_too_often");
    CHECK(pair_flags(0, false).at(0).key == clear[0].key);
    CHECK(pair_flags(3, false).empty());
    CHECK(pair_flags(3, true).size() == 1);
    CHECK(pair_flags(4, true).empty());
}
