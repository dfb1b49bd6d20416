// How well and how fast duplicate traces are found among 10,000, 100,000, 1,000,000 made-up ones of all methods, by two
// makers: `plant`, on which thresholds were tuned, and `event`, which shares no code with it.
//   traces_bench [--maker plant|event] [--sizes N,N,…] [--forged N] [--honest N] [--seed S] [--threads N]
// Recall is the share of forged traces whose original is among the matches; a false match is an honest new trace, half
// of them further tests of vehicles that are there, that is matched with any. Times are processor time.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <ctime>
#include <mutex>
#include <thread>

#include "loop/traces/search.hpp"
#include "tests/support/trace_makers.hpp"

using namespace imloop;
using namespace imloop::loop::traces;
using namespace imloop::test;

namespace {

constexpr std::size_t methods = std::size(trace_methods);
constexpr std::uint64_t tests_a_vehicle = 2;

struct Kind {
    const char* name;
    Forgery forgery;
};
const std::vector<Kind> kinds = {
    {"identical", {}},
    {"scaled 0.3-3", {.scaled = true}},
    {"offset", {.offset = true}},
    {"noise, one count", {.count_noise = true}},
    {"noise 1 %", {.noise = 0.01}},
    {"noise 2 %", {.noise = 0.02}},
    {"shifted 30 s", {.shift_s = 30}},
    {"cut to 60 %", {.kept = 0.6}},
    {"scaled, offset, 1 %", {.scaled = true, .offset = true, .noise = 0.01}},
    {"all of it", {.scaled = true, .offset = true, .noise = 0.01, .shift_s = 15, .kept = 0.8}},
    {"gases only", {.gases_only = true}},
};

struct Fleet {
    TraceMaker maker;
    std::uint64_t seed;
    static TraceMethod method_of(std::uint64_t id) { return trace_methods[id % methods]; }
    std::uint64_t vehicle_of(std::uint64_t id) const {
        return seed + id / methods / tests_a_vehicle * methods + id % methods;
    }
    Trace trace(std::uint64_t id) const { return maker(method_of(id), vehicle_of(id), seed + id); }
    /// Of the vehicle of `id`, or of one that no index holds; the test is new.
    Trace further(std::uint64_t id, bool same_vehicle, std::uint64_t test) const {
        return maker(method_of(id), vehicle_of(id) + (same_vehicle ? 0 : 1'000'000'007), seed + 2'000'000'011 + test);
    }
};

/// Processor time of this thread.
struct Clock {
    double at = now();
    double seconds() const { return now() - at; }
    static double now() {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    }
};

/// `of(i)` for every i below `count`, by `threads` threads.
void each(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& of) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&] {
            for (auto i = next++; i < count; i = next++) of(i);
        });
}

struct Figures {
    std::vector<std::array<double, methods>> recall;  ///< by kind
    std::size_t honest = 0, false_matches = 0;
    std::array<std::size_t, methods> false_by_method{};
    double candidates = 0, query_us = 0, bytes = 0;
};

struct Run {
    Fleet fleet;
    std::vector<std::size_t> sizes;
    std::size_t forgeries, honest;
    unsigned threads;
};

std::uint64_t any_id(const Index& index, std::size_t i, sim::Random& random) {
    return random.below(index.size() / methods) * methods + i % methods;
}

void measure_forged(const Run& run, const Index& index, Figures& out) {
    const auto& fleet = run.fleet;
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        std::array<std::atomic<std::size_t>, methods> known{};
        each(run.forgeries * methods, run.threads, [&](std::size_t i) {
            sim::Random random(fleet.seed + index.size() + (k * 1'000'000 + i) * 7919);
            const auto id = any_id(index, i, random);
            const auto another = fleet.further(id, false, random.next() >> 32);
            const auto forgery = forged(fleet.trace(id), kinds[k].forgery, another, random.next());
            const auto found = matches(index, forgery, [&](TraceId one) { return std::optional(fleet.trace(one)); });
            if (std::ranges::find(found, id, &Match::id) != found.end()) ++known[i % methods];
        });
        auto& recall = out.recall.emplace_back();
        for (std::size_t m = 0; m < methods; ++m)
            recall[m] = static_cast<double>(known[m]) / static_cast<double>(run.forgeries);
    }
}

void measure_honest(const Run& run, const Index& index, Figures& out) {
    std::mutex adding;
    const auto share = 1 / static_cast<double>(run.honest);
    each(run.honest, run.threads, [&](std::size_t i) {
        sim::Random random(run.fleet.seed - index.size() - i * 7919);
        const auto trace = run.fleet.further(any_id(index, i, random), i / methods % 2 == 0, 1'000'000 + i);
        double loading_s = 0;
        std::size_t candidates = 0;
        const Clock clock;
        const auto found = matches(index, trace, [&](TraceId one) {
            const Clock loaded;
            auto other = run.fleet.trace(one);
            loading_s += loaded.seconds();
            ++candidates;
            return std::optional(std::move(other));
        });
        const double query_s = clock.seconds() - loading_s;
        const std::scoped_lock lock(adding);
        out.query_us += query_s * 1e6 * share;
        out.candidates += static_cast<double>(candidates) * share;
        if (!found.empty()) ++out.false_by_method[i % methods];
    });
}

Figures measure(const Run& run, const Index& index) {
    Figures out;
    measure_forged(run, index, out);
    measure_honest(run, index, out);
    out.honest = run.honest;
    for (const auto one : out.false_by_method) out.false_matches += one;
    out.bytes = static_cast<double>(index.bytes()) / static_cast<double>(index.size());
    return out;
}

void print(const std::string& maker, std::size_t size, const Figures& f) {
    fmt::print("\n{} maker, {} traces\n{:<22}", maker, size, "recall");
    for (const auto method : trace_methods) fmt::print("{:>18}", name_of(method));
    fmt::print("{:>8}\n", "all");
    double sum = 0;
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        fmt::print("  {:<20}", kinds[k].name);
        double all = 0;
        for (const double one : f.recall[k]) {
            fmt::print("{:>18.3f}", one);
            all += one / methods;
        }
        sum += all / static_cast<double>(kinds.size());
        fmt::print("{:>8.3f}\n", all);
    }
    fmt::print("  {:<20}{:>98.3f}\n", "all kinds", sum);
    fmt::print("false matches {} of {} honest traces (", f.false_matches, f.honest);
    for (std::size_t m = 0; m < methods; ++m) fmt::print("{}{}", m == 0 ? "" : " ", f.false_by_method[m]);
    fmt::print("), {:.2f} a 100,000; candidates {:.2f}; query {:.0f} us without loading them; {:.1f} bytes a trace\n",
               1e5 * static_cast<double>(f.false_matches) / static_cast<double>(f.honest), f.candidates, f.query_us,
               f.bytes);
    std::fflush(stdout);
}

void print_run(const std::string& name, const Run& run) {
    constexpr std::size_t batch = 1000;
    Index index;
    std::vector<Figures> all;
    for (const auto size : run.sizes) {
        while (index.size() < size) {
            const auto first = index.size();
            std::vector<Sketch> sketches(std::min(batch, size - first));
            each(sketches.size(), run.threads,
                 [&](std::size_t i) { sketches[i] = sketch_of(run.fleet.trace(first + i)); });
            for (std::size_t i = 0; i < sketches.size(); ++i) index.insert(first + i, sketches[i]);
        }
        all.push_back(measure(run, index));
        print(name, size, all.back());
    }
    fmt::print("{} maker: query time grows as n^{:.2f}\n", name,
               std::log(all.back().query_us / all.front().query_us) /
                   std::log(static_cast<double>(run.sizes.back()) / static_cast<double>(run.sizes.front())));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("duplicate traces: recall, false matches, time, memory");
    std::string maker;
    std::vector<std::size_t> sizes = {10'000, 100'000, 1'000'000};
    std::size_t forgeries = 40, honest = 20'000;
    std::uint64_t seed = 20261125;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    app.add_option("--maker", maker);
    app.add_option("--sizes", sizes)->delimiter(',');
    app.add_option("--forged", forgeries, "of each kind and method, at each size");
    app.add_option("--honest", honest, "queries at each size");
    app.add_option("--seed", seed);
    app.add_option("--threads", threads);
    CLI11_PARSE(app, argc, argv);
    fmt::print("seed {}\n", seed);
    if (maker != "event") print_run("plant", {{plant_trace, seed}, sizes, forgeries, honest, threads});
    if (maker != "plant") print_run("event", {{event_trace, seed}, sizes, forgeries, honest, threads});
    return 0;
}
