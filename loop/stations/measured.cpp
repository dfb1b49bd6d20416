#include "loop/stations/measured.hpp"

#include <cassert>

namespace imloop::loop::stations {
namespace {

using statistics::Share;
using statistics::Strata;

void add_cells(std::map<statistics::Stratum, Share>& to, const std::map<Cell, Counts>& cells, const Asked& asked) {
    for (const auto& [cell, counts] : cells)
        if (asked.window.holds(cell.week)) to[cell.stratum] += asked.pick(counts);
}

/// Strata are added up before their margins are: cells are many, strata few.
Strata strata_of(const std::map<statistics::Stratum, Share>& shares) {
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
    for (const auto& [id, station] : tallies.stations()) {
        std::map<statistics::Stratum, Share> shares;
        for (const auto& [inspector, cells] : station.inspectors) add_cells(shares, cells, asked);
        units.push_back({id, "", strata_of(shares)});
    }
    return against_each_other(std::move(units), asked.expected_min);
}

Figures inspectors_by(const Tallies& tallies, const Asked& asked) {
    std::vector<Unit> units;
    for (const auto& [id, station] : tallies.stations())
        for (const auto& [inspector, cells] : station.inspectors) {
            if (inspector.empty()) continue;
            std::map<statistics::Stratum, Share> shares;
            add_cells(shares, cells, asked);
            units.push_back({id, inspector, strata_of(shares)});
        }
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
