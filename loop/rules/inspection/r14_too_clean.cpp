// Measurement has noise and old engines have emissions: a result of nothing at all from a worn car, a channel that
// stands still while an engine runs, smoke that is equal three times again and again, and a station whose vehicles are
// many times cleaner than the cleanest of their peers were not measured.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "loop/block.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {
namespace {

constexpr Day block_days = 90;  // tests that are looked at together

/// Before catalysts were closed-loop and diesels had filters.
bool is_old_stage(const Record& r) {
    static const std::set<std::string, std::less<>> old = {"国0", "国I", "国II", "国III"};
    return r.detail.vehicle && old.contains(r.detail.vehicle->emission_stage);
}

double age_years(const Record& r) {
    const auto on = r.detail.vehicle ? r.detail.vehicle->registered_on : std::nullopt;
    return on ? (day_of(r.test().ended_at) - *on) / 365.25 : 0;
}

/// All pollutants of the test that a warm, worn engine cannot be without; nothing where none was measured.
std::optional<bool> is_all_nothing(const Record& r) {
    std::optional<bool> out;
    for (const auto& reading : r.test().readings) {
        const double least = reading.item == "co"                                   ? 0.01
                             : reading.item == "hc"                                 ? 2
                             : reading.item == "no" || reading.item == "nox"        ? 3
                             : reading.item == "opacity" && reading.phase != "mean" ? 0.011
                                                                                    : 0;
        if (least == 0 || reading.unit == "g/km") continue;
        out = out.value_or(true) && reading.value < least;
    }
    return out;
}

void too_clean(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.detail.vehicle || !is_all_nothing(r).value_or(false)) return;
    const double age = age_years(r), age_min = ctx.number("R14", "age_years_min", r);
    const auto km = r.test().obd ? r.test().obd->mileage_km : std::nullopt;
    const bool is_aged = age >= age_min, is_far_driven = km.value_or(0) >= ctx.number("R14", "mileage_km_min", r);
    // Newer engines may idle that clean, not with wear in every respect.
    if (is_old_stage(r) ? !is_aged && !is_far_driven : !is_aged || !is_far_driven) return;
    const bool is_plain = is_old_stage(r) || r.test().reading("no", "5025");
    flags.push_back(flag_of(r, "nothing_from_a_worn_car", is_plain ? Grade::medium : Grade::weak, is_plain ? 750 : 500,
                            {number("age", age, 0, "a"), number("mileage", km.value_or(0), 0, "km"),
                             text("stage", r.detail.vehicle->emission_stage)}));
}

/// Channels that move in every second of a running engine; a second that is missing makes none stand still. Zero is
/// left out: a clean car's smoke may stand there.
void flat_channels(const Record& r, const Context& ctx, Flags& flags) {
    const TraceFacts* trace = recorded_trace(r, ctx);
    if (!trace || trace->rows < ctx.number("R14", "flat_rows_min", r)) return;
    int flat = 0, moving = 0;
    for (const Channel c : {Channel::co2, Channel::o2, Channel::hc, Channel::no, Channel::nox, Channel::opacity}) {
        const auto* facts = trace->of(Part::whole, c);
        if (!facts || facts->max == 0) continue;
        (facts->flat() ? flat : moving)++;
    }
    if (trace->rpm_rows > 0) (trace->rpm_min == trace->rpm_max ? flat : moving)++;
    if (flat < 2 || moving > 0) return;
    flags.push_back(
        flag_of(r, "flat_channels", Grade::strong, 950, {number("channels", flat, 0), number("rows", trace->rows, 0)}));
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    too_clean(r, ctx, flags);
    flat_channels(r, ctx, flags);
}

/// Three peaks, visible ones; nothing else.
std::optional<std::array<double, 3>> peaks_of(const Record& r, double least) {
    if (!is_judged_test(r) || r.fact.inspection->method != "free_acceleration") return std::nullopt;
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto* reading = r.test().reading("opacity", std::string(1, static_cast<char>('1' + i)));
        if (!reading || reading->value < least) return std::nullopt;
        out[i] = reading->value;
    }
    return out;
}

/// The pollutant that stands highest against its limit; nothing where less than two were measured, or none has a limit.
std::optional<double> dirtiest_share(const Record& r) {
    std::optional<double> out;
    int count = 0;
    for (const auto& reading : r.test().readings) {
        if (!reading.limit || *reading.limit <= 0 || reading.item == "power" || reading.item == "lambda") continue;
        out = std::max(out.value_or(0), reading.value / *reading.limit);
        ++count;
    }
    return count < 2 ? std::nullopt : out;
}

std::string block_words(const Record& r) { return std::to_string(block_of(day_of(r.test().ended_at), block_days)); }

void by_peers(const Record& r, std::vector<std::string>& out) {
    if (is_judged_test(r) && r.detail.vehicle && !r.detail.vehicle->emission_stage.empty() && dirtiest_share(r))
        out.push_back(r.fact.inspection->method + "|" + r.detail.vehicle->fuel + "|" +
                      r.detail.vehicle->emission_stage + "|" + block_words(r));
}

void by_station(const Record& r, std::vector<std::string>& out) {
    if (peaks_of(r, 0)) out.push_back(r.fact.station_id + "|" + block_words(r));
}

void equal_peaks(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::vector<const Record*> equal;
    int tests = 0;
    for (const auto& r : records) {
        const auto peaks = peaks_of(r, ctx.number("R14", "peak_min", r));
        if (!peaks) continue;
        ++tests;
        if ((*peaks)[0] == (*peaks)[1] && (*peaks)[1] == (*peaks)[2]) equal.push_back(&r);
    }
    if (equal.size() < 2) return;
    const double chance =
        chance_of_at_least(static_cast<int>(equal.size()), tests, ctx.number("R14", "equal_peaks_share", *equal[0]));
    if (chance > ctx.number("R14", "chance_max", *equal[0])) return;
    for (const Record* r : equal) {
        auto flag = flag_of(*r, "equal_peaks", Grade::medium, 850,
                            {number("peak", r->test().reading("opacity", "1")->value, 2, "1/m"),
                             number("equal", static_cast<double>(equal.size()), 0), number("tests", tests, 0),
                             number("chance_per_million", chance * 1e6, 1)});
        for (const Record* other : equal)
            if (other != r) flag.records.push_back(other->fact.record_id);
        flag.key = "equal_peaks|" + r->fact.record_id;
        flags.push_back(std::move(flag));
    }
}

struct Share {
    const Record* record;
    double dirtiest;
};
using SharesByStation = std::map<std::string, std::vector<Share>>;

double count_below(const std::vector<Share>& of, double most) {
    return static_cast<double>(std::ranges::count_if(of, [&](const Share& s) { return s.dirtiest < most; }));
}

/// The share of tests below `most` at the other station but one where it is largest, so that one that cheats as well
/// does not hide this one; 0 where too few stations have enough tests.
double large_share_below(const SharesByStation& shares, const std::string& but, double most, double tests_min) {
    std::vector<double> below;
    for (const auto& [station, of] : shares) {
        if (station == but || static_cast<double>(of.size()) < tests_min) continue;
        below.push_back(count_below(of, most) / static_cast<double>(of.size()));
    }
    std::ranges::sort(below, std::greater());
    return below.size() < 2 ? 0 : below[1];
}

/// Vehicles of one method, fuel and stage: those of a station that are far cleaner than the cleanest of all others.
void against_peers(std::span<const Record> records, const Context& ctx, Flags& flags) {
    SharesByStation shares;
    for (const Record& r : records) shares[r.fact.station_id].push_back({&r, *dirtiest_share(r)});
    const auto setting = [&](const char* name) { return ctx.number("R14", name); };
    for (const auto& [station, own] : shares) {
        std::vector<double> peers;
        for (const auto& [other, of] : shares)
            if (other != station) std::ranges::transform(of, std::back_inserter(peers), &Share::dirtiest);
        if (static_cast<double>(peers.size()) < setting("peer_tests_min")) continue;
        const auto nth = static_cast<std::ptrdiff_t>(setting("peer_quantile") * static_cast<double>(peers.size()));
        std::ranges::nth_element(peers, peers.begin() + nth);
        const double most = peers[static_cast<std::size_t>(nth)] * setting("peer_quantile_share");
        const auto count = static_cast<int>(count_below(own, most));
        if (count < setting("cleaner_min")) continue;
        // One more, so that what peers never have is not taken for impossible; stations differ in what they are
        // brought.
        const double usual =
            std::max((static_cast<double>(std::ranges::count_if(peers, [&](double s) { return s < most; })) + 1) /
                         static_cast<double>(peers.size() + 1),
                     large_share_below(shares, station, most, setting("station_tests_min")));
        const double chance = chance_of_at_least(count, static_cast<int>(own.size()), usual);
        if (chance > setting("chance_max")) continue;
        const double expected = usual * static_cast<double>(own.size());
        for (const auto& [record, share] : own) {
            if (share >= most) continue;
            auto flag = flag_of(
                *record, "cleaner_than_all_peers", Grade::medium,
                static_cast<int>(std::min(900.0, 1000 * (1 - expected / count))),
                {number("share", share * 100, 1, "%"), number("most", most * 100, 1, "%"), number("count", count, 0),
                 number("tests", static_cast<double>(own.size()), 0), number("chance_per_million", chance * 1e6, 1)});
            flag.key = "peers|" + record->fact.record_id;
            flags.push_back(std::move(flag));
        }
    }
}

}  // namespace

Rule r14() {
    return {.id = "R14", .record = check, .groups = {{by_peers, against_peers, true}, {by_station, equal_peaks, true}}};
}

}  // namespace imloop::loop::rules
