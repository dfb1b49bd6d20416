#include <catch2/catch.hpp>

#include "hub/report/render.hpp"
#include "journal/json.hpp"
#include "markup/csv.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::hub;
using nlohmann::json;

namespace {

loop::Day day(const char* text) { return loop::parse_day(text).value(); }

/// Three failed vehicles of 610404: one closed after repair, one open without repair, one repaired and not back.
loop::Projection three() {
    loop::Policy policy;
    policy.counties = {"610404", "610428", "610400"};
    loop::Projection out(policy);
    int n = 0;
    const auto put = [&](json r) {
        char id[40];
        std::snprintf(id, sizeof id, "01940000-0000-7000-8000-%012d", ++n);
        r["record_id"] = id;
        const std::string source = r["station_id"];
        const auto admitted = loop::admit(r.dump(), source, loop::parse_moment("2026-12-01T00:00:00+08:00").value());
        INFO(r.dump());
        REQUIRE(admitted.problems.empty());
        out.put(admitted, source, "e", static_cast<std::uint64_t>(n));
    };
    for (const auto* id : {"I610404-01", "M610404-03"})
        put({{"schema", "imloop/registration/1"},
             {"station_id", "H610400-01"},
             {"occurred_at", "2020-01-01T00:00:00+08:00"},
             {"registered_station_id", id},
             {"kind", std::string(1, id[0])},
             {"name", std::string(id) + ",\"站\""},
             {"county", "610404"},
             {"status", "filed"},
             {"valid_from", "2020-01-01"}});
    const auto test = [&](const char* plate, const char* vin, const char* at, const char* reason, const char* verdict) {
        json r{{"schema", "imloop/inspection/1"},
               {"station_id", "I610404-01"},
               {"occurred_at", at},
               {"vehicle", {{"plate", plate}, {"vin", vin}}},
               {"report_no", "R"},
               {"line_id", "1"},
               {"inspector_id", "A"},
               {"reason", reason},
               {"started_at", at},
               {"ended_at", at},
               {"method", "obd_only"},
               {"readings", json::array()},
               {"verdict", verdict}};
        if (std::string(verdict) == "fail") r["failed_items"] = {"obd", "appearance"};
        put(r);
    };
    const auto repair = [&](const char* plate, const char* vin, const char* at) {
        put({{"schema", "imloop/repair/1"},
             {"station_id", "M610404-03"},
             {"occurred_at", at},
             {"vehicle", {{"plate", plate}, {"vin", vin}}},
             {"work_order_no", "W"},
             {"received_at", at},
             {"settled_at", at},
             {"items", {{{"code", "EMI-CAT"}}}},
             {"total_fee", 1},
             {"outcome", "repaired"}});
    };
    test("陕D0T001", "LSVAA49J132000017", "2026-01-10T09:00:00+08:00", "periodic", "fail");
    repair("陕D0T001", "LSVAA49J132000017", "2026-01-14T09:00:00+08:00");
    test("陕D0T001", "LSVAA49J132000017", "2026-01-17T09:00:00+08:00", "retest", "pass");
    test("陕D0T002", "LFV2A21K8E4003321", "2026-01-11T09:00:00+08:00", "periodic", "fail");
    test("陕D0T003", "LHGCM462338000100", "2026-01-12T09:00:00+08:00", "periodic", "fail");
    repair("陕D0T003", "LHGCM462338000100", "2026-01-15T09:00:00+08:00");
    out.settle();
    return out;
}

ReportRequest request(const char* as_of) {
    ReportRequest out;
    out.period = {day("2026-01-01"), day("2026-01-31")};
    out.as_of = day(as_of);
    return out;
}

}  // namespace

TEST_CASE("counties, worked out by hand") {
    const auto projection = three();
    const auto report = make_report("counties", projection, request("2026-02-28")).value();
    // 3 failed, 2 repaired; Wilson 95 % of 2/3.
    CHECK(as_csv(report) ==
          "\xEF\xBB\xBF"
          "county,name,failed,repaired,repair_rate,repair_rate_low,repair_rate_high,retested,closed,loop_rate,first_"
          "retest_pass_rate,"
          "median_days_to_repair,median_days_to_close,closed_repaired,closed_unrepaired,passed_elsewhere,in_time,non_"
          "return_not_repaired,"
          "non_return_not_retested,waived,scrapped,transferred_out,suspects,low,zero\r\n"
          "\"\t610404\",渭城区,3,2,0.6666666666666666,0.20765960080204765,0.9385080552796037,1,1,0.3333333333333333,1."
          "0,3.5,"
          "7.0,1,0,0,0,1,1,0,0,0,0,false,false\r\n"
          "\"\t610428\",长武县,0,0,,,,0,0,,,,,0,0,0,0,0,0,0,0,0,0,false,false\r\n"
          "all,全市,3,2,0.6666666666666666,0.20765960080204765,0.9385080552796037,1,1,0.3333333333333333,1.0,3.5,7.0,1,"
          "0,0,0,1,1,0,0,0,0,false,false\r\n");
    // Ten days before all that is open was in time.
    const auto earlier = journal::parsed(as_json(make_report("counties", projection, request("2026-01-30")).value()));
    CHECK(earlier["rows"][0]["in_time"] == 2);
    CHECK(earlier["rows"][0]["non_return_not_repaired"] == 0);
    CHECK(earlier["rows"][1]["repair_rate"].is_null());
    CHECK(earlier["as_of"] == "2026-01-30");
}

TEST_CASE("stations: those of the failures, and shops with counting repairs; CSV quotes") {
    const auto projection = three();
    const auto csv = as_csv(make_report("stations", projection, request("2026-02-28")).value());
    CHECK(csv.find("I610404-01,\"I610404-01,\"\"站\"\"\",渭城区,3,2,") != std::string::npos);
    CHECK(csv.find("M610404-03,\"M610404-03,\"\"站\"\"\",渭城区,2,2,1.0,") != std::string::npos);
}

TEST_CASE("non-returns: the longest missing first, masked unless asked") {
    const auto projection = three();
    auto asked = request("2026-02-28");
    const auto masked = make_report("non-returns", projection, asked).value();
    REQUIRE(masked.rows.size() == 2);
    CHECK(masked.rows[0][0] == 29);  // repaired on 01-15, due on 01-30
    CHECK(masked.rows[0][6] == "non_return_not_retested");
    CHECK(as_table(masked).find("逾期未复检") != std::string::npos);
    CHECK(masked.rows[1][0] == 18);  // failed on 01-11, due on 02-10
    CHECK(masked.rows[1][7] == json{"obd", "appearance"});
    CHECK(as_csv(masked).find("陕D·0T002") == std::string::npos);
    CHECK(as_csv(masked).find("LFV2A21K8E4003321") == std::string::npos);
    asked.unmasked = true;
    asked.limit = 1;
    const auto open = make_report("non-returns", projection, asked).value();
    REQUIRE(open.rows.size() == 1);
    CHECK(open.rows[0][1] == "陕D·0T003");
    CHECK(open.about["count"] == 2);
    asked.county = "610428";
    CHECK(make_report("non-returns", projection, asked).value().rows.empty());
}

TEST_CASE("one vehicle's story") {
    const auto projection = three();
    auto asked = request("2026-02-28");
    asked.plate = "陕d·0t001";
    asked.receipt_holds = [](const std::string& source, const std::string&, std::uint64_t) { return source[0] == 'I'; };
    const auto report = make_report("vehicle", projection, asked).value();
    REQUIRE(report.rows.size() == 3);
    CHECK(report.rows[0][4].at("zh") == "定期检验 OBD 检查 不合格 (obd, appearance)");
    CHECK(report.rows[1][11] == "✗");
    CHECK(report.rows[2][11] == "✓");
    CHECK(report.about["episodes"][0]["outcome"] == "closed_repaired");
    asked.plate = "陕D9Z999";
    CHECK(make_report("vehicle", projection, asked).value().rows.empty());
    CHECK_FALSE(make_report("nothing", projection, asked));
}

TEST_CASE("the registered view of non-returns names the registered county, JSON its code") {
    const auto projection = three();
    auto asked = request("2026-02-28");
    asked.view = loop::CountyView::registered;
    const auto rows = journal::parsed(as_json(make_report("non-returns", projection, asked).value()));
    CHECK(rows.at("view") == "registered");
    CHECK(rows.at("from") == "2026-01-01");
    CHECK(rows.at("rows").at(0).at("county") == "outside");
    CHECK(rows.at("rows").at(0).at("kind") == "non_return_not_retested");
    asked.view = loop::CountyView::station;
    CHECK(
        journal::parsed(as_json(make_report("non-returns", projection, asked).value())).at("rows").at(0).at("county") ==
        "610404");
}

TEST_CASE("a cell of CSV is never a formula, and an id never a number") {
    markup::Csv csv;
    for (const char* text : {"=1+1", "+cmd", "-2", "@x", "＝1+1", "\t=1", "61040426031102", "1-2", "6.1E17", "610404",
                             "2026-03-02", "陕D·0T001", "a,\"b\""})
        csv.text(text);
    csv.value("-2.5");
    csv.end_row();
    const std::string written = csv.take();
    CHECK(written ==
          "\xEF\xBB\xBF"
          "'=1+1,'+cmd,\"\t-2\",'@x,'＝1+1,\"'\t=1\",\"\t61040426031102\",\"\t1-2\",\"\t6.1E17\","
          "\"\t610404\",2026-03-02,陕D·0T001,\"a,\"\"b\"\"\",-2.5\r\n");
}

TEST_CASE("a table is aligned by cells, Chinese characters are two") {
    Report report{"题",
                  "title",
                  {{"a", "县区", ""}, {"b", "率", "", true}, {"c", "是否", ""}},
                  {{"渭城区", 0.5, true}, {"x", nullptr, false}},
                  {{"as_of", "2026-01-01"}}};
    CHECK(as_table(report) ==
          "题 / title\nas_of: 2026-01-01  \n\n县区       率  是否\n渭城区  50.0%  是\nx           –\n");
}
