// What the hub draws from process data is kept and comes back: a start makes nothing anew that it need not.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "hub/watch/watched.hpp"
#include "journal/digest.hpp"
#include "tests/support/files.hpp"
#include "tests/support/rows.hpp"
#include "tests/support/trace_makers.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

std::string csv_of(const loop::traces::Trace& trace) {
    std::string out = "time_s,state";
    for (const auto& column : trace.columns) out += "," + column.name;
    for (std::size_t row = 0; row < trace.rows(); ++row) {
        out += fmt::format("\n{},{}", trace.time_s[row], name_of(trace.state[row]));
        for (const auto& column : trace.columns) out += fmt::format(",{}", column.values[row]);
    }
    return out;
}

std::string sha_of(const std::string& csv) { return journal::to_hex(journal::sha256(csv)); }

/// One test, and a copy of it that is scaled and comes later.
struct Pair {
    std::string original, copy;
    Pair() {
        const auto trace = plant_trace(TraceMethod::asm_, 7, 7);
        original = csv_of(trace);
        copy = csv_of(forged(trace, {.scaled = true, .shift_s = 5}, plant_trace(TraceMethod::asm_, 8, 8), 1));
    }
};

struct Shelved {
    TempDir folder;
    hub::Store store{folder.path() / "hub.sqlite"};
    Pair pair;
    std::string original = sha_of(pair.original), copy = sha_of(pair.copy);

    MapRows none;
    std::atomic<bool> stop = false;

    std::unique_ptr<hub::Watched> come() {
        for (const auto& csv : {pair.original, pair.copy, std::string("no trace")})
            store.put_trace(sha_of(csv), "I610404-01", 0, csv);
        return start();
    }
    std::unique_ptr<hub::Watched> start() {
        const auto keep = [this](const std::string& sha, const hub::TraceFigures& figures) {
            store.put_figures(sha, hub::figures_version, hub::bytes_of(figures));
        };
        auto watched = std::make_unique<hub::Watched>("{}", keep, stop, none, [](hub::Watched&) {});
        hub::LoopState nothing;
        watched->begin(store, nothing);
        return watched;
    }
    void change(const char* sql) { store.database().execute(sql); }
    /// All that rules read of both, in words.
    std::string known(const hub::Watched& watched) const {
        std::string out;
        for (const auto& sha : {original, copy}) {
            const auto& traces = watched.suspects.traces();
            const auto* facts = traces.facts(sha);
            out += hub::bytes_of({facts ? std::optional(*facts) : std::nullopt, {}, traces.matches(sha)});
        }
        return out;
    }
};

}  // namespace

TEST_CASE("a trace and its copy name each other, whichever is asked for") {
    Shelved s;
    const auto watched = s.come();
    const auto of_copy = watched->suspects.traces().matches(s.copy);
    const auto of_original = watched->suspects.traces().matches(s.original);
    REQUIRE(of_copy.size() == 1);
    REQUIRE(of_original.size() == 1);
    CHECK(of_copy[0].sha256 == s.original);
    CHECK(of_original[0].sha256 == s.copy);
    CHECK(of_original[0].shift_s == -of_copy[0].shift_s);
    CHECK(of_original[0].scale * of_copy[0].scale == Approx(1));
    CHECK(of_copy[0].correlation > 0.95);
}

TEST_CASE("a start reads what was drawn before, not the traces") {
    Shelved s;
    const auto before = s.come();
    // Not even readable any more: nothing of it can come from there.
    s.change("UPDATE traces SET bytes = x'00'");
    const auto after = s.start();
    CHECK(s.known(*after) == s.known(*before));
    // The index is filled too: a further copy is found among those of before the start.
    const auto third =
        csv_of(forged(plant_trace(TraceMethod::asm_, 7, 7), {.scaled = true}, plant_trace(TraceMethod::asm_, 9, 9), 2));
    const auto load = [&](const std::string& sha) {
        return std::optional(sha == s.copy ? s.pair.copy : s.pair.original);
    };
    CHECK(after->shelf().figures(third, load).copies.size() == 2);
}

TEST_CASE("figures that are missing, broken or of another version are drawn anew and kept") {
    Shelved s;
    s.come();
    s.change(GENERATE("DELETE FROM trace_figures", "UPDATE trace_figures SET version = version + 1"));
    const auto after = s.start();
    CHECK(after->suspects.traces().matches(s.copy).size() == 1);
    CHECK(after->suspects.traces().matches(s.original).size() == 1);
    int kept = 0;
    s.store.each_figures(hub::figures_version, [&](const auto&, const auto&) { ++kept; });
    CHECK(kept == 3);
}

TEST_CASE("bytes that are no figures are told, not believed") {
    CHECK_FALSE(hub::figures_of(""));
    CHECK_FALSE(hub::figures_of("{}"));
    CHECK_FALSE(hub::figures_of(std::string("\xA1\x66sketch\x00", 9)));
    Shelved s;
    s.come();
    s.store.put_figures(s.copy, hub::figures_version, "broken");
    const auto after = s.start();
    CHECK(after->suspects.traces().matches(s.copy).size() == 1);
}

TEST_CASE("what is drawn from a trace is what this version says") {
    std::string csv = "time_s,state,co_pct,co2_pct,o2_pct,hc_ppm,lambda,rpm";
    for (int s = 0; s < 90; ++s)
        csv += fmt::format("\n{},{},{}.{:02},12.{:02},1.{:02},{},1.{:02},{}", s, s < 30 ? "prepare" : "idle", s * s % 3,
                           s * 37 % 89, s * s * 7 % 97, s * 53 % 83, 40 + s * s % 61, s % 5, 700 + s * 29 % 73);
    const auto figures =
        hub::TraceShelf().figures(csv, [](const std::string&) { return std::optional<std::string>(); });
    REQUIRE(figures.facts);
    REQUIRE(figures.sketch.tells != 0);
    INFO("figures or sketches of traces have changed: raise hub::figures_version, then set the digest here");
    CHECK(hub::figures_version == 2);
    CHECK(sha_of(hub::bytes_of(figures)) == "a1b5b30e8d1913efc041b24c8f3d35831862ca14212619759759d25a0b7f3fd1");
}
