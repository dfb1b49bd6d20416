#include "loop/stations/weekly.hpp"

#include <cassert>

#include "loop/statistics/strata.hpp"

namespace imloop::loop::stations {
namespace {

using statistics::Daily;
using statistics::Share;
using statistics::Strata;

constexpr std::int64_t peer_tests_min = 30;

using Levels = std::map<std::pair<std::uint8_t, Week>, Level>;

double mean_of(const Level& level) {
    assert(level.tests > 0);
    return static_cast<double>(level.sum_millionths) / 1e6 / static_cast<double>(level.tests);
}

Level without(const Levels& all, const Levels& own, const std::pair<std::uint8_t, Week>& key) {
    Level out = all.at(key);
    if (const auto it = own.find(key); it != own.end()) {
        out.tests -= it->second.tests;
        out.sum_millionths -= it->second.sum_millionths;
    }
    return out;
}

/// The channel's weeks less their weighted mean.
void centre(std::map<Week, Daily>& weeks) {
    double sum = 0;
    double weight = 0;
    for (const auto& [week, d] : weeks) {
        sum += d.mean * d.weight;
        weight += d.weight;
    }
    assert(weight > 0);
    for (auto& [week, d] : weeks) d.mean -= sum / weight;
}

LineWeeks line_weeks(const Levels& of_line, const Levels& all, const Levels& of_station) {
    LineWeeks out;
    for (const auto& [key, level] : of_line) {
        if (level.tests <= 0) continue;
        const Level peers = without(all, of_station, key);
        if (peers.tests < peer_tests_min) continue;
        out.channels[key.first][key.second] = {mean_of(level) - mean_of(peers), static_cast<double>(level.tests)};
    }
    std::map<Week, Daily> sums;
    for (auto& [channel, weeks] : out.channels) {
        centre(weeks);
        for (const auto& [week, d] : weeks) {
            sums[week].mean += d.mean * d.weight;
            sums[week].weight += d.weight;
        }
    }
    for (const auto& [week, sum] : sums) {
        out.weeks.push_back(week);
        out.level.push_back({sum.mean / sum.weight, sum.weight});
    }
    return out;
}

}  // namespace

std::map<std::string, std::vector<WeekOf>> failures_by_week(const Tallies& tallies, const Window& window) {
    using Shares = std::map<statistics::Stratum, Share>;
    std::map<std::string, std::map<Week, Shares>> by_station;
    tallies.counts.each(window.from, window.to, [&](const InspectorWeek& at, const CountsByStratum& cells) {
        for (const auto& [stratum, counts] : cells)
            if (counts.first != 0)
                by_station[at.station_id][at.week][stratum] += Share{counts.first_failed, counts.first};
    });
    std::map<std::string, Strata> strata;
    Strata all;
    for (const auto& [id, weeks] : by_station) {
        Shares of_station;
        for (const auto& [week, shares] : weeks)
            for (const auto& [stratum, share] : shares) of_station[stratum] += share;
        for (const auto& [stratum, share] : of_station) {
            strata[id].add(stratum, share);
            all.add(stratum, share);
        }
    }
    std::map<std::string, std::vector<WeekOf>> out;
    for (const auto& [id, weeks] : by_station) {
        std::map<statistics::Stratum, double> rates;
        for (const auto& [stratum, share] : strata.at(id).cells())
            rates[stratum] = statistics::rate_without(all, strata.at(id), stratum);
        for (const auto& [week, shares] : weeks) {
            WeekOf w{week, 0, 0, 0};
            for (const auto& [stratum, share] : shares) {
                w.tests += share.of;
                w.observed += share.hits;
                w.expected += static_cast<double>(share.of) * rates.at(stratum);
            }
            if (w.expected > 0) out[id].push_back(w);
        }
    }
    return out;
}

std::vector<LineWeeks> lines_by_week(const Tallies& tallies, const Window& window) {
    Levels all;
    std::map<std::string, Levels> of_stations;
    std::map<std::pair<std::string, std::string>, Levels> of_lines;
    tallies.lines.each(window.from, window.to, [&](const LineWeek& at, const Line& line) {
        for (const auto& [channel, level] : line.levels)
            for (Levels* levels : {&all, &of_stations[at.station_id], &of_lines[{at.station_id, at.line_id}]})
                (*levels)[{channel, at.week}] += level;
    });
    std::vector<LineWeeks> out;
    for (const auto& [of, levels] : of_lines) {
        LineWeeks weeks = line_weeks(levels, all, of_stations.at(of.first));
        std::tie(weeks.station_id, weeks.line_id) = of;
        if (!weeks.weeks.empty()) out.push_back(std::move(weeks));
    }
    return out;
}

Together together(const LineWeeks& line, Week at, bool up, double tests_min) {
    Together out;
    for (const auto& [channel, weeks] : line.channels) {
        Daily before{}, after{};
        for (const auto& [week, d] : weeks) {
            Daily& side = week < at ? before : after;
            side.mean += d.mean * d.weight;
            side.weight += d.weight;
        }
        if (before.weight < tests_min || after.weight < tests_min) continue;
        ++out.of;
        out.moved += (after.mean / after.weight > before.mean / before.weight) == up;
    }
    return out;
}

}  // namespace imloop::loop::stations
