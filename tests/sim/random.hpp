// Chance that is the same on every machine: splitmix64 (Steele, Lea, Flood 2014), no standard distributions.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace imloop::sim {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    /// A stream of its own for one thing of a kind, so that what happens to others does not move it.
    Random(std::uint64_t seed, std::uint64_t kind, std::uint64_t number)
        : state_(seed ^ (kind * 0xD1B54A32D192ED03) ^ (number * 0x8CB92BA72F3D8DD7)) {
        next();
    }
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low + 1))); }
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    double within(double low, double high) { return low + unit() * (high - low); }
    bool chance(double p) { return unit() < p; }
    /// Nearly normal, mean 0, deviation 1, never beyond 3.5: the sum of four uniforms, enough for an instrument's
    /// noise.
    double noise() {
        const auto bits = next();
        double sum = 0;
        for (int i = 0; i < 4; ++i) sum += static_cast<double>((bits >> (16 * i)) & 0xFFFF);
        return (sum / 65535.0 - 2.0) * 1.7320508;
    }
    /// The sum of twelve uniforms less 6: tails to 6 deviations.
    double normal() { return (noise() + noise() + noise()) * 0.57735027; }
    /// Median 1; `sigma` of the logarithm.
    double spread(double sigma) { return std::exp(sigma * normal()); }
    template <typename T>
    const T& pick(const std::vector<T>& of) {
        return of[below(of.size())];
    }
    /// An index by weights that need not sum to 1.
    std::size_t weighted(const std::vector<double>& weights) {
        double sum = 0;
        for (const double w : weights) sum += w;
        double at = unit() * sum;
        for (std::size_t i = 0; i + 1 < weights.size(); ++i)
            if ((at -= weights[i]) < 0) return i;
        return weights.size() - 1;
    }

private:
    std::uint64_t state_;
};

}  // namespace imloop::sim
