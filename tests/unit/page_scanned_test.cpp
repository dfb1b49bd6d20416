#include <catch2/catch.hpp>

#include "station/page/scanned.hpp"

using namespace imloop;
using namespace imloop::station::page;

namespace {

std::string told(std::string_view written) {
    const auto s = judge_scanned(written);
    switch (s.kind) {
        case Scanned::Kind::none:
            return "none";
        case Scanned::Kind::record:
            return "record " + s.value;
        case Scanned::Kind::vin:
            return "vin " + s.value;
        case Scanned::Kind::plate:
            return "plate " + s.value;
        case Scanned::Kind::refused:
            break;
    }
    return s.why.zh;
}

}  // namespace

TEST_CASE("a notice's code, a VIN and a plate are told apart") {
    CHECK(told("01940000-0000-7000-8000-000000000001") == "record 01940000-0000-7000-8000-000000000001");
    CHECK(told(" 01940000-0000-7000-8000-00000000000A\r\n") == "record 01940000-0000-7000-8000-00000000000a");
    CHECK(told("０１９４００００－００００－７０００－８０００－０００００００００００１") ==
          "record 01940000-0000-7000-8000-000000000001");
    CHECK(told("]Q101940000-0000-7000-8000-000000000001") == "record 01940000-0000-7000-8000-000000000001");
    CHECK(told("]Q1") == "车牌缺少省份简称（如“陕”）：请补全。");
    CHECK(told("LSVAA49J132000017") == "vin LSVAA49J132000017");
    CHECK(told("陕D·0T001") == "plate 陕D·0T001");
    CHECK(told("陕d 0t001") == "plate 陕d 0t001");
    CHECK(told(" \t").starts_with("none"));
}

TEST_CASE("a code that was read in part, an address, half a plate and a cut VIN are refused, each with its word") {
    for (const auto* part : {"01940000-0000-7000-8000-00000000000", "01940000-0000", "0000-7000-8000-000000000001",
                             "01940000-0000-7000-8000-00000000000101940000"})
        CHECK(told(part) == "二维码没有读全，请再扫一次。");
    CHECK(told("https://example.cn/q?id=01940000") == "这是网址，不是号码：请重新扫描或手工输入。");
    CHECK(told("a.cn/陕D0T001") == "这是网址，不是号码：请重新扫描或手工输入。");
    CHECK(told("8K3Q7") == "车牌缺少省份简称（如“陕”）：请补全。");
    CHECK(told("LSVAA49J13200001") == "只有 16 位，VIN 应为 17 位。");
    CHECK(told("LSVAA49J1320000177") == "有 18 位，VIN 应为 17 位。");
    CHECK(told("00000000000000000").starts_with("VIN 是占位用的号码"));
    CHECK(told("无牌").starts_with("这里没有车牌"));
}

TEST_CASE("what is only doubtful is taken, and said") {
    const auto vin = judge_scanned("LSVAA49J232000017");
    CHECK(vin.kind == Scanned::Kind::vin);
    CHECK(vin.code == "vin_check_digit");
    const auto plate = judge_scanned("陕D1OO10");
    CHECK(plate.kind == Scanned::Kind::plate);
    CHECK(plate.code == "plate_look_alike");
}
