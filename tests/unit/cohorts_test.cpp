#include "loop/cohorts.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "loop/projection.hpp"
#include "loop/tally.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const loop::Moment received = loop::parse_moment("2026-12-01T00:00:00+08:00").value();
loop::Day day(const char* text) { return loop::parse_day(text).value(); }

std::string id_of(int number) {
    char id[40];
    std::snprintf(id, sizeof id, "01920000-0000-7000-8000-%012d", number);
    return id;
}

json failure(int number, const char* at, const char* station = "I610404-01") {
    return {{"schema", "imloop/inspection/1"},
            {"record_id", id_of(number)},
            {"station_id", station},
            {"occurred_at", at},
            {"vehicle", {{"vin", "LSVAA49J132000017"}}},
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

json correction(int number, const char* at, int of) {
    return {{"schema", "imloop/correction/1"},
            {"record_id", id_of(number)},
            {"station_id", "H610400-01"},
            {"occurred_at", at},
            {"corrects", id_of(of)},
            {"action", "void"},
            {"reason", "录入错误"}};
}

json replacing(int number, const char* at, const json& by) {
    auto out = correction(number, at, 0);
    out.update({{"corrects", by.at("record_id")}, {"action", "replace"}, {"replacement", by}});
    return out;
}

json registration(int number, const char* station, const char* county) {
    return {{"schema", "imloop/registration/1"},
            {"record_id", id_of(number)},
            {"station_id", "H610400-01"},
            {"occurred_at", "2020-01-01T00:00:00+08:00"},
            {"registered_station_id", station},
            {"kind", "I"},
            {"name", "检验站"},
            {"county", county},
            {"status", "filed"},
            {"valid_from", "2020-01-01"}};
}

/// Lines are taken in one by one, each with all that follows from it.
struct World {
    World() : projection(policy()) {}
    static loop::Policy policy() {
        loop::Policy out;
        out.counties = {"610404", "610423"};
        return out;
    }
    void put(const json& record) {
        const std::string source = record.at("station_id");
        const auto admitted = loop::admit(record.dump(), source, received);
        REQUIRE(admitted.problems.empty());
        projection.put(admitted, source, "e", ++seq);
        projection.settle();
    }
    std::int64_t failed_in(std::string_view county, const char* as_of) const {
        const loop::Period year{day("2026-01-01"), day("2026-12-31")};
        for (const auto& row : loop::tally(projection, year, day(as_of)).counties())
            if (row.county == county) return row.measures.failed;
        return -1;
    }
    loop::Projection projection;
    std::uint64_t seq = 0;
};

loop::Step step(const char* place, const char* opened_on, const char* from, loop::Measure measure, int n) {
    return {{loop::CohortView::county, place, day(opened_on)}, day(from), measure, n};
}

}  // namespace

TEST_CASE("a deadline that passes is a step of its own day, and needs no line") {
    using Of = loop::Measure::Of;
    using loop::EpisodeOutcome;
    const auto outcome = [](EpisodeOutcome o) { return loop::Measure{Of::outcome, static_cast<std::int32_t>(o)}; };
    const std::vector<loop::Episode> none;
    auto steps = loop::steps({day("2026-03-02")}, [&](loop::Day at) {
        loop::Episode e;
        e.episode_id = id_of(1);
        e.county = "610404";
        e.first_failure = loop::start_of(day("2026-03-02"));
        e.due = day("2026-04-01");
        e.outcome = at <= *e.due ? EpisodeOutcome::in_time : EpisodeOutcome::non_return_not_repaired;
        return at < day("2026-03-02") ? none : std::vector{e};
    });
    std::erase_if(steps, [](const loop::Step& s) { return s.cohort.view != loop::CohortView::county; });
    CHECK(steps == std::vector{
                       step("610404", "2026-03-02", "2026-03-02", {Of::failed}, 1),
                       step("610404", "2026-03-02", "2026-03-02", outcome(EpisodeOutcome::in_time), 1),
                       step("610404", "2026-03-02", "2026-04-02", outcome(EpisodeOutcome::non_return_not_repaired), 1),
                       step("610404", "2026-03-02", "2026-04-02", outcome(EpisodeOutcome::in_time), -1),
                   });
}

TEST_CASE("what is put in for a vehicle again stands in place of what was, and nothing is left of what is taken out") {
    using Of = loop::Measure::Of;
    const loop::Period year{day("2026-01-01"), day("2026-12-31")};
    loop::Cohorts cohorts;
    cohorts.put("a", {step("610404", "2026-03-02", "2026-03-02", {Of::failed}, 1),
                      step("610404", "2026-03-02", "2026-03-05", {Of::days_to_repair, 3}, 1)});
    cohorts.put("b", {step("610404", "2026-03-02", "2026-03-04", {Of::failed}, 1)});
    const auto sums = [&](const char* as_of) { return cohorts.sums(loop::CohortView::county, year, day(as_of)); };
    CHECK(sums("2026-03-01").empty());
    CHECK(sums("2026-03-02").at("610404").failed == 1);
    CHECK(sums("2026-03-05").at("610404").failed == 2);
    CHECK(sums("2026-03-05").at("610404").days_to_repair == loop::Measures::Days{{3, 1}});
    CHECK(cohorts.sums(loop::CohortView::station, year, day("2026-12-31")).empty());
    CHECK(cohorts.sums(loop::CohortView::county, {day("2026-03-03"), day("2026-12-31")}, day("2026-12-31")).empty());
    cohorts.put("a", {step("610423", "2026-03-03", "2026-03-03", {Of::failed}, 1)});
    CHECK(sums("2026-03-05").at("610404").failed == 1);
    CHECK(sums("2026-03-05").at("610404").days_to_repair.empty());
    CHECK(sums("2026-03-05").at("610423").failed == 1);
    cohorts.erase("a");
    cohorts.erase("b");
    cohorts.erase("b");
    CHECK(sums("2026-12-31").empty());
}

TEST_CASE("a correction that comes late and is superseded changes the days between") {
    World world;
    world.put(registration(90, "I610404-01", "610404"));
    world.put(failure(1, "2026-03-01T09:00:00+08:00"));
    world.put(replacing(11, "2026-04-20T09:00:00+08:00", failure(1, "2026-03-01T10:00:00+08:00")));
    CHECK(world.failed_in("610404", "2026-04-15") == 1);
    world.put(correction(12, "2026-04-10T09:00:00+08:00", 1));
    CHECK(world.failed_in("610404", "2026-04-09") == 1);
    CHECK(world.failed_in("610404", "2026-04-15") == 0);
    CHECK(world.failed_in("610404", "2026-04-20") == 1);
}

TEST_CASE("a station that is registered late is one for the words that stood before a correction, too") {
    World world;
    world.put(registration(91, "I610423-01", "610423"));
    world.put(failure(1, "2026-03-01T09:00:00+08:00"));
    world.put(replacing(11, "2026-04-20T09:00:00+08:00", failure(1, "2026-03-01T09:00:00+08:00", "I610423-01")));
    CHECK(world.failed_in("610404", "2026-04-15") == 0);
    world.put(registration(90, "I610404-01", "610404"));
    CHECK(world.failed_in("610404", "2026-04-15") == 1);
    CHECK(world.failed_in("610423", "2026-04-15") == 0);
    CHECK(world.failed_in("610404", "2026-04-20") == 0);
    CHECK(world.failed_in("610423", "2026-04-20") == 1);
}
