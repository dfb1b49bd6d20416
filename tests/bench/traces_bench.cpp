// How well and how fast duplicate traces are found among 10,000, 100,000, 1,000,000 made-up ones of all methods, by two
// makers: `plant`, on which thresholds were tuned, and `event`, which shares no code with it.
//   traces_bench [--maker plant|event] [--sizes N,N,…] [--forged N] [--honest N] [--seed S]
// Recall is the share of forged traces whose original is among the matches; a false match is an honest new trace, half
// of them further tests of vehicles that are there, that is matched with any. Times are processor time of one thread.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <ctime>

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

struct Clock {
    std::clock_t at = std::clock();
    double seconds() const { return static_cast<double>(std::clock() - at) / CLOCKS_PER_SEC; }
};

struct Figures {
    std::vector<std::array<double, methods>> recall;  ///< by kind
    std::size_t honest = 0, false_matches = 0;
    std::array<std::size_t, methods> false_by_method{};
    double candidates = 0, candidate_us = 0, query_us = 0, bytes = 0;
};

Figures measure(const Fleet& fleet, const Index& index, std::size_t forgeries, std::size_t honest) {
    Figures out;
    sim::Random random(fleet.seed + index.size());
    const LoadTrace load = [&](TraceId id) { return std::optional(fleet.trace(id)); };
    for (const auto& kind : kinds) {
        auto& recall = out.recall.emplace_back();
        for (std::size_t i = 0; i < forgeries * methods; ++i) {
            const auto id = random.below(index.size() / methods) * methods + i % methods;
            const auto forgery =
                forged(fleet.trace(id), kind.forgery, fleet.further(id, false, random.next() >> 32), random.next());
            const auto found = matches(index, forgery, load);
            if (std::ranges::find(found, id, &Match::id) != found.end())
                recall[i % methods] += 1.0 / static_cast<double>(forgeries);
        }
    }
    for (std::size_t i = 0; i < honest; ++i) {
        const auto id = random.below(index.size() / methods) * methods + i % methods;
        const auto trace = fleet.further(id, i / methods % 2 == 0, 1'000'000 + i);
        double loading = 0;
        const Clock clock;
        const auto candidates = index.candidates(windows_of(trace));
        out.candidate_us += clock.seconds() * 1e6 / static_cast<double>(honest);
        const auto found = matches(index, trace, [&](TraceId one) {
            const Clock made;
            auto other = load(one);
            loading += made.seconds();
            return other;
        });
        out.query_us += (clock.seconds() - loading) * 1e6 / static_cast<double>(honest);
        out.candidates += static_cast<double>(candidates.size()) / static_cast<double>(honest);
        if (!found.empty()) {
            ++out.false_matches;
            ++out.false_by_method[i % methods];
        }
    }
    out.query_us -= out.candidate_us;  // looked up twice above
    out.honest = honest;
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
    fmt::print(
        "), {:.2f} a 100,000; candidates {:.2f}; looked up in {:.0f} us, with comparing {:.0f} us; {:.1f} bytes a "
        "trace\n",
        1e5 * static_cast<double>(f.false_matches) / static_cast<double>(f.honest), f.candidates, f.candidate_us,
        f.query_us, f.bytes);
    std::fflush(stdout);
}

void run(const std::string& name, const Fleet& fleet, std::vector<std::size_t> sizes, std::size_t forgeries,
         std::size_t honest) {
    Index index;
    std::vector<Figures> all;
    double insert_s = 0;
    for (const auto size : sizes) {
        while (index.size() < size) {
            const auto id = index.size();
            const auto trace = fleet.trace(id);
            const Clock clock;
            index.insert(id, sketch_of(trace));
            insert_s += clock.seconds();
        }
        all.push_back(measure(fleet, index, forgeries, honest));
        print(name, size, all.back());
    }
    fmt::print("{} maker: sketched and inserted in {:.0f} us a trace; query time grows as n^", name,
               insert_s * 1e6 / static_cast<double>(index.size()));
    const double times = std::log(static_cast<double>(sizes.back()) / static_cast<double>(sizes.front()));
    fmt::print("{:.2f} (looking up n^{:.2f})\n", std::log(all.back().query_us / all.front().query_us) / times,
               std::log(all.back().candidate_us / all.front().candidate_us) / times);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("duplicate traces: recall, false matches, time, memory");
    std::string maker;
    std::vector<std::size_t> sizes = {10'000, 100'000, 1'000'000};
    std::size_t forgeries = 40, honest = 20'000;
    std::uint64_t seed = 20261125;
    app.add_option("--maker", maker);
    app.add_option("--sizes", sizes)->delimiter(',');
    app.add_option("--forged", forgeries, "of each kind and method, at each size");
    app.add_option("--honest", honest, "queries at each size");
    app.add_option("--seed", seed);
    CLI11_PARSE(app, argc, argv);
    fmt::print("seed {}\n", seed);
    if (maker != "event") run("plant", {plant_trace, seed}, sizes, forgeries, honest);
    if (maker != "plant") run("event", {event_trace, seed}, sizes, forgeries, honest);
    return 0;
}
