// Sufficient statistics of stations, inspectors, shops and counties, from which the sweep rules compute. Whole numbers
// alone, so that the order of adding and removing has no effect.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "loop/rules/rule.hpp"
#include "loop/stations/journey_sums.hpp"
#include "loop/stations/tallies.hpp"

namespace imloop::loop::rules {

class Statistics {
public:
    /// What a record added, to be taken out again as it was.
    struct Added {
        std::string station_id{};
        Day day = 0;
        bool is_kept = false, is_late = false, is_correction = false;
        std::string test{};  ///< packed `stations::TestSeen`; empty: none
    };
    Added add(const Record&);
    void remove(const std::string& record_id, const Added&);
    /// A vehicle's history, in place of what was said of it before.
    void put(const History&);
    void drop(const std::string& vehicle_id);

    const stations::Tallies& tallies() const { return tallies_; }
    /// What the vehicles' histories add up to.
    const stations::JourneySums& journeys() const { return sums_; }

    /// What a station's records show of how they are kept.
    struct Keeping {
        std::map<Day, std::int32_t> records;         ///< tests and repairs by day
        std::map<Day, std::int32_t> corrections;     ///< likewise
        std::set<std::pair<Day, std::string>> late;  ///< record ids that came later than `late_after_ms`
        bool operator==(const Keeping&) const = default;
    };
    const std::map<std::string, Keeping>& keeping() const { return keeping_; }
    static constexpr Moment late_after_ms = day_ms;

    /// A line that came, accepted or not. Those of one journal in the order of their numbers; one that is known is not
    /// counted again.
    void came(const Arrival&);
    /// The hub refused a second text under a number it holds, on this day.
    void forked(const std::string& source, std::uint64_t first, Day);

    /// How a source delivers: of the arrival, whatever became of the records.
    struct Delivery {
        struct Journal {
            Day begun = 0;
            std::uint64_t last = 0;
        };
        std::map<Day, std::int32_t> lines, rejected;
        std::map<std::string, Journal> journals;  ///< by epoch
        std::set<std::pair<Day, std::uint64_t>> forks;
    };
    const std::map<std::string, Delivery>& deliveries() const { return deliveries_; }
    void take_deliveries_of(const Statistics& other) { deliveries_ = other.deliveries_; }

private:
    void change(const std::string& record_id, const Added&, std::int32_t times);

    stations::Tallies tallies_;
    std::unordered_map<std::string, stations::Journey> journey_of_;  // by vehicle, so as to be taken out again
    stations::JourneySums sums_;
    std::map<std::string, Keeping> keeping_;
    std::map<std::string, Delivery> deliveries_;  // by source
};
auto members(Like<Statistics::Added> auto& a) {
    return std::tie(a.station_id, a.day, a.is_kept, a.is_late, a.is_correction, a.test);
}

}  // namespace imloop::loop::rules
