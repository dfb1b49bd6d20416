// Counts over equal bins, kept as integers: what was added can be taken out again, in any order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <tuple>

namespace imloop::loop::statistics {

/// `bins` equal bins from 0 to `bins / per_unit`, and one more for all above. Values below 0 count as 0.
template <std::size_t bins, std::size_t per_unit>
struct Histogram {
    std::array<std::int64_t, bins + 1> counts{};

    static std::size_t bin_of(double value) {
        const double at = std::clamp(value * static_cast<double>(per_unit), 0.0, static_cast<double>(bins));
        return static_cast<std::size_t>(at);
    }
    /// `times` is -1 to take one out.
    void add(double value, std::int64_t times = 1) { counts[bin_of(value)] += times; }
    Histogram& operator+=(const Histogram& other) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        return *this;
    }
    /// Of the bins that lie in [from, to), both multiples of a bin; `to` past the last bin holds all above.
    std::int64_t between(double from, double to) const {
        const std::size_t end = to * static_cast<double>(per_unit) > static_cast<double>(bins) ? bins + 1 : bin_of(to);
        std::int64_t sum = 0;
        for (std::size_t i = bin_of(from); i < end; ++i) sum += counts[i];
        return sum;
    }
    std::int64_t total() const { return between(0, static_cast<double>(bins + 1)); }
    /// The value with `share` below it, in proportion within its bin; the upper end where it lies above all bins.
    std::optional<double> quantile(double share) const {
        const double wanted = share * static_cast<double>(total());
        if (total() == 0) return std::nullopt;
        double below = 0;
        for (std::size_t i = 0; i < bins; ++i) {
            const double here = static_cast<double>(counts[i]);
            if (here > 0 && below + here >= wanted)
                return (static_cast<double>(i) + (wanted - below) / here) / static_cast<double>(per_unit);
            below += here;
        }
        return static_cast<double>(bins) / static_cast<double>(per_unit);
    }
    bool operator==(const Histogram&) const = default;
};
template <std::size_t bins, std::size_t per_unit>
auto members(Histogram<bins, per_unit>& h) {
    return std::tie(h.counts);
}
template <std::size_t bins, std::size_t per_unit>
auto members(const Histogram<bins, per_unit>& h) {
    return std::tie(h.counts);
}

}  // namespace imloop::loop::statistics
