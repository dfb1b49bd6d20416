#include "loop/stations/tallies.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "loop/stations/change.hpp"

namespace imloop::loop::stations {
namespace {

constexpr int night_from_s = 22 * 3600;
constexpr int night_to_s = 6 * 3600;

Counts counts_of(const TestSeen& t, std::int32_t times) {
    Counts out;
    if (t.verdict == Verdict::aborted) {
        out.aborted = times;
    } else if (t.is_retest) {
        out.retests = times;
        if (t.verdict == Verdict::pass) out.retests_passed = times;
    } else {
        out.first = times;
        if (t.verdict == Verdict::fail) out.first_failed = times;
    }
    if (!t.has_obd || t.is_retest) return out;
    out.obd = times;
    if (t.obd_silent) out.obd_silent = times;
    if (t.obd_unready) out.obd_unready = times;
    return out;
}

void add_fields(MomentsByField& to, const TestSeen& t, std::int32_t times) {
    constexpr double field_max = 1000;  // so that a million tests' squares fit
    for (const auto& [field, value] : t.fields)
        change(to, field, [&](Moments& m) {
            const std::int64_t thousandths = std::llround(std::clamp(value, -field_max, field_max) * 1000);
            m.tests += times;
            m.sum += times * thousandths;
            m.squares += times * thousandths * thousandths;
        });
}

auto tables_of(auto& t) {
    return std::tie(t.counts, t.stays, t.lines, t.shapes, t.digits, t.readings, t.shared, t.fields);
}

}  // namespace

std::string_view name_of(Field field) {
    constexpr std::string_view names[] = {"temperature_c", "humidity_pct", "pressure_kpa", "seconds",
                                          "co2",           "o2",           "lambda"};
    return names[static_cast<int>(field)];
}

Counts& Counts::operator+=(const Counts& c) {
    first += c.first;
    first_failed += c.first_failed;
    retests += c.retests;
    retests_passed += c.retests_passed;
    aborted += c.aborted;
    obd += c.obd;
    obd_silent += c.obd_silent;
    obd_unready += c.obd_unready;
    return *this;
}

Level& Level::operator+=(const Level& l) {
    tests += l.tests;
    sum_millionths += l.sum_millionths;
    return *this;
}

Tallies::Tallies(const Rows* rows)
    : counts("watch_counts", rows),
      stays("watch_stays", rows),
      lines("watch_line_weeks", rows),
      shapes("watch_shapes", rows),
      digits("watch_digits", rows),
      readings("watch_readings", rows),
      shared("watch_shared_readings", rows),
      fields("watch_fields", rows) {}

void Tallies::add_readings(const TestSeen& t, Line& line, std::int32_t times) {
    constexpr double least = 1e-4;
    constexpr double just_under = 1 - 1e-9;  // a reading at its limit passes
    const Week quarter = quarter_of(week_of(t.day));
    double worst = -1;
    for (const auto& r : t.readings) {
        worst = std::max(worst, r.to_limit);
        change(line.levels, r.channel, [&](Level& level) {
            level += {times, times * std::llround(std::log(std::max(r.to_limit, least)) * 1e6)};
        });
    }
    if (worst >= 0 && !t.is_retest)
        shapes.change({quarter, t.station_id, t.stratum.codes[0], t.stratum.codes[1]},
                      [&](Shape& shape) { shape.add(worst <= 1 ? std::min(worst, just_under) : worst, times); });
    if (std::ranges::any_of(t.readings, [](const auto& r) { return r.digit.has_value(); }))
        digits.change({quarter, t.station_id}, [&](DigitsByChannel& channels) {
            for (const auto& r : t.readings) {
                assert(!r.digit || (*r.digit >= 0 && *r.digit <= 9));
                if (r.digit)
                    change(channels, r.channel, [&](auto& d) { d[static_cast<std::size_t>(*r.digit)] += times; });
            }
        });
    if (!t.fields.empty())
        fields.change({t.station_id, t.software}, [&](MomentsByField& to) { add_fields(to, t, times); });
}

void Tallies::add_tuple(const TestSeen& t, std::int32_t times) {
    const std::uint8_t method = t.stratum.codes[0];
    std::int32_t before = 0, after = 0;
    readings.change({t.station_id, method, *t.tuple}, [&](std::int32_t& tests) {
        before = tests;
        after = tests += times;
    });
    assert(before >= 0 && after >= 0);
    const auto count = [&](std::int32_t tests, std::int32_t sets) {
        if (tests > 0) shared.change({t.station_id, method, tests}, [&](std::int32_t& n) { n += sets; });
    };
    count(before, -1);
    count(after, 1);
}

void Tallies::add(const TestSeen& t, std::int32_t times) {
    assert(times != 0);
    const Week week = week_of(t.day);
    counts.change({week, t.station_id, t.inspector_id}, [&](CountsByStratum& strata) {
        change(strata, t.stratum, [&](Counts& c) { c += counts_of(t, times); });
    });
    if (!t.inspector_id.empty())
        stays.change({t.inspector_id, t.station_id, week}, [&](std::int32_t& tests) { tests += times; });
    const bool is_whole = t.verdict != Verdict::aborted;
    lines.change({week, t.station_id, t.line_id}, [&](Line& line) {
        change(line.busy, t.day, [&](Busy& busy) {
            busy.tests += times;
            busy.least_s += times * (is_whole ? t.least_s : 0);
            if (t.start_s >= night_from_s || t.start_s < night_to_s) busy.night += times;
        });
        if (is_whole) add_readings(t, line, times);
    });
    if (is_whole && t.tuple) add_tuple(t, times);
}

void Tallies::write(const RowChanges& changes) { write_rows(tables_of(*this), changes); }
void Tallies::forget() { forget_rows(tables_of(*this)); }
std::size_t Tallies::held() const { return rows_held(tables_of(*this)); }

}  // namespace imloop::loop::stations
