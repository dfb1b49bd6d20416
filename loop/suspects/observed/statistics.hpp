// Sufficient statistics of stations, inspectors, shops and counties, from which the sweep rules compute. Whole numbers
// alone, so that the order of adding and removing has no effect.
#pragma once

#include <string>

#include "loop/rules/rule.hpp"
#include "loop/stations/journey_sums.hpp"
#include "loop/stations/keeping.hpp"
#include "loop/stations/tallies.hpp"

namespace imloop::loop::rules {

/// Thread safety and errors as of Table (loop/rows/table.hpp).
class Statistics {
public:
    explicit Statistics(const Rows* rows = nullptr);

    /// What a record added, to be taken out again as it was.
    struct Added {
        std::string station_id{};
        Day day = 0;
        stations::Kept kept{};
        std::string test{};  ///< packed `stations::TestSeen`; empty: none
    };
    Added add(const Record&);
    void remove(const Added&);
    /// Histories of these will be put: where rows come in sets, theirs are read at once.
    void read_ahead(std::vector<std::string> keys_of_vehicles) const {
        journey_of_.read_ahead(std::move(keys_of_vehicles));
    }
    /// A vehicle's history, in place of what was said of it before.
    void put(const History&);
    void drop(const std::string& vehicle_id);

    const stations::Tallies& tallies() const { return tallies_; }
    /// What the vehicles' histories add up to.
    const stations::JourneySums& journeys() const { return sums_; }
    const stations::Keeping& keeping() const { return keeping_; }

    /// A line that came, accepted or not. Those of one journal in the order of their numbers; one that is known is not
    /// counted again.
    void came(const Arrival& arrival) { keeping_.came(arrival); }
    /// The hub refused a second text under a number it holds, on this day.
    void forked(const std::string& source, std::uint64_t first, Day day) { keeping_.forked({day, source, first}); }

    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

private:
    void change(const Added&, std::int32_t times);
    void replace(const std::string& vehicle_id, stations::Journey now);

    stations::Tallies tallies_;
    Table<stations::Journey> journey_of_;  // by vehicle, so as to be taken out again
    stations::JourneySums sums_;
    stations::Keeping keeping_;
};
auto members(Like<Statistics::Added> auto& a) { return std::tie(a.station_id, a.day, a.kept, a.test); }

}  // namespace imloop::loop::rules
