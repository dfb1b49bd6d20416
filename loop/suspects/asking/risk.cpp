#include "loop/suspects/asking/risk.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::loop::rules {
namespace {

constexpr int sure_permille = 990;

double logit(double p) { return std::log(p / (1 - p)); }

std::string_view said_of(const Suspects& suspects, const Flag& flag) {
    const Decision* decision = suspects.decision(flag.flag_id);
    return decision ? std::string_view(decision->action) : std::string_view();
}

int score_of(const Suspects& suspects, const Flag& flag) {
    const auto said = said_of(suspects, flag);
    if (said == "dismiss") return 0;
    return said == "confirm" ? sure_permille : std::min(flag.score_permille, sure_permille);
}

Risk weighed(const Suspects& suspects, const std::vector<const Flag*>& flags, double ratio) {
    std::map<std::string, const Flag*> strongest;  // by rule
    for (const Flag* flag : flags) {
        if (score_of(suspects, *flag) == 0) continue;
        const Flag*& best = strongest[flag->rule];
        if (!best || score_of(suspects, *flag) > score_of(suspects, *best)) best = flag;
    }
    if (strongest.empty() && ratio <= 1) return {};
    std::vector<const Flag*> order;
    double weight = logit(prior) + std::log(ratio);
    for (const auto& [rule, flag] : strongest) {
        order.push_back(flag);
        weight += std::max(0.0, logit(score_of(suspects, *flag) / 1000.0) - logit(prior));
    }
    std::ranges::stable_sort(order, std::greater(), [&](const Flag* f) { return score_of(suspects, *f); });
    Risk out;
    out.score_permille = std::min(sure_permille, static_cast<int>(std::lround(1000 / (1 + std::exp(-weight)))));
    for (const Flag* flag : order) out.flag_ids.push_back(flag->flag_id);
    return out;
}

/// Of the latest check that still holds.
double ratio_of_checks(const Suspects& suspects, const std::string& station) {
    const auto of = suspects.checks().find(station);
    if (of == suspects.checks().end()) return 1;
    const Check& latest = *of->second.rbegin();
    if (day_of(latest.occurred_at) + check_holds_days < suspects.swept_to()) return 1;
    return latest.found() ? found_ratio : clean_ratio;
}

}  // namespace

Risk risk_of(const Suspects& suspects, const std::vector<const Flag*>& flags) { return weighed(suspects, flags, 1); }

Risks risks(const Suspects& suspects) {
    std::map<std::string, std::vector<const Flag*>> stations, people;
    for (const auto& [id, owners] : suspects.flags()) {
        const Flag& flag = owners.begin()->second;
        if (flag.station_id.empty()) continue;
        stations[flag.station_id].push_back(&flag);
        if (!flag.person.empty()) people[flag.station_id + " " + flag.person].push_back(&flag);
    }
    for (const auto& [station, checks] : suspects.checks()) stations.try_emplace(station);
    Risks out;
    for (const auto& [station, flags] : stations)
        out.stations[station] = weighed(suspects, flags, ratio_of_checks(suspects, station));
    for (const auto& [person, flags] : people) out.people[person] = risk_of(suspects, flags);
    return out;
}

std::map<std::string, Meter> meters(const Suspects& suspects, const Projection& projection) {
    struct Vehicle {
        Grade grade = Grade::weak;
        bool is_confirmed = false;
        std::string strong_flag;
    };
    std::map<std::string, std::map<std::string, Vehicle>> vehicles;  // by station
    for (const auto& [id, owners] : suspects.flags()) {
        const Flag& flag = owners.begin()->second;
        const auto said = said_of(suspects, flag);
        if (flag.records.empty() || said == "dismiss") continue;
        auto of = projection.identity().vehicle_of(flag.records.front());
        auto& vehicle = vehicles[flag.station_id][of.empty() ? flag.records.front() : of];
        vehicle.is_confirmed = vehicle.is_confirmed || said == "confirm";
        vehicle.grade = std::max(vehicle.grade, flag.grade);
        if (flag.grade == Grade::strong && vehicle.strong_flag.empty()) vehicle.strong_flag = id;
    }
    std::map<std::string, Meter> out;
    for (const auto& [station, of] : vehicles) {
        Meter& meter = out[station];
        for (const auto& [id, vehicle] : of) {
            ++(vehicle.grade == Grade::strong   ? meter.strong
               : vehicle.grade == Grade::medium ? meter.medium
                                                : meter.weak);
            meter.confirmed += vehicle.is_confirmed ? 1 : 0;
            if (!vehicle.strong_flag.empty()) meter.strong_flags.push_back(vehicle.strong_flag);
        }
    }
    return out;
}

}  // namespace imloop::loop::rules
