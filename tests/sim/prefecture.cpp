#include "tests/sim/prefecture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/sim/random.hpp"

namespace imloop::sim {
namespace {

constexpr County all[] = {
    {"610402", "秦都", .16, .38, 400},  {"610404", "渭城", .13, .41, 410},  {"610403", "杨陵", .05, .92, 460},
    {"610422", "三原", .08, .30, 420},  {"610423", "泾阳", .08, .24, 430},  {"610424", "乾县", .08, .22, 620},
    {"610425", "礼泉", .07, .27, 550},  {"610426", "永寿", .03, .12, 1050}, {"610428", "长武", .03, .00, 1200},
    {"610429", "旬邑", .03, .00, 1100}, {"610430", "淳化", .03, .10, 1010}, {"610431", "武功", .06, .29, 450},
    {"610481", "兴平", .09, .33, 410},  {"610482", "彬州", .04, .18, 850},  {"610491", "高新", .02, .45, 400},
    {"610492", "经开", .02, .40, 400}};

/// What a day brings, smooth from one day to the next.
double of_day(std::uint64_t seed, std::uint64_t what, loop::Day day) {
    double sum = 0;
    for (int back = 0; back < 4; ++back)
        sum += Random(seed, 101 + what, static_cast<std::uint64_t>(day - back)).normal() * (1.0 - 0.25 * back);
    return sum / 1.37;
}

}  // namespace

std::span<const County> counties() { return all; }

Weather weather(std::uint64_t seed, const County& county, loop::Moment at) {
    const auto day = loop::day_of(at);
    const double hour = static_cast<double>(at - loop::start_of(day)) / 3'600'000.0;
    constexpr double turn = 2 * std::numbers::pi;
    const double warmth = -std::cos(turn * (std::fmod(day, 365.25) - 15) / 365.25);  // least in the middle of January
    const double sunny = of_day(seed, 0, day), front = of_day(seed, 1, day);
    const double course = -std::cos(turn * (hour - 3) / 24);
    const double above = county.altitude_m - 400;
    Weather out;
    out.temperature_c = 13.5 + 13.5 * warmth + 3 * sunny + (4 + sunny) * course - above * 0.0062;
    out.humidity_pct = std::clamp(60 + 8 * warmth - 9 * sunny - 13 * course + 5 * front, 14.0, 97.0);
    out.pressure_kpa = 101.9 * std::exp(-county.altitude_m / 8400) - 0.9 * warmth + 0.45 * front;
    return out;
}

}  // namespace imloop::sim
