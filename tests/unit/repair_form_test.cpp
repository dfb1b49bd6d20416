#include "m_station/repair_form.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "m_station/order_list.hpp"
#include "m_station/price_list.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::m_station;
using nlohmann::json;
using station::page::Lang;
using station::page::Language;

namespace {

const Language zh{Lang::zh}, en{Lang::en};
const loop::Moment settled_at = loop::parse_moment("2026-03-05T15:00:00+08:00").value();

json order() {
    return journal::parsed(R"({"episode":"01920000-0000-7000-8000-0000000000e1",
      "fail_record_id":"01920000-0000-7000-8000-0000000000f1","report_no":"R7",
      "vehicle":{"vin":"LSVAA49J132000017","plate":"陕D0T001","plate_kind":"02"},"obd":{"dtcs":["P0420"]},
      "readings":[{"item":"co","phase":"idle","value":0.9,"unit":"%","limit":0.6,"passed":false},
                  {"item":"hc","phase":"idle","value":60,"unit":"ppm","limit":80,"passed":true},
                  {"item":"lambda","phase":"high_idle","value":1.2,"unit":"1","limit":1.05,"limit_low":0.95,"passed":false},
                  {"item":"power","phase":"max","value":31,"unit":"kW","limit":40,"passed":false},
                  {"item":"co2","phase":"idle","value":14.1,"unit":"%"}]})");
}

Fields whole() {
    return {{"outcome", "repaired"},
            {"received_at", "2026-03-05T10:00:00+08:00"},
            {"kind_0", "item"},
            {"code_0", "EMI-CAT"},
            {"quantity_0", "1.5"},
            {"price_0", "200"},
            {"kind_1", "part"},
            {"code_1", "TWC"},
            {"quantity_1", "2"},
            {"price_1", "1,640.25"},
            {"origin_1", "oem"},
            {"serial_1", " SN-1 "},
            {"after_0", "0.4"},
            {"after_1", "1.05"},
            {"after_2", "40"},
            {"dtcs_cleared", "1"},
            {"mileage_km", "81234"},
            {"technician_id", "T1"},
            {"inspector_id", "Q1"},
            {"certificate_no", "C-9"},
            {"warranty_days", "90"},
            {"warranty_km", "5000"},
            {"fault_description", "\t三元失效\r\n"},
            {"quoted_fee", "3500"},
            {"work_order_no", ""}};
}

Repair made(const Fields& fields, const Language& w = zh) {
    return repair_of(order(), fields, settled_at, "2026-03-05-8", w);
}

Fields with(Fields fields, const std::string& name, const std::string& value) {
    fields[name] = value;
    return fields;
}

std::vector<std::string> named(const Repair& repair) {
    std::vector<std::string> out;
    for (const auto& p : repair.problems) out.push_back(p.field);
    return out;
}
using Names = std::vector<std::string>;

/// What admission says to it as a line of M610404-03.
Names codes_of(json record) {
    record["schema"] = "imloop/repair/1";
    record["record_id"] = "01920000-0000-7000-8000-000000000002";
    record["station_id"] = "M610404-03";
    record["occurred_at"] = loop::format_moment(settled_at);
    const auto admitted = loop::admit(record.dump(), "M610404-03", settled_at);
    Names out;
    for (const auto& p : admitted.problems) out.push_back(p.pointer + " " + p.code);
    for (const auto& p : admitted.warnings) out.push_back(p.pointer + " warns " + p.code);
    return out;
}

}  // namespace

TEST_CASE("a whole form becomes exactly this record, and it is admitted") {
    const auto repair = made(whole());
    CHECK(named(repair).empty());
    const auto expected = journal::parsed(R"({
      "vehicle":{"vin":"LSVAA49J132000017","plate":"陕D0T001","plate_kind":"02"},"outcome":"repaired",
      "work_order_no":"2026-03-05-8","fail_report_no":"R7","received_at":"2026-03-05T10:00:00+08:00",
      "settled_at":"2026-03-05T15:00:00+08:00",
      "items":[{"code":"EMI-CAT","name":"更换三元催化器","system":"exhaust","labour_hours":1.5,"labour_fee":200}],
      "parts":[{"name":"三元催化器","quantity":2,"unit_price":1640.25,"origin":"oem","serial_no":"SN-1"}],
      "readings_before":[{"item":"co","phase":"idle","value":0.9,"unit":"%","limit":0.6,"passed":false},
        {"item":"lambda","phase":"high_idle","value":1.2,"unit":"1","limit":1.05,"limit_low":0.95,"passed":false},
        {"item":"power","phase":"max","value":31,"unit":"kW","limit":40,"passed":false}],
      "readings_after":[{"item":"co","phase":"idle","value":0.4,"unit":"%","limit":0.6,"passed":true},
        {"item":"lambda","phase":"high_idle","value":1.05,"unit":"1","limit":1.05,"limit_low":0.95,"passed":true},
        {"item":"power","phase":"max","value":40,"unit":"kW","limit":40,"passed":true}],
      "dtcs_before":["P0420"],"dtcs_after":[],"mileage_km":81234,"technician_id":"T1","inspector_id":"Q1",
      "certificate_no":"C-9","warranty":{"days":90,"km":5000},"fault_description":"三元失效","quoted_fee":3500,
      "total_fee":3480.5})");
    CHECK(repair.record == expected);
    CHECK(codes_of(repair.record).empty());
}

TEST_CASE("the shop's own order number stands, and a vehicle is not received after it was settled") {
    CHECK(made(with(whole(), "work_order_no", " W-77 ")).record["work_order_no"] == "W-77");
    CHECK(made(with(whole(), "received_at", "2026-03-05T16:00:00+08:00")).record["received_at"] ==
          "2026-03-05T15:00:00+08:00");
    CHECK(made(with(whole(), "received_at", "yesterday")).record["received_at"] == "2026-03-05T15:00:00+08:00");
    auto uncleared = whole();
    uncleared.erase("dtcs_cleared");
    const auto repair = made(uncleared);
    CHECK(repair.record["dtcs_before"] == json{"P0420"});
    CHECK_FALSE(repair.record.contains("dtcs_after"));
}

TEST_CASE("a vehicle that is on no list is recorded by its plate alone") {
    const auto repair = repair_of(
        {{"vehicle", {{"plate", "陕D0T001"}}}},
        {{"outcome", "repaired"}, {"kind_0", "item"}, {"code_0", "EMI-CAT"}, {"price_0", "5"}}, settled_at, "N1", zh);
    CHECK(named(repair).empty());
    CHECK(repair.record == journal::parsed(R"({"vehicle":{"plate":"陕D0T001"},"outcome":"repaired","work_order_no":"N1",
            "received_at":"2026-03-05T15:00:00+08:00","settled_at":"2026-03-05T15:00:00+08:00",
            "items":[{"code":"EMI-CAT","name":"更换三元催化器","system":"exhaust","labour_fee":5}],"total_fee":5})"));
    CHECK(codes_of(repair.record).empty());
}

TEST_CASE("a repair without an item, or without a total, says so by its field") {
    auto no_item = whole();
    no_item.erase("code_0");
    auto repair = made(no_item);
    CHECK(named(repair) == Names{"search"});
    CHECK(repair.problems[0].text == "请至少填一个维修项目。");
    CHECK(made(no_item, en).problems[0].text == "Name at least one repair.");

    const Fields no_price{{"outcome", "repaired"}, {"kind_0", "item"}, {"code_0", "EMI-CAT"}};
    repair = made(no_price);
    CHECK(named(repair) == Names{"total_fee"});
    CHECK(repair.problems[0].text == "请填合计金额。");
    CHECK_FALSE(repair.record.contains("total_fee"));
    repair = made(with(no_price, "total_fee", "0"));
    CHECK(named(repair).empty());
    CHECK(repair.record["total_fee"] == 0);
    CHECK(codes_of(repair.record).empty());

    CHECK(named(made({{"outcome", "repaired"}})) == Names{"search", "total_fee"});
}

TEST_CASE("the total is the sum of items and parts, unless one is typed") {
    const Fields rows{{"outcome", "repaired"}, {"kind_0", "item"},     {"code_0", "EMI-CAT"}, {"price_0", "200.10"},
                      {"quantity_0", "3"},     {"kind_1", "part"},     {"code_1", "TWC"},     {"price_1", "0.1"},
                      {"quantity_1", "3"},     {"kind_2", "part"},     {"code_2", "EGR"},     {"price_2", "99.999"},
                      {"kind_59", "item"},     {"code_59", "EMI-EGR"}, {"price_59", "1"}};
    const auto repair = made(rows);
    CHECK(named(repair).empty());
    CHECK(repair.record["total_fee"] == 301.4);  // 200.10 + 3 · 0.10 + 100.00 + 1.00
    CHECK(repair.record["parts"][1] == journal::parsed(R"({"name":"EGR 阀","quantity":1,"unit_price":100})"));
    CHECK(codes_of(repair.record).empty());
    CHECK(made(with(rows, "total_fee", "280")).record["total_fee"] == 280);
    CHECK(made(with(rows, "total_fee", "1,280.5")).record["total_fee"] == 1280.5);
}

TEST_CASE("a row too many is said, not dropped in silence") {
    auto rows = whole();
    rows["kind_60"] = "item";
    rows["code_60"] = "EMI-CAT";
    CHECK(named(made(rows)) == Names{"search"});
    CHECK(made(rows).problems[0].text == "一张工单最多 60 行，请分成两张。");
}

TEST_CASE("what is no number is named by its field") {
    for (const auto* name :
         {"price_0", "quantity_1", "after_1", "mileage_km", "warranty_days", "warranty_km", "quoted_fee", "total_fee"})
        for (const auto* text :
             {"abc", "-1", "12x", "1 2", "nan", "inf", "1e5", "1e400", "1.5.0", "1,28", "1,5", "1280000000000"}) {
            INFO(name << ' ' << text);
            const auto repair = made(with(whole(), name, text), en);
            CHECK(named(repair) == Names{name});
            CHECK(repair.problems.at(0).text == std::string("This should be a number; it says “") + text + "”.");
        }
    CHECK(named(made(with(whole(), "warranty_days", "1.5"))) == Names{"warranty_days"});
    CHECK(made(with(whole(), "mileage_km", "八万")).problems.at(0).text == "应是数字，填的是“八万”。");
    CHECK(named(made({{"outcome", "repaired"}, {"code_0", "EMI-CAT"}, {"total_fee", "x"}})) == Names{"total_fee"});
    CHECK(named(made(with(with(whole(), "total_fee", "x"), "after_0", "y"))) == Names{"after_0", "total_fee"});
}

TEST_CASE("an owner who refused needs no items and pays nothing") {
    auto repair = made({{"outcome", "owner_refused"}});
    CHECK(named(repair).empty());
    CHECK(repair.record["outcome"] == "owner_refused");
    CHECK(repair.record["total_fee"] == 0);
    CHECK_FALSE(repair.record.contains("items"));
    CHECK_FALSE(repair.record.contains("readings_after"));
    CHECK(codes_of(repair.record).empty());
    repair = made({{"outcome", "not_repairable"}, {"total_fee", "50"}});
    CHECK(named(repair).empty());
    CHECK(repair.record["total_fee"] == 50);
    CHECK(codes_of(repair.record).empty());
}

TEST_CASE("readings after the repair are judged against their limits") {
    const auto after = [](const char* field, const char* value) {
        const auto repair = made({{"outcome", "owner_refused"}, {field, value}});
        REQUIRE(repair.record["readings_after"].size() == 1);
        return repair.record["readings_after"][0];
    };
    CHECK(after("after_0", "0.6") ==
          journal::parsed(R"({"item":"co","phase":"idle","value":0.6,"unit":"%","limit":0.6,"passed":true})"));
    CHECK(after("after_0", "0.61")["passed"] == false);
    CHECK(after("after_1", "0.95")["passed"] == true);
    CHECK(after("after_1", "1.05")["passed"] == true);
    CHECK(after("after_1", "0.94")["passed"] == false);
    CHECK(after("after_1", "1.06")["passed"] == false);
    CHECK(after("after_2", "40")["passed"] == true);
    CHECK(after("after_2", "39.9")["passed"] == false);
    CHECK(after("after_2", "90")["item"] == "power");
    CHECK_FALSE(made({{"outcome", "owner_refused"}, {"after_3", "1"}}).record.contains("readings_after"));
    CHECK(failed_readings(order()).size() == 3);
    CHECK(failed_readings(json::object()).empty());
}

TEST_CASE("amounts are read as people write them: commas between thousands, full-width digits, a sign of yuan") {
    const auto total = [](const char* text) { return made(with(whole(), "total_fee", text)).record["total_fee"]; };
    CHECK(total("1,280") == 1280);
    CHECK(total("３２０．５") == 320.5);
    CHECK(total("¥1,280.50元") == 1280.5);
    CHECK(made(with(whole(), "mileage_km", "81,234")).record["mileage_km"] == 81234);
    CHECK(named(made(with(whole(), "work_order_no", "6.1E17"))) == Names{"work_order_no"});
}

TEST_CASE("a draft is saved whole with its order, loaded, replaced by its own form and dropped") {
    const test::TempDir folder;
    const std::string episode = "01920000-0000-7000-8000-0000000000e1";
    const Drafts drafts(folder.path() / "drafts");
    CHECK(drafts.load(episode).version == 0);
    REQUIRE(drafts.save(episode, {0, "a", order(), whole()}, 0));
    CHECK(drafts.load(episode).fields == whole());
    CHECK(drafts.load(episode).order == order());
    // Two saves of one form may overtake each other: neither has seen the other's version.
    REQUIRE(drafts.save(episode, {0, "a", nullptr, {{"price_0", "1\n\"2\""}}}, 0));
    CHECK(Drafts(folder.path() / "drafts").load(episode).fields == Fields{{"price_0", "1\n\"2\""}});
    CHECK(drafts.load(episode).order == order());
    CHECK(drafts.all() == std::vector<std::string>{episode});
    std::ofstream(folder.path() / "drafts" / (episode + ".json")) << "{\"price_0\":";
    CHECK(drafts.load(episode).fields.empty());
    drafts.drop(episode);
    CHECK(std::filesystem::is_empty(folder.path() / "drafts"));
    drafts.drop(episode);
}

TEST_CASE("a form never writes over a draft that another window has saved since") {
    const test::TempDir folder;
    const std::string id = draft_id({{"plate", "陕D0T001"}});
    const Drafts drafts(folder.path() / "drafts");
    REQUIRE(drafts.save(id, {0, "first", order(), {{"price_0", "1"}}}, 0));
    const auto seen = drafts.load(id).version;
    REQUIRE(drafts.save(id, {0, "second", order(), {{"price_0", "2"}}}, seen));
    CHECK_FALSE(drafts.save(id, {0, "first", order(), {{"price_0", "3"}}}, seen));
    CHECK_FALSE(drafts.save(id, {0, "", order(), {{"price_0", "4"}}}, 0));
    CHECK(drafts.load(id).fields == Fields{{"price_0", "2"}});
    CHECK(drafts.save(id, {0, "third", order(), {{"price_0", "3"}}}, drafts.load(id).version));
}

TEST_CASE("a draft of before versions is read as it stands") {
    const test::TempDir folder;
    const std::string id = "01920000-0000-7000-8000-0000000000e1";
    std::ofstream(folder.path() / (id + ".json")) << R"({"price_0":"300"})";
    CHECK(Drafts(folder.path()).load(id).fields == Fields{{"price_0", "300"}});
    CHECK(Drafts(folder.path()).load(id).version == 1);
}

TEST_CASE("a vehicle on no list has one draft, however its plate is written, and the name says nothing of it") {
    const auto id = draft_id({{"plate", "陕D0T001"}});
    CHECK(draft_id({{"plate", "陕d·0t001"}}) == id);
    CHECK(draft_id({{"plate", "陕DOT001"}}) == id);
    CHECK(draft_id({{"plate", "陕D0T002"}}) != id);
    CHECK(draft_id({{"vin", "LTEST00000000001A"}}) == draft_id({{"vin", "ltest0000O000001a"}}));
    CHECK(draft_id({{"vin", "LTEST00000000001A"}}) != id);
    const test::TempDir folder;
    CHECK(Drafts(folder.path()).save(id, {0, "a", order(), {}}, 0));
    CHECK(Drafts(folder.path()).all() == std::vector<std::string>{id});
}

TEST_CASE("a draft whose name is no record id is refused, aloud") {
    const test::TempDir folder;
    const Drafts drafts(folder.path() / "drafts");
    std::ofstream(folder.path() / "a.json") << R"({"price_0":"1"})";
    for (const std::string& name :
         std::vector<std::string>{"../a", "..", "", "a/b", "/tmp/a", "a.b", "A", std::string("a\0b", 3)}) {
        CHECK_THROWS_AS(drafts.save(name, {0, "a", order(), whole()}, 0), std::invalid_argument);
        CHECK(drafts.load(name).version == 0);
        drafts.drop(name);
    }
    CHECK(test::read_file(folder.path() / "a.json") == R"({"price_0":"1"})");
    CHECK_FALSE(std::filesystem::exists(folder.path() / "drafts"));
}

TEST_CASE("prices are read strictly; what can't be read is said beside its field, and nothing is changed") {
    const auto typed = [](const char* text) { return with_typed_prices(json::object(), {{"EMI-CAT", text}}, zh); };
    const auto fee = [&](const char* text) { return typed(text).list["items"][0]["labour_fee"]; };
    CHECK(fee("1,280") == 1280);
    CHECK(fee("３") == 3);
    CHECK(fee(" 1.5 ") == 1.5);
    CHECK(fee("0") == 0);
    CHECK(typed("320").list ==
          journal::parsed(R"({"items":[{"code":"EMI-CAT","name":"更换三元催化器","labour_fee":320.0}],"parts":[]})"));
    for (const auto* text : {"1.5.0", "1,5", "12x", "-3", "三百", "1e3"}) {
        INFO(text);
        CHECK(typed(text).problems ==
              FieldProblems{{"EMI-CAT", std::string("应是金额，如 1,280.50；填的是“") + text + "”。"}});
        CHECK_FALSE(typed(text).is_changed);
    }
}

TEST_CASE("a second save keeps what the first one posted, rows of no table too") {
    const auto own = journal::parsed(R"({"items":[{"code":"OWN-1","name":"本店项目","labour_fee":9}]})");
    const auto first = with_typed_prices(own, {{"EMI-CAT", "320"}, {"TWC", "1,640.25"}, {"EMI-EGR", ""}}, zh);
    CHECK(shown_prices(first.list) == json{{"EMI-CAT", "320.00"}, {"TWC", "1640.25"}});
    CHECK(first.list["items"][0]["code"] == "OWN-1");
    // A form that was made before the first save knows nothing of it.
    const auto stale =
        with_typed_prices(first.list, {{"EMI-CAT", ""}, {"TWC", ""}, {"EMI-EGR", "80"}, {"was", "{}"}}, zh);
    CHECK(shown_prices(stale.list) == json{{"EMI-CAT", "320.00"}, {"EMI-EGR", "80.00"}, {"TWC", "1640.25"}});
    const auto emptied = with_typed_prices(stale.list, {{"EMI-CAT", ""}, {"was", shown_prices(stale.list).dump()}}, zh);
    CHECK(shown_prices(emptied.list) == json{{"EMI-EGR", "80.00"}, {"TWC", "1640.25"}});
    CHECK(emptied.list["items"][0]["code"] == "OWN-1");
    // The same form again finds everything as it wants it.
    CHECK_FALSE(with_typed_prices(first.list, {{"EMI-CAT", "320"}, {"TWC", "1640.25"}}, zh).is_changed);
    // What was shown comes back with the form: a forged one counts as another text.
    const auto forged = with_typed_prices(first.list, {{"EMI-CAT", "330"}, {"was", R"({"EMI-CAT": 320})"}}, zh);
    CHECK(shown_prices(forged.list) == json{{"EMI-CAT", "330.00"}, {"TWC", "1640.25"}});
}

TEST_CASE("a price more than a fifth beside the posted one is told, a fifth is not") {
    CHECK_FALSE(price_gap_pct(120, 100));
    CHECK_FALSE(price_gap_pct(80, 100));
    CHECK_FALSE(price_gap_pct(0.12, 0.10));
    CHECK(price_gap_pct(120.01, 100) == 20);
    CHECK(price_gap_pct(79.99, 100) == -20);
    CHECK(price_gap_pct(300, 100) == 200);
    CHECK_FALSE(price_gap_pct(300, 0));
    CHECK_FALSE(price_gap_pct(0, 100));
}

TEST_CASE("what the policy asks for is named by its field, of a finished repair alone") {
    const std::vector<std::string> all{"mileage_km",        "technician_id", "inspector_id",   "certificate_no",
                                       "warranty",          "quoted_fee",    "readings_after", "parts/serial_no",
                                       "fault_description", "colour_of_car"};
    const auto asked = [&](const Fields& fields) {
        return named(repair_of(order(), fields, settled_at, "N1", zh, all));
    };
    CHECK(asked(whole()).empty());
    for (const auto* name : {"mileage_km", "technician_id", "inspector_id", "certificate_no", "quoted_fee", "after_2",
                             "serial_1", "fault_description"}) {
        INFO(name);
        CHECK(asked(with(whole(), name, " ")) == Names{name});
    }
    CHECK(asked(with(whole(), "warranty_days", "")) == Names{"warranty_days"});
    CHECK(asked({{"outcome", "owner_refused"}}).empty());
    CHECK(named(made(with(whole(), "inspector_id", ""))).empty());
}

TEST_CASE("orders stand by list, those to repair before the others, then by deadline") {
    station::HubView view;
    const auto add = [&](const char* id, const char* list, const char* state, bool repaired, const char* due) {
        view.orders[id] = {{"episode", id},        {"list", list}, {"state", state},
                           {"repaired", repaired}, {"due", due},   {"fail_record_id", std::string("f") + id}};
    };
    add("1", "county", "open", false, "2026-04-01");
    add("2", "here", "closed", true, "2026-03-01");
    add("3", "here", "open", false, "2026-04-03");
    add("4", "here", "open", false, "2026-04-02");
    add("5", "chosen", "open", false, "2026-04-09");
    add("6", "own", "open", false, "2026-04-09");
    std::string all, here;
    for (const auto* o : orders_of(view, "")) all += o->at("episode");
    for (const auto* o : orders_of(view, "here")) here += o->at("episode");
    CHECK(all == "43251");
    CHECK(here == "432");
    CHECK(order_named(view, "f4")->at("episode") == "4");
    CHECK(order_named(view, "9") == nullptr);
    CHECK(failed_words({{"failed_items", {"co/idle", "obd"}}}, zh) == "怠速 CO、OBD 检查");
}
