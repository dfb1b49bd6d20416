// Which traces are one measurement, and which are not.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "loop/traces/search.hpp"
#include "tests/support/trace_makers.hpp"

using namespace imloop;
using namespace imloop::loop::traces;
using namespace imloop::test;

namespace {

bool is_same(const Trace& a, const Trace& b) {
    const auto comparison = compare(a, b);
    return comparison && same(*comparison);
}

/// How many of `tries` forgeries are known again, of each method and by each maker at least.
double fewest_known(const Forgery& forgery, int tries = 20) {
    double fewest = 1;
    for (const TraceMaker maker : {plant_trace, event_trace})
        for (const auto method : trace_methods) {
            int known = 0;
            for (int i = 0; i < tries; ++i) {
                const auto original = maker(method, 100 + i, 200 + i), another = maker(method, 300 + i, 400 + i);
                known += is_same(forged(original, forgery, another, 500 + i), original);
            }
            INFO(name_of(method) << (maker == plant_trace ? " plant" : " event"));
            fewest = std::min(fewest, static_cast<double>(known) / tries);
        }
    return fewest;
}

Trace constant(std::size_t rows, double value) {
    Trace out;
    for (std::size_t i = 0; i < rows; ++i) {
        out.time_s.push_back(static_cast<double>(i));
        out.state.push_back(State::test);
    }
    for (const char* name : {"co_pct", "hc_ppm", "no_ppm", "rpm"})
        out.columns.push_back({name, std::vector(rows, value)});
    return out;
}

}  // namespace

TEST_CASE("one measurement is known again whole, scaled, offset, moved and cut") {
    CHECK(fewest_known({}) == 1);
    CHECK(fewest_known({.offset = true}) == 1);
    CHECK(fewest_known({.shift_s = 30}) == 1);
    CHECK(fewest_known({.kept = 0.6}) == 1);
    CHECK(fewest_known({.scaled = true}) >= 0.9);
}

TEST_CASE("one measurement is known again under noise, and under all of it at once") {
    CHECK(fewest_known({.noise = 0.01}) >= 0.9);
    CHECK(fewest_known({.noise = 0.02}) >= 0.75);
    CHECK(fewest_known({.count_noise = true}) >= 0.75);
    CHECK(fewest_known({.scaled = true, .offset = true, .noise = 0.01, .shift_s = 15, .kept = 0.8}) >= 0.75);
}

TEST_CASE("honest tests are not one measurement: strangers, and repeats of one vehicle on one line") {
    for (const TraceMaker maker : {plant_trace, event_trace})
        for (const auto method : trace_methods)
            for (std::uint64_t i = 0; i < 40; ++i) {
                INFO(name_of(method) << (maker == plant_trace ? " plant " : " event ") << i);
                const auto first = maker(method, i, 2 * i);
                CHECK_FALSE(is_same(first, maker(method, i, 2 * i + 1)));
                CHECK_FALSE(is_same(first, maker(method, i + 1000, 2 * i + 2001)));
            }
}

TEST_CASE("a comparison says by how much each channel was scaled and moved") {
    const auto original = plant_trace(TraceMethod::asm_, 7, 8);
    Trace copy = original.cut(12, 90);
    for (auto& column : copy.columns)
        for (auto& value : column.values) {
            if (column.name == "no_ppm") value = value * 0.5 + 30;
            if (column.name == "co_pct") value = value * 2;
        }
    const auto comparison = compare(original, copy);
    REQUIRE(comparison);
    CHECK(same(*comparison));
    CHECK(comparison->lag_rows == 12);
    CHECK(comparison->rows == 78);
    for (const auto& fit : comparison->channels) {
        INFO(fit.name);
        CHECK(fit.correlation == Approx(1).margin(1e-9));
        CHECK(fit.residual == Approx(0).margin(1e-6));
        CHECK(fit.scale == Approx(fit.name == "no_ppm" ? 0.5 : fit.name == "co_pct" ? 2 : 1));
        CHECK(fit.offset == Approx(fit.name == "no_ppm" ? 30 : 0).margin(1e-6));
    }
}

TEST_CASE("what is flat, empty, short or missing is no evidence") {
    for (const double value : {0.0, 0.02, 800.0}) {
        const auto flat = constant(195, value);
        CHECK(sketch_of(flat).tells == 0);
        CHECK_FALSE(compare(flat, flat));
    }
    const auto brief = plant_trace(TraceMethod::vmas, 1, 1).cut(0, window_rows - 1);
    CHECK(sketch_of(brief).tells == 0);
    CHECK(windows_of(brief).single.empty());
    CHECK_FALSE(compare(brief, brief));
    auto holes = plant_trace(TraceMethod::vmas, 1, 1);
    for (auto& column : holes.columns)
        for (auto& value : column.values) value = std::nan("");
    CHECK(sketch_of(holes).tells == 0);
    CHECK_FALSE(compare(holes, holes));
    CHECK_FALSE(compare(Trace{}, Trace{}));

    Index index;
    index.insert(1, sketch_of(constant(195, 0)));
    CHECK(index.candidates(windows_of(constant(195, 0))).empty());
}

TEST_CASE("the last digit flickering about one value is no evidence") {
    for (std::uint64_t i = 0; i < 20; ++i) {
        sim::Random random(i);
        auto flicker = constant(120, 0);
        for (auto& column : flicker.columns)
            for (auto& value : column.values)
                value = (column.name == "rpm" ? 800 : 0) + step_of(column.name) * random.between(0, 1);
        CHECK(sketch_of(flicker).tells == 0);
    }
}

TEST_CASE("missing values cost their windows and no more") {
    const auto original = plant_trace(TraceMethod::asm_, 3, 4);
    auto holes = original;
    for (auto& column : holes.columns) column.values[40] = std::nan("");
    CHECK(is_same(original, holes));
    CHECK(sketch_of(holes).tells != 0);
}

TEST_CASE("an index of many finds the original of a forgery, and nothing for an honest test") {
    Index index;
    std::map<TraceId, Trace> store;
    for (std::uint64_t id = 0; id < 600; ++id) {
        store[id] = event_trace(trace_methods[id % 5], id / 2, id);
        REQUIRE(index.insert(id, sketch_of(store[id])));
    }
    const LoadTrace load = [&](TraceId id) { return std::optional(store.at(id)); };
    int found = 0;
    for (std::uint64_t id = 0; id < 60; ++id) {
        const auto another = event_trace(trace_methods[id % 5], id + 5000, id + 9000);
        const auto matched =
            matches(index, forged(store[id], {.scaled = true, .noise = 0.01, .shift_s = 20}, another, id), load);
        CHECK(matched.size() <= 1);
        found += !matched.empty() && matched[0].id == id;
        CHECK(matches(index, another, load).empty());
        const auto itself = matches(index, store[id], load);
        REQUIRE(itself.size() == 1);
        CHECK(itself[0].id == id);
        CHECK(itself[0].comparison.agreement == Approx(1));
    }
    CHECK(found >= 57);
    CHECK(matches(index, store[0], [](TraceId) { return std::optional<Trace>(); }).empty());
}

TEST_CASE("an id is inserted once and erased once") {
    Index index;
    const auto sketch = sketch_of(plant_trace(TraceMethod::asm_, 1, 1));
    CHECK(index.insert(7, sketch));
    CHECK_FALSE(index.insert(7, sketch));
    CHECK(index.size() == 1);
    CHECK(index.erase(7));
    CHECK_FALSE(index.erase(7));
    CHECK(index.size() == 0);
}

TEST_CASE("a trace handed in many times over is found many times over, the first by id where there are too many") {
    Index index;
    const auto trace = plant_trace(TraceMethod::asm_, 1, 1);
    for (TraceId id = 1000; id > 0; --id) index.insert(id, sketch_of(trace));
    const auto candidates = index.candidates(windows_of(trace));
    REQUIRE(candidates.size() == candidates_max);
    for (std::size_t i = 0; i < candidates.size(); ++i) CHECK(candidates[i].id == i + 1);
}

TEST_CASE("a trace costs the index at most 200 bytes") {
    Index index;
    for (std::uint64_t id = 0; id < 3000; ++id) index.insert(id, sketch_of(event_trace(trace_methods[id % 5], id, id)));
    CHECK(index.bytes() <= 200 * index.size());
}
