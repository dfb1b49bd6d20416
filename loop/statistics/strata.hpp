// What a station's peers would have counted with its vehicles: rates by stratum, thin strata shrunk to their margins,
// the station itself always left out.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>

#include "loop/pack.hpp"

namespace imloop::loop::statistics {

/// The dimensions of a stratum, the most telling first; thin strata lose the last ones first. 0: not known.
struct Stratum {
    static constexpr std::size_t dimensions = 5;
    std::array<std::uint8_t, dimensions> codes{};  ///< method, fuel, stage, age band, mileage band
    auto operator<=>(const Stratum&) const = default;
    /// Only the first `kept` dimensions, the others 0.
    Stratum margin(std::size_t kept) const;
};
auto members(Like<Stratum> auto& s) { return std::tie(s.codes); }

struct Share {
    std::int64_t hits = 0;
    std::int64_t of = 0;
    bool operator==(const Share&) const = default;
    Share& operator+=(const Share&);
    Share operator-(const Share&) const;
};
auto members(Like<Share> auto& s) { return std::tie(s.hits, s.of); }

/// Counts by stratum and by each of its margins.
class Strata {
public:
    void add(const Stratum&, const Share&);
    Share at(const Stratum&, std::size_t kept) const;
    const std::map<Stratum, Share>& cells() const { return levels_.back(); }
    Share total() const { return at({}, 0); }

private:
    std::array<std::map<Stratum, Share>, Stratum::dimensions + 1> levels_;
};

struct Expected {
    Share own;
    double hits = 0;         ///< expected
    double variance = 0;     ///< binomial: sum of n p (1 - p)
    std::int64_t peers = 0;  ///< tests of others in the same whole strata
};

/// Weight of a margin against its stratum, in tests: a stratum with as many counts as much as its margin.
inline constexpr double margin_tests = 30;

/// The rate of all but `own` in a stratum, (hits + w margin's rate) / (of + w), the margin's rate likewise; that of all
/// strata is (hits + 1/2) / (of + 1), so that what no peer ever does is rare and not impossible. 0 without peers.
double rate_without(const Strata& all, const Strata& own, const Stratum&, double weight = margin_tests);
/// `own` has been added to `all`.
Expected expected_without(const Strata& all, const Strata& own, double weight = margin_tests);

}  // namespace imloop::loop::statistics
