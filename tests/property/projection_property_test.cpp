// The projection is a function of the set of lines: random small histories in which everything that can interfere does.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "loop/projection.hpp"
#include "loop/tally.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const loop::Day as_of = loop::parse_day("2026-06-30").value();
const loop::Moment received = loop::parse_moment("2026-07-01T00:00:00+08:00").value();

struct Line {
    std::string source;
    std::string bytes;
};

struct Dice {
    const std::vector<unsigned>& numbers;
    std::size_t at = 0;
    unsigned roll(unsigned sides) { return at < numbers.size() ? numbers[at++] % sides : 0; }
    template <std::size_t N>
    const char* pick(const char* const (&of)[N]) {
        return of[roll(N)];
    }
};

std::string id_of(unsigned n) {
    char id[40];
    std::snprintf(id, sizeof id, "01930000-0000-7000-8000-%012u", n);
    return id;
}

json vehicle(Dice& dice) {
    // One slip apart, far apart, proven and not; plates shared.
    constexpr const char* vins[] = {
        "", "LSVAA49J132000017", "LSVAA49J132000071", "LSVAA49J132000018", "LFV2A21K8E4003321", "LSVAA49J13200017"};
    constexpr const char* plates[] = {"陕D0T001", "", "陕D0T002", "陕D·0T001"};
    constexpr const char* kinds[] = {"02", "", "01"};
    json out = json::object();
    const std::string vin = dice.pick(vins), plate = dice.pick(plates), kind = dice.pick(kinds);
    if (!vin.empty()) out["vin"] = vin;
    if (!plate.empty() || vin.empty()) out["plate"] = plate.empty() ? "陕D0T003" : plate;
    if (!kind.empty()) out["plate_kind"] = kind;
    return out;
}

json record(Dice& dice, unsigned n) {
    constexpr const char* days[] = {"2026-01-10", "2026-02-10", "2026-03-10", "2026-03-11", "2026-05-20"};
    const std::string day = dice.pick(days);
    const std::string at = day + (dice.roll(2) == 0 ? "T09:00:00+08:00" : "T15:00:00+08:00");
    json r{{"record_id", id_of(n)}, {"occurred_at", at}};
    const unsigned kind = dice.roll(10);
    if (kind < 5) {
        constexpr const char* verdicts[] = {"fail", "pass", "aborted"};
        constexpr const char* reasons[] = {"periodic", "retest", "roadside", "comparison"};
        const std::string verdict = dice.pick(verdicts);
        r.update({{"schema", "imloop/inspection/1"},
                  {"station_id", "I610404-01"},
                  {"vehicle", vehicle(dice)},
                  {"report_no", "R" + std::to_string(dice.roll(3))},
                  {"line_id", "1"},
                  {"inspector_id", "A1"},
                  {"reason", dice.pick(reasons)},
                  {"started_at", at},
                  {"ended_at", at},
                  {"method", "obd_only"},
                  {"readings", json::array()},
                  {"verdict", verdict}});
        if (verdict == "fail") r["failed_items"] = {"obd"};
    } else if (kind < 8) {
        const bool day_only = dice.roll(3) == 0;
        if (day_only) r["occurred_at"] = day + "T00:00:00+08:00", r["time_precision"] = "day";
        r.update({{"schema", "imloop/repair/1"},
                  {"station_id", dice.roll(4) == 0 ? "I610404-01" : "M610404-03"},
                  {"vehicle", vehicle(dice)},
                  {"work_order_no", "W"},
                  {"received_at", r["occurred_at"]},
                  {"settled_at", r["occurred_at"]},
                  {"items", {{{"code", "EMI-CAT"}}}},
                  {"total_fee", 100},
                  {"outcome", "repaired"}});
        if (dice.roll(2) == 0) r["fail_report_no"] = "R" + std::to_string(dice.roll(3));
    } else if (kind == 8) {
        constexpr const char* events[] = {"scrapped", "transferred_out", "replated", "stolen"};
        r.update({{"schema", "imloop/vehicle_event/1"},
                  {"station_id", "E610404-01"},
                  {"vehicle", vehicle(dice)},
                  {"event", dice.pick(events)},
                  {"new_plate", "陕D0T002"},
                  {"authority", "交警"}});
    } else {
        constexpr const char* actions[] = {"join", "part", "waive"};
        const std::string action = dice.pick(actions);
        r.update({{"schema", "imloop/decision/1"},
                  {"station_id", "H610400-01"},
                  {"action", action},
                  {"reason", "核实"},
                  {"officer_id", "o-1"},
                  {"other_record_id", id_of(dice.roll(n + 1))}});
        r["about"] = {{action == "waive" ? "episode_id" : "record_id", id_of(dice.roll(n + 1))}};
    }
    return r;
}

/// Some records, some of them corrected, some corrections of records that never come, some lines rejected.
std::vector<Line> history(const std::vector<unsigned>& numbers) {
    Dice dice{numbers};
    std::vector<Line> out;
    json registration{{"schema", "imloop/registration/1"},
                      {"station_id", "H610400-01"},
                      {"occurred_at", "2020-01-01T00:00:00+08:00"},
                      {"name", "站"},
                      {"county", "610404"},
                      {"status", "filed"},
                      {"valid_from", "2020-01-01"}};
    unsigned n = 900;
    for (const auto* id : {"I610404-01", "M610404-03", "E610404-01"}) {
        registration["record_id"] = id_of(n++);
        registration["registered_station_id"] = id;
        registration["kind"] = std::string(1, id[0]);
        out.push_back({"H610400-01", registration.dump()});
    }
    for (n = 0; dice.at < numbers.size() && n < 14; ++n) {
        const json r = record(dice, n);
        const unsigned fate = dice.roll(8);
        json correction{{"schema", "imloop/correction/1"},
                        {"record_id", id_of(100 + n)},
                        {"station_id", r["station_id"]},
                        {"occurred_at", fate == 0 ? "2026-06-01T00:00:00+08:00" : "2026-07-01T00:00:00+08:00"},
                        {"corrects", r["record_id"]},
                        {"action", "void"},
                        {"reason", "录入错误"}};
        if (fate == 2) {
            json other = record(dice, n);
            if (other["station_id"] == r["station_id"])
                correction["action"] = "replace", correction["replacement"] = other;
        }
        if (fate <= 2) out.push_back({r["station_id"], correction.dump()});
        if (fate == 3) {
            json wrong = r;
            wrong["occurred_at"] = "2027-01-01T00:00:00+08:00";
            out.push_back({r["station_id"], wrong.dump()});
        }
        if (fate != 4) out.push_back({r["station_id"], r.dump()});
    }
    return out;
}

void put(loop::Projection& projection, const Line& line, std::uint64_t seq) {
    projection.put(loop::admit(line.bytes, line.source, received), line.source, "e", seq);
}

std::string fresh(const std::vector<Line>& lines) {
    loop::Projection projection({});
    for (std::size_t i = 0; i < lines.size(); ++i) put(projection, lines[i], 1);
    projection.settle();
    return projection.dump(as_of);
}

}  // namespace

TEST_CASE("any order, any batches, any repeats and questions between give the same bytes") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = history(numbers);
        const auto expected = fresh(lines);
        std::mt19937 random(seed);
        std::shuffle(lines.begin(), lines.end(), random);
        loop::Projection live({});
        for (std::size_t i = 0; i < lines.size(); ++i) {
            put(live, lines[i], 1);
            if (random() % 3 == 0) put(live, lines[random() % (i + 1)], 1);
            if (random() % 2 == 0) live.settle();
            if (random() % 4 == 0) {
                live.settle();
                live.place({"", "陕D0T001", "", "", "", ""}, received);
            }
        }
        live.settle();
        RC_ASSERT(live.dump(as_of) == expected);
    }));
}

TEST_CASE("figures and lists as of any day are what a look at every vehicle of that day gives") {
    loop::Policy policy;
    policy.counties = {"610404", "610400"};
    const auto day = [](const char* text) { return loop::parse_day(text).value(); };
    const loop::Day first = day("2026-01-09"), last = day("2026-07-02");
    CHECK(rc::check([&](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = history(numbers);
        std::mt19937 random(seed);
        std::shuffle(lines.begin(), lines.end(), random);
        loop::Projection live(policy);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            put(live, lines[i], 1);
            if (random() % 2 == 0) live.settle();
        }
        live.settle();
        const loop::Period period{day("2026-01-11"), day("2026-03-10")};
        for (const auto view : {loop::CountyView::station, loop::CountyView::registered})
            for (const auto& within : {period, loop::Period{first, last}})
                for (int look = 0; look < 6; ++look) {
                    const auto at = first + static_cast<loop::Day>(random() % static_cast<unsigned>(last - first + 1));
                    loop::Tally walked(policy, view);
                    std::map<std::string, std::vector<loop::Episode>> expected, listed;
                    live.each_vehicle(at, [&](const std::string& id, const std::vector<loop::Episode>& episodes) {
                        for (const auto& e : episodes)
                            if (within.holds(loop::day_of(e.first_failure))) walked.add(e), expected[id].push_back(e);
                    });
                    live.each_failed(within, at,
                                     [&](const std::string& id, const auto& episodes) { listed[id] = episodes; });
                    RC_ASSERT(listed == expected);
                    const auto summed = loop::tally(live, within, at, view);
                    RC_ASSERT(summed.counties() == walked.counties());
                    RC_ASSERT(summed.stations() == walked.stations());
                    RC_ASSERT(summed.total() == walked.total());
                }
    }));
}
