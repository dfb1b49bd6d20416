// Tests are aborted more often than at other stations: above 1.25 times what peers abort with the same vehicles, and
// beyond chance and honest spread (the rule of California's programme with a test of significance; docs/threats.md, C6
// and C7). And what gives aborts away: the vehicle passes a moment later, more often than elsewhere (docs/threats.md,
// B15).
#include <algorithm>

#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

stations::Figures followed_by_passes(const Sweep& s, const stations::Asked& asked) {
    std::map<std::string, std::map<statistics::Stratum, statistics::Share>> shares;
    const auto& [from, to] = asked.window;
    s.statistics.tallies().counts.each(from, to,
                                       [&](const stations::InspectorWeek& at, const stations::CountsByStratum& strata) {
                                           for (const auto& [stratum, counts] : strata)
                                               shares[at.station_id][stratum] += {0, asked.pick(counts).of};
                                       });
    s.statistics.journeys().aborts.each(
        from, to, [&](const stations::StationShopWeek& at, const stations::SharesByStratum& passed) {
            for (const auto& [stratum, share] : passed) shares[at.station_id][stratum] += {share.hits, 0};
        });
    std::vector<stations::Unit> units;
    for (const auto& [id, strata] : shares) {
        units.push_back({id, "", {}});
        for (const auto& [stratum, share] : strata)
            if (share.of > 0) units.back().own.add(stratum, {std::min(share.hits, share.of), share.of});
    }
    return stations::against_each_other(std::move(units), asked.expected_min);
}

void look(const stations::Figures& figures, std::string_view claim, double least, const Sweep& s, const Context& ctx,
          Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S06", name); };
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        if (static_cast<double>(m.observed) < least || c.ratio.mean() < parameter("ratio_min")) continue;
        Flag flag = flag_of(m, figures, claim, c.p_high, c.q_high, s.as_of);
        grade(flag, c.ratio.quantile(0.025), parameter("strong_ratio"), c.q_high, false);
        flags.push_back(std::move(flag));
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S06", name); };
    const auto window = stations::window(s.as_of, static_cast<int>(parameter("window_days")));
    look(stations::stations_by(s.statistics.tallies(), {window, stations::aborted_tests, parameter("expected_min")}),
         "aborts_too_many", 0, s, ctx, flags);
    look(followed_by_passes(s, {window, stations::aborted_tests, parameter("passes_expected_min")}),
         "aborts_then_passes", parameter("passes_min"), s, ctx, flags);
}

}  // namespace

Rule s06() { return {.id = "S06", .sweep = sweep}; }

}  // namespace imloop::loop::rules
