// Sufficient statistics of inspection stations: what one test adds, it takes out again, in whatever order, for all is
// whole numbers. A sweep over them costs stations, strata and weeks, never records.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/fact.hpp"
#include "loop/statistics/digits.hpp"
#include "loop/statistics/histogram.hpp"
#include "loop/statistics/strata.hpp"
#include "loop/time.hpp"

namespace imloop::loop::stations {

/// Weeks from Monday to Sunday, by number.
using Week = std::int32_t;
Week week_of(Day);
Day monday_of(Week);
/// Quarters of a year of 13 weeks, by number.
Week quarter_of(Week);

struct Window {
    Week from = 0;
    Week to = 0;  ///< inclusive
    bool holds(Week w) const { return from <= w && w <= to; }
};
/// The weeks that hold the `days` up to `as_of`.
Window window(Day as_of, int days);

/// One reading against its limit. Lambda and whatever has no limit take no part.
struct ReadingSeen {
    std::uint8_t channel = 0;  ///< which item at which phase (`channel_of`)
    double to_limit = 0;       ///< value / limit; of power limit / value; above 1 fails
    std::optional<int> digit;  ///< the last one written, where a limit's fineness tells it
};

/// What varies from test to test wherever it is measured.
enum class Field : std::uint8_t { temperature_c, humidity_pct, pressure_kpa, seconds, co2, o2, lambda };
std::string_view name_of(Field);

/// One test as the tallies see it.
struct TestSeen {
    std::string station_id, line_id, inspector_id;
    Day day = 0;
    int start_s = 0;  ///< seconds of the day
    statistics::Stratum stratum;
    bool is_retest = false;
    Verdict verdict{};
    std::vector<ReadingSeen> readings;
    std::optional<std::uint64_t> tuple;  ///< digest of all readings, four or more
    std::string software;
    std::vector<std::pair<Field, double>> fields;
    bool has_obd = false;      ///< looked at by OBD, which the vehicle supports
    bool obd_silent = false;   ///< did not communicate
    bool obd_unready = false;  ///< monitors not complete
    int least_s = 0;           ///< shortest the method allows
};

struct Counts {
    std::int32_t first = 0, first_failed = 0;
    std::int32_t retests = 0, retests_passed = 0;
    std::int32_t aborted = 0;
    std::int32_t obd = 0, obd_silent = 0, obd_unready = 0;  ///< of first tests: a repair leaves monitors unready
    Counts& operator+=(const Counts&);
    bool operator==(const Counts&) const = default;
};

struct Cell {
    Week week = 0;
    statistics::Stratum stratum;
    auto operator<=>(const Cell&) const = default;
};

/// Worst reading over limit of first tests, in fortieths of the limit up to twice.
using Shape = statistics::Histogram<80, 40>;
/// Readings of a quarter of a year (13 weeks) have one shape by method and fuel.
struct ShapeOf {
    Week quarter = 0;
    std::uint8_t method = 0, fuel = 0;
    auto operator<=>(const ShapeOf&) const = default;
};

/// Sum of ln(reading / limit) in millionths.
struct Level {
    std::int64_t tests = 0;
    std::int64_t sum_millionths = 0;
    bool operator==(const Level&) const = default;
};
/// Of thousandths: whether a field varies at all shows without rounding.
struct Moments {
    std::int64_t tests = 0, sum = 0, squares = 0;
    bool is_constant() const {
        return tests == 0 || (sum % tests == 0 && squares == tests * (sum / tests) * (sum / tests));
    }
    bool operator==(const Moments&) const = default;
};
struct Busy {
    std::int32_t tests = 0;
    std::int32_t least_s = 0;  ///< what these tests need at least
    std::int32_t night = 0;    ///< begun between 22:00 and 06:00
    bool operator==(const Busy&) const = default;
};

struct Line {
    std::map<std::pair<std::uint8_t, Week>, Level> levels;  ///< by channel
    std::map<Day, Busy> busy;
    bool operator==(const Line&) const = default;
};

struct Station {
    std::map<std::string, std::map<Cell, Counts>> inspectors;
    std::map<ShapeOf, Shape> shapes;
    std::map<std::pair<std::uint8_t, Week>, statistics::Digits> digits;  ///< by channel and quarter
    std::map<std::string, Line> lines;
    /// Tests by method and the digest of their readings.
    std::map<std::uint8_t, std::map<std::uint64_t, std::int32_t>> tuples;
    std::map<std::pair<std::string, Field>, Moments> fields;  ///< by version of the software
    bool operator==(const Station&) const = default;
};

/// Reading is safe from many threads, writing from one.
class Tallies {
public:
    /// `times` is -1 to take the test out again.
    void add(const TestSeen&, std::int32_t times = 1);
    const std::map<std::string, Station>& stations() const { return stations_; }
    bool operator==(const Tallies&) const = default;

private:
    std::map<std::string, Station> stations_;
};

}  // namespace imloop::loop::stations
