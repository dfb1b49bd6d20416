#include "loop/measures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imloop::loop {
namespace {

constexpr double z = 1.959963984540054;

std::optional<double> ratio(std::int64_t hits, std::int64_t of) {
    if (of == 0) return std::nullopt;
    return static_cast<double>(hits) / static_cast<double>(of);
}

std::int64_t count(const Measures& m, EpisodeOutcome o) { return m.outcomes[static_cast<std::size_t>(o)]; }

}  // namespace

Interval wilson(std::int64_t hits, std::int64_t of) {
    const double n = static_cast<double>(of);
    const double p = static_cast<double>(hits) / n;
    const double middle = p + z * z / (2 * n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

bool is_low(std::int64_t repaired, std::int64_t failed, double target) {
    return failed > 0 && wilson(repaired, failed).high < target;
}

bool is_zero(std::int64_t repaired, std::int64_t failed, double target) {
    return failed > 0 && repaired == 0 && std::pow(1 - target, static_cast<double>(failed)) < 0.05;
}

void Measures::add(const Episode& e) {
    ++failed;
    ++outcomes[static_cast<std::size_t>(e.outcome)];
    const Day failed_on = day_of(e.first_failure);
    if (e.first_counting_day) {
        ++repaired;
        days_to_repair.push_back(*e.first_counting_day - failed_on);
    }
    if (e.first_retest_passed) {
        ++retested;
        if (*e.first_retest_passed) ++first_retest_passed;
    }
    if (e.outcome == EpisodeOutcome::closed_repaired || e.outcome == EpisodeOutcome::closed_unrepaired ||
        e.outcome == EpisodeOutcome::passed_elsewhere)
        days_to_close.push_back(day_of(*e.ended_at) - failed_on);
}

std::int64_t Measures::closed() const {
    return count(*this, EpisodeOutcome::closed_repaired) + count(*this, EpisodeOutcome::closed_unrepaired) +
           count(*this, EpisodeOutcome::passed_elsewhere);
}

std::int64_t Measures::non_returns() const {
    return count(*this, EpisodeOutcome::non_return_not_repaired) + count(*this, EpisodeOutcome::non_return_not_retested);
}

std::optional<double> Measures::repair_rate() const { return ratio(repaired, failed); }
std::optional<double> Measures::loop_rate() const {
    return ratio(count(*this, EpisodeOutcome::closed_repaired), failed);
}
std::optional<double> Measures::first_retest_pass_rate() const { return ratio(first_retest_passed, retested); }

std::optional<double> Measures::median(std::vector<std::int32_t> days) {
    if (days.empty()) return std::nullopt;
    std::sort(days.begin(), days.end());
    const std::size_t n = days.size();
    return (days[(n - 1) / 2] + days[n / 2]) / 2.0;
}

std::vector<int> shares_per_mille(std::span<const std::int64_t> counts) {
    std::vector<int> shares(counts.size(), 0);
    const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    if (total == 0) return shares;
    std::vector<std::size_t> by_remainder(counts.size());
    std::iota(by_remainder.begin(), by_remainder.end(), 0);
    std::stable_sort(by_remainder.begin(), by_remainder.end(),
                     [&](auto a, auto b) { return counts[a] * 1000 % total > counts[b] * 1000 % total; });
    int left = 1000;
    for (std::size_t i = 0; i < counts.size(); ++i) left -= shares[i] = static_cast<int>(counts[i] * 1000 / total);
    for (std::size_t i = 0; left > 0; ++i, --left) ++shares[by_remainder[i]];
    return shares;
}

}  // namespace imloop::loop
