#include "loop/suspects/asking/risk.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::loop::rules {
namespace {

constexpr int sure_permille = 990;

double logit(double p) { return std::log(p / (1 - p)); }

/// What a flag says, an officer's word considered.
struct Evidence {
    std::string flag_id, rule;
    int score = 0;  ///< 0: nothing
};

std::string said_of(const Suspects& suspects, const std::string& flag_id) {
    const auto decision = suspects.decision(flag_id);
    return decision ? decision->action : std::string();
}

Evidence evidence_of(const Suspects& suspects, const Flag& flag) {
    const auto said = said_of(suspects, flag.flag_id);
    const int score = said == "dismiss"   ? 0
                      : said == "confirm" ? sure_permille
                                          : std::min(flag.score_permille, sure_permille);
    return {flag.flag_id, flag.rule, score};
}

Risk weighed(const std::vector<Evidence>& evidence, double ratio) {
    std::map<std::string, const Evidence*> strongest;  // by rule
    for (const auto& one : evidence) {
        if (one.score == 0) continue;
        const Evidence*& best = strongest[one.rule];
        if (!best || one.score > best->score) best = &one;
    }
    if (strongest.empty() && ratio <= 1) return {};
    std::vector<const Evidence*> order;
    double weight = logit(prior) + std::log(ratio);
    for (const auto& [rule, one] : strongest) {
        order.push_back(one);
        weight += std::max(0.0, logit(one->score / 1000.0) - logit(prior));
    }
    std::ranges::stable_sort(order, std::greater(), &Evidence::score);
    Risk out;
    out.score_permille = std::min(sure_permille, static_cast<int>(std::lround(1000 / (1 + std::exp(-weight)))));
    for (const auto* one : order) out.flag_ids.push_back(one->flag_id);
    return out;
}

/// Of the latest check, as long as it holds.
double ratio_of(const Check& latest, Day today) {
    if (day_of(latest.occurred_at) + check_holds_days < today) return 1;
    return latest.found() ? found_ratio : clean_ratio;
}

}  // namespace

Risk risk_of(const Suspects& suspects, const Flags& flags) {
    std::vector<Evidence> evidence;
    for (const Flag& flag : flags) evidence.push_back(evidence_of(suspects, flag));
    return weighed(evidence, 1);
}

Risks risks(const Suspects& suspects) {
    std::map<std::string, std::vector<Evidence>> stations, people;
    suspects.each_flag([&](const Flag& flag) {
        if (flag.station_id.empty()) return;
        const auto evidence = evidence_of(suspects, flag);
        stations[flag.station_id].push_back(evidence);
        if (!flag.person.empty()) people[flag.station_id + " " + flag.person].push_back(evidence);
    });
    std::map<std::string, double> ratios;  // of stations that were checked
    const Day today = suspects.swept_to();
    suspects.each_check([&](const std::string& station, const Check& check) {
        ratios[station] = ratio_of(check, today);
        stations.try_emplace(station);
    });
    Risks out;
    for (const auto& [station, evidence] : stations) {
        const auto checked = ratios.find(station);
        out.stations[station] = weighed(evidence, checked == ratios.end() ? 1 : checked->second);
    }
    for (const auto& [person, evidence] : people) out.people[person] = weighed(evidence, 1);
    return out;
}

std::map<std::string, Meter> meters(const Suspects& suspects, const Projection& projection) {
    struct Vehicle {
        Grade grade = Grade::weak;
        bool is_confirmed = false;
        std::string strong_flag;
    };
    std::map<std::string, std::map<std::string, Vehicle>> vehicles;  // by station
    suspects.each_flag([&](const Flag& flag) {
        const auto said = said_of(suspects, flag.flag_id);
        if (flag.records.empty() || said == "dismiss") return;
        auto of = projection.identity().vehicle_of(flag.records.front());
        auto& vehicle = vehicles[flag.station_id][of.empty() ? flag.records.front() : of];
        vehicle.is_confirmed = vehicle.is_confirmed || said == "confirm";
        vehicle.grade = std::max(vehicle.grade, flag.grade);
        if (flag.grade == Grade::strong && vehicle.strong_flag.empty()) vehicle.strong_flag = flag.flag_id;
    });
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
