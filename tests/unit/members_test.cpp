#include "station/page/members.hpp"

#include <catch2/catch.hpp>

#include "station/page/multipart.hpp"

using namespace imloop::station::page;
using nlohmann::json;

namespace {

const Words zh{Lang::zh}, en{Lang::en};

json repair() {
    return json::parse(R"({"schema":"imloop/repair/1","record_id":"r","station_id":"M610404-03",
      "occurred_at":"2026-03-05T15:00:00+08:00","settled_at":"2026-03-05T15:00:00+08:00","outcome":"repaired",
      "vehicle":{"plate":"陕D0T001"},"total_fee":2780,"attachments":[{"name":"a.jpg"}],
      "items":[{"code":"EMI-CAT","name":"更换三元催化器","system":"exhaust","labour_fee":300}],
      "parts":[{"name":"三元催化器","serial_no":"SN-1","certified":true}],
      "readings_after":[{"item":"co","phase":"idle","value":0.21,"unit":"%"}]})");
}

std::string label(const json& record, const std::string& pointer, const Words& w) {
    for (const auto& m : correctable(record, w))
        if (m.pointer == pointer) return m.label;
    return "none";
}

using Problems = std::vector<std::pair<std::string, std::string>>;

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
