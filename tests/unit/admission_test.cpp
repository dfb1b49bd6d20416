#include "loop/admission.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "loop/record/schema.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const loop::Moment received = loop::parse_moment("2026-12-01T00:00:00+08:00").value();

std::vector<std::string> codes(const loop::Admitted& a) {
    std::vector<std::string> out;
    for (const auto& p : a.problems) out.push_back(p.pointer + " " + p.code);
    return out;
}

json inspection() {
    return journal::parsed(R"({"schema":"imloop/inspection/1","record_id":"01920000-0000-7000-8000-000000000001",
      "station_id":"I610404-01","occurred_at":"2026-03-02T09:10:00+08:00",
      "vehicle":{"vin":"LSVAA49J132000017","plate":"陕D·0T001","plate_kind":"02"},"report_no":"R1","line_id":"1",
      "inspector_id":"A017","reason":"periodic","started_at":"2026-03-02T09:00:00+08:00",
      "ended_at":"2026-03-02T09:10:00+08:00","method":"two_speed_idle","verdict":"pass",
      "readings":[{"item":"co","phase":"idle","value":0.6,"unit":"%","limit":0.6,"passed":true},
                  {"item":"lambda","phase":"high_idle","value":0.95,"unit":"1","limit":1.05,"limit_low":0.95,"passed":true},
                  {"item":"co2","phase":"idle","value":14.1,"unit":"%"}]})");
}

json repair() {
    return journal::parsed(R"({"schema":"imloop/repair/1","record_id":"01920000-0000-7000-8000-000000000002",
      "station_id":"M610404-03","occurred_at":"2026-03-05T15:00:00+08:00","vehicle":{"plate":"陕D·0T001"},
      "work_order_no":"W1","received_at":"2026-03-05T10:00:00+08:00","settled_at":"2026-03-05T15:00:00+08:00",
      "items":[{"code":"EMI-CAT"}],"total_fee":1480.00,"outcome":"repaired"})");
}

json decision() {
    return journal::parsed(R"({"schema":"imloop/decision/1","record_id":"01920000-0000-7000-8000-000000000003",
      "station_id":"H610400-01","occurred_at":"2026-03-05T15:00:00+08:00",
      "about":{"record_id":"01920000-0000-7000-8000-000000000001"},"action":"confirm","reason":"已核实","officer_id":"o-1"})");
}

json correction(const json& replacement) {
    json out = journal::parsed(R"({"schema":"imloop/correction/1","record_id":"01920000-0000-7000-8000-000000000009",
      "station_id":"I610404-01","occurred_at":"2026-03-06T15:00:00+08:00",
      "corrects":"01920000-0000-7000-8000-000000000001","action":"replace","reason":"录入错误"})");
    out["replacement"] = replacement;
    return out;
}

loop::Admitted admit(const json& record, std::string_view source) {
    return loop::admit(record.dump(), source, received);
}

}  // namespace

TEST_CASE("every record of the vectors is admitted") {
    int records = 0;
    for (const auto* part : {"episodes", "identity"})
        for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / part)) {
            const auto vector = journal::parsed(test::read_file(entry.path()));
            for (const auto& record : vector.at("records")) {
                const std::string source = record.at("station_id");
                const auto admitted = loop::admit(record.dump(), source, received);
                INFO(entry.path() << ' ' << record.dump());
                CHECK(codes(admitted).empty());
                CHECK(admitted.warnings.empty());
                CHECK(admitted.record_id == record.at("record_id"));
                ++records;
            }
        }
    CHECK(records > 150);
}

TEST_CASE("lines that are right") {
    CHECK(codes(admit(inspection(), "I610404-01")).empty());
    CHECK(codes(admit(inspection(), "B610400-01")).empty());
    CHECK(codes(admit(repair(), "M610404-03")).empty());
    CHECK(codes(admit(decision(), "H610400-01")).empty());
    CHECK(codes(admit(correction(inspection()), "I610404-01")).empty());

    json aborted = inspection();
    aborted["verdict"] = "aborted";
    aborted["readings"] = json::array();
    CHECK(codes(admit(aborted, "I610404-01")).empty());

    json unknown_members = inspection();
    unknown_members["x_vendor"] = {{"a", 1}};
    CHECK(codes(admit(unknown_members, "I610404-01")).empty());

    json roadside = inspection();
    roadside.erase("line_id");
    roadside.erase("inspector_id");
    roadside["reason"] = "roadside";
    roadside["station_id"] = "E610404-01";
    CHECK(codes(admit(roadside, "E610404-01")).empty());

    json day_only = repair();
    day_only["time_precision"] = "day";
    day_only["occurred_at"] = day_only["settled_at"] = "2026-03-05T00:00:00+08:00";
    CHECK(codes(admit(day_only, "M610404-03")).empty());

    json free_repair = repair();
    free_repair.erase("total_fee");
    CHECK(codes(admit(free_repair, "B610400-01")).empty());

    json ahead = inspection();
    ahead["occurred_at"] = ahead["ended_at"] = "2026-12-02T00:00:00+08:00";
    CHECK(codes(admit(ahead, "I610404-01")).empty());
}

TEST_CASE("codes that may grow are kept with a warning") {
    json r = inspection();
    r["vehicle"]["fuel"] = "hydrogen";
    const auto admitted = admit(r, "I610404-01");
    CHECK(admitted.problems.empty());
    REQUIRE(admitted.warnings.size() == 1);
    CHECK(admitted.warnings[0].pointer == "/vehicle/fuel");
    CHECK(admitted.warnings[0].code == "unfamiliar_code");

    json event =
        journal::parsed(R"({"schema":"imloop/vehicle_event/1","record_id":"01920000-0000-7000-8000-000000000004",
      "station_id":"E610404-01","occurred_at":"2026-03-05T15:00:00+08:00","vehicle":{"plate":"陕D·0T001"},
      "event":"stolen","authority":"市公安局"})");
    const auto kept = admit(event, "E610404-01");
    CHECK(kept.problems.empty());
    CHECK(kept.warnings.size() == 1);
    CHECK_FALSE(kept.fact.event);
}

TEST_CASE("what is wrong is named by place and code") {
    struct Bad {
        json record;
        std::string source;
        std::vector<std::string> codes;
    };
    const auto with = [](json record, const char* pointer, const json& value) {
        record[json::json_pointer(pointer)] = value;
        return record;
    };
    const auto without = [](json record, const char* member) {
        record.erase(member);
        return record;
    };
    const json i = inspection(), m = repair();
    const std::vector<Bad> all = {
        {without(i, "record_id"), "I610404-01", {"/record_id member_missing"}},
        {with(i, "/record_id", "R-1"), "I610404-01", {"/record_id bad_format"}},
        {without(i, "schema"), "I610404-01", {"/schema member_missing"}},
        {with(i, "/schema", "imloop/inspection/9"), "I610404-01", {"/schema unknown_schema"}},
        {without(i, "vehicle"), "I610404-01", {"/vehicle member_missing"}},
        {with(i, "/vehicle", json::object({{"fuel", "petrol"}})), "I610404-01", {"/vehicle vehicle_unnamed"}},
        {with(i, "/vehicle", json::object({{"plate", "·—"}})), "I610404-01", {"/vehicle vehicle_unnamed"}},
        {with(i, "/vehicle/registered_county", "6104"), "I610404-01", {"/vehicle/registered_county bad_county"}},
        {with(i, "/vehicle/vin", 12), "I610404-01", {"/vehicle/vin wrong_type"}},
        {without(i, "line_id"), "I610404-01", {"/line_id member_missing"}},
        {with(i, "/time_precision", "day"), "I610404-01", {"/time_precision day_only_inspection"}},
        {with(i, "/occurred_at", "2026-03-02 09:10:00"), "I610404-01", {"/occurred_at bad_time"}},
        {with(i, "/reason", "yearly"), "I610404-01", {"/reason unknown_code"}},
        {with(i, "/method", "asm5025"), "I610404-01", {"/method unknown_code"}},
        {with(i, "/verdict", "ok"), "I610404-01", {"/verdict unknown_code"}},
        {with(i, "/readings/0/item", "nox"), "I610404-01", {"/readings/0/item unknown_code"}},
        {with(i, "/readings/1/phase", "idle"), "I610404-01", {"/readings/1/phase unknown_code"}},
        {with(i, "/readings/0/unit", "ppm"), "I610404-01", {"/readings/0/unit unknown_code"}},
        {with(i, "/readings/0/value", "0.6"), "I610404-01", {"/readings/0/value wrong_type"}},
        {with(i, "/readings/0/value", 0.61), "I610404-01", {"/readings/0/passed verdict_contradicts_readings"}},
        {with(i, "/readings/1/value", 0.94), "I610404-01", {"/readings/1/passed verdict_contradicts_readings"}},
        {with(i, "/readings/0/passed", false),
         "I610404-01",
         {"/readings/0/passed verdict_contradicts_readings", "/verdict verdict_contradicts_readings"}},
        {with(i, "/failed_items", json::array({"obd"})), "I610404-01", {"/verdict verdict_contradicts_readings"}},
        {with(i, "/failed_items", json::array({"nox/idle"})),
         "I610404-01",
         {"/failed_items/0 unknown_code", "/verdict verdict_contradicts_readings"}},
        {with(i, "/verdict", "fail"), "I610404-01", {"/verdict verdict_contradicts_readings"}},
        {with(i, "/ended_at", "2026-03-02T09:11:00+08:00"), "I610404-01", {"/occurred_at time_mismatch"}},
        {with(i, "/started_at", "2026-03-02T09:10:01+08:00"), "I610404-01", {"/started_at time_mismatch"}},
        {with(with(i, "/occurred_at", "2026-12-02T00:00:01+08:00"), "/ended_at", "2026-12-02T00:00:01+08:00"),
         "I610404-01",
         {"/occurred_at occurred_in_future"}},
        {i, "I610404-02", {"/station_id out_of_scope"}},
        {with(i, "/started_at", "1989-12-31T23:59:59+08:00"), "I610404-01", {"/started_at occurred_too_early"}},
        {with(with(with(i, "/occurred_at", "1899-12-30T09:10:00+08:00"), "/ended_at", "1899-12-30T09:10:00+08:00"),
              "/started_at", "1899-12-30T09:00:00+08:00"),
         "I610404-01",
         {"/occurred_at occurred_too_early", "/started_at occurred_too_early", "/ended_at occurred_too_early"}},
        {with(m, "/received_at", "1970-01-01T08:00:00+08:00"), "M610404-03", {"/received_at occurred_too_early"}},
        {with(decision(), "/occurred_at", "1970-01-01T08:00:00+08:00"),
         "H610400-01",
         {"/occurred_at occurred_too_early"}},
        {correction(with(i, "/started_at", "0001-01-01T00:00:00+08:00")),
         "I610404-01",
         {"/replacement/started_at occurred_too_early"}},
        {without(m, "items"), "M610404-03", {"/items member_missing"}},
        {with(m, "/items", json::array()), "M610404-03", {"/items too_few_items"}},
        {without(m, "total_fee"), "M610404-03", {"/total_fee total_fee_missing"}},
        {with(m, "/total_fee", 19.999), "M610404-03", {"/total_fee too_many_decimals"}},
        {with(m, "/total_fee", -1), "M610404-03", {"/total_fee number_out_of_range"}},
        {with(m, "/work_order_no", ""), "M610404-03", {"/work_order_no text_too_short"}},
        {with(m, "/time_precision", "day"), "M610404-03", {"/occurred_at time_mismatch"}},
        {decision(), "I610404-01", {"/schema kind_not_allowed", "/station_id out_of_scope"}},
        {decision(), "B610400-01", {"/schema kind_not_allowed"}},
        {correction(with(i, "/verdict", "fail")), "I610404-01", {"/replacement/verdict verdict_contradicts_readings"}},
        {correction(with(i, "/record_id", "01920000-0000-7000-8000-000000000002")),
         "I610404-01",
         {"/replacement/record_id replacement_id_differs"}},
        {correction(correction(i)), "I610404-01", {"/replacement/schema correction_of_correction"}},
        {correction(with(i, "/schema", "imloop/policy/1")), "I610404-01", {"/replacement/schema correction_of_policy"}},
        {correction(decision()),
         "I610404-01",
         {"/replacement/schema kind_not_allowed", "/replacement/station_id out_of_scope",
          "/replacement/record_id replacement_id_differs"}},
        {without(correction(i), "replacement"), "I610404-01", {"/replacement member_missing"}},
    };
    for (const auto& bad : all) {
        const auto admitted = admit(bad.record, bad.source);
        INFO(bad.source << ' ' << bad.record.dump());
        CHECK(codes(admitted) == bad.codes);
        for (const auto& p : admitted.problems) {
            for (const auto* unfilled : {"{name}", "{want}", "{value}"}) {
                CHECK(p.zh.find(unfilled) == std::string::npos);
                CHECK(p.en.find(unfilled) == std::string::npos);
            }
            CHECK(p.zh != p.code);
            CHECK(p.en != p.code);
        }
    }
}

TEST_CASE("a rule judges what was received from the day it began on") {
    json r = inspection();
    r["started_at"] = "1989-12-31T23:59:59.999+08:00";
    const auto at = [&](const char* day) {
        return codes(loop::admit(r.dump(), "I610404-01", loop::start_of(loop::parse_day(day).value())));
    };
    CHECK(at("2026-11-27").empty());
    CHECK(at("2026-11-28") == std::vector<std::string>{"/started_at occurred_too_early"});
    r["started_at"] = "1990-01-01T00:00:00+08:00";
    CHECK(at("2026-11-28").empty());
}

TEST_CASE("moments count to the millisecond, further digits are cut") {
    json r = inspection();
    r["occurred_at"] = "2026-03-02T09:10:00.1234+08:00";
    r["ended_at"] = "2026-03-02T01:10:00.123999999Z";
    const auto admitted = admit(r, "I610404-01");
    CHECK(codes(admitted).empty());
    CHECK(loop::format_moment(admitted.fact.occurred_at) == "2026-03-02T09:10:00.123+08:00");
}

TEST_CASE("who may write which kind") {
    const std::map<std::string, std::string> allowed = {
        {"decision", "H"},        {"credential", "H"},     {"registration", "BH"},  {"vehicle_event", "BEH"},
        {"penalty", "BEH"},       {"supervision", "BEH"},  {"inspection", "BEHIM"}, {"repair", "BEHIM"},
        {"calibration", "BEHIM"}, {"price_list", "BEHIM"}, {"claim", "BEHIM"},      {"override", "BEHIM"},
        {"correction", "BEHIM"},
    };
    for (const auto& [kind, letters] : allowed)
        for (const char letter : std::string("BEHIM")) {
            const json r{{"schema", "imloop/" + kind + "/1"}};
            const auto admitted = admit(r, std::string(1, letter) + "610404-01");
            const auto found = codes(admitted);
            INFO(kind << ' ' << letter);
            const bool is_refused = std::ranges::find(found, "/schema kind_not_allowed") != found.end();
            CHECK(is_refused == (letters.find(letter) == std::string::npos));
        }
}

TEST_CASE("no problem tells a value that stands in the line, whatever is wrong with it") {
    // Everything a record says is one mark; whatever is wrong then, the mark is in no text, pointer or code.
    const std::string mark = "陕D0T777";
    const auto spoil = [&](const auto& self, json value, const json& by) -> std::vector<json> {
        std::vector<json> out{by};
        if (value.is_object() || value.is_array())
            for (auto& member : value) {
                const json whole = member;
                for (auto& spoilt : self(self, whole, by)) {
                    member = std::move(spoilt);
                    out.push_back(value);
                }
                member = whole;
            }
        return out;
    };
    int problems = 0;
    for (const json& right : {inspection(), repair(), decision(), correction(inspection())})
        for (const json& by : {json(mark), json::array({mark}), json{{mark, mark}}, json(1234567.5)})
            for (const json& r : spoil(spoil, right, by))
                for (const auto* source : {"I610404-01", "M610404-03", "H610400-01"}) {
                    const auto admitted = admit(r, source);
                    for (const auto* list : {&admitted.problems, &admitted.warnings})
                        for (const auto& p : *list) {
                            ++problems;
                            for (const auto& text : {p.pointer, p.code, p.zh, p.en}) {
                                REQUIRE(text.find(mark) == std::string::npos);
                                REQUIRE(text.find("1234567") == std::string::npos);
                            }
                        }
                }
    CHECK(problems > 1000);
    const auto twice = loop::admit("{\"a\":[{\"" + mark + "\":1,\"" + mark + "\":2}]}", "I610404-01", received);
    CHECK(codes(twice) == std::vector<std::string>{"/a/0 duplicate_member"});
}

TEST_CASE("what is no record at all") {
    const auto code = [](std::string_view line) {
        const auto admitted = loop::admit(line, "I610404-01", received);
        CHECK_FALSE(admitted.record_id);
        return codes(admitted).at(0);
    };
    CHECK(code("{\"a\":1") == " not_json");
    // No UTF-8: a lone byte, overlong forms, a surrogate, beyond the last character, a cut one.
    for (const auto* bytes : {"\xff", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
                              "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE9\x99", "\x80"})
        CHECK(code(std::string("{\"a\":\"") + bytes + "\"}") == " not_utf8");
    CHECK(code("{\"a\":\"\xE9\x99\x95\xED\x9F\xBF\xF4\x8F\xBF\xBF\"}") == "/schema member_missing");
    for (const auto* number : {"NaN", "Infinity", "-Infinity", "1e999", "01", "+1", ".5", "1."})
        CHECK(code(std::string("{\"a\":") + number + "}") == " not_json");
    CHECK(code("{\"a\":\"\\ud800\"}") == " not_json");
    CHECK(code("{\"a\":1,\"b\":{\"c\":1,\"c\":2}}") == "/b/c duplicate_member");
    CHECK(code(std::string(33, '[') + std::string(33, ']')) == " too_deep");
    json many;
    for (int n = 0; n <= 1'000; ++n) many["m" + std::to_string(n)] = n;
    CHECK(code(many.dump()) == " too_many_values");
    CHECK(code("[]") == " wrong_type");
    CHECK(code("{}") == "/schema member_missing");
}

TEST_CASE("a rejected line read again has the record_id it had") {
    const std::string id = "01920000-0000-7000-8000-000000000001";
    for (const std::string& line :
         {R"({"record_id":")" + id + R"("})", R"({"record_id":")" + id + R"(","a":1,"a":2})",
          R"({"record_id":")" + id + R"(","a":)" + std::string(40, '[') + std::string(40, ']') + "}",
          R"({"record_id":")" + id + "\",\"a\":\"\xff\"}"}) {
        INFO(line);
        CHECK(loop::reread(line, false).record_id == loop::admit(line, "I610404-01", received).record_id);
    }
}

TEST_CASE("a record read again is the same fact") {
    const auto line = inspection().dump();
    const auto first = loop::admit(line, "I610404-01", received), again = loop::reread(line, true);
    CHECK(first.fact.record_id == again.fact.record_id);
    CHECK(first.fact.vehicle->plate == "陕D0T001");
    CHECK(again.fact.inspection->report_no == "R1");
    CHECK(again.fact.inspection->verdict == loop::Verdict::pass);
}

TEST_CASE("what a rejected test says is read where its form is right, so that rules may look at it") {
    auto r = inspection();
    r["verdict"] = r["verdict"] == "pass" ? "fail" : "pass";
    for (const auto& line : {loop::admit(r.dump(), "I610404-01", received), loop::reread(r.dump(), false)}) {
        CHECK(line.is_read);
        CHECK(line.fact.record_id == r["record_id"]);
        CHECK(line.station_named == "I610404-01");
    }
    r["readings"] = "none";
    for (const auto& line : {loop::admit(r.dump(), "I610404-01", received), loop::reread(r.dump(), false)}) {
        CHECK_FALSE(line.is_read);
        CHECK(line.station_named == "I610404-01");
    }
}

TEST_CASE("a correction brings what stands in place of a claim, a registration") {
    const json claim{{"schema", "imloop/claim/1"},
                     {"record_id", "01920000-0000-7000-8000-000000000007"},
                     {"station_id", "M610404-02"},
                     {"occurred_at", "2026-03-03T10:00:00+08:00"},
                     {"fail_record_id", "01920000-0000-7000-8000-000000000001"},
                     {"action", "take_in"}};
    const auto first = loop::reread(claim.dump(), true);
    REQUIRE(first.claim);
    CHECK(first.claim->station == "M610404-02");
    auto replaced = claim;
    replaced["action"] = "choose", replaced["chosen_station_id"] = "M610404-03";
    const auto again = loop::reread(correction(replaced).dump(), true);
    REQUIRE(again.correction);
    REQUIRE(again.correction->claim);
    CHECK(again.correction->claim->record_id == claim["record_id"]);
    CHECK(again.correction->claim->station == "M610404-03");
    CHECK(again.correction->claim->action == "choose");
    CHECK_FALSE(again.correction->registration);
    CHECK_FALSE(again.claim);
}
