// Stations, or their inspectors, against what their peers would have counted with the same vehicles.
#pragma once

#include <string>
#include <vector>

#include "loop/stations/tallies.hpp"
#include "loop/statistics/comparison.hpp"
#include "loop/statistics/strata.hpp"

namespace imloop::loop::stations {

/// What is counted, out of what.
using Pick = statistics::Share (*)(const Counts&);
statistics::Share failed_first_tests(const Counts&);
statistics::Share passed_retests(const Counts&);
statistics::Share aborted_tests(const Counts&);
statistics::Share silent_obd(const Counts&);
statistics::Share unready_obd(const Counts&);

/// One station's or inspector's figures.
struct Measured {
    std::string station_id;
    std::string inspector_id;  ///< of inspectors alone
    std::int64_t observed = 0;
    std::int64_t of = 0;
    double expected = 0;
    double variance = 0;      ///< of observed - expected, by chance
    std::int64_t strata = 0;  ///< in which there were tests
    std::int64_t peers = 0;   ///< tests of others in these strata
    bool enough = false;      ///< expected is at least the least asked for; else it is not compared
    statistics::Compared compared;
};

struct Figures {
    std::vector<Measured> each;  ///< by station, then inspector
    statistics::Dispersion spread;
    std::int64_t compared = 0;  ///< how many had enough
};

struct Asked {
    Window window;
    Pick pick;
    double expected_min = 0;
};

/// Peers of a station are all other stations.
Figures stations_by(const Tallies&, const Asked&);
/// Peers of an inspector are all other inspectors of all stations.
Figures inspectors_by(const Tallies&, const Asked&);

/// What one station or inspector counted, by stratum.
struct Unit {
    std::string station_id;
    std::string inspector_id;
    statistics::Strata own;
};
/// Each against all others.
Figures against_each_other(std::vector<Unit>, double expected_min);

/// Compares what has enough, of figures whose counts are filled in.
void compare_all(Figures&, double expected_min);

}  // namespace imloop::loop::stations
