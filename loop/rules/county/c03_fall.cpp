// A county's failures fall suddenly against what its vehicles should fail: stations agree on something, or limits or
// equipment changed for all (docs/threats.md, D4, of a county).
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/stations/weekly.hpp"
#include "loop/statistics/false_discovery.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using ByWeek = std::map<stations::Week, stations::WeekOf>;

std::map<std::string, ByWeek> weeks_by_county(const Sweep& s, const Context& ctx, const stations::Window& window) {
    std::map<std::string, ByWeek> out;
    for (const auto& [id, weeks] : stations::failures_by_week(s.statistics.tallies(), window)) {
        const auto station = ctx.stations.at(id, start_of(s.as_of));
        if (!station || !s.policy().inside(station->county)) continue;
        for (const auto& w : weeks) {
            auto& sum = out[station->county][w.week];
            sum.week = w.week;
            sum.observed += w.observed;
            sum.expected += w.expected;
        }
    }
    return out;
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("C03", name); };
    const auto window = stations::window(s.as_of, static_cast<int>(parameter("window_days")));
    std::vector<std::pair<std::string, std::vector<stations::Week>>> seen;
    std::vector<statistics::Change> changes;
    for (const auto& [code, by_week] : weeks_by_county(s, ctx, window)) {
        std::vector<statistics::Daily> ratios;
        std::vector<stations::Week> weeks;
        double expected = 0;
        for (const auto& [week, w] : by_week) {
            ratios.push_back({static_cast<double>(w.observed) / w.expected, w.expected});
            weeks.push_back(week);
            expected += w.expected;
        }
        if (expected < parameter("expected_min")) continue;
        if (const auto change = statistics::change_point(ratios)) {
            changes.push_back(*change);
            seen.emplace_back(code, std::move(weeks));
        }
    }
    statistics::temper(changes);
    std::vector<double> p;
    for (const auto& c : changes) p.push_back(c.p);
    const auto q = statistics::false_discovery_q(p);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& c = changes[i];
        if (q[i] > parameter("false_discoveries") || c.after > (1 - parameter("fall_min")) * c.before) continue;
        const Day since = stations::monday_of(seen[i].second[c.at]);
        flags.push_back(
            {.claim = "failures_fell",
             .grade = Grade::medium,
             .score_permille = 700,
             .county = seen[i].first,
             .day = since,
             .values = {text("since", format_day(since)), number("before", c.before, 2), number("after", c.after, 2),
                        chance("chance", c.p), number("false_discovery", q[i], 4)}});
    }
}

}  // namespace

Rule c03() { return {.id = "C03", .sweep = sweep}; }

}  // namespace imloop::loop::rules
