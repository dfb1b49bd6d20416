// A station and a shop whose shared vehicles pass their first retest beyond what the station's habit and the shop's
// skill explain together (docs/threats.md, F10; loop/statistics/pairs.hpp). One owner of both has a reason: less is
// asked for.
#include <algorithm>
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/statistics/false_discovery.hpp"
#include "loop/statistics/funnel.hpp"
#include "loop/statistics/pairs.hpp"
#include "loop/statistics/tails.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using statistics::Share;
using Pairs = std::map<std::pair<std::string, std::string>, Share>;

/// First retests after a repair, and those that passed.
Pairs pairs_of(const Sweep& s, const stations::Window& window) {
    Pairs out;
    s.statistics.journeys().retests.each(
        window.from, window.to, [&](const stations::StationShopWeek& at, const stations::SharesByStratum& shares) {
            if (at.shop_id.empty()) return;
            for (const auto& [stratum, share] : shares)
                out[{at.station_id, at.shop_id}] += Share{share.of - share.hits, share.of};
        });
    return out;
}

std::vector<statistics::Pair> numbered(const Pairs& pairs) {
    std::map<std::string, std::size_t> rows, columns;
    std::vector<statistics::Pair> out;
    for (const auto& [key, share] : pairs)
        out.push_back({rows.try_emplace(key.first, rows.size()).first->second,
                       columns.try_emplace(key.second, columns.size()).first->second, share.hits, share.of});
    return out;
}

/// How a station's repaired vehicles are spread over shops, 1 being all from one.
double concentration_of(const Pairs& pairs, const std::string& station) {
    std::vector<std::int64_t> counts;
    for (const auto& [key, share] : pairs)
        if (key.first == station) counts.push_back(share.of);
    return statistics::concentration(counts);
}

bool have_one_owner(const Register& stations, const std::pair<std::string, std::string>& pair, Day day) {
    const auto a = stations.at(pair.first, start_of(day)), b = stations.at(pair.second, start_of(day));
    return a && b && same_owner(*a, *b);
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S10", name); };
    const Pairs pairs = pairs_of(s, stations::window(s.as_of, static_cast<int>(parameter("window_days"))));
    const auto residuals = statistics::beyond_main_effects(numbered(pairs));
    struct Candidate {
        const Pairs::value_type* pair;
        const statistics::PairResidual* residual;
    };
    std::vector<Candidate> candidates;
    std::vector<statistics::Deviation> deviations;
    std::size_t i = 0;
    for (const auto& pair : pairs) {
        const auto& residual = residuals[i++];
        if (static_cast<double>(pair.second.of) < parameter("vehicles_min") || residual.z == 0) continue;
        candidates.push_back({&pair, &residual});
        deviations.push_back({residual.z, 1});
    }
    const auto spread = statistics::dispersion(deviations);
    std::vector<double> p;
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        const Share& share = candidates[k].pair->second;
        const double rate = candidates[k].residual->expected / static_cast<double>(share.of);
        p.push_back(std::max(statistics::normal_above(statistics::z_of(deviations[k], spread)),
                             std::exp(statistics::log_binomial_at_least(share.hits, share.of, rate))));
    }
    const auto q = statistics::false_discovery_q(p);
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        const auto& [key, share] = *candidates[k].pair;
        const bool one_owner = have_one_owner(ctx.stations, key, s.as_of);
        if (q[k] > parameter(one_owner ? "owner_false_discoveries" : "false_discoveries")) continue;
        flags.push_back({.claim = one_owner ? "pair_of_one_owner_passes_too_often" : "pair_passes_too_often",
                         .grade = Grade::medium,
                         .score_permille = 750,
                         .station_id = key.first,
                         .other_station_id = key.second,
                         .day = s.as_of,
                         .values = {number("observed", static_cast<double>(share.hits), 0),
                                    number("of", static_cast<double>(share.of), 0),
                                    number("expected", candidates[k].residual->expected, 1),
                                    number("z", statistics::z_of(deviations[k], spread), 1), chance("chance", p[k]),
                                    number("false_discovery", q[k], 4),
                                    number("concentration", concentration_of(pairs, key.first), 2),
                                    number("pairs_compared", static_cast<double>(candidates.size()), 0),
                                    text("one_owner", one_owner ? "是 / yes" : "未登记 / not registered")},
                         .key = key.first + "|" + key.second});
    }
}

}  // namespace

Rule s10() { return {.id = "S10", .sweep = sweep}; }

}  // namespace imloop::loop::rules
