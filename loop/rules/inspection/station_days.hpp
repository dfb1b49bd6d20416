// A station's tests and calibrations day by day, and what its days add up to: which instruments and programs its lines
// work with, and how often they come back. And on which days an instrument was in use at which stations.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "loop/rules/listed.hpp"

namespace imloop::loop::rules::station_days {

std::string key_of_station(const std::string& station);
std::string key_of_instrument(const std::string& instrument);
/// Words of one record, for the keys of its station and its instrument; nothing of one that is neither test,
/// calibration nor supervision.
void words(const Record&, std::vector<Fold::Word>&);
void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells&);

/// What one test says.
struct Test {
    Listed listed;
    std::string line, method, instrument, software;  ///< as instrument_of() and the record have them, may be empty
};
/// A place where one of several things is used at a time: instruments of a line and method, programs of a line.
struct Place {
    std::string tag, line, method;  ///< `instrument` or `program`; programs have no method
    bool operator<(const Place& o) const { return std::tie(tag, line, method) < std::tie(o.tag, o.line, o.method); }
    std::string key() const;
    const std::string& what(const Test&) const;
    bool holds(const Test&) const;
};
struct Use {
    std::int64_t tests = 0;
    std::int64_t came_at_most = 0;  ///< how often it came after another, were it another every night
};
using Uses = std::map<std::string, Use>;  ///< by instrument or program
std::map<Place, Uses> places_of(const Sums&, const std::string& tag);
/// How often it came after another.
std::int64_t came(const Sums&, const Place&, const std::string& what, const Use&);
/// In their order.
void each_use(const Sums&, const Place&, const std::string& what, const std::function<bool(const Test&)>& visit);
/// Tests of a day, in their order.
void each_test(const Sums&, Day, const std::function<bool(const Test&)>& visit);

std::optional<Record> first_record(const Sums&);
/// Nothing where there is no test.
std::optional<Day> latest_day(const Sums&);
/// Tests by some instrument.
std::int64_t tests(const Sums&);
/// Of them, later ones than a moment; counts up to `enough`.
std::int64_t tests_after(const Sums&, Moment, std::int64_t enough);
/// Days with a calibration, by instrument.
std::map<std::string, std::int64_t> calibrated(const Sums&);
/// Suspensions and revocations, in their order.
void each_measure(const Sums&, const std::function<bool(const Record&)>& visit);

/// Of an instrument: tests by station.
std::map<std::string, std::int64_t> used_at(const Sums&);
bool is_used_on(const Sums&, const std::string& station, Day);
void each_day_used(const Sums&, const std::string& station, const std::function<void(Day)>& visit);

}  // namespace imloop::loop::rules::station_days
