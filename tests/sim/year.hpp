// A plausible year of the prefecture: who is tested, fails, is repaired, comes back or not.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/sim/records.hpp"

namespace imloop::sim {

struct YearOptions {
    std::uint64_t seed = 1;
    std::size_t tests = 200'000;
    int i_stations = 60;
    int m_stations = 31;
    int year = 2025;
    double trace_share = 0.01;
};

struct Station {
    std::string id, name, county;
};

struct Year {
    std::vector<Station> stations;
    /// By source, in the order of their moments.
    std::map<std::string, std::vector<std::pair<loop::Moment, std::string>>> lines;
    std::map<std::string, std::string> traces;  ///< CSV by digest
    Vehicle story;                              ///< one that needed more than one round
    std::size_t tests = 0, failures = 0, repairs = 0, slips = 0;
};

Year make_year(const YearOptions&);

}  // namespace imloop::sim
