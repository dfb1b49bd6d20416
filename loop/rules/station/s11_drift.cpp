// A line's readings step down or up on a date, all gases together, beside the same weeks at other stations: a scaled
// board, a leak, a throttled probe (docs/threats.md, B10). And a station's failures against its vehicles' step likewise
// (docs/threats.md, D4).
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/stations/weekly.hpp"
#include "loop/statistics/false_discovery.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using statistics::Change;
using statistics::Daily;

std::vector<double> q_of(const std::vector<Change>& changes) {
    std::vector<double> p;
    for (const auto& c : changes) p.push_back(c.p);
    return statistics::false_discovery_q(p);
}

Flag flag_of(const Change& c, double q, std::string claim, const std::string& station, Day at) {
    return {.claim = std::move(claim),
            .grade = Grade::medium,
            .score_permille = 750,
            .station_id = station,
            .day = at,
            .values = {text("since", format_day(at)), number("z", c.z, 1), chance("chance", c.p),
                       number("false_discovery", q, 4)}};
}

void lines(const Sweep& s, const Context& ctx, const stations::Window& window, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S11", name); };
    std::vector<stations::LineWeeks> seen;
    std::vector<Change> changes;
    for (auto& line : stations::lines_by_week(s.statistics.tallies(), window))
        if (const auto change = statistics::change_point(line.level)) {
            changes.push_back(*change);
            seen.push_back(std::move(line));
        }
    const double tempered = statistics::temper(changes);
    const auto q = q_of(changes);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const Change& c = changes[i];
        const bool up = c.after > c.before;
        const double step = std::exp(c.after - c.before) - 1;
        if (q[i] > parameter("false_discoveries") || std::abs(step) < parameter("step_min")) continue;
        const stations::Week week = seen[i].weeks[c.at];
        const auto both = stations::together(seen[i], week, up, parameter("channel_tests_min"));
        if (both.moved < both.of || both.of < 2) continue;
        Flag flag =
            flag_of(c, q[i], up ? "readings_rose" : "readings_fell", seen[i].station_id, stations::monday_of(week));
        flag.values.push_back(text("line", seen[i].line_id));
        flag.values.push_back(number("step", 100 * step, 0, "%"));
        flag.values.push_back(number("channels", both.of, 0));
        flag.values.push_back(number("tempered", tempered, 2));
        flag.key = flag.claim + "|" + flag.station_id + "|" + seen[i].line_id;
        if (up) flag.grade = Grade::weak;
        flags.push_back(std::move(flag));
    }
}

void failures(const Sweep& s, const Context& ctx, const stations::Window& window, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S11", name); };
    std::vector<std::pair<std::string, std::vector<stations::WeekOf>>> seen;
    std::vector<Change> changes;
    for (auto& [id, weeks] : stations::failures_by_week(s.statistics.tallies(), window)) {
        // Ratio by week, weighted by what was expected: its variance is about 1 / expected.
        std::vector<Daily> ratios;
        double expected = 0;
        for (const auto& w : weeks) {
            ratios.push_back({static_cast<double>(w.observed) / w.expected, w.expected});
            expected += w.expected;
        }
        if (expected < parameter("expected_min")) continue;
        if (const auto change = statistics::change_point(ratios)) {
            changes.push_back(*change);
            seen.emplace_back(id, std::move(weeks));
        }
    }
    const double tempered = statistics::temper(changes);
    const auto q = q_of(changes);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const Change& c = changes[i];
        const bool fell = c.after < c.before;
        const double step = c.before > 0 ? c.after / c.before - 1 : 0;
        if (q[i] > parameter("false_discoveries") || std::abs(step) < parameter("failures_step_min")) continue;
        Flag flag = flag_of(c, q[i], fell ? "failures_fell" : "failures_rose", seen[i].first,
                            stations::monday_of(seen[i].second[c.at].week));
        flag.values.push_back(number("before", c.before, 2));
        flag.values.push_back(number("after", c.after, 2));
        flag.values.push_back(number("tempered", tempered, 2));
        if (!fell) flag.grade = Grade::weak;
        flags.push_back(std::move(flag));
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto window = stations::window(s.as_of, static_cast<int>(ctx.number("S11", "window_days")));
    lines(s, ctx, window, flags);
    failures(s, ctx, window, flags);
}

}  // namespace

Rule s11() { return {.id = "S11", .sweep = sweep}; }

}  // namespace imloop::loop::rules
