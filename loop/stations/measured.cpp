#include "loop/stations/measured.hpp"

#include <cassert>

namespace imloop::loop::stations {
namespace {

using statistics::Share;
using statistics::Strata;

using Shares = std::map<statistics::Stratum, Share>;

/// Of each station, or of each inspector where they are asked for, in the weeks of the window.
std::map<std::pair<std::string, std::string>, Shares> shares_by(const Tallies& tallies, const Asked& asked,
                                                                bool of_inspectors) {
    std::map<std::pair<std::string, std::string>, Shares> out;
    tallies.counts.each(asked.window.from, asked.window.to,
                        [&](const InspectorWeek& at, const CountsByStratum& strata) {
                            Shares& shares = out[{at.station_id, of_inspectors ? at.inspector_id : ""}];
                            for (const auto& [stratum, counts] : strata) shares[stratum] += asked.pick(counts);
                        });
    return out;
}

/// Strata are added up before their margins are: cells are many, strata few.
Strata strata_of(const Shares& shares) {
    Strata out;
    for (const auto& [stratum, share] : shares)
        if (share.of > 0) out.add(stratum, share);
    return out;
}

}  // namespace

Share failed_first_tests(const Counts& c) { return {c.first_failed, c.first}; }
Share passed_retests(const Counts& c) { return {c.retests_passed, c.retests}; }
Share aborted_tests(const Counts& c) { return {c.aborted, c.first + c.retests + c.aborted}; }
Share silent_obd(const Counts& c) { return {c.obd_silent, c.obd}; }
Share unready_obd(const Counts& c) { return {c.obd_unready, c.obd}; }

Figures stations_by(const Tallies& tallies, const Asked& asked) {
    std::vector<Unit> units;
    for (const auto& [of, shares] : shares_by(tallies, asked, false))
        units.push_back({of.first, "", strata_of(shares)});
    return against_each_other(std::move(units), asked.expected_min);
}

Figures inspectors_by(const Tallies& tallies, const Asked& asked) {
    std::vector<Unit> units;
    for (const auto& [of, shares] : shares_by(tallies, asked, true))
        if (!of.second.empty()) units.push_back({of.first, of.second, strata_of(shares)});
    return against_each_other(std::move(units), asked.expected_min);
}

Figures against_each_other(std::vector<Unit> units, double expected_min) {
    std::erase_if(units, [](const Unit& unit) { return unit.own.cells().empty(); });
    Strata all;
    for (const Unit& unit : units)
        for (const auto& [stratum, share] : unit.own.cells()) all.add(stratum, share);
    Figures out;
    for (Unit& unit : units) {
        const auto expected = statistics::expected_without(all, unit.own);
        Measured m;
        m.station_id = std::move(unit.station_id);
        m.inspector_id = std::move(unit.inspector_id);
        m.observed = expected.own.hits;
        m.of = expected.own.of;
        m.expected = expected.hits;
        m.variance = expected.variance;
        assert(m.observed >= 0 && m.observed <= m.of && m.peers >= 0);
        m.peers = expected.peers;
        m.strata = static_cast<std::int64_t>(unit.own.cells().size());
        out.each.push_back(std::move(m));
    }
    compare_all(out, expected_min);
    return out;
}

void compare_all(Figures& figures, double expected_min) {
    std::vector<statistics::Counted> counted;
    for (auto& m : figures.each) {
        m.enough = m.expected > 0 && m.expected >= expected_min;
        if (m.enough) counted.push_back({m.observed, m.expected, m.variance});
    }
    const auto comparison = statistics::compare(counted);
    figures.spread = comparison.spread;
    figures.compared = static_cast<std::int64_t>(counted.size());
    std::size_t next = 0;
    for (auto& m : figures.each)
        if (m.enough) m.compared = comparison.each[next++];
}

}  // namespace imloop::loop::stations
