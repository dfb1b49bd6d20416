#include "loop/stations/measured.hpp"

namespace imloop::loop::stations {
namespace {

using statistics::Share;
using statistics::Strata;

void add_cells(Strata& to, const std::map<Cell, Counts>& cells, const Asked& asked) {
    for (const auto& [cell, counts] : cells) {
        if (!asked.window.holds(cell.week)) continue;
        const Share share = asked.pick(counts);
        if (share.of > 0) to.add(cell.stratum, share);
    }
}

Measured measured(const Strata& all, const Strata& own) {
    const auto expected = statistics::expected_without(all, own);
    Measured out;
    out.observed = expected.own.hits;
    out.of = expected.own.of;
    out.expected = expected.hits;
    out.variance = expected.variance;
    out.peers = expected.peers;
    out.strata = static_cast<std::int64_t>(own.cells().size());
    return out;
}

Strata sum_of(const std::vector<std::pair<Measured, Strata>>& units) {
    Strata all;
    for (const auto& [unit, own] : units)
        for (const auto& [stratum, share] : own.cells()) all.add(stratum, share);
    return all;
}

Figures figures(std::vector<std::pair<Measured, Strata>> units, double expected_min) {
    const Strata all = sum_of(units);
    Figures out;
    for (auto& [unit, own] : units) {
        Measured m = measured(all, own);
        m.station_id = std::move(unit.station_id);
        m.inspector_id = std::move(unit.inspector_id);
        out.each.push_back(std::move(m));
    }
    compare_all(out, expected_min);
    return out;
}

}  // namespace

Share failed_first_tests(const Counts& c) { return {c.first_failed, c.first}; }
Share passed_retests(const Counts& c) { return {c.retests_passed, c.retests}; }
Share aborted_tests(const Counts& c) { return {c.aborted, c.first + c.retests + c.aborted}; }
Share silent_obd(const Counts& c) { return {c.obd_silent, c.obd}; }
Share unready_obd(const Counts& c) { return {c.obd_unready, c.obd}; }

Figures stations_by(const Tallies& tallies, const Asked& asked) {
    std::vector<std::pair<Measured, Strata>> units;
    for (const auto& [id, station] : tallies.stations()) {
        Strata own;
        for (const auto& [inspector, cells] : station.inspectors) add_cells(own, cells, asked);
        if (own.cells().empty()) continue;
        Measured unit;
        unit.station_id = id;
        units.emplace_back(std::move(unit), std::move(own));
    }
    return figures(std::move(units), asked.expected_min);
}

Figures inspectors_by(const Tallies& tallies, const Asked& asked) {
    std::vector<std::pair<Measured, Strata>> units;
    for (const auto& [id, station] : tallies.stations())
        for (const auto& [inspector, cells] : station.inspectors) {
            Strata own;
            add_cells(own, cells, asked);
            if (own.cells().empty() || inspector.empty()) continue;
            Measured unit;
            unit.station_id = id;
            unit.inspector_id = inspector;
            units.emplace_back(std::move(unit), std::move(own));
        }
    return figures(std::move(units), asked.expected_min);
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
