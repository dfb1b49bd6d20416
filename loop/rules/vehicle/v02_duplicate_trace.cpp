// Another test's process data or readings given as this one's: the same trace of two vehicles, a trace that is a copy
// of another (loop/suspects/observed/traces.hpp), or the same readings to the last digit. Readings repeat by chance the
// more often the fewer digits they carry: near-zero ones of clean vehicles prove nothing, few readings only together.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "loop/block.hpp"
#include "loop/rules/rule.hpp"
#include "loop/rules/vehicle/repeats.hpp"
#include "loop/statistics/tails.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/traces.hpp"
#include "loop/suspects/observed/unlike.hpp"

namespace imloop::loop::rules {
namespace {

constexpr std::size_t readings_min = 4, digest_shown = 12;
/// Tuples below cannot be told apart in one station's year, however often they repeat.
constexpr double bits_min = 10;
constexpr Day block_days = 180;  // tests of one station and method that are compared

bool later_than(const Record& a, const Record& b) {
    return std::tie(a.fact.occurred_at, a.fact.record_id) > std::tie(b.fact.occurred_at, b.fact.record_id);
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.is_test() || r.test().trace_sha256.empty()) return;
    for (const auto& match : ctx.traces.matches(r.test().trace_sha256)) {
        if (match.correlation < ctx.number("V02", "correlation_min", r) ||
            match.chance > ctx.number("V02", "chance_max", r))
            continue;
        // The earlier of two is taken for the one that was measured.
        const auto others = ctx.with_trace(match.sha256);
        if (!others.empty() && later_than(others.front(), r)) continue;
        std::vector<std::string> records{r.fact.record_id};
        if (!others.empty()) records.push_back(others.front().fact.record_id);
        flags.push_back({.claim = "copy_of_another_trace",
                         .grade = Grade::strong,
                         .score_permille = 950,
                         .records = std::move(records),
                         .person = r.test().inspector_id,
                         .values = {text("other", match.sha256.substr(0, digest_shown)),
                                    number("correlation", match.correlation, 4), number("rows", match.rows, 0),
                                    number("shift", match.shift_s, 0, "s"), number("scale", match.scale, 3),
                                    text("chance", chance_words(match.chance))},
                         .key = "match|" + r.fact.record_id + "|" + match.sha256});
    }
}

std::string tuple_of(const Record& r) {
    std::vector<std::string> words;
    for (const auto& reading : r.test().readings)
        words.push_back(fmt::format("{}/{}={:.6g}", reading.item, reading.phase, reading.value));
    std::ranges::sort(words);
    return fmt::format("{}", fmt::join(words, " "));
}

void by_trace(const Record& r, std::vector<std::string>& out) {
    if (r.is_test() && r.fact.vehicle && !r.test().trace_sha256.empty()) out.push_back(r.test().trace_sha256);
}

void by_readings(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || !r.fact.vehicle) return;
    const auto& of = r.test().readings;
    if (of.size() >= readings_min && information_bits(of) >= bits_min)
        out.push_back(r.fact.station_id + "|" + tuple_of(r));
}

void by_method(const Record& r, std::vector<std::string>& out) {
    if (r.is_test() && r.fact.vehicle && !r.test().readings.empty())
        out.push_back(r.fact.station_id + "|" + r.fact.inspection->method + "|" +
                      std::to_string(block_of(day_of(r.fact.occurred_at), block_days)));
}

/// The records of vehicles that are all unlike one another, the first of each.
std::vector<const Record*> unlike_ones(std::span<const Record> records) {
    std::vector<const Record*> out;
    if (!may_be_unlike(records.front())) return out;
    UnlikeVins vins;
    for (const Record& r : records)
        if (may_be_unlike(r) && vins.add(r.fact.vehicle->vin)) out.push_back(&r);
    return out;
}

Flag repeated(const std::vector<const Record*>& of, const char* claim, const std::string& key) {
    Flag flag{.claim = claim,
              .grade = Grade::strong,
              .score_permille = 960,
              .records = {},
              .person = of.back()->test().inspector_id,
              .values = {number("vehicles", static_cast<double>(of.size()), 0)},
              .key = key};
    // The latest is in question first: the first one may be the true test that was copied.
    for (auto it = of.rbegin(); it != of.rend(); ++it) flag.records.push_back((*it)->fact.record_id);
    return flag;
}

/// How many sets of so many tests of a station would agree by chance, if as far apart in days as these. Pairs count at
/// once only where they carry very much.
double expected_by_chance(std::size_t vehicles, double bits, double days, const Context& ctx, const Record& r) {
    const double a_year = ctx.number("V02", "station_tests_a_year", r);
    const double near = std::min(a_year, a_year / 300 * (days + 1));
    double sets = a_year;
    for (std::size_t i = 1; i < vehicles; ++i) sets *= near / static_cast<double>(i + 1) * std::exp2(-bits);
    return sets;
}

void same_trace(std::span<const Record> records, const Context&, Flags& flags) {
    const auto unlike = unlike_ones(records);
    if (unlike.size() < 2) return;
    const auto& sha = records[0].test().trace_sha256;
    auto flag = repeated(unlike, "same_trace", "trace|" + sha);
    flag.score_permille = 980;
    flag.values.push_back(text("other", sha.substr(0, digest_shown)));
    flags.push_back(std::move(flag));
}

void same_readings(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto unlike = unlike_ones(records);
    if (unlike.size() < 2) return;
    const Record &first = *unlike.front(), &last = *unlike.back();
    const double bits = information_bits(first.test().readings);
    const double days = static_cast<double>(last.fact.occurred_at - first.fact.occurred_at) / day_ms;
    const double expected = expected_by_chance(unlike.size(), bits, days, ctx, first);
    if (expected > ctx.number("V02", "expected_max", first)) return;
    const auto tuple = tuple_of(first);
    auto flag = repeated(unlike, "same_readings", "readings|" + first.fact.station_id + "|" + tuple);
    flag.values.push_back(text("readings", tuple));
    flag.values.push_back(text("chance", chance_words(expected)));
    flags.push_back(std::move(flag));
}

/// A copied test of few readings shows nothing by itself; a station where more come again than readings do does.
void readings_come_again(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("V02", name, records[0]); };
    const auto repeats = repeats_of(records);
    const auto again = static_cast<double>(repeats.pairs.size());
    if (again < setting("again_min") || again < setting("again_factor_min") * repeats.expected) return;
    const double chance = std::exp(statistics::log_poisson_at_least(std::ssize(repeats.pairs), repeats.expected));
    if (chance > setting("again_chance_max")) return;
    for (const auto& [later, earlier] : repeats.pairs)
        flags.push_back({.claim = "readings_come_again",
                         .grade = Grade::medium,
                         .score_permille = static_cast<int>(std::min(900.0, 1000 * (1 - repeats.expected / again))),
                         .records = {later->fact.record_id, earlier->fact.record_id},
                         .person = later->test().inspector_id,
                         .values = {text("readings", tuple_of(*later)), number("again", again, 0),
                                    number("tests", repeats.tests, 0), number("expected", repeats.expected, 1),
                                    text("chance", chance_words(chance))},
                         .key = "again|" + later->fact.record_id});
}

}  // namespace

Rule v02() {
    return {.id = "V02",
            .record = check,
            .groups = {{by_trace, same_trace, false, 2},
                       {by_readings, same_readings, false, 2},
                       {by_method, readings_come_again, true}}};
}

}  // namespace imloop::loop::rules
