#include "loop/measures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imloop::loop {
namespace {

std::optional<double> rate(std::int64_t hits, std::int64_t of) {
    if (of == 0) return std::nullopt;
    return static_cast<double>(hits) / static_cast<double>(of);
}

std::int64_t count(const Measures& m, EpisodeOutcome outcome) { return m.outcomes[static_cast<std::size_t>(outcome)]; }

}  // namespace

Interval wilson(std::int64_t hits, std::int64_t of) {
    constexpr double z = 1.959963984540054;
    const double n = static_cast<double>(of);
    const double p = static_cast<double>(hits) / n;
    const double scale = 1 + z * z / n;
    const double centre = (p + z * z / (2 * n)) / scale;
    const double half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    // At both ends of the scale the formula is exact in reals; rounding would leave 1e-17 beside the end.
    return {hits == 0 ? 0.0 : centre - half, hits == of ? 1.0 : centre + half};
}

bool is_low(std::int64_t repaired, std::int64_t failed, double target) {
    return failed > 0 && wilson(repaired, failed).high < target;
}

bool is_zero(std::int64_t repaired, std::int64_t failed, double target) {
    return repaired == 0 && std::pow(1 - target, static_cast<double>(failed)) < 0.05;
}

std::vector<Measure> measures_of(const Episode& e) {
    using Of = Measure::Of;
    const Day first = day_of(e.first_failure);
    std::vector<Measure> out{{Of::failed}, {Of::outcome, static_cast<std::int32_t>(e.outcome)}};
    if (e.first_counting_day) {
        out.push_back({Of::repaired});
        out.push_back({Of::days_to_repair, *e.first_counting_day - first});
    }
    if (!e.retests.empty()) out.push_back({Of::retested});
    if (e.first_retest_passed.value_or(false)) out.push_back({Of::first_retest_passed});
    const bool closed_by_a_pass = e.outcome == EpisodeOutcome::closed_repaired ||
                                  e.outcome == EpisodeOutcome::closed_unrepaired ||
                                  e.outcome == EpisodeOutcome::passed_elsewhere;
    if (closed_by_a_pass) out.push_back({Of::days_to_close, day_of(*e.ended_at) - first});
    return out;
}

void Measures::add(const Measure& measure, std::int64_t n) {
    const auto count_days = [&](Days& days) {
        if ((days[measure.value] += n) == 0) days.erase(measure.value);
    };
    switch (measure.of) {
        case Measure::Of::failed:
            failed += n;
            break;
        case Measure::Of::repaired:
            repaired += n;
            break;
        case Measure::Of::retested:
            retested += n;
            break;
        case Measure::Of::first_retest_passed:
            first_retest_passed += n;
            break;
        case Measure::Of::outcome:
            outcomes.at(static_cast<std::size_t>(measure.value)) += n;
            break;
        case Measure::Of::days_to_repair:
            count_days(days_to_repair);
            break;
        case Measure::Of::days_to_close:
            count_days(days_to_close);
            break;
    }
}

void Measures::add(const Episode& e, std::int64_t n) {
    for (const Measure& measure : measures_of(e)) add(measure, n);
}

void Measures::add(const Measures& other) {
    failed += other.failed;
    repaired += other.repaired;
    retested += other.retested;
    first_retest_passed += other.first_retest_passed;
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
    for (const auto& [days, n] : other.days_to_repair) add({Measure::Of::days_to_repair, days}, n);
    for (const auto& [days, n] : other.days_to_close) add({Measure::Of::days_to_close, days}, n);
}

std::int64_t Measures::closed() const {
    return count(*this, EpisodeOutcome::closed_repaired) + count(*this, EpisodeOutcome::closed_unrepaired) +
           count(*this, EpisodeOutcome::passed_elsewhere);
}

std::int64_t Measures::non_returns() const {
    return count(*this, EpisodeOutcome::non_return_not_repaired) +
           count(*this, EpisodeOutcome::non_return_not_retested);
}

std::optional<double> Measures::repair_rate() const { return rate(repaired, failed); }

std::optional<double> Measures::loop_rate() const {
    return rate(count(*this, EpisodeOutcome::closed_repaired), failed);
}

std::optional<double> Measures::first_retest_pass_rate() const { return rate(first_retest_passed, retested); }

std::optional<double> Measures::median(const Days& days) {
    std::int64_t count = 0;
    for (const auto& [day, n] : days) count += n;
    if (count == 0) return std::nullopt;
    const auto at = [&](std::int64_t place) {
        auto it = days.begin();
        while (place >= it->second) place -= (it++)->second;
        return static_cast<double>(it->first);
    };
    return (at((count - 1) / 2) + at(count / 2)) / 2;
}

std::vector<int> shares_per_mille(std::span<const std::int64_t> counts) {
    std::vector<int> shares(counts.size(), 0);
    const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    if (total == 0) return shares;
    int left = 1000;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        shares[i] = static_cast<int>(counts[i] * 1000 / total);
        left -= shares[i];
    }
    std::vector<std::size_t> by_remainder(counts.size());
    std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
    std::stable_sort(by_remainder.begin(), by_remainder.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] * 1000 % total > counts[b] * 1000 % total; });
    for (int i = 0; i < left; ++i) ++shares[by_remainder[static_cast<std::size_t>(i)]];
    return shares;
}

}  // namespace imloop::loop
