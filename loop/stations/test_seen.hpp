// One test as the tallies see it: what it adds, and so what is kept of it to take the same out again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/fact.hpp"
#include "loop/pack.hpp"
#include "loop/statistics/strata.hpp"
#include "loop/time.hpp"

namespace imloop::loop::stations {

/// One reading against its limit. Lambda and whatever has no limit take no part.
struct ReadingSeen {
    std::uint8_t channel = 0;  ///< which item at which phase (`channel_name`)
    double to_limit = 0;       ///< value / limit; of power limit / value; above 1 fails
    std::optional<int> digit;  ///< the last one written, where a limit's fineness tells it
};
auto members(Like<ReadingSeen> auto& r) { return std::tie(r.channel, r.to_limit, r.digit); }

/// What varies from test to test wherever it is measured. Rows hold these numbers.
enum class Field : std::uint8_t { temperature_c, humidity_pct, pressure_kpa, seconds, co2, o2, lambda };
std::string_view name_of(Field);

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
auto members(Like<TestSeen> auto& t) {
    return std::tie(t.station_id, t.line_id, t.inspector_id, t.day, t.start_s, t.stratum, t.is_retest, t.verdict,
                    t.readings, t.tuple, t.software, t.fields, t.has_obd, t.obd_silent, t.obd_unready, t.least_s);
}

}  // namespace imloop::loop::stations
