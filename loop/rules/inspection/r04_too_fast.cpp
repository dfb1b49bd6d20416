// A test shorter than its method allows was not carried out as the standard has it (HJ 1237-2021; GB 18285-2018 and
// GB 3847-2018 for the phases; schemas/tables/methods.json, seconds_min). One that took far less than almost all tests
// of its peers, and less than is usual at its own station, needs a look too.
#include <algorithm>
#include <map>

#include "loop/block.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {
namespace {

constexpr Day block_days = 30;  // tests of one method that are compared
constexpr double quantile = 0.005;

double seconds_of(const Record& r) { return static_cast<double>(r.test().ended_at - r.test().started_at) / 1000; }

/// What the method takes; each ASM mode that was taken has its own settling and sampling. 0: the method states none.
double method_seconds(const Record& r) {
    const Method* method = method_named(r.fact.inspection->method);
    const bool both_modes = r.test().reading("co", "5025") && r.test().reading("co", "2540");
    return method ? method->seconds_min * (both_modes ? 2 : 1) : 0;
}

double least_seconds(const Record& r, const Context& ctx) {
    const double seconds = method_seconds(r);
    return seconds > 0 ? seconds - ctx.number("R04", "seconds_tolerance", r) : 0;
}

void whole_test(const Record& r, const Context& ctx, Flags& flags) {
    const double seconds = seconds_of(r), least = least_seconds(r, ctx);
    if (seconds >= least) return;
    const bool hardly_begun = seconds < least / 2;
    flags.push_back({.claim = "shorter_than_method",
                     .grade = hardly_begun ? Grade::strong : Grade::medium,
                     .score_permille = hardly_begun ? 950 : 800,
                     .records = {r.fact.record_id},
                     .person = r.test().inspector_id,
                     .values = {number("seconds", seconds, 0, "s"), number("seconds_min", method_seconds(r), 0, "s"),
                                text("method", r.fact.inspection->method)}});
}

/// The seconds whose mean is the result, as far as the trace names them.
void phases(const Record& r, const Context& ctx, Flags& flags) {
    const TraceFacts* trace = whole_trace(r, ctx);
    if (!trace) return;
    const double share = ctx.number("R04", "phase_share_min", r);
    const auto flag = [&](std::string_view phase, double seconds, double least) {
        flags.push_back({.claim = "phase_too_short",
                         .grade = Grade::medium,
                         .score_permille = 850,
                         .records = {r.fact.record_id},
                         .person = r.test().inspector_id,
                         .values = {text("phase", phase), number("seconds", seconds, 0, "s"),
                                    number("seconds_min", least, 0, "s")}});
    };
    const auto& method = r.fact.inspection->method;
    if (method == "vmas" || method == "transient") {
        const double least = method_named(method)->seconds_min;
        if (trace->seconds < share * least) flag("cycle", trace->seconds, least);
        return;
    }
    // A trace that names one phase names all that were taken.
    constexpr std::string_view names[] = {"high_idle", "idle", "5025", "2540"};
    const auto rows_of = [&](std::string_view phase) { return trace->rows_of(*part_of_phase(phase)); };
    if (std::ranges::none_of(names, [&](auto phase) { return rows_of(phase) > 0; })) return;
    for (const auto phase : names) {
        const auto least = static_cast<double>(window_rows(*part_of_phase(phase)));
        if (!r.test().reading("co", phase) || rows_of(phase) >= share * least) continue;
        return flag(phase, rows_of(phase), least);
    }
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r) || !method_named(r.fact.inspection->method)) return;
    whole_test(r, ctx, flags);
    phases(r, ctx, flags);
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (is_judged_test(r))
        out.push_back(r.fact.inspection->method + "|" +
                      std::to_string(block_of(day_of(r.test().ended_at), block_days)));
}

/// `of` is in order and not empty.
double quantile_of(const std::vector<double>& of, double share) {
    return of[static_cast<std::size_t>(share * static_cast<double>(of.size() - 1))];
}

/// The middle of the other stations' quantiles, so that a few that hurry do not move it; of stations with few tests the
/// quantile of all together. 0: too few of them.
double peers_least(const std::map<std::string, std::vector<double>>& seconds, const std::string& but,
                   const Context& ctx) {
    const double peers_min = ctx.number("R04", "peers_min");
    std::vector<double> low;
    for (const auto& [station, of] : seconds)
        if (station != but && static_cast<double>(of.size()) >= ctx.number("R04", "peer_tests_min"))
            low.push_back(quantile_of(of, quantile));
    if (static_cast<double>(low.size()) >= peers_min) {
        std::ranges::sort(low);
        return quantile_of(low, 0.5);
    }
    if (static_cast<double>(seconds.size() - seconds.count(but)) < peers_min) return 0;
    std::vector<double> together;
    for (const auto& [station, of] : seconds)
        if (station != but) together.insert(together.end(), of.begin(), of.end());
    if (static_cast<double>(together.size()) < ctx.number("R04", "peers_together_min")) return 0;
    std::ranges::sort(together);
    return quantile_of(together, quantile);
}

void against_peers(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<double>> seconds;
    std::map<std::string, std::vector<const Record*>> tests;
    for (const auto& r : records) {
        seconds[r.fact.station_id].push_back(seconds_of(r));
        tests[r.fact.station_id].push_back(&r);
    }
    for (auto& [station, of] : seconds) std::ranges::sort(of);
    for (const auto& [station, of] : seconds) {
        const double peers = peers_least(seconds, station, ctx), usual = quantile_of(of, 0.5);
        const double most = std::min(peers * ctx.number("R04", "peers_share"), usual * ctx.number("R04", "own_share"));
        if (of.front() >= most) continue;
        for (const Record* r : tests.at(station)) {
            const double took = seconds_of(*r);
            if (took >= most || took < least_seconds(*r, ctx)) continue;
            flags.push_back({.claim = "shorter_than_peers",
                             .grade = Grade::medium,
                             .score_permille = 750,
                             .records = {r->fact.record_id},
                             .person = r->test().inspector_id,
                             .values = {number("seconds", took, 0, "s"), number("peers", peers, 0, "s"),
                                        number("usual", usual, 0, "s"), text("method", r->fact.inspection->method)}});
        }
    }
}

}  // namespace

Rule r04() { return {.id = "R04", .record = check, .groups = {{keys, against_peers, true}}}; }

}  // namespace imloop::loop::rules
