#include "loop/rules/station/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace imloop::loop::rules {
namespace {

std::string grouped(std::int64_t n) {
    std::string out = std::to_string(n);
    for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
        out.insert(static_cast<std::size_t>(at), ",");
    return out;
}

}  // namespace

Value chance(std::string_view name, double p) {
    constexpr double least = 1e-9;
    if (p > 0.1) return text(name, "> 1/10");
    if (p < least) return text(name, "< 1/" + grouped(std::llround(1 / least)));
    const double odds = 1 / p;
    const double round_to = std::pow(10, std::max(0.0, std::floor(std::log10(odds)) - 1));
    return text(name, "1/" + grouped(std::llround(std::round(odds / round_to) * round_to)));
}

Flag flag_of(const stations::Measured& m, const stations::Figures& all, std::string_view claim, double p, double q,
             Day as_of) {
    const auto& ratio = m.compared.ratio;
    const double level = statistics::level_of(all.spread);
    return {
        .claim = std::string(claim),
        .station_id = m.station_id,
        .person = m.inspector_id,
        .day = as_of,
        .values = {number("observed", static_cast<double>(m.observed), 0), number("expected", m.expected * level, 1),
                   number("of", static_cast<double>(m.of), 0), number("ratio", ratio.mean(), 2),
                   number("ratio_low", ratio.quantile(0.025), 2), number("ratio_high", ratio.quantile(0.975), 2),
                   chance("chance", p), number("false_discovery", q, 4),
                   number("spread", std::sqrt(all.spread.tau2), 3), number("strata", static_cast<double>(m.strata), 0),
                   number("peer_tests", static_cast<double>(m.peers), 0),
                   number("stations_compared", static_cast<double>(all.compared), 0)}};
}

void grade(Flag& flag, double favourable_ratio, double strong_ratio, double q, bool is_low) {
    const bool is_far = is_low ? favourable_ratio < strong_ratio : favourable_ratio > strong_ratio;
    flag.grade = is_far ? Grade::strong : Grade::medium;
    constexpr int medium_score = 750, strong_score = 900, step = 50;
    flag.score_permille = (is_far ? strong_score : medium_score) + (q < 0.001 ? step : 0);
}

}  // namespace imloop::loop::rules
