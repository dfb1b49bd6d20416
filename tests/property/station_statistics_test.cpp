// Prefectures made by construction, honest ones and ones with a few stations that let part of the failing vehicles
// pass, judged by the station statistics: what is found, what is flagged in vain. Honest stations differ: in volume, in
// vehicles, in what their analysers show (a shift of all readings) and in ways no statistic explains.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

#include "loop/rules/rule_table.hpp"
#include "loop/stations/gap.hpp"
#include "loop/stations/measured.hpp"

using namespace imloop::loop;
using namespace imloop::loop::stations;

namespace {

using Random = std::mt19937_64;

struct World {
    double flip = 0;          ///< share of failures that cheats make to passes
    int cheats = 0;           ///< of 60
    double shift_sd = 0.055;  ///< of ln readings between honest stations
    double own_sd = 0.08;     ///< of ln failure rates beyond that
};

constexpr int stations_of_prefecture = 60;
constexpr Day day = 20'000;

double normal(Random& r) { return std::normal_distribution<>()(r); }
std::int32_t poisson(Random& r, double mean) { return mean > 0 ? std::poisson_distribution<std::int32_t>(mean)(r) : 0; }
double below(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

struct Prefecture {
    Tallies tallies;
    std::set<std::string> cheats;
};

/// The station's tests of one stratum, bin by bin.
void fill(Tallies& to, const std::string& id, const statistics::Stratum& stratum, double tests, double middle,
          double spread, double flip, double own, Random& random) {
    constexpr int bins = 80;
    std::vector<std::int32_t> counts(bins + 1);
    for (int i = 0; i <= bins; ++i) {
        const double low = i == 0 ? 0 : below((std::log(i / 40.0) - middle) / spread);
        const double high = i == bins ? 1 : below((std::log((i + 1) / 40.0) - middle) / spread);
        counts[i] = poisson(random, tests * (high - low) * (i >= 40 ? own : 1));
    }
    std::vector<std::int32_t> passes = counts;
    for (int i = 40; i <= bins; ++i) {
        const auto flipped = std::binomial_distribution<std::int32_t>(counts[i], flip)(random);
        counts[i] -= flipped;
        for (int k = 0; k < flipped; ++k) {
            // Half are written just under the limit, half are another vehicle's.
            if (random() % 2)
                ++counts[30 + random() % 10];
            else
                ++counts[std::discrete_distribution<>(passes.begin(), passes.begin() + 40)(random)];
        }
    }
    for (int i = 0; i <= bins; ++i) {
        if (counts[i] == 0) continue;
        TestSeen t;
        t.station_id = id;
        t.inspector_id = t.line_id = "1";
        t.day = day;
        t.stratum = stratum;
        t.verdict = i >= 40 ? Verdict::fail : Verdict::pass;
        t.readings = {{1, (i + 0.5) / 40, {}}};
        to.add(t, counts[i]);
    }
}

Prefecture prefecture(const World& world, Random& random) {
    Prefecture out;
    constexpr int strata = 12;
    for (int s = 0; s < stations_of_prefecture; ++s) {
        const auto id = fmt::format("I610400-{:02}", s);
        const bool cheats = s % (stations_of_prefecture / std::max(world.cheats, 1)) == 3 && world.cheats > 0;
        if (cheats) out.cheats.insert(id);
        const double volume = std::clamp(2500 * std::exp(0.8 * normal(random)), 150.0, 20'000.0);
        const double shift = world.shift_sd * normal(random);
        const double own = std::exp(world.own_sd * normal(random));
        std::vector<double> weights;
        double sum = 0;
        for (int j = 0; j < strata; ++j) sum += weights.emplace_back(std::exp(0.8 * normal(random)));
        for (int j = 0; j < strata; ++j) {
            const statistics::Stratum stratum{{static_cast<std::uint8_t>(1 + j % 3),
                                               static_cast<std::uint8_t>(1 + j % 3 / 2),
                                               static_cast<std::uint8_t>(1 + j / 3), 1, 0}};
            // Failure rates from 2 to 30 %: older stages fail more.
            const double spread = 0.55 + 0.05 * (j % 3);
            const double middle = -spread * (2.05 - 0.5 * (j / 3) - 0.1 * (j % 3));
            fill(out.tallies, id, stratum, volume * weights[j] / sum, middle + shift, spread, cheats ? world.flip : 0,
                 own, random);
        }
    }
    return out;
}

struct Score {
    int found = 0, flagged = 0, cheats = 0, stations = 0;
    double precision() const { return flagged ? static_cast<double>(found) / flagged : 1; }
    double recall() const { return cheats ? static_cast<double>(found) / cheats : 1; }
    double share() const { return static_cast<double>(flagged) / stations; }
};

void judge(Score& score, const Prefecture& p, const std::set<std::string>& flagged) {
    score.cheats += static_cast<int>(p.cheats.size());
    score.stations += stations_of_prefecture;
    score.flagged += static_cast<int>(flagged.size());
    for (const auto& id : flagged) score.found += static_cast<int>(p.cheats.count(id));
}

/// S01 either way and S03, at the levels of their pages.
std::set<std::string> flagged_by_rules(const Tallies& tallies) {
    constexpr double expected_min = 20;
    const Window all{week_of(day), week_of(day)};
    const double rate_level = rules::rule_table("S01").parameters.at("false_discoveries").value;
    const double gap_level = rules::rule_table("S03").parameters.at("false_discoveries").value;
    std::set<std::string> out;
    for (const auto& m : stations_by(tallies, {all, failed_first_tests, expected_min}).each)
        if (m.enough && m.compared.q < rate_level) out.insert(m.station_id);
    for (const auto& m : gaps_above_limit(tallies, all, expected_min).each)
        if (m.enough && m.compared.q_low < gap_level) out.insert(m.station_id);
    return out;
}

/// IMLOOP_PREFECTURES=200 for figures to be quoted.
int prefectures() {
    const char* asked = std::getenv("IMLOOP_PREFECTURES");
    return asked ? std::atoi(asked) : 30;
}

Score score_of(const World& world) {
    Random random(1);
    Score score;
    for (int i = 0; i < prefectures(); ++i) {
        const auto p = prefecture(world, random);
        judge(score, p, flagged_by_rules(p.tallies));
    }
    fmt::print("flip {:.2f}, {} of {} stations: precision {:.2f}, recall {:.2f}, flagged {:.3f}\n", world.flip,
               world.cheats, stations_of_prefecture, score.precision(), score.recall(), score.share());
    return score;
}

}  // namespace

TEST_CASE("an honest year flags hardly any station") { CHECK(score_of({0, 0}).share() <= 0.02); }

TEST_CASE("stations that let three in ten failures pass are found") {
    const auto score = score_of({0.3, 4});
    CHECK(score.precision() >= 0.75);
    CHECK(score.recall() >= 0.6);
}

TEST_CASE("stations that let half the failures pass are found") {
    const auto score = score_of({0.5, 4});
    CHECK(score.precision() >= 0.9);
    CHECK(score.recall() >= 0.85);
}

TEST_CASE("where a sixth of all stations cheat, those that are flagged are cheats") {
    CHECK(score_of({0.3, 10}).precision() >= 0.75);
    const auto heavy = score_of({0.5, 10});
    CHECK(heavy.precision() >= 0.9);
    CHECK(heavy.recall() >= 0.6);
}
