#include "station/archive/archive.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/archive/outward.hpp"
#include "station/config.hpp"
#include "station/ids.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using namespace imloop::station::archive;
using nlohmann::json;

namespace {

const std::string bridge = "B610400-02";
const ArchiveShop shop{"M610404-03", "610404000000001", "made-up-password", "渭城示例维修厂"};
const loop::Moment now = loop::parse_moment("2026-03-03T02:00:00+08:00").value();

/// As the interface describes it, with all that it has.
json message() {
    return {{"access_token", "T"},
            {"basicInfo",
             {{"vehicleplatenumber", "陕D0T001"},
              {"companyname", "渭城示例维修厂"},
              {"vin", "LSVAA49J132000017"},
              {"repairdate", "20260302"},
              {"repairmileage", "85300"},
              {"settledate", "20260302"},
              {"faultdescription", "尾气超标"},
              {"costlistcode", "JS20260302001"}}},
            {"repairprojectlist", {{{"repairproject", "更换三元催化器"}, {"workinghours", "3.5"}}}},
            {"vehiclepartslist", {{{"partsname", "三元催化器"}, {"partscode", "TWC-01"}, {"partsquantity", "1.00"}}}}};
}

json with(const char* member, const json& value) {
    auto out = message();
    out["basicInfo"][member] = value;
    return out;
}

/// Of another vehicle, under the same number.
json second_vehicle() {
    auto out = with("vehicleplatenumber", "陕D0T802");
    out["basicInfo"].erase("vin");
    return out;
}

ArchiveOrder read(const std::string& bytes, const std::string& source = bridge) {
    const auto parsed = read_message(bytes);
    REQUIRE(parsed.has_value());
    return read_repair(*parsed, shop, source, now);
}

/// Read, without refusal and admitted as it is.
json taken(const json& sent, const std::string& source = bridge) {
    const auto reading = read(sent.dump(), source);
    INFO(reading.refusal);
    REQUIRE(reading.refusal.empty());
    const auto admitted = loop::admit(reading.line, source, now);
    CHECK(admitted.problems.empty());
    CHECK(admitted.record_id.value_or("") == reading.record_id);
    return journal::parsed(reading.line);
}

std::string refused(const json& sent, const std::string& source = bridge) {
    const auto reading = read(sent.dump(), source);
    CHECK(reading.line.empty());
    return reading.refusal;
}

json finding(const char* member, const char* code, const std::string& found = {}) {
    json out{{"member", member}, {"code", code}};
    if (!found.empty()) out["found"] = found;
    return out;
}

bool finds(const json& record, const json& one) {
    const auto quality = record.value("quality", json::array());
    return std::ranges::find(quality, one) != quality.end();
}

/// Without what it says of the message.
json said(json record) {
    for (const auto* name : {"archive", "archive_message", "quality"}) record.erase(name);
    return record;
}

/// A whole interface on an outbox of its own.
struct Desk {
    explicit Desk(const std::string& source_ = bridge, std::vector<ArchiveShop> shops = {shop})
        : source(source_),
          outbox(folder.path(), source, [] { return "0192a1b2-0000-7000-8000-00000000aaaa"; }),
          archive(outbox, source, std::move(shops),
                  {[this] { return clock; }, [this] { ++appended; }, [](const std::string&) {}}) {}

    json post(const std::string& target, const json& body) {
        return journal::parsed(archive.answer({"POST", target, "application/json;charset=UTF-8", body.dump()}).body);
    }
    static std::string path(const char* service) {
        return std::string("/base/restservices/lcipprodatarest/") + service + "/query";
    }
    std::string token() {
        return post(path("lcipprogetaccesstoken"),
                    {{"companycode", shop.company_code}, {"companypassword", shop.company_password}})
            .at("access_token");
    }
    json send(json sent) {
        sent["access_token"] = token();
        return post(path("lcipprocarfixrecordadd"), sent);
    }
    json last() { return journal::parsed(outbox.line(outbox.last())); }

    test::TempDir folder;
    std::string source;
    loop::Moment clock = now;
    int appended = 0;
    Outbox outbox;
    Archive archive;
};

}  // namespace

TEST_CASE("a whole message of the archive becomes exactly this record") {
    const auto id = uuid7_of(loop::parse_moment("2026-03-02T00:00:00+08:00").value(),
                             "M610404-03\nrepair\nJS20260302001\n2026-03-02T00:00:00+08:00");
    CHECK(said(taken(message())) ==
          json({{"schema", "imloop/repair/1"},
                {"record_id", id},
                {"station_id", "M610404-03"},
                {"occurred_at", "2026-03-02T00:00:00+08:00"},
                {"time_precision", "day"},
                {"vehicle", {{"vin", "LSVAA49J132000017"}, {"plate", "陕D0T001"}}},
                {"work_order_no", "JS20260302001"},
                {"received_at", "2026-03-02T00:00:00+08:00"},
                {"settled_at", "2026-03-02T00:00:00+08:00"},
                {"mileage_km", 85300},
                {"fault_description", "尾气超标"},
                {"items",
                 {{{"code", "EMI-CAT"}, {"system", "exhaust"}, {"name", "更换三元催化器"}, {"labour_hours", 3.5}}}},
                {"parts", {{{"name", "三元催化器"}, {"part_no", "TWC-01"}, {"quantity", 1}}}},
                {"outcome", "repaired"}}));
}

TEST_CASE("the message goes along without its token and without members that nobody knows") {
    auto sent = with("ownername", "某人");
    const auto record = taken(sent);
    CHECK(record.at("archive") == json({{"company_code", shop.company_code}}));
    sent["basicInfo"].erase("ownername");
    sent.erase("access_token");
    CHECK(record.at("archive_message") == sent);
    CHECK(record.dump().find("某人") == std::string::npos);
}

TEST_CASE("a long message is not kept, its record is") {
    auto sent = message();
    for (int i = 0; i < 100; ++i)
        sent["vehiclepartslist"].push_back({{"partsname", "螺栓 " + std::to_string(i)}, {"partsquantity", "1"}});
    const auto record = taken(sent);
    CHECK_FALSE(record.contains("archive_message"));
    CHECK(record.at("parts").size() == 101);
}

TEST_CASE("objects and lists that are JSON inside a string read the same") {
    auto sent = message();
    const auto plain = taken(sent);
    for (const auto* name : {"basicInfo", "repairprojectlist", "vehiclepartslist"}) sent[name] = sent[name].dump();
    CHECK(taken(sent) == plain);
    CHECK(journal::parsed(read(json(sent.dump()).dump()).line) == plain);
}

TEST_CASE("lists in camel case and basicInfo in any case read the same") {
    auto sent = message();
    const auto plain = taken(sent);
    sent["vehiclePartsList"] = sent["vehiclepartslist"];
    sent["repairProjectList"] = sent["repairprojectlist"];
    sent["BasicInfo"] = sent["basicInfo"];
    for (const auto* name : {"basicInfo", "repairprojectlist", "vehiclepartslist"}) sent.erase(name);
    CHECK(taken(sent) == plain);
}

TEST_CASE("numbers and strings read the same") {
    auto sent = with("repairmileage", 85300);
    sent["basicInfo"]["repairdate"] = 20260302;
    sent["repairprojectlist"][0]["workinghours"] = 3.5;
    sent["vehiclepartslist"][0]["partsquantity"] = 1;
    CHECK(said(taken(sent)) == said(taken(message())));
}

TEST_CASE("a message nested 100,000 deep is refused with its reason, by every path and without a token") {
    Desk desk;
    const auto deep = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    for (const auto* path : {"lcipprogetaccesstoken", "lcipprocarfixrecordadd", "lcipproaccountcompany"}) {
        const auto said = journal::parsed(desk.archive.answer({"POST", Desk::path(path), "", deep}).body);
        CHECK(said == json({{"code", "0"},
                            {"status",
                             "报文读不了：嵌套太深，请减少层数 / the message can't be read: nested too deep, "
                             "flatten it"}}));
    }
    auto inside = message();
    inside["basicInfo"] = std::string(100'000, '[') + std::string(100'000, ']');
    CHECK(desk.send(inside).at("code") == "0");
    CHECK(desk.send(message()).at("code") == "1");
}

TEST_CASE("raw line breaks in a text and GB18030 do not stop a message") {
    CHECK(read_message("{\"basicInfo\":{\"faultdescription\":\"a\nb\"}}")->value("faultdescription") == "a b");
    CHECK(read_message("{\"faultdescription\":\"\xce\xb2\xc6\xf8\"}")->value("faultdescription") == "尾气");
    CHECK_FALSE(read_message("[]").has_value());
    CHECK_FALSE(read_message("not JSON").has_value());
}

TEST_CASE("what a call declares of its text holds, and a guess is made where it declares nothing") {
    const auto fault = [](const std::string& bytes, const char* type) {
        const auto read = read_message("{\"faultdescription\":\"" + bytes + "\"}", declared_in(type));
        return read ? read->value("faultdescription") : read.error().code;
    };
    const std::string gb = "\xce\xb2\xc6\xf8", utf8 = "尾气";
    CHECK(fault(gb, "application/json; charset=GBK") == "尾气");
    CHECK(fault(gb, "application/json") == "尾气");
    CHECK(fault(gb, "application/json;charset=\"UTF-8\"") == "bad_message");
    CHECK(fault(utf8, "application/json;charset=gb2312") == "尾气");  // all of it is UTF-8, with Chinese characters
    CHECK(fault("冒黑\xE7\x83", "text/plain;Charset=utf-8") == "冒黑\xEF\xBF\xBD");

    Desk desk;
    const auto status = [&](const char* type) {
        const auto body = "{\"companycode\":\"" + gb + "\"}";
        const auto reply = desk.archive.answer({"POST", Desk::path("lcipprogetaccesstoken"), type, body, ""});
        return journal::parsed(reply.body).at("status").get<std::string>();
    };
    CHECK_THAT(status("application/json;charset=UTF-8"),
               Catch::StartsWith("报文读不了：既不是 UTF-8，也不是所声明的编码"));
    CHECK_THAT(status("application/json"), Catch::StartsWith("companycode 或 companypassword 不对"));
}

TEST_CASE("empty lists: what else was said to be done stands for the items") {
    auto sent = message();
    sent["repairprojectlist"] = json::array();
    auto record = taken(sent);
    CHECK(record.at("items") == journal::parsed(R"([{"code":"EMI-CAT","system":"exhaust","name":"三元催化器"}])"));
    CHECK(finds(record, finding("repairprojectlist", "from_parts")));
    sent["vehiclepartslist"] = "";
    record = taken(sent);
    CHECK(record.at("items")[0].at("name") == "尾气超标");
    CHECK(finds(record, finding("repairprojectlist", "from_description")));
    CHECK_FALSE(record.contains("parts"));
    sent["basicInfo"]["faultdescription"] = "无";
    CHECK_THAT(refused(sent), Catch::Contains("看不出修了什么"));
}

TEST_CASE("words for missing are missing, and said so") {
    for (const std::string word : {"无", "-", "0", "N/A"}) {
        auto sent = with("repairmileage", word);
        sent["basicInfo"]["vin"] = word;
        sent["basicInfo"]["faultdescription"] = word;
        sent["vehiclepartslist"][0]["partscode"] = word;
        const auto record = taken(sent);
        INFO(word);
        CHECK_FALSE(record.contains("mileage_km"));
        CHECK_FALSE(record.contains("fault_description"));
        CHECK(record.at("vehicle") == json({{"plate", "陕D0T001"}}));
        CHECK_FALSE(record.at("parts")[0].contains("part_no"));
        for (const auto* name : {"repairmileage", "vin", "faultdescription", "partscode"})
            CHECK(finds(record, finding(name, "blank", word)));
    }
    const auto record = taken(with("repairmileage", ""));
    CHECK_FALSE(record.contains("mileage_km"));
    CHECK_FALSE(finds(record, finding("repairmileage", "blank")));
}

TEST_CASE("hours that are a price are left out") {
    auto sent = message();
    for (const auto* price : {"380", "¥380.00", "120.00元"}) {
        sent["repairprojectlist"][0]["workinghours"] = price;
        const auto record = taken(sent);
        CHECK_FALSE(record.at("items")[0].contains("labour_hours"));
        CHECK(finds(record, finding("workinghours", "price_as_hours", price)));
    }
    sent["repairprojectlist"][0]["workinghours"] = "若干";
    CHECK(finds(taken(sent), finding("workinghours", "unreadable", "若干")));
}

TEST_CASE("a name of 50 characters may have been cut") {
    std::string name;
    for (int i = 0; i < 50; ++i) name += "件";
    auto sent = message();
    sent["vehiclepartslist"][0]["partsname"] = name;
    CHECK(taken(sent).at("parts")[0].at("name") == name);
    CHECK(finds(taken(sent), finding("partsname", "cut", name)));
    sent["vehiclepartslist"][0]["partsname"] = name.substr(3);
    CHECK_FALSE(finds(taken(sent), finding("partsname", "cut", name.substr(3))));
}

TEST_CASE("texts that software puts in, a VIN that is none, a mileage that can't be: said, not refused") {
    CHECK(
        finds(taken(with("faultdescription", "车主自行保养")), finding("faultdescription", "generic", "车主自行保养")));
    CHECK(finds(taken(with("vin", "LSVAA49J132000018")), finding("vin", "vin_check_digit", "LSVAA49J132000018")));
    CHECK(finds(taken(with("repairmileage", "99999999")), finding("repairmileage", "unreadable", "99999999")));
    CHECK(finds(taken(with("companyname", "别家")), finding("companyname", "company_name_differs", "别家")));
}

TEST_CASE("the failed test is found in test_no, else as 报告编码 in the description") {
    const std::string report = "610404012603021000000017";
    CHECK(taken(with("faultdescription", "报告编码{" + report + "}")).at("fail_report_no") == report);
    CHECK(taken(with("faultdescription", "尾气超标 报告编码｛" + report + "｝")).at("fail_report_no") == report);
    auto sent = with("faultdescription", "报告编码{" + report + "}");
    sent["test_no"] = "SL2026-17";
    CHECK(taken(sent).at("fail_report_no") == "SL2026-17");
    CHECK_FALSE(taken(with("faultdescription", "报告编码{123}")).contains("fail_report_no"));
}

TEST_CASE("a day is a day, a time is a time, and no day is refused") {
    auto sent = with("settledate", "20260302163000");
    sent["basicInfo"]["repairdate"] = "2026/3/2 9:05:00";
    const auto record = taken(sent);
    CHECK_FALSE(record.contains("time_precision"));
    CHECK(record.at("occurred_at") == "2026-03-02T16:30:00+08:00");
    CHECK(record.at("received_at") == "2026-03-02T09:05:00+08:00");
    CHECK_THAT(refused(with("settledate", "3月")), Catch::Contains("yyyyMMdd"));
    CHECK_THAT(refused(with("settledate", "")), Catch::Contains("settledate"));
    CHECK_THAT(refused(with("repairdate", "20260303")), Catch::Contains("/received_at"));
    const auto one_day = taken(with("repairdate", "无"));
    CHECK(one_day.at("received_at") == one_day.at("settled_at"));
    CHECK(finds(one_day, finding("repairdate", "defaulted")));
}

TEST_CASE("no plate kind is assumed, and what names no vehicle or no list is refused") {
    CHECK_FALSE(taken(message()).at("vehicle").contains("plate_kind"));
    auto sent = with("vehicleplatenumber", "-");
    sent["basicInfo"]["vin"] = "";
    CHECK_THAT(refused(sent), Catch::Contains("车牌号码和 VIN 都没有"));
    CHECK_THAT(refused(with("costlistcode", "无")), Catch::Contains("costlistcode"));
    CHECK_THAT(refused(with("costlistcode", "2.0260302E+17")), Catch::Contains("costlistcode"));
}

TEST_CASE("only a bridge may lack the fee, and nobody takes 0 for it") {
    const auto record = taken(message());
    CHECK_FALSE(record.contains("total_fee"));
    CHECK(finds(record, finding("total_fee", "not_in_message")));
    CHECK_THAT(refused(message(), "M610404-03"), Catch::Contains("数据桥"));
    CHECK_THAT(refused(with("cost", "0"), "M610404-03"), Catch::Contains("缺少总费用"));
    CHECK(taken(with("total_fee", "1280.50"), "M610404-03").at("total_fee") == 1280.5);
    CHECK(taken(with("sum", {{"cost", 1300}, {"realCost", 1280}}), "M610404-03").at("total_fee") == 1300);
    CHECK_FALSE(taken(with("cost", "0")).contains("total_fee"));
}

TEST_CASE("the interface is spoken as section by section: token, record, account") {
    Desk desk;
    CHECK(desk.post(Desk::path("lcipprogetaccesstoken"), {{"companycode", shop.company_code}, {"companypassword", "x"}})
              .at("code") == "0");
    CHECK(desk.post(Desk::path("lcipproaccountcompany"),
                    {{"companyname", shop.company_name}, {"companypassword", shop.company_password}})
              .at("companycode") == shop.company_code);
    CHECK(desk.post(Desk::path("lcipprocarfixrecordadd"), message()).at("code") == "0");
    CHECK(desk.outbox.last() == 0);
    const auto answer = desk.send(message());
    CHECK(answer.at("code") == "1");
    CHECK_THAT(answer.at("status").get<std::string>(), Catch::Contains("新增成功"));
    CHECK(desk.outbox.last() == 1);
    CHECK(desk.appended == 1);
    CHECK(desk.archive.answer({"GET", Desk::path("lcipprogetaccesstoken"), "", ""}).status == 405);
    CHECK(desk.archive.answer({"POST", "/elsewhere", "", "{}"}).status == 404);
}

TEST_CASE("a token ends after its time") {
    Desk desk;
    auto sent = message();
    sent["access_token"] = desk.token();
    desk.clock += 2 * 3600 * 1000;
    CHECK(desk.post(Desk::path("lcipprocarfixrecordadd"), sent).at("code") == "0");
}

TEST_CASE("Foshan asks by GET with the message in the query") {
    Desk desk;
    const auto encoded = [](const std::string& text) {
        std::string out;
        for (const unsigned char c : text) {
            char hex[4];
            std::snprintf(hex, sizeof hex, "%%%02X", c);
            out += hex;
        }
        return out;
    };
    const auto get = [&](const std::string& target) {
        return journal::parsed(desk.archive.answer({"GET", target, "", ""}).body);
    };
    const auto token =
        get("/api/getAccessToken.ashx?companydata=" +
            encoded(json{{"companycode", shop.company_code}, {"companypassword", shop.company_password}}.dump()))
            .at("access_token");
    auto body = message()["basicInfo"];
    body["vehicleplatecolor"] = "蓝色";
    body["vehiclePartsList"] = message()["vehiclepartslist"];
    body["repairProjectList"] = message()["repairprojectlist"];
    const json sent{{"access_token", token}, {"header", {{"date", "20260303"}, {"time", "020000"}}}, {"body", body}};
    CHECK(get("/api/upRepairInfo.ashx?repairdata=" + encoded(sent.dump())).at("code") == "1");
    auto expected = said(taken(message()));
    expected["vehicle"]["plate_color"] = "蓝";
    CHECK(said(desk.last()) == expected);
    CHECK(journal::parsed(
              desk.archive.answer({"POST", "/api/upRepairInfo.ashx", "", "repairdata=" + encoded(sent.dump())}).body)
              .at("code") == "1");
    CHECK(desk.outbox.last() == 1);
}

TEST_CASE("Chengdu wraps question and answer") {
    Desk desk;
    const auto wrapped = [](const json& info) {
        return json{
            {"transaction", {{"header", {{"date", "20260303"}, {"time", "020000"}}}, {"body", {{"reqInfo", info}}}}}};
    };
    const auto token =
        desk.post("/carhealth/token",
                  wrapped({{"companycode", shop.company_code}, {"companypassword", shop.company_password}}))
            .at("respInfo")
            .at("access_token");
    auto info = message();
    info["access_token"] = token;
    const auto answer = desk.post("/carhealth/record", wrapped(info));
    CHECK(answer.at("respInfo").at("code") == "1");
    CHECK(said(desk.last()) == said(taken(message())));
}

TEST_CASE("ten wrong passwords a minute are too many for one company from one address, and for no other") {
    auto second = shop;
    second.company_code = "610404000000002";
    Desk desk(bridge, {shop, second});
    const auto ask = [&](const std::string& code, const std::string& password, const std::string& address) {
        const json body{{"companycode", code}, {"companypassword", password}};
        return desk.archive.answer({"POST", Desk::path("lcipprogetaccesstoken"), "", body.dump(), address});
    };
    const auto code_of = [](const Reply& reply) { return journal::parsed(reply.body).at("code").get<std::string>(); };
    for (std::size_t i = 0; i < guesses_max; ++i) {
        const auto reply = ask(shop.company_code, "guess", "10.0.0.7");
        CHECK(code_of(reply) == "0");
        CHECK(reply.retry_after == 0);
        desk.clock += 1000;
    }
    const auto waits = ask(shop.company_code, shop.company_password, "10.0.0.7");
    CHECK(waits.status == 200);
    CHECK(journal::parsed(waits.body) ==
          json({{"code", "0"},
                {"status", "密码错得太多，请 50 秒后再试 / too many wrong passwords, try again in 50 s"}}));
    CHECK(waits.retry_after == 50);
    CHECK(code_of(ask(second.company_code, second.company_password, "10.0.0.7")) == "1");
    CHECK(code_of(ask(shop.company_code, shop.company_password, "10.0.0.8")) == "1");
    desk.clock += 50'000;
    CHECK(code_of(ask(shop.company_code, shop.company_password, "10.0.0.7")) == "1");
}

TEST_CASE("wrong passwords and tokens of a clock that was ahead hold no one back and let no one in") {
    Desk desk;
    desk.clock += 1000 * loop::day_ms;
    const auto token = desk.token();
    for (std::size_t i = 0; i < guesses_max; ++i)
        desk.post(Desk::path("lcipprogetaccesstoken"),
                  {{"companycode", shop.company_code}, {"companypassword", "guess"}});
    desk.clock = now;
    auto sent = message();
    sent["access_token"] = token;
    CHECK(desk.post(Desk::path("lcipprocarfixrecordadd"), sent).at("code") == "0");
    CHECK(desk.send(message()).at("code") == "1");
}

TEST_CASE("sent again counts once, also after a restart") {
    Desk desk;
    for (int i = 0; i < 3; ++i) CHECK(desk.send(message()).at("code") == "1");
    CHECK(desk.outbox.last() == 1);
    Archive again(desk.outbox, bridge, {shop}, {[] { return now; }, [] {}, [](const std::string&) {}});
    auto sent = message();
    sent["access_token"] =
        journal::parsed(
            again
                .answer({"POST", Desk::path("lcipprogetaccesstoken"), "",
                         json{{"companycode", shop.company_code}, {"companypassword", shop.company_password}}.dump()})
                .body)
            .at("access_token");
    CHECK(journal::parsed(again.answer({"POST", Desk::path("lcipprocarfixrecordadd"), "", sent.dump()}).body)
              .at("code") == "1");
    CHECK(desk.outbox.last() == 1);
}

TEST_CASE("other content under the same number is a correction, also of the day, and back again") {
    Desk desk;
    desk.send(message());
    const auto first = desk.last();
    auto changed = with("settledate", "20260303");
    CHECK(desk.send(changed).at("code") == "1");
    auto correction = desk.last();
    CHECK(loop::admit(correction.dump(), bridge, now).problems.empty());
    CHECK(correction.at("schema") == "imloop/correction/1");
    CHECK(correction.at("action") == "replace");
    CHECK(correction.at("corrects") == first.at("record_id"));
    CHECK(correction.at("replacement").at("record_id") == first.at("record_id"));
    CHECK(correction.at("replacement").at("settled_at") == "2026-03-03T00:00:00+08:00");
    desk.send(changed);
    CHECK(desk.outbox.last() == 2);
    desk.send(message());
    CHECK(desk.outbox.last() == 3);
    CHECK(said(desk.last().at("replacement")) == said(first));
    CHECK(desk.last().at("occurred_at") > correction.at("occurred_at"));
}

TEST_CASE("RecallResult 1 voids, once, and what is sent after it holds again") {
    Desk desk;
    const auto recall = with("RecallResult", "1");
    CHECK(desk.send(recall).at("code") == "0");
    desk.send(message());
    CHECK(desk.send(recall).at("code") == "1");
    auto last = desk.last();
    CHECK(last.at("action") == "void");
    CHECK(loop::admit(last.dump(), bridge, now).problems.empty());
    CHECK(desk.send(recall).at("code") == "1");
    CHECK(desk.outbox.last() == 2);
    CHECK(desk.send(message()).at("code") == "1");
    CHECK(desk.last().at("action") == "replace");
}

TEST_CASE("an order that was imported or typed is not replaced by the poorer message") {
    Desk desk;
    auto typed = said(taken(message()));
    typed["total_fee"] = 1280;
    typed["record_id"] = "01940000-0000-7000-8000-000000000001";
    REQUIRE(desk.outbox.append(typed.dump(), typed["record_id"]).has_value());
    CHECK(desk.send(message()).at("code") == "1");
    CHECK(desk.outbox.last() == 1);
    CHECK(desk.send(second_vehicle()).at("code") == "1");
    CHECK(desk.outbox.last() == 2);
}

TEST_CASE("what a person has corrected stays: the message sent again changes nothing, a new one is named") {
    Desk desk(shop.station_id);
    const auto sent = with("total_fee", "1280");
    CHECK(desk.send(sent).at("code") == "1");
    const auto first = desk.last();
    int number = 0;
    const auto by_person = [&](const json& replacement) {
        json correction{{"schema", "imloop/correction/1"},
                        {"record_id", "01940000-0000-7000-8000-00000000000" + std::to_string(++number)},
                        {"station_id", shop.station_id},
                        {"occurred_at", loop::format_moment(desk.clock + number * 60'000)},
                        {"corrects", first.at("record_id")},
                        {"action", replacement.is_null() ? "void" : "replace"},
                        {"reason", "金额录错"}};
        if (!replacement.is_null()) correction["replacement"] = replacement;
        REQUIRE(desk.outbox.append(correction.dump(), correction["record_id"]).has_value());
    };
    auto mended = first;
    mended["total_fee"] = 980;
    by_person(mended);
    CHECK(desk.send(sent).at("status") ==
          "新增成功，早已保存，本站的更正不变 / already saved, the station's own correction stands");
    CHECK(desk.send(with("total_fee", "980")).at("code") == "1");  // as it was corrected
    CHECK(desk.outbox.last() == 2);
    auto changed = sent;
    changed["basicInfo"]["repairmileage"] = "85301";
    CHECK(desk.send(changed).at("code") == "0");
    CHECK(desk.outbox.last() == 2);

    by_person(json());
    CHECK(desk.send(sent).at("code") == "1");
    CHECK(desk.outbox.last() == 3);
    auto other_plate = first;
    other_plate["vehicle"] = {{"plate", "陕D0T809"}};
    by_person(other_plate);
    CHECK(desk.send(sent).at("code") == "1");
    CHECK(desk.outbox.last() == 4);
    auto recalled = sent;
    recalled["basicInfo"]["RecallResult"] = "1";
    CHECK(desk.send(recalled).at("code") == "1");
    CHECK(desk.last().at("action") == "void");
    CHECK(desk.send(sent).at("code") == "1");
    CHECK(desk.last().at("action") == "replace");
}

TEST_CASE("a number used again for another vehicle is another repair, sent again, changed and withdrawn by itself") {
    Desk desk;
    CHECK(desk.send(message()).at("code") == "1");
    const auto first = desk.last();
    CHECK(desk.send(second_vehicle()).at("status") == "新增成功 / saved");
    const auto second = desk.last();
    CHECK(second.at("schema") == "imloop/repair/1");
    CHECK(second.at("vehicle").at("plate") == "陕D0T802");
    CHECK(second.at("record_id") != first.at("record_id"));
    CHECK(second.at("record_id") == uuid7_of(loop::parse_moment("2026-03-02T00:00:00+08:00").value(),
                                             "M610404-03\nrepair\nJS20260302001\n2026-03-02T00:00:00+08:00\n陕D0T802"));

    desk.send(message());
    desk.send(second_vehicle());
    CHECK(desk.outbox.last() == 2);

    auto changed = second_vehicle();
    changed["basicInfo"]["repairmileage"] = "64200";
    desk.send(changed);
    CHECK(desk.last().at("corrects") == second.at("record_id"));
    CHECK(desk.last().at("replacement").at("mileage_km") == 64200);

    auto unnamed = with("RecallResult", "1");
    unnamed["basicInfo"].erase("vin");
    unnamed["basicInfo"].erase("vehicleplatenumber");
    CHECK(desk.send(unnamed).at("code") == "0");
    CHECK(desk.outbox.last() == 3);

    changed["basicInfo"]["RecallResult"] = "1";
    CHECK(desk.send(changed).at("code") == "1");
    CHECK(desk.last().at("action") == "void");
    CHECK(desk.last().at("corrects") == second.at("record_id"));

    CHECK(desk.send(unnamed).at("code") == "1");  // one is left
    CHECK(desk.last().at("corrects") == first.at("record_id"));
}

TEST_CASE("an order that came in with its minutes is there already when it is sent by its days alone") {
    Desk desk;
    auto record = taken(message());
    record["record_id"] = "01940000-0000-7000-8000-000000000001";
    record["occurred_at"] = record["settled_at"] = "2026-03-02T16:40:00+08:00";
    record["received_at"] = "2026-03-02T09:05:00+08:00";
    record.erase("time_precision");
    REQUIRE(desk.outbox.append(record.dump(), record["record_id"]).has_value());
    CHECK(desk.send(message()).at("status") == "新增成功，早已保存 / already saved");
    CHECK(desk.outbox.last() == 1);
}

TEST_CASE("a number that a spreadsheet has rounded is refused with its reason") {
    for (const json& number : {json("2.0260414000803E16"), json("2.0260414000803E+16"), json(2.0260414000803e16),
                               json("20260414000803.0"), json("#REF!"), json("########")}) {
        const auto reading = read(with("costlistcode", number).dump());
        INFO(number.dump());
        CHECK(reading.refusal.starts_with("结算清单编号 costlistcode："));
        CHECK(reading.line.empty());
    }
    CHECK(read(with("costlistcode", "00012345").dump()).number == "00012345");
}

TEST_CASE("what can't be a VIN or a plate is left out and said, where the other of them is there") {
    const auto two = taken(with("vin", "LSVAA49J132000017/LSVAA49J332000018"));
    CHECK(two.at("vehicle") == json({{"plate", "陕D0T001"}}));
    CHECK(two.at("quality")[0].at("code") == "two_values");
    const auto masked = taken(with("vehicleplatenumber", "陕D*T001"));
    CHECK(masked.at("vehicle") == json({{"vin", "LSVAA49J132000017"}}));
    CHECK(masked.at("quality")[0].at("code") == "masked");
    auto neither = with("vin", "#REF!");
    neither["basicInfo"]["vehicleplatenumber"] = "LSVAA49J132000017";
    CHECK(read(neither.dump()).refusal.starts_with("车牌号码和 VIN 都没有。"));
    const auto placeholder = taken(with("vin", "11111111111111111"));
    CHECK(placeholder.at("vehicle") == json({{"vin", "11111111111111111"}, {"plate", "陕D0T001"}}));
    CHECK(placeholder.at("quality")[0].at("code") == "vin_placeholder");
}

TEST_CASE("amounts and quantities are read strictly") {
    CHECK(taken(with("total_fee", "1,280.5")).at("total_fee") == 1280.5);
    for (const auto* odd : {"1,5", "1.5.0", "1280.00.", "-5"}) {
        const auto record = taken(with("total_fee", odd));
        CHECK_FALSE(record.contains("total_fee"));
        CHECK(record.at("quality")[0].at("code") == "unreadable");
        CHECK_THAT(refused(with("total_fee", odd), "M610404-03"), Catch::Contains("看不懂总费用 total_fee"));
    }
}

TEST_CASE("a damaged character spoils its own member, never the plate") {
    auto text = with("faultdescription", "CUT").dump();
    text.replace(text.find("CUT"), 3, "冒黑\xE7\x83");
    const auto reading = read(text);
    INFO(reading.refusal);
    const auto record = journal::parsed(reading.line);
    CHECK(record.at("vehicle").at("plate") == "陕D0T001");
    CHECK(record.at("items")[0].at("name") == "更换三元催化器");
    CHECK(record.at("quality")[0] ==
          json({{"member", "faultdescription"}, {"code", "damaged"}, {"found", "冒黑\xEF\xBF\xBD"}}));

    text = with("vehicleplatenumber", "CUT").dump();
    text.replace(text.find("CUT"), 3, "陕D0T\xE7\x83");
    const auto by_vin = journal::parsed(read(text).line);
    CHECK(by_vin.at("vehicle") == json({{"vin", "LSVAA49J132000017"}}));
    CHECK(by_vin.at("quality") == json::array({finding("vehicleplatenumber", "damaged", "陕D0T\xEF\xBF\xBD"),
                                               finding("total_fee", "not_in_message")}));
    text.replace(text.find("LSVAA49J132000017"), 17, "无");
    CHECK(read(text).refusal.starts_with("车牌号码和 VIN 都没有。有字符损坏"));
}

TEST_CASE("several shops of one company are told apart by name") {
    auto second = shop;
    second.station_id = "M610404-04";
    second.company_name = "渭城示例维修厂分店";
    Desk desk(bridge, {shop, second});
    CHECK(desk.send(with("companyname", second.company_name)).at("code") == "1");
    CHECK(desk.last().at("station_id") == "M610404-04");
    CHECK(desk.send(message()).at("code") == "1");
    CHECK(desk.last().at("station_id") == "M610404-03");
    CHECK(desk.send(with("companyname", "别家")).at("code") == "0");
}

TEST_CASE("a record goes out as a message that reads as the same record") {
    auto full = with("test_no", "R17");
    full["basicInfo"]["cost"] = "";
    for (const auto& sent :
         {message(), full, with("vin", ""), with("faultdescription", "报告编码{610404012603021000000017}")}) {
        const auto record = taken(sent);
        const auto out = archive_message_of(record, shop.company_name);
        REQUIRE(out.has_value());
        for (const auto& [name, value] : out->at("basicInfo").items()) CHECK(value.is_string());
        CHECK(said(taken(journal::parsed(out->dump()))) == said(record));
    }
    CHECK_FALSE(archive_message_of(json{{"schema", "imloop/inspection/1"}}, "").has_value());
}

TEST_CASE("a failed test goes out as the platform's message, and back") {
    const json inspection{{"schema", "imloop/inspection/1"},
                          {"station_id", "I610404-01"},
                          {"vehicle", {{"plate", "陕D0T001"}, {"vin", "LSVAA49J132000017"}, {"fuel", "diesel"}}},
                          {"acceptance_no", "SL17"},
                          {"report_no", "R17"},
                          {"ended_at", "2026-03-02T10:12:13+08:00"},
                          {"verdict", "fail"}};
    const auto out = failed_test_message_of(inspection);
    REQUIRE(out.has_value());
    CHECK(journal::parsed(out->dump()) == json({{"VLPN", "陕D0T001"},
                                                {"StationCode", "I610404-01"},
                                                {"InspectionNum", "SL17"},
                                                {"InspectionReportNo", "R17"},
                                                {"DetectEndTime", "2026-03-02 10:12:13"},
                                                {"VIN", "LSVAA49J132000017"},
                                                {"FuelType", "B"}}));
    CHECK(failed_test_in(journal::parsed(out->dump())).value() == inspection);
    auto passed = inspection;
    passed["verdict"] = "pass";
    CHECK_FALSE(failed_test_message_of(passed).has_value());
    CHECK_FALSE(failed_test_in(json::object()).has_value());
}

TEST_CASE("the configuration of the archive is judged member by member") {
    const test::TempDir folder;
    const auto file = folder.path() / "station.toml";
    const auto judged = [&](const std::string& text) {
        std::ofstream(file, std::ios::trunc) << text;
        return judge_config(file);
    };
    const std::string m = "station_id = \"M610404-03\"\n[hub]\nurl = \"https://127.0.0.1:1\"\n",
                      b = "station_id = \"B610400-02\"\n[hub]\nurl = \"https://127.0.0.1:1\"\n";
    const auto broken = [](const JudgedConfig& j) {
        std::vector<std::string> out;
        for (const auto& f : j.findings)
            if (f.verdict == service::Verdict::broken) out.push_back(f.member);
        return out;
    };
    CHECK(judged(m).config.archive.shops.empty());
    CHECK(judged(m).config.archive.port == 7621);
    const auto own = judged(m + "[archive]\nport = 0\ncompany_code = \"1\"\ncompany_password = \"made-up-password\"\n");
    CHECK(broken(own).empty());
    REQUIRE(own.config.archive.shops.size() == 1);
    CHECK(own.config.archive.shops[0].station_id == "M610404-03");
    CHECK(broken(judged(m + "[archive]\ncompany_code = \"1\"\n")) ==
          std::vector<std::string>{"archive.company_password"});
    CHECK(broken(judged(m + "[archive]\ncompany_code = \"1\"\ncompany_password = \"short\"\n")) ==
          std::vector<std::string>{"archive.company_password"});
    const std::string one =
        "[[archive.shop]]\nstation_id = \"M610404-03\"\ncompany_code = \"1\"\ncompany_password = "
        "\"made-up-password\"\n";
    const auto many = judged(b + "[feed]\nfolder = \"out\"\nform = \"platform\"\n[archive]\naddress = \"0.0.0.0\"\n" +
                             one + "company_name = \"甲\"\n" + one + "company_name = \"乙\"\n");
    CHECK(broken(many).empty());
    CHECK(many.config.archive.shops.size() == 2);
    CHECK(many.config.feed.mapped);
    CHECK(broken(judged(b + one + one)) == std::vector<std::string>{"archive.shop[1].company_code"});
    std::ostringstream shown;
    show_config(many.config, shown);
    CHECK(shown.str().find("made-up-password") == std::string::npos);
}
