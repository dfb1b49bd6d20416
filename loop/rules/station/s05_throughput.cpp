// More tests on a line than a day holds, by the shortest times their methods allow; and tests at night unlike peers
// (docs/threats.md, C4 and C5).
#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using Days = std::map<Day, stations::Busy>;
/// By station and line.
using DaysOfLines = std::map<std::pair<std::string, std::string>, Days>;

DaysOfLines days_of_lines(const Sweep& s, int days) {
    const auto window = stations::window(s.as_of, days);
    DaysOfLines out;
    s.statistics.tallies().lines.each(window.from, window.to, [&](const stations::LineWeek& at, const auto& line) {
        for (const auto& [day, busy] : line.busy)
            if (s.as_of - days < day && day <= s.as_of) out[{at.station_id, at.line_id}].emplace(day, busy);
    });
    return out;
}

void too_much(const DaysOfLines& lines, const Context& ctx, Flags& flags) {
    const double hours_max = ctx.number("S05", "hours_max");
    for (const auto& [of, days] : lines) {
        const auto& [id, line_id] = of;
        const Days::value_type* worst = nullptr;
        int over = 0;
        for (const auto& day : days) {
            if (day.second.least_s <= hours_max * 3600) continue;
            ++over;
            if (!worst || day.second.least_s > worst->second.least_s) worst = &day;
        }
        if (!worst || line_id.empty()) continue;
        const double hours = worst->second.least_s / 3600.0;
        constexpr double hours_of_day = 24;
        flags.push_back({.claim = "more_than_a_day_holds",
                         .grade = hours > hours_of_day ? Grade::strong : Grade::medium,
                         .score_permille = hours > hours_of_day ? 950 : 800,
                         .station_id = id,
                         .day = worst->first,
                         .values = {text("line", line_id), text("worst_day", format_day(worst->first)),
                                    number("tests", worst->second.tests, 0), number("hours", hours, 1, "h"),
                                    number("hours_max", hours_max, 0, "h"), number("days", over, 0)},
                         .key = "busy|" + id + "|" + line_id});
    }
}

void nights(const DaysOfLines& lines, const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S05", name); };
    std::map<std::string, statistics::Share> shares;
    for (const auto& [of, days] : lines)
        for (const auto& [day, busy] : days) shares[of.first] += {busy.night, busy.tests};
    std::vector<stations::Unit> units;
    for (const auto& [id, share] : shares) {
        units.push_back({id, "", {}});
        units.back().own.add({}, share);
    }
    const auto figures = stations::against_each_other(std::move(units), 0);
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        if (static_cast<double>(m.observed) < parameter("night_tests_min") ||
            c.ratio.mean() < parameter("night_ratio_min"))
            continue;
        Flag flag = flag_of(m, figures, "tests_at_night", c.p_high, c.q_high, s.as_of);
        flag.grade = Grade::weak;
        flag.score_permille = 500;
        flags.push_back(std::move(flag));
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto lines = days_of_lines(s, static_cast<int>(ctx.number("S05", "window_days")));
    too_much(lines, ctx, flags);
    nights(lines, s, ctx, flags);
}

}  // namespace

Rule s05() { return {.id = "S05", .sweep = sweep}; }

}  // namespace imloop::loop::rules
