// Measures per county, station and period (docs/episodes.md, "Measures").
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "loop/episodes.hpp"

namespace imloop::loop {

struct Interval {
    double low = 0;
    double high = 1;
};

/// Wilson's score interval (Wilson 1927) at z = 1.959963984540054. `of` must not be 0.
Interval wilson(std::int64_t hits, std::int64_t of);
/// Upper end of the interval below the target.
bool is_low(std::int64_t repaired, std::int64_t failed, double target);
/// repaired is 0 and (1 - target)^failed < 0.05.
bool is_zero(std::int64_t repaired, std::int64_t failed, double target);

/// One thing of an episode that is counted.
struct Measure {
    enum class Of : std::int32_t {
        failed,
        repaired,  ///< with a counting repair
        retested,
        first_retest_passed,
        outcome,         ///< `value`: an EpisodeOutcome
        days_to_repair,  ///< `value`: whole calendar days, of each repaired
        days_to_close,   ///< likewise, of each closed
    };
    Of of{};
    std::int32_t value = 0;
    auto operator<=>(const Measure&) const = default;
};
std::vector<Measure> measures_of(const Episode&);

/// Counts over a set of episodes. Rates of nothing are nullopt.
struct Measures {
    using Days = std::map<std::int32_t, std::int64_t>;  ///< days -> episodes, none of 0

    std::int64_t failed = 0;
    std::int64_t repaired = 0;
    std::int64_t retested = 0;
    std::int64_t first_retest_passed = 0;
    std::array<std::int64_t, episode_outcomes> outcomes{};  ///< by EpisodeOutcome; they sum to `failed`
    Days days_to_repair, days_to_close;

    void add(const Measure&, std::int64_t n);
    void add(const Episode&, std::int64_t n = 1);
    void add(const Measures&);
    bool operator==(const Measures&) const = default;
    std::int64_t closed() const;
    std::int64_t non_returns() const;
    std::optional<double> repair_rate() const;
    std::optional<double> loop_rate() const;
    std::optional<double> first_retest_pass_rate() const;
    /// The mean of the middle two for an even count.
    static std::optional<double> median(const Days&);
};

/// Shares in tenths of a per cent that sum to exactly 1000 by largest remainder (ties: the earlier); all 0 if none.
std::vector<int> shares_per_mille(std::span<const std::int64_t> counts);

}  // namespace imloop::loop
