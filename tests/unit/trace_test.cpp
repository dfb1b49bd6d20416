// The CSV of a trace.
#include "loop/traces/trace.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace imloop::loop::traces;

namespace {

TraceError error_of(std::string_view csv) {
    const auto parsed = parse_trace(csv);
    CHECK_FALSE(parsed.trace);
    CHECK_FALSE(parsed.error.zh.empty());
    CHECK_FALSE(parsed.error.en.empty());
    return parsed.error;
}

void check_place(std::string_view csv, std::size_t line, const std::string& column) {
    INFO(csv.substr(0, 200));
    const auto error = error_of(csv);
    CHECK(error.line == line);
    CHECK(error.column == column);
}

}  // namespace

TEST_CASE("a trace is read into columns of numbers, states and times") {
    const auto parsed = parse_trace("time_s,state,co_pct,rpm\n0,hold,0.14,1690\n1,test,,1727.5\n3,,-1e-2,\n");
    REQUIRE(parsed.trace);
    const auto& trace = *parsed.trace;
    CHECK(trace.rows() == 3);
    CHECK(trace.time_s == std::vector<double>{0, 1, 3});
    CHECK(trace.state == std::vector{State::hold, State::test, State::unknown});
    const auto co = trace.column("co_pct"), rpm = trace.column("rpm");
    REQUIRE(co.size() == 3);
    CHECK(co[0] == 0.14);
    CHECK(std::isnan(co[1]));
    CHECK(co[2] == -0.01);
    REQUIRE(rpm.size() == 3);
    CHECK(rpm[1] == 1727.5);
    CHECK(std::isnan(rpm[2]));
    CHECK(trace.column("hc_ppm").empty());
}

TEST_CASE("further columns are kept, their words read as missing; the order of columns is free") {
    const auto parsed = parse_trace("maker_note,co_pct,time_s,state_code\nok,0.1,0,4\n,0.2,1,5");
    REQUIRE(parsed.trace);
    CHECK(parsed.trace->rows() == 2);
    CHECK(parsed.trace->column("state_code")[1] == 5);
    CHECK(std::isnan(parsed.trace->column("maker_note")[0]));
    CHECK(parsed.trace->state == std::vector{State::unknown, State::unknown});
}

TEST_CASE("times that fall or stand twice are kept for rules to judge") {
    CHECK(parse_trace("time_s,co_pct\n0,1\n-7,1\n-7,2\n").trace->time_s == std::vector<double>{0, -7, -7});
}

TEST_CASE("every state of the contract has its name, other words are unknown") {
    for (int i = 1; i <= static_cast<int>(State::cycle); ++i)
        CHECK(state_named(name_of(static_cast<State>(i))) == static_cast<State>(i));
    CHECK(state_named("") == State::unknown);
    CHECK(state_named("coast") == State::unknown);
    CHECK(is_contract_column("obd_speed_kmh"));
    CHECK_FALSE(is_contract_column("order"));
}

TEST_CASE("what is no trace is named by line and column") {
    check_place("", 1, "");
    check_place("time_s,co_pct\n", 1, "");
    check_place("co_pct\n0.1\n", 1, "");
    check_place("time_s,,co_pct\n", 1, "");
    check_place("time_s,co_pct,co_pct\n0,1,2\n", 1, "co_pct");
    check_place("time_s,co_pct\n0,0.1\n1,abc\n", 3, "co_pct");
    check_place("time_s,co_pct\n0,0.1\n1,0.1 \n", 3, "co_pct");
    check_place("time_s,co_pct\n0,nan\n", 2, "co_pct");
    check_place("time_s,co_pct\n0,1e999\n", 2, "co_pct");
    check_place("time_s,co_pct\n0,0.1\r\n", 2, "co_pct");
    check_place("time_s,co_pct\n0,0.1,7\n", 2, "");
    check_place("time_s,co_pct\n0,0.1\n1\n", 3, "");
    check_place("time_s,co_pct\n0,0.1\n\n", 3, "");
    check_place("time_s,co_pct\n,0.1\n", 2, "time_s");
}

TEST_CASE("a trace of 3600 rows, 64 columns is read, one more of either is refused") {
    std::string rows = "time_s,co_pct\n";
    for (std::size_t i = 0; i < trace_rows_max; ++i) rows += std::to_string(i) + ",0.1\n";
    CHECK(parse_trace(rows).trace->rows() == trace_rows_max);
    check_place(rows + "3600,0.1\n", trace_rows_max + 2, "");

    std::string header = "time_s", row = "0";
    for (std::size_t i = 1; i < trace_columns_max; ++i) {
        header += ",c" + std::to_string(i);
        row += ",1";
    }
    CHECK(parse_trace(header + "\n" + row).trace->columns.size() == trace_columns_max - 1);
    check_place(header + ",more\n" + row + ",1", 1, "");
    check_place(std::string(trace_bytes_max + 1, ','), 0, "");
}

TEST_CASE("a part of a trace has its rows in every column") {
    const auto trace = *parse_trace("time_s,state,co_pct\n0,hold,1\n1,test,2\n2,test,3\n3,idle,4\n").trace;
    const auto part = trace.cut(1, 3);
    CHECK(part.time_s == std::vector<double>{1, 2});
    CHECK(part.state == std::vector{State::test, State::test});
    CHECK(part.columns.at(0).name == "co_pct");
    CHECK(part.columns.at(0).values == std::vector<double>{2, 3});
    CHECK(trace.cut(2, 2).rows() == 0);
}
