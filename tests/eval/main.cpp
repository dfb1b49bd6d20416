// imloop_eval: how well the suspect rules find what a simulated year hides, and whom they accuse in an honest one. The
// same options give the same figures.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "tests/eval/run.hpp"

using namespace imloop;

int main(int argc, char** argv) {
    eval::Plan plan;
    CLI::App app{
        "How well the suspect rules find what a simulated year hides, and whom they accuse in an honest one.\n"
        "  imloop_eval --tests 200000 --seed 7\n"
        "  imloop_eval --only mixed --cheat replay:auto:0.5 --trace-share 1"};
    std::string only = "all";
    bool shows_missed = false;
    app.add_option("--seed", plan.year.seed)->capture_default_str();
    app.add_option("--tests", plan.year.tests)->capture_default_str();
    app.add_option("--trace-share", plan.year.trace_share)->capture_default_str();
    app.add_option("--cheat,--cheats", plan.year.cheats.wanted, "as imloop_sim has it; default: some of all");
    app.add_option("--cheat-rate", plan.year.cheats.rate)->capture_default_str();
    app.add_option("--step-days", plan.step_days, "looks at the flags every so many days")->capture_default_str();
    app.add_option("--only", only, "mixed, honest, flip30, flip50 or all")
        ->check(CLI::IsMember({"mixed", "honest", "flip30", "flip50", "all"}))
        ->capture_default_str();
    app.add_flag(
        "--missed", shows_missed,
        "the records that should have been found and were not, each with its cheat, and the flags that accuse wrongly");
    CLI11_PARSE(app, argc, argv);
    fmt::print("imloop_eval --seed {} --tests {} --trace-share {} --cheat-rate {} --step-days {} --only {}\n",
               plan.year.seed, plan.year.tests, plan.year.trace_share, plan.year.cheats.rate, plan.step_days, only);
    try {
        for (const auto& scene : eval::scenes(plan)) {
            if (only != "all" && only != scene.name) continue;
            const auto score = eval::run(scene.plan);
            fmt::print("\n== {}\n{}", scene.title, eval::tables(score));
            if (!shows_missed) continue;
            for (const auto& [record, cheat] : score.missed) fmt::print("missed {} {}\n", cheat, record);
            for (const auto& flag : score.wrong) {
                fmt::print("wrong {} {} {}", flag.rule, flag.claim, fmt::join(flag.records, " "));
                for (const auto& value : flag.values) fmt::print(" {}={}{}", value.name, value.text, value.unit);
                fmt::print("\n");
            }
        }
    } catch (const std::exception& e) {
        fmt::print(stderr, "imloop_eval: {}\n", e.what());
        return 2;
    }
    return 0;
}
