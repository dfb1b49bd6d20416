#include "station/numbered.hpp"

#include <catch2/catch.hpp>

#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using nlohmann::json;
using Fate = NumberedRecords::Fate;

namespace {

json repair(const std::string& plate, const std::string& vin, const std::string& at = "2026-04-02T16:40:00+08:00") {
    json out{{"schema", "imloop/repair/1"},
             {"station_id", "M610404-03"},
             {"occurred_at", at},
             {"vehicle", json::object()},
             {"work_order_no", "SL260400480"},
             {"received_at", "2026-04-02T09:05:00+08:00"},
             {"settled_at", at},
             {"total_fee", 980},
             {"outcome", "repaired"}};
    if (!plate.empty()) out["vehicle"]["plate"] = plate;
    if (!vin.empty()) out["vehicle"]["vin"] = vin;
    out["record_id"] = numbered_id(out);
    return out;
}

json by_day(json record) {
    for (const auto* name : {"occurred_at", "received_at", "settled_at"}) record[name] = "2026-04-02T00:00:00+08:00";
    record["time_precision"] = "day";
    record["record_id"] = numbered_id(record);
    return record;
}

struct Kept {
    void put(const json& record) { REQUIRE(outbox.append(record.dump(), record.at("record_id")).has_value()); }
    void correct(const json& record, const json& replacement, const char* at, int number) {
        json correction{{"schema", "imloop/correction/1"},
                        {"record_id", "01940000-0000-7000-8000-00000000000" + std::to_string(number)},
                        {"station_id", "M610404-03"},
                        {"occurred_at", at},
                        {"corrects", record.at("record_id")},
                        {"action", replacement.is_null() ? "void" : "replace"},
                        {"reason", "试"}};
        if (!replacement.is_null()) correction["replacement"] = replacement;
        put(correction);
    }
    Fate fate(const json& record) { return records.standing(record).fate; }

    test::TempDir folder;
    Outbox outbox{folder.path(), "M610404-03", [] { return "0192a1b2-0000-7000-8000-00000000aaaa"; }};
    NumberedRecords records{outbox};
};

const std::string vin = "LSVAA49J132000017", other_vin = "LSVAA49J332000018";

}  // namespace

TEST_CASE("a number is one record's with station and vehicle, however precise its times are") {
    Kept k;
    const auto first = repair("陕D0T801", vin);
    CHECK(k.fate(first) == Fate::fresh);
    k.put(first);
    CHECK(k.fate(first) == Fate::there);
    CHECK(k.fate(by_day(first)) == Fate::there);
    CHECK(k.records.standing(by_day(first)).record_id == first.at("record_id"));

    auto received_by_day = first;
    received_by_day["received_at"] = "2026-04-02T00:00:00+08:00";
    CHECK(k.fate(received_by_day) == Fate::there);
    auto to_the_second = first;
    to_the_second["settled_at"] = to_the_second["occurred_at"] = "2026-04-02T16:40:31+08:00";
    CHECK(k.fate(to_the_second) == Fate::there);
    auto minute_later = first;
    minute_later["settled_at"] = minute_later["occurred_at"] = "2026-04-02T16:41:00+08:00";
    CHECK(k.fate(minute_later) == Fate::changed);

    auto next_day = by_day(first);
    next_day["settled_at"] = next_day["occurred_at"] = "2026-04-03T00:00:00+08:00";
    CHECK(k.fate(next_day) == Fate::changed);
    auto dearer = by_day(first);
    dearer["total_fee"] = 1280;
    CHECK(k.fate(dearer) == Fate::changed);
    auto elsewhere = first;
    elsewhere["station_id"] = "M610404-04";
    CHECK(k.fate(elsewhere) == Fate::fresh);

    k.put(repair("陕D0T802", "", "2026-04-03T10:00:00+08:00"));
    CHECK(k.fate(repair("陕D0T802", "", "2026-04-03T10:00:00+08:00")) == Fate::there);
    CHECK(k.fate(first) == Fate::there);
    CHECK(k.records.of_number("M610404-03", "repair", "sl260400480", {}).size() == 2);
    CHECK(k.records.of_number("M610404-03", "repair", "SL260400480", {"", "陕D0T802"}).size() == 1);
}

TEST_CASE("the day form first and the precise one after it are one record too") {
    Kept k;
    const auto first = repair("陕D0T801", vin);
    k.put(by_day(first));
    CHECK(k.fate(first) == Fate::there);
    CHECK(k.records.standing(first).record_id == by_day(first).at("record_id"));
}

TEST_CASE("an id that is another vehicle's already takes VIN or plate with it, the same every time") {
    Kept k;
    const auto first = repair("陕D0T801", vin), second = repair("陕D0T802", "");
    CHECK(first.at("record_id") == second.at("record_id"));
    k.put(first);
    const auto standing = k.records.standing(second);
    CHECK(standing.fate == Fate::fresh);
    CHECK(standing.record_id == numbered_id(second, true));
    CHECK(standing.record_id != first.at("record_id"));
    auto saved = second;
    saved["record_id"] = standing.record_id;
    k.put(saved);
    CHECK(NumberedRecords(k.outbox).standing(second).record_id == standing.record_id);
    CHECK(k.fate(second) == Fate::there);
}

TEST_CASE("what counts is the latest correction, and what is void may be given back") {
    Kept k;
    const auto first = repair("陕D0T801", vin);
    k.put(first);
    auto dearer = first;
    dearer["total_fee"] = 1280;
    k.correct(first, dearer, "2026-04-05T10:00:00+08:00", 1);
    CHECK(k.fate(dearer) == Fate::there);
    CHECK(k.fate(first) == Fate::changed);
    CHECK(k.records.standing(first).now == dearer);
    k.correct(first, first, "2026-04-04T10:00:00+08:00", 2);  // written later, of an earlier moment
    CHECK(k.fate(dearer) == Fate::there);
    CHECK(k.records.was_so(first.at("record_id"), first));
    CHECK(k.records.was_so(first.at("record_id"), dearer));
    CHECK_FALSE(k.records.was_so(first.at("record_id"), repair("陕D0T802", "")));
    k.correct(first, json(), "2026-04-06T10:00:00+08:00", 3);
    const auto standing = k.records.standing(dearer);
    CHECK(standing.fate == Fate::changed);
    CHECK(standing.now.is_null());
    CHECK(standing.last_corrected_at == loop::parse_moment("2026-04-06T10:00:00+08:00"));
    CHECK(standing.because == "试");
    CHECK_FALSE(k.records.was_so(first.at("record_id"), repair("陕D0T802", "")));
}

TEST_CASE("what comes again after its vehicle was corrected is the same record, and another of that number is not") {
    Kept k;
    const auto typo = repair("陕D0T801", "");
    k.put(typo);
    auto mended = typo;
    mended["vehicle"]["plate"] = "陕D0T807";
    k.correct(typo, mended, "2026-04-05T10:00:00+08:00", 1);
    CHECK(k.fate(mended) == Fate::there);
    CHECK(k.fate(typo) == Fate::changed);
    CHECK(k.records.standing(typo).record_id == typo.at("record_id"));
    CHECK(k.records.of_number("M610404-03", "repair", "SL260400480", {"", "陕D0T801"}).size() == 1);

    auto another = repair("陕D0T801", "", "2026-04-09T10:00:00+08:00");
    k.put(another);
    CHECK(k.fate(another) == Fate::there);
    CHECK(k.records.of_number("M610404-03", "repair", "SL260400480", {"", "陕D0T801"}).size() == 1);
}

TEST_CASE("vehicles are the same by VIN, or by plate but where two right VINs differ") {
    const auto same = [](const json& a, const json& b) { return same_vehicle(name_of(a), name_of(b)); };
    CHECK(same({{"vin", vin}}, {{"vin", "lsvaa49j132000017"}, {"plate", "陕D0T802"}}));
    CHECK(same({{"plate", "陕D1OO10"}}, {{"plate", "陕D·10010"}}));
    CHECK(same({{"plate", "陕D0T801"}, {"vin", vin}}, {{"plate", "陕D0T801"}, {"vin", "LSVAA49J132000018"}}));
    CHECK_FALSE(same({{"plate", "陕D0T801"}, {"vin", vin}}, {{"plate", "陕D0T801"}, {"vin", other_vin}}));
    CHECK_FALSE(same({{"vin", "00000000000000000"}}, {{"vin", "00000000000000000"}}));
    CHECK_FALSE(same({{"plate", "无牌"}}, {{"plate", "无牌"}}));
    CHECK_FALSE(same({{"plate", "陕D0T801"}}, {{"vin", vin}}));
}
