#include "loop/suspects/observed/trace_facts.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace imloop::loop;
using namespace imloop::loop::rules;

namespace {

TraceFacts facts(const std::string& csv) { return facts_of(traces::parse_trace(csv).trace.value()); }

}  // namespace

TEST_CASE("a window's mean is between the lowest and the highest of its length") {
    std::string csv = "time_s,state,co_pct\n";
    for (int i = 0; i < 40; ++i) csv += std::to_string(i) + ",idle," + std::to_string(i) + "\n";
    const auto f = facts(csv);
    const auto* co = f.of(Part::idle, Channel::co);
    REQUIRE(co);
    CHECK(co->rows == 40);
    CHECK(co->min == 0);
    CHECK(co->max == 39);
    CHECK(co->mean == Approx(19.5));
    CHECK(co->window_min == Approx(14.5));                            // 0 to 29
    CHECK(co->window_max == Approx(24.5));                            // 10 to 39
    CHECK(f.of(Part::whole, Channel::co)->window_max == Approx(38));  // 37 to 39
    CHECK_FALSE(f.of(Part::high_idle, Channel::co));
    CHECK_FALSE(f.of(Part::idle, Channel::hc));
    CHECK(f.rows_of(Part::idle) == 40);
    CHECK(f.seconds == 40);
}

TEST_CASE("without states the engine's speed parts the two idles, with rollers it does not") {
    CHECK(facts("time_s,rpm\n0,2500\n1,2480\n5,1020\n6,760\n").rows_of(Part::idle) == 2);
    CHECK(facts("time_s,rpm\n0,2500\n1,2480\n5,1020\n6,760\n").rows_of(Part::high_idle) == 2);
    CHECK(facts("time_s,rpm,speed_kmh\n0,2500,25\n1,760,25\n").rows_of(Part::idle) == 0);
    CHECK(facts("time_s,state,rpm\n0,settle,2500\n1,idle,760\n").rows_of(Part::high_idle) == 0);
    CHECK(facts("time_s,rpm\n0,2500\n1,2480\n5,1020\n6,760\n").gap_s_max == 4);
}

TEST_CASE(
    "seconds that are missing or fall back are counted, whatever their step; one row lost now and then is whole") {
    const auto of = [](const std::vector<double>& seconds) {
        std::string csv = "time_s,rpm\n";
        for (const double s : seconds) csv += std::to_string(s) + ",2500\n";
        return facts(csv);
    };
    CHECK(of({0, 1, 2, 3, 4, 5}).goes_through());
    CHECK(of({1, 2, 3, 5, 6, 7}).missing_rows == 1);
    CHECK(of({1, 2, 3, 5, 6, 7}).goes_through());
    CHECK(of({1, 2, 3, 9, 10, 11}).missing_rows == 5);
    CHECK_FALSE(of({1, 2, 3, 9, 10, 11}).goes_through());
    CHECK(of({0, 1, 1, 3, 4, 4, 6}).missing_rows == 0);  // stamped just before and just after
    CHECK(of({0, 2, 4, 6, 8}).missing_rows == 0);
    CHECK(of({0, 0.5, 1, 1.5, 2}).missing_rows == 0);
    CHECK(of({0, 2, 1, 3, 4}).falls == 1);
    CHECK_FALSE(of({0, 2, 1, 3, 4}).goes_through());
    CHECK(of({7}).goes_through());
}

TEST_CASE("a pause between two parts is no hole, one within a part is") {
    const auto paused = facts("time_s,rpm\n0,2520\n1,2510\n2,2500\n7,1020\n8,760\n9,750\n");
    CHECK(paused.missing_rows == 0);
    CHECK(paused.gap_s_max == 5);
    CHECK(facts("time_s,rpm\n0,2520\n1,2510\n2,2500\n7,2490\n8,760\n9,750\n").missing_rows == 4);
    CHECK(facts("time_s,state,rpm\n0,idle,760\n1,idle,750\n9,high_idle,2500\n10,high_idle,2500\n").goes_through());
}

TEST_CASE("the two ASM modes are parted by the rollers") {
    const auto f = facts("time_s,state,speed_kmh\n0,hold,25\n1,stable,25\n2,test,25.4\n3,test,40\n4,test,\n");
    CHECK(f.rows_of(Part::mode_5025) == 2);
    CHECK(f.rows_of(Part::mode_2540) == 1);
    CHECK(f.rows_of(Part::whole) == 5);
}

TEST_CASE("a missing value is no value, and a column of them is none") {
    const auto f = facts("time_s,co_pct,hc_ppm\n0,,\n1,0.5,\n2,,\n");
    CHECK(f.of(Part::whole, Channel::co)->rows == 1);
    CHECK(f.of(Part::whole, Channel::co)->flat());
    CHECK_FALSE(f.of(Part::whole, Channel::hc));
}

TEST_CASE("a signal that is zero throughout is not given; one that lags follows") {
    std::string silent = "time_s,speed_kmh,obd_speed_kmh\n", late = silent;
    const auto speed = [](int i) { return i < 0 ? 20 : 20 + (i * i) % 31; };
    for (int i = 0; i < 40; ++i) {
        silent += std::to_string(i) + "," + std::to_string(speed(i)) + ",0\n";
        late += std::to_string(i) + "," + std::to_string(speed(i)) + "," + std::to_string(speed(i - 2)) + "\n";
    }
    CHECK(facts(silent).speed.rows == 0);
    const auto f = facts(late);
    CHECK(f.speed.rows == 40);
    CHECK(f.speed.correlation == Approx(1));
    CHECK(f.speed.bench_range == 28);
}

TEST_CASE("each free acceleration has its peak") {
    const auto f = facts("time_s,order,opacity_m1\n0,0,0.1\n1,1,0.4\n2,1,0.9\n3,2,0.7\n4,3,0.8\n5,3,0.2\n");
    CHECK(f.order_peaks == 3);
    CHECK(f.peaks[0] == Approx(0.9));
    CHECK(f.peaks[1] == Approx(0.7));
    CHECK(f.peaks[2] == Approx(0.8));
}

TEST_CASE("power over force times speed is the middle of its rows") {
    std::string csv = "time_s,speed_kmh,power_kw,load_n\n";
    for (int i = 0; i < 11; ++i) csv += std::to_string(i) + ",36,20,1000\n";
    const auto f = facts(csv);
    CHECK(f.power_rows == 11);
    CHECK(f.power_ratio == Approx(2));
    CHECK(facts("time_s,speed_kmh,power_kw,load_n\n0,5,2,1000\n").power_rows == 0);
}
