#include <catch2/catch.hpp>

#include "loop/written/amount.hpp"
#include "loop/written/judgement.hpp"

using namespace imloop::loop;

namespace {

struct Row {
    const char* written;
    Fit fit;
    std::string_view code;
    std::string_view value;
};

void hold(Judgement (*judge)(std::string_view), const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        const auto said = judge(row.written);
        INFO(row.written << " is said to be " << said.code);
        CHECK(said.fit == row.fit);
        CHECK(said.code == row.code);
        CHECK(said.value == row.value);
        if (!said.code.empty()) CHECK(judgement_words(said.code).zh != said.code);
    }
}

}  // namespace

TEST_CASE("what is written as a VIN is judged once for all doors") {
    hold(judge_vin,
         {
             {" LSVAA49J4G2000017 ", Fit::right, "", "LSVAA49J4G2000017"},
             {"LSVAA49J4G2000018", Fit::doubtful, "vin_check_digit", "LSVAA49J4G2000018"},
             {"LSVAA49J4G20000", Fit::doubtful, "vin_length", "LSVAA49J4G20000"},
             {"00000000000000000", Fit::doubtful, "vin_placeholder", "00000000000000000"},
             {"11111111111111111", Fit::doubtful, "vin_placeholder", "11111111111111111"},
             {"12345678901234567", Fit::doubtful, "vin_placeholder", "12345678901234567"},
             {"12345678912345678", Fit::doubtful, "vin_placeholder", "12345678912345678"},
             {"NOVIN", Fit::doubtful, "vin_placeholder", "NOVIN"},
             {"LTEST看不清19", Fit::doubtful, "vin_characters", "LTEST看不清19"},
             {"未知", Fit::none, "", ""},
             {"", Fit::none, "", ""},
             {"1.2345678901234567E16", Fit::refused, "rounded_number", "1.2345678901234567E16"},
             {"#REF!", Fit::refused, "spreadsheet_error", "#REF!"},
             {"########", Fit::refused, "spreadsheet_error", "########"},
             {"LSVAA49J4G2000017/陕D0T401", Fit::refused, "two_values", "LSVAA49J4G2000017/陕D0T401"},
             {"LSVAA49J4G2000017 LSVAA49J4G2000017", Fit::refused, "two_values", "LSVAA49J4G2000017 LSVAA49J4G2000017"},
             {"LSV***0017", Fit::refused, "masked", "LSV***0017"},
             {"陕D·0T401", Fit::refused, "vin_is_plate", "陕D·0T401"},
         });
}

TEST_CASE("what is written as a plate is judged once for all doors") {
    hold(judge_plate, {
                          {"陕D·0T401", Fit::right, "", "陕D·0T401"},
                          {"陕ＡＤ１２３４５", Fit::right, "", "陕ＡＤ１２３４５"},
                          {"陕D12T挂", Fit::doubtful, "plate_form", "陕D12T挂"},
                          {"陕D123T挂", Fit::right, "", "陕D123T挂"},
                          {"陕DI0TO7", Fit::doubtful, "plate_look_alike", "陕DI0TO7"},
                          {"陕D0T435挂", Fit::doubtful, "plate_form", "陕D0T435挂"},
                          {"陕D0T433(蓝)", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"陕D0T433（黄牌）", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"陕D0T433【绿】", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"陕D0T433 蓝", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"陕D0T433/蓝牌", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"蓝牌 陕D0T433", Fit::doubtful, "plate_colour", "陕D0T433"},
                          {"陕AD12345黄绿", Fit::doubtful, "plate_colour", "陕AD12345"},
                          {"黑A0T433", Fit::right, "", "黑A0T433"},
                          {"公司车", Fit::refused, "plate_none", "公司车"},
                          {"陕D", Fit::refused, "plate_none", "陕D"},
                          {"陕D0T\xEF\xBF\xBD"
                           "433",
                           Fit::refused, "damaged",
                           "陕D0T\xEF\xBF\xBD"
                           "433"},
                          {"新车", Fit::none, "", ""},
                          {"无牌", Fit::none, "", ""},
                          {"无牌车", Fit::none, "", ""},
                          {"D0T431", Fit::refused, "plate_without_province", "D0T431"},
                          {"陕D0T432,陕D0T433", Fit::refused, "two_values", "陕D0T432,陕D0T433"},
                          {"陕D*T001", Fit::refused, "masked", "陕D*T001"},
                          {"1.2E5", Fit::refused, "rounded_number", "1.2E5"},
                          {"LSVAA49J4G2000017", Fit::refused, "plate_is_vin", "LSVAA49J4G2000017"},
                          {"https://example.cn/r/1", Fit::refused, "address", "https://example.cn/r/1"},
                          {"a.cn/陕D0T431", Fit::refused, "address", "a.cn/陕D0T431"},
                      });
}

TEST_CASE("a plate that can't be one's own stands for none") {
    for (const char* normal : {"", "陕D", "试", "无牌", "公司车", "00000", "11111111"}) {
        INFO(normal);
        CHECK(plate_placeholder(normal));
    }
    for (const char* normal : {"陕D0T433", "陕A11111", "WJ0100001", "D0T431"}) {
        INFO(normal);
        CHECK_FALSE(plate_placeholder(normal));
    }
}

TEST_CASE("a number that a spreadsheet has rounded is refused, whatever its form") {
    hold(judge_number, {
                           {"SL260400480", Fit::right, "", "SL260400480"},
                           {"00000507", Fit::right, "", "00000507"},
                           {"2E15-7", Fit::right, "", "2E15-7"},
                           {"6.1E17", Fit::refused, "rounded_number", "6.1E17"},
                           {"6.10E+17", Fit::refused, "rounded_number", "6.10E+17"},
                           {"2.0260408000407e13", Fit::refused, "rounded_number", "2.0260408000407e13"},
                           {"20260305000101.0", Fit::refused, "rounded_number", "20260305000101.0"},
                           {"507.0", Fit::refused, "rounded_number", "507.0"},
                           {"GD\xEF\xBF\xBD", Fit::refused, "damaged", "GD\xEF\xBF\xBD"},
                           {"#N/A", Fit::refused, "spreadsheet_error", "#N/A"},
                           {"2,026,040,800,414", Fit::doubtful, "number_with_commas", "2026040800414"},
                           {"a\x01z", Fit::refused, "control_characters", "a\x01z"},
                           {"", Fit::none, "", ""},
                       });
}

TEST_CASE("an amount is read whole or not at all") {
    CHECK(cents_of("1,280") == 128'000);
    CHECK(cents_of("￥1,280.50元") == 128'050);
    CHECK(cents_of("３") == 300);
    CHECK(cents_of("1839.995") == 184'000);
    for (const char* written : {"1,5", "1.5.0", "12,80", "1,2800", ",280", "1e3", "-3", "3/4", "", "元", "1 280"}) {
        INFO(written);
        CHECK_FALSE(cents_of(written).has_value());
    }
    CHECK(decimal_of("１２．５") == 12.5);
    CHECK_FALSE(decimal_of("12.").has_value());
}
