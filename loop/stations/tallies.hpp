// Sufficient statistics of inspection stations: what one test adds, it takes out again, in whatever order, for all is
// whole numbers. They lie in cells of weeks and quarters: a test changes about ten of them, a sweep reads the cells of
// its window and costs stations, strata and weeks, never records.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "loop/stations/cells.hpp"
#include "loop/stations/test_seen.hpp"
#include "loop/stations/weeks.hpp"
#include "loop/statistics/digits.hpp"
#include "loop/statistics/histogram.hpp"

namespace imloop::loop::stations {

struct Counts {
    std::int32_t first = 0, first_failed = 0;
    std::int32_t retests = 0, retests_passed = 0;
    std::int32_t aborted = 0;
    std::int32_t obd = 0, obd_silent = 0, obd_unready = 0;  ///< of first tests: a repair leaves monitors unready
    Counts& operator+=(const Counts&);
    bool operator==(const Counts&) const = default;
};
auto members(Like<Counts> auto& c) {
    return std::tie(c.first, c.first_failed, c.retests, c.retests_passed, c.aborted, c.obd, c.obd_silent,
                    c.obd_unready);
}
struct InspectorWeek {
    Week week = 0;
    std::string station_id, inspector_id;
};
auto members(Like<InspectorWeek> auto& k) { return std::tie(k.week, k.station_id, k.inspector_id); }
using CountsByStratum = std::map<statistics::Stratum, Counts>;

/// Tests of an inspector at a station.
struct StayWeek {
    std::string inspector_id, station_id;
    Week week = 0;
};
auto members(Like<StayWeek> auto& k) { return std::tie(k.inspector_id, k.station_id, k.week); }

/// Sum of ln(reading / limit) in millionths.
struct Level {
    std::int64_t tests = 0;
    std::int64_t sum_millionths = 0;
    Level& operator+=(const Level&);
    bool operator==(const Level&) const = default;
};
auto members(Like<Level> auto& l) { return std::tie(l.tests, l.sum_millionths); }
struct Busy {
    std::int32_t tests = 0;
    std::int32_t least_s = 0;  ///< what these tests need at least
    std::int32_t night = 0;    ///< begun between 22:00 and 06:00
    bool operator==(const Busy&) const = default;
};
auto members(Like<Busy> auto& b) { return std::tie(b.tests, b.least_s, b.night); }
struct LineWeek {
    Week week = 0;
    std::string station_id, line_id;
};
auto members(Like<LineWeek> auto& k) { return std::tie(k.week, k.station_id, k.line_id); }
struct Line {
    std::map<std::uint8_t, Level> levels;  ///< by channel
    std::map<Day, Busy> busy;
    bool operator==(const Line&) const = default;
};
auto members(Like<Line> auto& l) { return std::tie(l.levels, l.busy); }

/// Worst reading over limit of first tests, in fortieths of the limit up to twice. Readings of a quarter of a year have
/// one shape by method and fuel.
using Shape = statistics::Histogram<80, 40>;
struct ShapeQuarter {
    Week quarter = 0;
    std::string station_id;
    std::uint8_t method = 0, fuel = 0;
};
auto members(Like<ShapeQuarter> auto& k) { return std::tie(k.quarter, k.station_id, k.method, k.fuel); }

struct StationQuarter {
    Week quarter = 0;
    std::string station_id;
};
auto members(Like<StationQuarter> auto& k) { return std::tie(k.quarter, k.station_id); }
using DigitsByChannel = std::map<std::uint8_t, statistics::Digits>;

/// Sets of readings, by their digest.
struct ReadingsOf {
    std::string station_id;
    std::uint8_t method = 0;
    std::uint64_t digest = 0;
};
auto members(Like<ReadingsOf> auto& k) { return std::tie(k.station_id, k.method, k.digest); }
/// Sets that so many tests share.
struct SharedBy {
    std::string station_id;
    std::uint8_t method = 0;
    std::int32_t tests = 0;
};
auto members(Like<SharedBy> auto& k) { return std::tie(k.station_id, k.method, k.tests); }

/// Of thousandths: whether a field varies at all shows without rounding.
struct Moments {
    std::int64_t tests = 0, sum = 0, squares = 0;
    bool is_constant() const {
        return tests == 0 || (sum % tests == 0 && squares == tests * (sum / tests) * (sum / tests));
    }
    bool operator==(const Moments&) const = default;
};
auto members(Like<Moments> auto& m) { return std::tie(m.tests, m.sum, m.squares); }
struct StationSoftware {
    std::string station_id, software;
};
auto members(Like<StationSoftware> auto& k) { return std::tie(k.station_id, k.software); }
using MomentsByField = std::map<Field, Moments>;

/// Thread safety and errors as of Table.
class Tallies {
public:
    explicit Tallies(const Rows* rows = nullptr);
    /// `times` is -1 to take the test out again.
    void add(const TestSeen&, std::int32_t times = 1);
    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

    Cells<InspectorWeek, CountsByStratum> counts;
    Cells<StayWeek, std::int32_t> stays;  ///< tests, of inspectors with an id
    Cells<LineWeek, Line> lines;
    Cells<ShapeQuarter, Shape> shapes;
    Cells<StationQuarter, DigitsByChannel> digits;
    Cells<ReadingsOf, std::int32_t> readings;  ///< tests
    Cells<SharedBy, std::int32_t> shared;      ///< sets of readings
    Cells<StationSoftware, MomentsByField> fields;

private:
    void add_readings(const TestSeen&, Line&, std::int32_t times);
    void add_tuple(const TestSeen&, std::int32_t times);
};

}  // namespace imloop::loop::stations
