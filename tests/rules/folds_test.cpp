// What rules say of what records add up to is what they would say looking at all of them, whatever came when, was
// voided, replaced or brought twice; and one record more costs the same however many were there.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/live_events.hpp"
#include "tests/support/rows.hpp"
#include "tests/support/whole_looks.hpp"

using namespace imloop;
using namespace imloop::test;
using namespace imloop::test::live;

namespace {

/// So low that few records show something.
json low_thresholds() {
    const json r06{{"support_min", 3},    {"variant_vehicles_min", 2}, {"variant_share_pct", 20},
                   {"consensus_pct", 50}, {"stage_share_pct", 30},     {"stage_days_about", 900}};
    const json v01{{"makers_min", 2},     {"simulator_makers_min", 3}, {"support_min", 2}, {"batches_min", 2},
                   {"rare_share_max", 1}, {"elsewhere_share_max", 1},  {"chance_max", 1}};
    const json r11{{"station_tests_min", 3},    {"own_tests_min", 2},        {"stranger_tests_max", 1},
                   {"analyser_returns_min", 1}, {"software_share_max", 0.5}, {"software_returns_min", 1},
                   {"calibration_days_min", 1}};
    const json r08{{"support_min", 2}, {"silent_share_max", 1}, {"chance_max", 1}};
    return {{"R06", {{"parameters", r06}}},
            {"R08", {{"parameters", r08}}},
            {"R11", {{"parameters", r11}}},
            {"V01", {{"parameters", v01}}},
            {"M05",
             {{"parameters", {{"one_price_count_min", 2}, {"one_price_share_min", 0.3}, {"posted_ratio_max", 1.2}}}}},
            {"M09",
             {{"parameters", {{"copies_min", 4}, {"share_min", 0.5}}},
              {"counties", {{"610404", {{"copies_min", 2}, {"share_min", 0.25}}}}}}}};
}

/// What one run is like.
struct {
    int odd_one_in = 5;           ///< how seldom something odd is seen
    bool is_of_one_make = false;  ///< nearly, of many vehicles; else of few, of all makes
} run;

int below(int n) { return *rc::gen::inRange(0, n); }

/// Few moments, so that some fall together.
loop::Moment some_moment() { return monday + 6 * below(20) * loop::day_ms + below(3) * hour; }

json some_test(int n) {
    static const char* const makers[] = {"LSV", "LFV", "LGX"};
    static const char* const stages[] = {"国IV", "国V", "国VI"};
    auto r = a_test(n, loop::format_moment(some_moment()));
    const int of = below(run.is_of_one_make ? 300 : 14);
    const auto* maker = makers[run.is_of_one_make ? of % 25 == 0 : of % 3];
    r["vehicle"].merge_patch(a_vehicle(of, maker, "AA41", "EF"[of % 2]));
    r["vehicle"]["model"] = run.is_of_one_make && of % 25 == 0 ? "丙" : below(4) > 0 ? "甲" : "乙";
    r["vehicle"]["rated_power_kw"] = below(6) == 0 ? 150.5 : 80 + below(2);
    if (below(3) > 0) r["vehicle"]["mass_kg"] = below(6) == 0 ? 3000 : 1200;
    r["vehicle"]["emission_stage"] = stages[below(8) == 0 ? below(3) : 1];
    if (below(8) > 0) r["vehicle"]["registered_on"] = below(3) > 0 ? "2016-05-02" : "2012-05-02";
    if (below(10) == 0) r["vehicle"].erase("vin");
    r["station_id"] = below(3) > 0 ? "I610404-01" : "I610404-02";
    r["line_id"] = below(2) > 0 ? "L1" : "L2";
    static const char* const others[] = {"XYZ-9000", "GAS 777", "gas777", "X1"};
    const bool is_here = r["station_id"] == "I610404-01";
    r["equipment"] = {{"analyser_id", below(run.odd_one_in) == 0 ? others[below(4)]
                                      : is_here || below(9) == 0 ? "FLA-501"
                                                                 : "NHA-2"}};
    if (below(6) > 0) r["equipment"]["software_version"] = below(run.odd_one_in) == 0 ? "2.0" : "1.0";
    json obd{{"vin", below(3) > 0 ? "" : r["vehicle"].value("vin", "")}};
    if (below(4) > 0) obd.merge_patch({{"cal_id", "03L906018DR"}, {"cvn", below(5) == 0 ? "77AA12BC" : "A1B2C3D4"}});
    if (below(3) > 0) obd["protocol"] = below(3) == 0 ? "KWP2000" : "ISO 15765-4";
    if (below(3) > 0) obd["readiness"] = json{{below(3) == 0 ? "evaporation" : "catalyst", true}};
    if (below(6) > 0) r["obd"] = obd;
    return r;
}

json some_repair(int n) {
    auto r = a_repair(n, loop::format_moment(some_moment()));
    r["station_id"] = below(3) > 0 ? "M610404-03" : "M610404-04";
    r["vehicle"].merge_patch(a_vehicle(below(14)));
    r["vehicle"].erase("model");
    static const double fees[] = {100, 150, 33};
    r["total_fee"] = fees[below(3)];
    r["fault_description"] = below(2) > 0 ? "三元催化器失效" : "氧传感器失效";
    if (below(5) == 0) r["parts"] = {{{"name", "火花塞"}, {"quantity", 4}}};
    if (below(6) == 0) r["outcome"] = "not_repairable";
    return r;
}

json some_price_list(int n) {
    static const char* const days[] = {"2026-01-01", "2026-05-13", "2026-05-20", "2026-07-15"};
    return {{"schema", "imloop/price_list/1"},
            {"record_id", id_of(n)},
            {"station_id", below(3) > 0 ? "M610404-03" : "M610404-04"},
            {"occurred_at", loop::format_moment(some_moment())},
            {"valid_from", days[below(4)]},
            {"items", {{{"code", "EMI-CAT"}, {"name", "更换三元催化器"}, {"labour_fee", 20 + 60 * below(3)}}}}};
}

json some_calibration(int n) {
    return {{"schema", "imloop/calibration/1"},
            {"record_id", id_of(n)},
            {"station_id", below(3) > 0 ? "I610404-01" : "I610404-02"},
            {"occurred_at", loop::format_moment(some_moment())},
            {"equipment_id", "FLA-501"},
            {"kind", "span"},
            {"nominal", 3.5},
            {"measured", 3.4},
            {"unit", "%"},
            {"passed", true}};
}

json some_measure(int n) {
    json r{{"schema", "imloop/supervision/1"},
           {"record_id", id_of(n)},
           {"station_id", "H610400-01"},
           {"occurred_at", loop::format_moment(some_moment())},
           {"authority", "示例局"},
           {"checked_station_id", "I610404-01"},
           {"kind", "double_random"},
           {"measure", below(3) > 0 ? "suspension" : "revocation"}};
    if (below(4) > 0) r["until"] = loop::format_day(loop::day_of(some_moment()));
    return r;
}

json some_record(int n) {
    const int what = below(20);
    if (what == 0) return some_measure(n);
    if (what < 3) return some_calibration(n);
    if (what < 5) return some_price_list(n);
    return what < 14 ? some_test(n) : some_repair(n);
}

/// As lines of journals that come in among one another; some records are voided, replaced, or brought by another too.
std::vector<Event> some_weeks() {
    run = {4 + below(30), below(3) == 0};
    std::map<std::string, Writer> writers;
    const auto write = [&](const std::string& source, const json& record) {
        writers.try_emplace(source, Writer{source, "a"}).first->second.write(record, monday + 130 * loop::day_ms);
    };
    const int records = 40 + below(60) + (run.is_of_one_make ? 60 : 0);
    for (int n = 1; n <= records; ++n) {
        const auto record = some_record(n);
        const auto station = record.at("station_id").get<std::string>();
        write(station, record);
        if (below(6) == 0) write("B610400-01", record);
        if (const int what = below(8); what < 2) {
            const auto of = record.contains("work_order_no")        ? some_repair
                            : record.contains("valid_from")         ? some_price_list
                            : record.contains("equipment_id")       ? some_calibration
                            : record.contains("checked_station_id") ? some_measure
                                                                    : some_test;
            auto other = of(n);
            other["station_id"] = station;
            write(station, correction(1000 + n, monday + 129 * loop::day_ms, station, n, what == 0 ? json() : other));
        }
    }
    std::vector<Journal> journals;
    for (auto& [source, writer] : writers) journals.push_back(std::move(writer.events));
    journals.push_back({{[](SuspectWorld& world) {
                             world.put(
                                 registered(9001, "M610404-03", {{"county", "610428"}, {"valid_from", "2026-05-20"}}),
                                 "H610400-01");
                         },
                         true}});
    return merged(std::move(journals));
}

}  // namespace

TEST_CASE("what is said of sums is what a look at all records says") {
    const auto whole = whole::rules_by_whole_looks(), sums = whole::rules_by_sums();
    std::set<std::string> claims;
    REQUIRE(rc::check([&] {
        const auto events = some_weeks();
        MapRows rows;
        rows.comes_in_sets = *rc::gen::arbitrary<bool>();
        SuspectWorld looking(low_thresholds(), whole), adding(low_thresholds(), sums, &rows);
        const auto store = [&] {
            adding.suspects.write(rows.take());
            adding.suspects.forget();
        };
        const auto sweep = [&] {
            looking.sweep(), adding.sweep();
            store();
            RC_ASSERT(adding.suspects.dump() == looking.suspects.dump());
        };
        for (const auto& event : events) {
            event.happen(looking), event.happen(adding);
            if (below(3) == 0) continue;
            looking.settle(), adding.settle();
            store();
            if (below(10) == 0) sweep();
        }
        sweep();
        adding.suspects.each_flag([&](const loop::rules::Flag& flag) { claims.insert(flag.rule + " " + flag.claim); });

        MapRows anew;
        SuspectWorld at_once(low_thresholds(), sums, &anew);
        for (const auto& event : events) event.happen(at_once);
        at_once.sweep();
        at_once.suspects.write(anew.take());
        RC_ASSERT(anew.tables == rows.tables);
    }));
    CHECK(claims == std::set<std::string>{
                        "M05 above_posted", "M05 one_price", "M09 copies", "R06 unlike_its_model",
                        "R08 vin_not_read_here", "R11 analyser_at_two_stations", "R11 analyser_not_of_this_line",
                        "R11 analyser_unknown", "R11 software_comes_and_goes", "R11 while_suspended",
                        "V01 monitors_only_here", "V01 protocol_only_here", "V01 software_of_another_make",
                        "V01 software_on_many_makes", "V01 software_only_here"});
}

TEST_CASE("nothing is left of what was voided") {
    MapRows rows;
    const auto rules = whole::rules_by_sums();
    SuspectWorld world(low_thresholds(), rules, &rows);
    for (int n = 1; n <= 20; ++n) {
        auto r = n % 2 ? test_at(n, monday + n * hour, {{"obd", {{"vin", ""}, {"protocol", "KWP2000"}}}})
                       : a_repair(n, loop::format_moment(monday + n * hour));
        world.put(r);
    }
    world.sweep();
    world.suspects.write(rows.take());
    CHECK(rows.tables.contains(std::string_view("watch_words")));
    for (int n = 1; n <= 20; ++n)
        world.put(correction(100 + n, monday + 9 * loop::day_ms, n % 2 ? "I610404-01" : "M610404-03", n));
    world.sweep();
    world.suspects.write(rows.take());
    CHECK_FALSE(rows.tables.contains(std::string_view("watch_words")));
    CHECK_FALSE(rows.tables.contains(std::string_view("watch_cells")));
    CHECK_FALSE(rows.tables.contains(std::string_view("watch_stale_sums")));
}

namespace {

/// Counts rows, not journeys.
class CountedRows final : public MapRows {
public:
    std::optional<std::string> find(std::string_view table, std::string_view key) const override {
        ++read;
        return MapRows::find(table, key);
    }
    std::vector<Row> range(std::string_view table, std::string_view from, std::string_view to,
                           std::size_t limit) const override {
        auto out = MapRows::range(table, from, to, limit);
        read += out.size() + 1;
        return out;
    }
    mutable std::size_t read = 0;
};

/// Rows read for one test and one repair more and the sweep after them, at a station and a shop that had so many.
std::size_t rows_for_one_more(int months) {
    constexpr int a_month = 24;  // more than a page of rows a year
    constexpr int one_silent_in = 40;
    CountedRows rows;
    const auto rules = whole::rules_by_sums();
    SuspectWorld world(json::object(), rules, &rows);
    const auto store = [&] {
        world.suspects.write(rows.take());
        world.suspects.forget();
    };
    const auto put = [&](int n) {
        const auto at = monday + static_cast<loop::Moment>(n) * 30 * hour;
        auto test = test_at(n, at,
                            {{"obd",
                              {{"vin", n % one_silent_in ? a_vin(n) : ""},
                               {"cal_id", "03L906018DR"},
                               {"cvn", "A1B2C3D4"},
                               {"protocol", "ISO 15765-4"}}}});
        test["equipment"] = {{"analyser_id", "FLA-501"}, {"software_version", "1.0"}};
        test["vehicle"].merge_patch({{"rated_power_kw", 80 + n % 2},
                                     {"mass_kg", 1200},
                                     {"emission_stage", "国V"},
                                     {"registered_on", n % 3 ? "2018-05-02" : "2018-06-02"}});
        world.put(test);
        auto repair = a_repair(100'000 + n, loop::format_moment(at));
        repair["vehicle"].merge_patch(test["vehicle"]);
        repair["total_fee"] = 100 + n % 60;
        repair["fault_description"] = fmt::format("故障 {}", n);
        world.put(repair);
    };
    for (int n = 1; n <= months * a_month; ++n) put(n);
    world.sweep();
    store();
    world.put(a_test(200'000, loop::format_moment(monday)));  // the station's and the shop's rows are not held
    world.sweep();
    store();
    rows.read = 0;
    put(months * a_month + 1);
    world.sweep();
    store();
    return rows.read;
}

}  // namespace

TEST_CASE("one record more and the sweep after it read as many rows after ten years as after one") {
    const auto after_one = rows_for_one_more(12), after_ten = rows_for_one_more(120);
    INFO(after_one << " " << after_ten);
    CHECK(after_ten == after_one);
}
