// Sufficient statistics of stations, inspectors, shops and counties, from which the sweep rules compute. Whole numbers
// alone, so that the order of adding and removing has no effect.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "loop/rules/rule.hpp"
#include "loop/stations/journeys.hpp"
#include "loop/stations/tallies.hpp"

namespace imloop::loop::rules {

class Statistics {
public:
    void add(const Record&);
    void remove(const Record&);
    /// A vehicle's history, in place of what was said of it before.
    void put(const History&);
    void drop(const std::string& vehicle_id);

    const stations::Tallies& tallies() const { return tallies_; }
    /// By vehicle, in no order.
    const std::unordered_map<std::string, stations::Journey>& journeys() const { return journeys_; }

    /// What a station's records show of how they are kept.
    struct Keeping {
        std::map<Day, std::int32_t> records;         ///< tests and repairs by day
        std::map<Day, std::int32_t> corrections;     ///< likewise
        std::set<std::pair<Day, std::string>> late;  ///< record ids that came later than `late_after_ms`
        bool operator==(const Keeping&) const = default;
    };
    const std::map<std::string, Keeping>& keeping() const { return keeping_; }
    static constexpr Moment late_after_ms = day_ms;

private:
    void change(const Record&, std::int32_t times);

    stations::Tallies tallies_;
    std::unordered_map<std::string, stations::Journey> journeys_;
    std::map<std::string, Keeping> keeping_;
};

}  // namespace imloop::loop::rules
