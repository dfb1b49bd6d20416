// When did a line's readings, or a station's rate, change, and by how much?
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace imloop::loop::statistics {

/// One day: a mean and the weight (number of tests) behind it.
struct Daily {
    double mean = 0;
    double weight = 0;  ///< > 0
};

struct Change {
    std::size_t at = 0;  ///< first day of the new level
    double before = 0;
    double after = 0;
    double z = 0;  ///< largest standardised difference over all days, signed as after - before
    double p = 1;
};

/// The cumulative sum's largest standardised excursion, between the days that leave at least `edge` of the weight on
/// each side. Variance from successive differences (Rice 1984), so that the change itself does not hide in it.
/// P by Miller and Siegmund, "Maximally selected chi square statistics" (1982): (b - 1/b) f(b) ln((1 - e)^2 / e^2) +
/// 4 f(b) / b; a little too large for few days. None for fewer than `days_min` days.
std::optional<Change> change_point(std::span<const Daily>, double edge = 0.1);
inline constexpr std::size_t days_min = 10;

/// That P, of an excursion's height.
double excursion_p(double z, double edge = 0.1);
/// Many sequences at once: where their excursions are higher than level ones' in the middle, honest sequences wander
/// too, and all heights are divided by the excess before P is taken again (genomic control; Devlin and Roeder 1999).
/// Returns what they were divided by, at least 1.
double temper(std::span<Change>, double edge = 0.1);

/// All changes at level `alpha`, by splitting again at each that is found (Vostrikova 1981), in order of days.
std::vector<Change> change_points(std::span<const Daily>, double alpha = 0.001, double edge = 0.1);

/// A count and what was expected of it, of one day or week.
struct Watched {
    double observed = 0;
    double expected = 0;
};
struct Alarm {
    std::size_t since = 0;  ///< where the sum last was 0
    std::size_t at = 0;     ///< where it passed the threshold
    double height = 0;
};
/// Page's cumulative sum (1954) for Poisson counts at `ratio` times the expected against 1: observed ln(ratio) -
/// expected (ratio - 1), never below 0. None if it stays below `threshold`; exp(-threshold) is about the chance that
/// one excursion passes it.
std::optional<Alarm> poisson_cusum(std::span<const Watched>, double ratio, double threshold);

}  // namespace imloop::loop::statistics
