// Numbers worked out by tests/oracle/expected_statistics.py, which shares no code or method with loop/statistics.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "journal/json.hpp"
#include "loop/statistics/bunching.hpp"
#include "loop/statistics/change_point.hpp"
#include "loop/statistics/comparison.hpp"
#include "loop/statistics/digits.hpp"
#include "loop/statistics/false_discovery.hpp"
#include "loop/statistics/funnel.hpp"
#include "loop/statistics/histogram.hpp"
#include "loop/statistics/isotonic.hpp"
#include "loop/statistics/pairs.hpp"
#include "loop/statistics/robust.hpp"
#include "loop/statistics/shrinkage.hpp"
#include "loop/statistics/strata.hpp"
#include "loop/statistics/tails.hpp"
#include "tests/support/files.hpp"

using namespace imloop::loop::statistics;
using nlohmann::json;

namespace {

const json& oracle(const char* part) {
    static const json all = imloop::journal::parsed(
        imloop::test::read_file(imloop::test::source_dir() / "tests/oracle/expected_statistics.json"));
    return all.at(part);
}

using Doubles = std::vector<double>;

auto near(double value) { return Approx(value).epsilon(1e-9).margin(1e-12); }

void check_near(const Doubles& values, const Doubles& expected) {
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == near(expected[i]));
}

}  // namespace

TEST_CASE("tails of counts are exact where a double would be 0") {
    for (const auto& c : oracle("tails")["binomial"]) {
        INFO(c.dump());
        CHECK(log_binomial_at_most(c["k"], c["n"], c["p"]) == near(c["at_most"]));
        CHECK(log_binomial_at_least(c["k"], c["n"], c["p"]) == near(c["at_least"]));
    }
    for (const auto& c : oracle("tails")["poisson"]) {
        INFO(c.dump());
        CHECK(log_poisson_at_most(c["k"], c["mean"]) == near(c["at_most"]));
        CHECK(log_poisson_at_least(c["k"], c["mean"]) == near(c["at_least"]));
    }
    CHECK(log_binomial_at_most(0, 4000, 0.5) == near(4000 * std::log(0.5)));
}

TEST_CASE("tails of the impossible and the certain") {
    const double never = -std::numeric_limits<double>::infinity();
    CHECK(log_binomial_at_least(1, 10, 0) == never);
    CHECK(log_binomial_at_least(11, 10, 0.5) == never);
    CHECK(log_binomial_at_most(-1, 10, 0.5) == never);
    CHECK(log_binomial_at_most(9, 10, 1) == never);
    CHECK(log_binomial_at_least(10, 10, 1) == 0);
    CHECK(log_binomial_at_least(0, 0, 0.5) == 0);
    CHECK(log_poisson_at_least(1, 0) == never);
    CHECK(log_poisson_at_most(0, 0) == 0);
    CHECK(log_poisson_at_most(-1, 5) == never);
    CHECK(two_sided(std::log(0.6), std::log(0.7)) == 1);
    CHECK(two_sided(std::log(0.01), 0) == near(0.02));
    CHECK(normal_above(1.959963984540054) == near(0.025));
    CHECK(normal_above_inverse(0.001) == near(3.090232306167813));
    CHECK(chi_square_above(20, 8) == near(oracle("digits")["p_of_20_at_8"]));
}

TEST_CASE("false discovery: the paper's example rejects four of fifteen") {
    const auto& c = oracle("false_discovery");
    const Doubles p = c["p"];
    const auto q = false_discovery_q(p);
    check_near(q, c["q"]);
    CHECK(std::count_if(q.begin(), q.end(), [](double v) { return v <= 0.05; }) == 4);
    // The order given is kept; nothing gives nothing.
    check_near(false_discovery_q(Doubles{0.5, 0.01, 0.02}), {0.5, 0.03, 0.03});
    CHECK(false_discovery_q({}).empty());
}

TEST_CASE("shrinkage: the districts of Scotland") {
    const auto& c = oracle("shrinkage");
    std::vector<Count> counts;
    for (std::size_t i = 0; i < c["observed"].size(); ++i) counts.push_back({c["observed"][i], c["expected"][i]});
    const Gamma all = ratios_of_all(counts);
    CHECK(all.shape == Approx(c["shape"].get<double>()).epsilon(1e-6));
    CHECK(all.rate == Approx(c["rate"].get<double>()).epsilon(1e-6));
    for (const auto& q : c["quantiles"])
        CHECK(Gamma{q["shape"], q["rate"]}.quantile(q["share"]) == Approx(q["at"].get<double>()).epsilon(1e-9));
    // A count of nothing in 1.8 expected is drawn to the mean, one of 28 in 88.7 hardly.
    CHECK(ratio_of({0, 1.8}, all).mean() == Approx(1.6440153 / 2.9488430).epsilon(1e-6));
    CHECK(ratio_of({28, 88.7}, all).mean() == Approx(29.6440153 / 89.8488430).epsilon(1e-6));
}

TEST_CASE("shrinkage: stations that differ by chance alone are alike") {
    CHECK(ratios_of_all(std::vector<Count>{{10, 10}, {21, 20}, {30, 30}, {0, 0}}).shape == alike);
    CHECK(ratios_of_all(std::vector<Count>{{10, 10}}).shape == alike);
    CHECK(ratios_of_all(std::vector<Count>{{0, 10}, {0, 10}}).mean() == 1);
}

TEST_CASE("strata: a station is never its own peer, and thin strata lean on their margins") {
    const Stratum old_asm{{1, 1, 1, 3, 0}};
    const Stratum new_asm{{1, 1, 1, 1, 0}};
    Strata own;
    own.add(old_asm, {90, 100});
    Strata all;
    all.add(old_asm, {90, 100});
    all.add(old_asm, {30, 70});
    all.add(new_asm, {10, 130});
    // Others: 40 of 200 in every margin down to the stage, 30 of 70 in the stratum. Weight 30 at each level.
    double margin = 40.5 / 201;
    const double of_all = margin;
    for (int level = 0; level < 3; ++level) margin = (40 + 30 * margin) / (200 + 30);
    const double by_age = (30 + 30 * margin) / (70 + 30);
    const double by_mileage = (30 + 30 * by_age) / (70 + 30);
    CHECK(rate_without(all, own, old_asm) == near(by_mileage));
    const auto expected = expected_without(all, own);
    CHECK(expected.own.hits == 90);
    CHECK(expected.own.of == 100);
    CHECK(expected.hits == near(100 * by_mileage));
    CHECK(expected.variance == near(100 * by_mileage * (1 - by_mileage)));
    CHECK(expected.peers == 70);
    // A stratum nobody else has is its margins' alone; without any peers there is no rate.
    CHECK(rate_without(all, own, Stratum{{2, 0, 0, 0, 0}}) == near(of_all));
    CHECK(rate_without(own, own, old_asm) == 0);
    // Taking out what was put in leaves nothing.
    all.add(old_asm, {-90, -100});
    CHECK(all.at(old_asm, Stratum::dimensions).of == 70);
}

TEST_CASE("funnel: winsorised spread, random effects, limits") {
    const auto& c = oracle("funnel");
    std::vector<Deviation> all;
    for (std::size_t i = 0; i < c["values"].size(); ++i) all.push_back({c["values"][i], c["errors"][i]});
    const auto d = dispersion(all);
    CHECK(d.centre == near(c["centre"]));
    CHECK(d.phi == near(c["phi"]));
    CHECK(d.tau2 == near(c["tau2"]));
    const auto limits = funnel_limits(0.1, d, alarm_limits);
    CHECK(limits.low == near(c["alarm_low"]));
    CHECK(limits.high == near(c["alarm_high"]));
    CHECK(z_of({limits.high, 0.1}, d) == near(3.090232306167813));
}

TEST_CASE("funnel: alike stations have no random effects; nothing has the normal's limits") {
    const auto d = dispersion(std::vector<Deviation>{{0.1, 0.2}, {-0.1, 0.2}, {0.05, 0.2}});
    CHECK(d.tau2 == 0);
    CHECK(dispersion({}).phi == 1);
    CHECK(winsorised_phi(Doubles{1, -1, 1, -1}, 0) == near(1));
    CHECK(funnel_limits(1, {}, warning_limits).high == near(1.959963984540054));
}

TEST_CASE("bunching: mass beyond a smooth curve") {
    const auto& c = oracle("bunching");
    const auto e = excess_in(c["bins"].get<std::vector<std::int64_t>>(), c["from"], c["to"], c["degree"]);
    CHECK(e.observed == c["observed"]);
    CHECK(e.expected == near(c["expected"]));
    CHECK(e.error == near(c["error"]));
}

TEST_CASE("digits: two samples, distance, repeats") {
    const auto& c = oracle("digits");
    const auto t = digit_test(c["own"].get<Digits>(), c["peers"].get<Digits>());
    CHECK(t.freedom == 9);
    CHECK(t.chi_square == near(c["chi_square"]));
    CHECK(t.g == near(c["g"]));
    CHECK(t.distance == near(c["distance"]));
    CHECK(digit_p(t) == near(chi_square_above(c["chi_square"], 9)));
    CHECK(digit_p(t, 2) == near(chi_square_above(c["chi_square"].get<double>() / 2, 9)));
    // Digits nobody has are not counted, and a sample against nothing says nothing.
    const Digits halves{5, 0, 0, 0, 0, 5, 0, 0, 0, 0};
    CHECK(digit_test(halves, halves).freedom == 1);
    CHECK(digit_test(halves, halves).chi_square == 0);
    CHECK(digit_p(digit_test(halves, {})) == 1);
    CHECK(digit_test(Digits{9}, Digits{0, 9}).distance == near(1));
    // Chi-squares at three times their median.
    const double middle = 9 * std::pow(1 - 2.0 / 81, 3);
    CHECK(digit_dispersion(std::vector<DigitTest>(5, {3 * middle, 0, 9, 0})) == near(3));
    CHECK(digit_dispersion({}) == 1);
    CHECK(expected_pairs(23, 1.0 / 365) == near(253.0 / 365));
    CHECK(pairs_in(std::vector<std::int64_t>{1, 2, 4}) == 7);
}

TEST_CASE("change point: where, how much, by what chance") {
    const auto& c = oracle("change_point");
    std::vector<Daily> days;
    for (std::size_t i = 0; i < c["values"].size(); ++i) days.push_back({c["values"][i], c["weights"][i]});
    const auto found = change_point(days).value();
    CHECK(found.at == c["at"]);
    CHECK(found.before == near(c["before"]));
    CHECK(found.after == near(c["after"]));
    CHECK(found.z == near(c["z"]));
    CHECK(found.p == near(c["p"]));
    CHECK(change_points(days).size() == 1);
    CHECK_FALSE(change_point(std::span(days).first(9)));
    CHECK_FALSE(change_point(std::vector<Daily>(20, {1, 1})));
}

TEST_CASE("change point: level sequences are called no more often than the p says") {
    std::mt19937_64 random(1);
    std::normal_distribution<> normal;
    int called = 0;
    constexpr int sequences = 2000;
    for (int i = 0; i < sequences; ++i) {
        std::vector<Daily> days;
        for (int day = 0; day < 120; ++day) {
            const double weight = 5 + day % 20;
            days.push_back({normal(random) / std::sqrt(weight), weight});
        }
        called += change_point(days)->p < 0.05;
    }
    CHECK(called < sequences * 0.065);
    CHECK(called > sequences * 0.02);
}

TEST_CASE("change points: two changes, in order") {
    std::vector<Daily> days;
    for (int i = 0; i < 90; ++i) days.push_back({(i / 30 == 1 ? 2.0 : 1.0) + (i % 2) * 0.1 + (i % 3) * 0.05, 1});
    const auto found = change_points(days);
    REQUIRE(found.size() == 2);
    CHECK(found[0].at == 30);
    CHECK(found[1].at == 60);
    CHECK(found[0].z > 0);
    CHECK(found[1].z < 0);
}

TEST_CASE("cumulative sum of counts: the day it began and the day it was seen") {
    // Ten expected a day; ten observed, then two from day 5 on: each such day adds 5 - 2 ln 2.
    std::vector<Watched> days(5, {10, 10});
    days.resize(12, {2, 10});
    const auto alarm = poisson_cusum(days, 0.5, 7).value();
    CHECK(alarm.since == 5);
    CHECK(alarm.at == 6);
    CHECK(alarm.height == near(2 * (5 - 2 * std::log(2))));
    CHECK_FALSE(poisson_cusum(std::vector<Watched>(100, {10, 10}), 0.5, 7));
}

TEST_CASE("pairs: beyond both main effects") {
    const auto& c = oracle("pairs");
    std::vector<Pair> cells;
    for (const auto& cell : c["cells"]) cells.push_back({cell[0], cell[1], cell[2], cell[3]});
    const auto residuals = beyond_main_effects(cells);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        CHECK(residuals[i].expected == Approx(c["expected"][i].get<double>()).epsilon(1e-6));
        CHECK(residuals[i].z == Approx(c["z"][i].get<double>()).epsilon(1e-5));
    }
    // A shop that works for one station alone can't be told from the pair; a row without failures has no residual.
    const auto alone = beyond_main_effects(std::vector<Pair>{{0, 0, 5, 9}, {1, 1, 9, 9}, {1, 0, 7, 7}});
    for (const auto& r : alone) CHECK(r.z == 0);
    CHECK(beyond_main_effects({}).empty());
    CHECK(concentration(std::vector<std::int64_t>{5, 5}) == 0.5);
    CHECK(concentration(std::vector<std::int64_t>{7, 0}) == 1);
    CHECK(concentration({}) == 0);
}

TEST_CASE("isotonic: pools what falls") {
    const auto& c = oracle("isotonic");
    check_near(isotonic(c["values"].get<Doubles>(), c["weights"].get<Doubles>()), c["fit"]);
    CHECK(isotonic({}, {}).empty());
}

TEST_CASE("robust middle and spread") {
    CHECK(median({3, 1, 2}) == 2);
    CHECK(median({4, 1, 2, 3}) == 2.5);
    CHECK(quantile({10, 20, 30, 40, 50}, 0.1) == near(14));
    CHECK(quantile({7}, 0.9) == 7);
    const auto middle = middle_of({1, 2, 3, 4, 100});
    CHECK(middle.median == 3);
    CHECK(middle.spread == near(1.482602218505602));
    CHECK(robust_z(3, middle_of({3, 3, 3})) == 0);
    CHECK(std::isinf(robust_z(4, middle_of({3, 3, 3}))));
}

TEST_CASE("histogram: what was added can be taken out; quantiles within a bin") {
    Histogram<30, 20> h;
    for (const double v : {0.0, 0.06, 0.97, 0.99, 1.0, 7.0, -1.0}) h.add(v);
    CHECK(h.counts[0] == 2);
    CHECK(h.between(0.9, 1.0) == 2);
    CHECK(h.between(1.0, 1.5) == 1);
    CHECK(h.between(1.0, 9.0) == 2);
    CHECK(h.total() == 7);
    CHECK(h.quantile(4.0 / 7) == near(0.975));
    CHECK(h.quantile(1) == near(1.5));
    for (const double v : {7.0, 1.0, -1.0, 0.97, 0.06, 0.99, 0.0}) h.add(v, -1);
    CHECK(h == Histogram<30, 20>{});
    CHECK_FALSE(h.quantile(0.5));
}

TEST_CASE("comparison: honest spread is not a flag, half the failures missing is, either way is looked at") {
    std::mt19937_64 random(7);
    std::normal_distribution<> normal;
    std::vector<Counted> stations;
    for (int i = 0; i < 60; ++i) {
        const double expected = 50 + 10 * i;
        const double mean = expected * std::exp(0.15 * normal(random));
        stations.push_back({std::poisson_distribution<std::int64_t>(mean)(random), expected, expected * 0.9});
    }
    stations[20] = {100, 250, 225};
    stations[40] = {990, 450, 405};
    stations[0] = {0, 2, 1.8};
    const auto c = compare(stations);
    CHECK(std::sqrt(c.spread.tau2) == Approx(0.15).margin(0.04));
    for (std::size_t i = 0; i < stations.size(); ++i) {
        INFO(i);
        CHECK((c.each[i].q_low < 0.05) == (i == 20));
        CHECK((c.each[i].q_high < 0.05) == (i == 40));
    }
    CHECK(c.each[20].ratio.quantile(0.95) < 0.6);
    CHECK(c.each[0].ratio.mean() > 0.7);
    CHECK(compare({}).each.empty());
}

TEST_CASE("comparison: a small count is judged by the exact tail") {
    // Alike stations of 100 tests at 3 %: none failing has 0.97^100, which no normal approximation may make smaller.
    std::vector<Counted> stations(40, {3, 3, 2.91});
    stations[5].observed = 0;
    const auto c = compare(stations);
    const double level = std::pow(1 + c.spread.centre / 2, 2);
    CHECK(level == Approx(1).margin(1e-9));
    CHECK(c.each[5].p_low >= Approx(std::pow(0.97, 100)).epsilon(1e-6));
}
