// A failed test and the vehicle's next one, with the repairs between: what several rules judge.
#pragma once

#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

struct Round {
    const Record* failed = nullptr;
    const Record* next = nullptr;
    /// Settled not before the failure nor after the next test's end; a day-only one of any of these days.
    std::vector<const Record*> repairs{};

    bool passed() const { return next->fact.inspection->verdict == Verdict::pass; }
    double minutes() const;  ///< from the end of the failed test to the start of the next; below 0: they overlap
};

/// In the order of time, of tests that were judged. Aborted tests and comparisons (比对) are no tests of the loop.
std::vector<Round> rounds_of(const History&);
/// Those whose two tests are surely of one vehicle.
std::vector<Round> sure_rounds_of(const History&);

/// Value over limit of a pollutant, above 1: failed. Nothing where the reading has no upper limit, or is of lambda or
/// power.
std::optional<double> load_of(const Reading&);

/// A pollutant that failed, and what it was next; nothing where the next test did not take it.
struct Drop {
    const Reading* before = nullptr;
    const Reading* after = nullptr;
    double factor() const;  ///< how many times lower it was; at most 100
};
/// The failed pollutant that stood highest over its limit; nothing where none failed by its reading.
std::optional<Drop> worst_drop(const Round&);

/// A flag about the later test of a round and its inspector, with the failure.
Flag flag_of(const Round&, const char* claim, Grade, int score_permille, std::vector<Value>);

}  // namespace imloop::loop::rules
