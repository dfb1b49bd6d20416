#include "station/page/members.hpp"

#include <catch2/catch.hpp>

#include "journal/json.hpp"
#include "station/page/multipart.hpp"
#include "station/page/select.hpp"

using namespace imloop::station::page;
using nlohmann::json;

namespace {

const Language zh{Lang::zh}, en{Lang::en};

json repair() {
    return imloop::journal::parsed(R"({"schema":"imloop/repair/1","record_id":"r","station_id":"M610404-03",
      "occurred_at":"2026-03-05T15:00:00+08:00","settled_at":"2026-03-05T15:00:00+08:00","outcome":"repaired",
      "vehicle":{"plate":"陕D0T001"},"total_fee":2780,"attachments":[{"name":"a.jpg"}],
      "items":[{"code":"EMI-CAT","name":"更换三元催化器","system":"exhaust","labour_fee":300}],
      "parts":[{"name":"三元催化器","serial_no":"SN-1","certified":true}],
      "readings_after":[{"item":"co","phase":"idle","value":0.21,"unit":"%"}]})");
}

std::string label(const json& record, const std::string& pointer, const Language& w) {
    for (const auto& m : correctable(record, w))
        if (m.pointer == pointer) return m.label;
    return "none";
}

using Problems = FieldProblems;

json overriding() {
    return imloop::journal::parsed(R"({"schema":"imloop/override/1","record_id":"r","station_id":"I610404-01",
      "occurred_at":"2026-03-05T15:00:00+08:00","vehicle":{"plate":"陕D0T001","plate_kind":"99"},
      "clearance":"unknown","asked_at":"2026-03-05T14:59:00+08:00","reason_code":"settlement_shown",
      "reason":"结算清单号 YS-06，已拍照留存。","approved_by":"甲"})");
}

Member member(const json& record, const std::string& pointer) {
    for (const auto& m : correctable(record, zh))
        if (m.pointer == pointer) return m;
    return {};
}

}  // namespace

TEST_CASE("every value of a record may be corrected but ids, digests and what follows from others") {
    for (const auto* pointer : {"/schema", "/record_id", "/station_id", "/occurred_at", "/attachments/0/name",
                                "/items/0/name", "/items/0/system"}) {
        INFO(pointer);
        CHECK(label(repair(), pointer, zh) == "none");
    }
    CHECK(label(repair(), "/total_fee", zh) == "合计，元");
    CHECK(label(repair(), "/parts/0/serial_no", zh) == "配件 1 · 序列号");
    CHECK(label(repair(), "/parts/0/serial_no", en) == "part 1 · serial number");
    CHECK(label(repair(), "/readings_after/0/value", zh) == "修后读数 · 怠速 CO · 值");
    CHECK(label(repair(), "/vehicle/vin", zh) == "车辆 · VIN");  // missing, and may be added
}

TEST_CASE("what is typed takes its place with its type; what follows follows; an empty text takes a member away") {
    Problems problems;
    const auto now = with_typed(repair(),
                                {{"/total_fee", "2680.5"},
                                 {"/outcome", "repaired"},
                                 {"/parts/0/certified", "false"},
                                 {"/parts/0/serial_no", ""},
                                 {"/settled_at", "2026-03-05T16:00:00+08:00"},
                                 {"/items/0/code", "EMI-CATC"},
                                 {"/mileage_km", "81234"},
                                 {"/record_id", "other"}},
                                problems, zh);
    CHECK(problems.empty());
    auto expected = repair();
    expected["total_fee"] = 2680.5;
    expected["parts"][0] = {{"name", "三元催化器"}, {"certified", false}};
    expected["settled_at"] = expected["occurred_at"] = "2026-03-05T16:00:00+08:00";
    expected["items"][0] = {
        {"code", "EMI-CATC"}, {"name", "清洗三元催化器"}, {"system", "exhaust"}, {"labour_fee", 300}};
    expected["mileage_km"] = 81234;
    CHECK(now == expected);
    CHECK(with_typed(repair(), {}, problems, zh) == repair());
    CHECK(with_typed(repair(), {{"/total_fee", "2780"}}, problems, zh) == repair());
    with_typed(repair(), {{"/total_fee", "很贵"}}, problems, zh);
    CHECK(problems == Problems{{"/total_fee", "应是数字，填的是“很贵”。"}});
}

TEST_CASE("numbers and amounts are read strictly, below zero only where that may be") {
    Problems problems;
    const auto typed = [&](const char* pointer, const char* text) {
        problems.clear();
        return with_typed(repair(), {{pointer, text}}, problems, zh);
    };
    CHECK(typed("/total_fee", "1,280")["total_fee"] == 1280);
    CHECK(typed("/total_fee", "¥２６８０.5 元")["total_fee"] == 2680.5);
    CHECK(typed("/mileage_km", "81,234")["mileage_km"] == 81234);
    CHECK(typed("/readings_after/0/value", "−0.5")["readings_after"][0]["value"] == -0.5);
    for (const auto* text : {"1.5.0", "1,5", "1e5", "-3", "三百"}) {
        INFO(text);
        CHECK(typed("/total_fee", text) == repair());
        CHECK(problems.size() == 1);
    }
    typed("/vehicle/plate", "LSVAA49J132000017");
    CHECK(problems == Problems{{"/vehicle/plate", "这里填的是 VIN，不是车牌。"}});
    typed("/vehicle/vin", "#REF!");
    CHECK(problems.at(0).field == "/vehicle/vin");
}

TEST_CASE("what was not touched stays as it was written: the shop's own words for an item, a code of no list") {
    auto own = repair();
    own["items"][0]["name"] = "换三元";
    own["items"].push_back({{"code", "OWN-7"}, {"name", "本店项目"}});
    own["time_of_day"] = nullptr;
    Problems problems;
    std::vector<Typed> all;
    for (const auto& m : correctable(own, zh)) all.push_back({m.pointer, field_text(m.value)});
    CHECK(with_typed(own, all, problems, zh) == own);
    auto expected = own;
    expected["total_fee"] = 380;
    CHECK(with_typed(own, {{"/total_fee", "380"}}, problems, zh) == expected);
    CHECK(problems.empty());
}

TEST_CASE("members of an array are taken away by their places, the others stay") {
    auto record = repair();
    record["dtcs_before"] = {"P0420", "P0301", "P0171"};
    Problems problems;
    const auto now = with_typed(record, {{"/dtcs_before/0", ""}, {"/dtcs_before/2", ""}}, problems, zh);
    CHECK(now["dtcs_before"] == json{"P0301"});
}

TEST_CASE("an override is corrected as an override: its reason is a text, its codes are its own") {
    CHECK(choices(member(overriding(), "/reason"), zh).empty());
    CHECK(member(overriding(), "/reason").label == "说明");
    CHECK(choices(member(overriding(), "/reason_code"), zh).at(0).first == "settlement_shown");
    CHECK(choices(member(overriding(), "/clearance"), zh).at(0).first == "cleared");
    Problems problems;
    auto expected = overriding();
    expected["reason"] = "结算清单号 YS-07，已拍照留存。";
    CHECK(with_typed(overriding(), {{"/reason", "结算清单号 YS-07，已拍照留存。"}}, problems, zh) == expected);
    CHECK(problems.empty());
}

TEST_CASE("the present value stands in its list, whatever it is") {
    const Choices kinds{{"01", "大型汽车"}, {"02", "小型汽车"}};
    CHECK(options(kinds, "02", "—").text ==
          "<option value=\"\">—</option><option value=\"01\">大型汽车</option><option value=\"02\" "
          "selected>小型汽车</option>");
    CHECK(options(kinds, "9<9", "—").text.find("<option value=\"9&lt;9\" selected>9&lt;9</option>") !=
          std::string::npos);
    CHECK(options(kinds, "", "—").text.find("value=\"\" selected>—") != std::string::npos);
}

TEST_CASE("changes are told in words, one a value, added and taken away ones too") {
    auto after = repair();
    after["total_fee"] = 2680;
    after["outcome"] = "owner_refused";
    after["parts"][0].erase("serial_no");
    after["certificate_no"] = "C-9";
    std::vector<std::string> told;
    for (const auto& c : changes_between(repair(), after, zh)) told.push_back(c.label + " " + c.before + " " + c.after);
    std::ranges::sort(told);
    CHECK(told == std::vector<std::string>{"合计，元 2780 2680", "竣工出厂合格证号 — C-9", "结果 已修复 车主拒修",
                                           "配件 1 · 序列号 SN-1 —"});
    CHECK(changes_between(repair(), repair(), zh).empty());
}

TEST_CASE("a form with files is taken apart; what is cut short, or has no boundary, gives nothing of it") {
    const std::string type = "multipart/form-data; boundary=\"xYz\"";
    const std::string body =
        "--xYz\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n"
        "--xYz\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
        "--xYz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\dir\\照片 1.jpg\"\r\nContent-Type: "
        "image/jpeg\r\n\r\n\r\n--xY\r\nbytes\r\n"
        "--xYz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n"
        "--xYz\r\nContent-Disposition: form-data; name=\"g\"; filename=\"../..\"\r\n\r\nx\r\n--xYz--\r\n";
    const auto parts = parse_multipart(type, body);
    CHECK(parts.form == std::map<std::string, std::string>{{"token", "abc"}, {"empty", ""}});
    REQUIRE(parts.files.size() == 1);
    CHECK(parts.files[0].field == "f");
    CHECK(parts.files[0].name == "照片 1.jpg");
    CHECK(parts.files[0].bytes == "\r\n--xY\r\nbytes");
    CHECK(parse_multipart("multipart/form-data", body).form.empty());
    CHECK(parse_multipart(type, "x" + body).form.empty());
    for (std::size_t n = 0; n < body.size(); ++n) CHECK(parse_multipart(type, body.substr(0, n)).files.size() <= 1);
}

TEST_CASE("the method of a test is chosen from its list, and one that the list does not know stands in it") {
    auto record = imloop::journal::parsed(R"({"schema":"imloop/inspection/1","method":"two_speed_idle"})");
    CHECK(shown_text(member(record, "/method"), zh) == "双怠速法");
    record["method"] = "vmas-9";
    CHECK(shown_text(member(record, "/method"), zh) == "vmas-9");
    CHECK(options(choices(member(record, "/method"), zh), "vmas-9", "—").text.find("vmas-9") != std::string::npos);
}
