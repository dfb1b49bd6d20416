// What the hub says is what a rebuild says, and it lives: lines that come twice, late, void, or of a clock never set.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "hub/store/store.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"
#include "tests/support/source.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using nlohmann::json;
using test::record_id;

namespace {

constexpr loop::Moment minute = 60'000;
const loop::Moment monday = loop::parse_moment("2026-05-11T00:00:00+08:00").value();

struct Town {
    test::TestHub hub{monday + 10 * loop::day_ms};
    test::Source i{"I610404-01"}, m{"M610404-03"}, bridge{"B610400-01"};
    test::Source bureau{
        "H610400-01",
        journal::PrivateKey::from_pem(test::read_file(hub.folder.path() / "hub" / "hub.key.pem")).value()};
    int registrations = 0;
    Town() {
        i.join(hub);
        m.join(hub);
        bridge.join(hub, {{"writes_for", {"610404"}}});
    }
    /// The bureau registers, on a later day, that the station is suspended since one.
    void suspend(const std::string& station, const std::string& since) {
        const json registration{{"schema", "imloop/registration/1"},
                                {"record_id", record_id(900 + ++registrations)},
                                {"station_id", "H610400-01"},
                                {"occurred_at", "2026-05-16T10:00:00+08:00"},
                                {"registered_station_id", station},
                                {"kind", station.substr(0, 1)},
                                {"name", station},
                                {"county", "610404"},
                                {"status", "suspended"},
                                {"valid_from", since}};
        const auto file = hub.folder.path() / "H610400-01.ndjson";
        service::replace_file(file, bureau.segment({registration.dump()}));
        const auto answer = hub.admin("import", {{"path", file.string()}});
        if (answer.status != 200) throw std::runtime_error(answer.body);
    }
    json flags(const std::string& rule) {
        return journal::parsed(
            hub.admin("suspects", {{"list", "flags"}, {"form", "json"}, {"rule", rule}}).body)["rows"];
    }
    /// Verify is clean, a rebuild says the same, and so do the flags of the rule.
    bool holds(const std::string& rule) {
        const auto before = flags(rule);
        if (!hub.clean()) return false;
        const bool same = journal::parsed(hub.admin("rebuild").body).at("same").get<bool>();
        return hub.clean() && same && flags(rule) == before;
    }
};

/// By OBD alone, which no reading can speak against.
json test_at(int n, loop::Moment at) {
    auto r = test::inspection(n, "I610404-01", loop::format_moment(at), "pass");
    r["vehicle"] = test::a_vehicle(n);
    r["method"] = "obd_only";
    r["readings"] = json::array();
    return r;
}

std::vector<json> a_day(int tests) {
    std::vector<json> out;
    for (int n = 0; n < tests; ++n) out.push_back(test_at(100 + n, monday + (480 + 6 * n) * minute));
    return out;
}

std::vector<std::string> texts_of(const std::vector<json>& records) {
    std::vector<std::string> out;
    for (const auto& r : records) out.push_back(r.dump());
    return out;
}

/// A segment as a hub of before stored it, or an import brought it: all of its lines accepted, or rejected for this.
void store_as(test::TestHub& hub, test::Source& source, const std::vector<json>& records,
              const std::string& rejected_for = "") {
    hub.hub.reset();
    const auto folder = hub.folder.path() / "hub";
    const auto key = journal::PrivateKey::from_pem(test::read_file(folder / "hub.key.pem")).value();
    const auto lines = texts_of(records);
    const auto bytes = source.segment(lines);
    const auto segment = journal::parse_segment(bytes).value();
    journal::Receipt receipt{source.id,
                             source.epoch,
                             segment.header.first,
                             segment.seal.last,
                             segment.seal.head,
                             loop::format_moment(hub.now),
                             {}};
    for (std::size_t n = 0; n < records.size(); ++n) {
        journal::Outcome outcome{
            segment.header.first + n, records[n].at("record_id").get<std::string>(), journal::Status::accepted, {}, {}};
        if (!rejected_for.empty()) {
            outcome.status = journal::Status::rejected;
            outcome.problems.push_back({"/verdict", rejected_for, ""});
        }
        receipt.outcomes.push_back(std::move(outcome));
    }
    hub::Store store(folder / "hub.sqlite");
    store.put_segment(source.id, source.epoch, segment.header.first, segment.seal.last, bytes,
                      journal::build_receipt(key, receipt));
    hub.open();
}

}  // namespace

TEST_CASE("an old journal holds a line of 1899: sweeps, verify and rebuild live") {
    Town t;
    store_as(t.hub, t.i, {test_at(1, loop::parse_moment("1899-12-31T00:00:00+08:00").value())});
    CHECK(t.flags("R09").empty());
    CHECK(t.holds("R09"));
    t.hub.reopen();
    CHECK(t.i.send(t.hub, a_day(3)) == std::vector<std::string>(3, "accepted"));
    CHECK(t.holds("R09"));
}

TEST_CASE("a receipt says of lines that are no tests that their verdict contradicts them: nothing is read of them") {
    Town t;
    auto strange = test_at(3, monday);
    strange["failed_items"] = json::array({7});
    strange["vehicle"]["obd"] = json::array();
    store_as(t.hub, t.i,
             {{{"schema", "imloop/inspection/1"}, {"record_id", record_id(1)}},
              {{"schema", "imloop/inspection/1"}, {"record_id", record_id(2)}, {"vehicle", 7}, {"readings", {1, 2}}},
              strange},
             "verdict_contradicts_readings");
    CHECK(t.flags("R01").empty());
    CHECK(t.holds("R01"));
}

TEST_CASE("a test that a bridge brought again is voided: nothing of it is left, and the hub lives") {
    Town t;
    const auto r = test_at(1, monday);
    CHECK(t.i.send(t.hub, {r}) == std::vector<std::string>{"accepted"});
    CHECK(t.bridge.send(t.hub, {r}) == std::vector<std::string>{"duplicate"});
    CHECK(t.i.send(t.hub, {test::voiding(2, "I610404-01", loop::format_moment(monday + loop::day_ms), record_id(1))}) ==
          std::vector<std::string>{"accepted"});
    CHECK(t.flags("R09").empty());
    CHECK(t.holds("R09"));
}

TEST_CASE("a back-dated test is flagged once, whether a bridge or another epoch brings it again") {
    Town t;
    auto records = a_day(80);
    const auto late = test_at(1, monday + 420 * minute);
    records.push_back(late);
    t.i.send(t.hub, records);
    const auto before = t.flags("R09");
    REQUIRE(before.size() == 1);
    CHECK(t.bridge.send(t.hub, {late}) == std::vector<std::string>{"duplicate"});
    CHECK(t.flags("R09") == before);
    CHECK(t.holds("R09"));
    test::Source older{t.i.id, t.i.key, "0192a1b2-0000-7000-8000-000000000001"};
    CHECK(older.send(t.hub, {a_day(80)[40]}) == std::vector<std::string>{"duplicate"});
    CHECK(t.holds("R09"));
    CHECK(t.flags("R09").size() == 1);
}

TEST_CASE("a suspension that is registered late is seen at once in a repair mended by its correction") {
    Town t;
    const auto at = loop::format_moment(monday + 3 * loop::day_ms);
    const auto mended = test::repair(1, "M610404-03", at);
    auto wrong = mended;
    wrong["outcome"] = "mended";
    CHECK(t.m.send(t.hub, {wrong}) == std::vector<std::string>{"rejected"});
    auto correction = test::voiding(2, "M610404-03", at, record_id(1));
    correction["action"] = "replace";
    correction["replacement"] = mended;
    CHECK(t.m.send(t.hub, {correction}) == std::vector<std::string>{"accepted"});
    CHECK(t.flags("R11").empty());
    t.suspend("M610404-03", "2026-05-01");
    CHECK(t.flags("R11").size() == 1);
    CHECK(t.holds("R11"));
}

TEST_CASE("a segment that goes on over lines that are known says of them what their first receipt says") {
    Town t;
    auto again = t.i;
    const auto day = a_day(3);
    t.hub.now = monday + 600 * minute;
    CHECK(t.i.send(t.hub, {day[0]}) == std::vector<std::string>{"accepted"});
    t.hub.now += 9 * loop::day_ms;
    const auto longer = again.segment(texts_of({day[0], day[1], day[2]}));
    CHECK(t.hub.send(again.caller(), longer).status == 200);
    CHECK(t.holds("S08"));
}

TEST_CASE("in any order of segments, duplicates, voids and registrations verify is clean and a rebuild the same") {
    const auto seed = GENERATE(1U, 2U, 3U, 4U);
    std::mt19937 dice(seed);
    Town t;
    test::Source older{t.i.id, t.i.key, "0192a1b2-0000-7000-8000-000000000001"};
    const auto day = a_day(24);
    const auto late = test_at(1, monday + 420 * minute);
    auto contradicts = test::inspection(3, "I610404-01", loop::format_moment(monday + 20 * 60 * minute), "pass");
    contradicts["readings"][0]["value"] = 1.2;
    struct Step {
        test::Source* by;
        json record;
    };
    std::vector<Step> steps{{&t.i, late},
                            {&t.bridge, late},
                            {&older, day[7]},
                            {&t.bridge, day[9]},
                            {&t.i, contradicts},
                            {&older, contradicts},
                            {&t.i, test::voiding(4, "I610404-01", "2026-05-12T10:00:00+08:00", record_id(109))},
                            {&t.i, test::voiding(5, "I610404-01", "2026-05-12T11:00:00+08:00", record_id(1))},
                            {&t.m, test::repair(6, "M610404-03", "2026-05-14T10:00:00+08:00")},
                            {nullptr, "M610404-03"},
                            {nullptr, "I610404-01"}};
    for (const auto& r : day) steps.push_back({&t.i, r});
    std::ranges::shuffle(steps, dice);
    for (const auto& [by, record] : steps) {
        if (by)
            by->send(t.hub, {record});
        else
            t.suspend(record, "2026-05-01");
        if (dice() % 6 == 0) CHECK(t.hub.clean());
    }
    CHECK(t.holds("R09"));
}
