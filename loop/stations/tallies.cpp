#include "loop/stations/tallies.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "loop/block.hpp"
#include "loop/stations/change.hpp"

namespace imloop::loop::stations {
namespace {

constexpr int weeks_of_quarter = 13;
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

void add_readings(Station& station, Line& line, const TestSeen& t, std::int32_t times) {
    constexpr double least = 1e-4;
    constexpr double field_max = 1000;       // so that a million tests' squares fit
    constexpr double just_under = 1 - 1e-9;  // a reading at its limit passes
    const Week week = week_of(t.day);
    const Week quarter = quarter_of(week);
    double worst = -1;
    for (const auto& r : t.readings) {
        worst = std::max(worst, r.to_limit);
        change(line.levels, {r.channel, week}, [&](Level& level) {
            level.tests += times;
            level.sum_millionths += times * std::llround(std::log(std::max(r.to_limit, least)) * 1e6);
        });
        assert(!r.digit || (*r.digit >= 0 && *r.digit <= 9));
        if (r.digit)
            change(station.digits, {r.channel, quarter},
                   [&](auto& d) { d[static_cast<std::size_t>(*r.digit)] += times; });
    }
    if (worst >= 0 && !t.is_retest)
        change(station.shapes, {quarter, t.stratum.codes[0], t.stratum.codes[1]},
               [&](Shape& shape) { shape.add(worst <= 1 ? std::min(worst, just_under) : worst, times); });
    if (t.tuple)
        change(station.tuples, t.stratum.codes[0],
               [&](auto& of_method) { change(of_method, *t.tuple, [&](std::int32_t& tests) { tests += times; }); });
    for (const auto& [field, value] : t.fields)
        change(station.fields, {t.software, field}, [&](Moments& m) {
            const std::int64_t thousandths = std::llround(std::clamp(value, -field_max, field_max) * 1000);
            m.tests += times;
            m.sum += times * thousandths;
            m.squares += times * thousandths * thousandths;
        });
}

}  // namespace

std::string_view name_of(Field field) {
    constexpr std::string_view names[] = {"temperature_c", "humidity_pct", "pressure_kpa", "seconds",
                                          "co2",           "o2",           "lambda"};
    return names[static_cast<int>(field)];
}

Week week_of(Day day) { return block_of(day + 3, 7); }
Day monday_of(Week week) { return week * 7 - 3; }
Week quarter_of(Week week) { return block_of(week, weeks_of_quarter); }

Window window(Day as_of, int days) { return {week_of(as_of - days + 1), week_of(as_of)}; }

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

void Tallies::add(const TestSeen& t, std::int32_t times) {
    assert(times != 0);
    change(stations_, t.station_id, [&](Station& station) {
        change(station.inspectors, t.inspector_id, [&](auto& cells) {
            change(cells, {week_of(t.day), t.stratum}, [&](Counts& c) { c += counts_of(t, times); });
        });
        change(station.lines, t.line_id, [&](Line& line) {
            change(line.busy, t.day, [&](Busy& busy) {
                busy.tests += times;
                busy.least_s += times * (t.verdict == Verdict::aborted ? 0 : t.least_s);
                if (t.start_s >= night_from_s || t.start_s < night_to_s) busy.night += times;
            });
            if (t.verdict != Verdict::aborted) add_readings(station, line, t, times);
        });
    });
}

}  // namespace imloop::loop::stations
