#include "loop/rules/vehicle/repeats.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"

namespace imloop::loop::rules {
namespace {

constexpr std::size_t readings_min = 3;
/// Below it readings are so near zero that neighbouring values are not alike often.
constexpr double bits_min = 10;
constexpr int instrument_tests_min = 20;

/// Steps of the last digit that instruments have, in thousandths of the unit, coarse ones first.
constexpr std::int64_t instrument_steps[] = {10'000, 5'000, 2'000, 1'000, 500, 200, 100, 50, 20, 10, 5, 2, 1};
/// Share of an instrument's readings that are multiples of its step; the others were typed.
constexpr double multiples_min = 0.9;

using Values = std::vector<std::int64_t>;

struct Test {
    const Record* record;
    Values thousandths;  ///< of the units, by the readings' names
    Values steps{};      ///< of the coarsest instrument
};
using Tests = std::vector<Test>;

bool follows_from_others(const Reading& r) { return r.item == "lambda" || r.phase == "mean"; }

/// By what was measured: tests are compared reading by reading.
std::map<std::string, Tests> by_names(std::span<const Record> records) {
    std::map<std::string, Tests> out;
    for (const Record& r : records) {
        std::map<std::string, std::int64_t> named;
        for (const auto& reading : r.test().readings)
            if (!follows_from_others(reading))
                named[reading.item + "/" + reading.phase] = std::llround(reading.value * 1000);
        if (named.size() < readings_min || information_bits(r.test().readings) < bits_min) continue;
        std::string names;
        Test test{&r, {}, {}};
        for (const auto& [name, value] : named) {
            names += name + " ";
            test.thousandths.push_back(value);
        }
        out[names].push_back(std::move(test));
    }
    return out;
}

std::int64_t step_of(const Values& values) {
    for (const auto step : instrument_steps) {
        const auto multiples = std::ranges::count_if(values, [&](auto value) { return value % step == 0; });
        if (static_cast<double>(multiples) >= multiples_min * static_cast<double>(values.size())) return step;
    }
    return 1;
}

void count_steps(Tests& tests) {
    std::map<std::string, int> made;
    for (const Test& test : tests) ++made[test.record->test().analyser_id];
    std::erase_if(tests, [&](const Test& t) { return made[t.record->test().analyser_id] < instrument_tests_min; });
    const auto readings = tests.empty() ? 0 : tests[0].thousandths.size();
    for (std::size_t i = 0; i < readings; ++i) {
        std::map<std::string, Values> read;
        for (const Test& test : tests) read[test.record->test().analyser_id].push_back(test.thousandths[i]);
        std::int64_t step = 1;
        for (const auto& [instrument, values] : read) step = std::max(step, step_of(values));
        for (Test& test : tests) test.steps.push_back(test.thousandths[i] / step);
    }
}

/// Tests of the same readings.
using Alike = std::vector<const Test*>;

bool is_near(const Test& a, const Test& b) {
    for (std::size_t i = 0; i < a.steps.size(); ++i)
        if (std::abs(a.steps[i] - b.steps[i]) > 1) return false;
    return true;
}

double unlike_pairs(const Alike& of_a, const Alike& of_b) {
    double out = 0;
    for (const Test* a : of_a)
        for (const Test* b : of_b) out += unlike_vehicles(*a->record, *b->record);
    return out;
}

/// Pairs that differ by a step at most, and somewhere.
double near_pairs(const Tests& tests) {
    // Sorted by the reading that parts them best, so that only neighbours need be compared.
    std::size_t best = 0, most = 0;
    for (std::size_t i = 0; i < tests[0].steps.size(); ++i) {
        std::set<std::int64_t> unlike;
        for (const Test& test : tests) unlike.insert(test.steps[i]);
        if (unlike.size() > most) most = unlike.size(), best = i;
    }
    std::map<Values, Alike> alike;
    for (const Test& test : tests)
        if (may_be_unlike(*test.record)) alike[test.thousandths].push_back(&test);
    std::vector<const Alike*> sorted;
    for (const auto& [readings, of] : alike) sorted.push_back(&of);
    const auto value = [&](const Alike* of) { return of->front()->steps[best]; };
    std::ranges::sort(sorted, {}, value);
    double near = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i)
        for (auto j = i + 1; j < sorted.size() && value(sorted[j]) <= value(sorted[i]) + 1; ++j)
            if (is_near(*sorted[i]->front(), *sorted[j]->front())) near += unlike_pairs(*sorted[i], *sorted[j]);
    return near;
}

void add_repeats(const Tests& tests, Repeats& out) {
    std::map<Values, std::vector<const Record*>> before;
    for (const Test& test : tests) {
        if (!may_be_unlike(*test.record)) continue;
        auto& alike = before[test.thousandths];
        const auto unlike = [&](const Record* r) { return unlike_vehicles(*r, *test.record); };
        if (const auto it = std::ranges::find_if(alike, unlike); it != alike.end())
            out.pairs.push_back({test.record, *it});
        alike.push_back(test.record);
    }
    out.tests += static_cast<int>(tests.size());
    // One more, so that a pair that has no neighbours is not taken for impossible.
    const auto neighbours = std::pow(3, tests[0].steps.size()) - 1;
    out.expected += (near_pairs(tests) + 1) / neighbours;
}

}  // namespace

Repeats repeats_of(std::span<const Record> records) {
    Repeats out;
    for (auto& [names, tests] : by_names(records)) {
        count_steps(tests);
        if (!tests.empty()) add_repeats(tests, out);
    }
    return out;
}

}  // namespace imloop::loop::rules
