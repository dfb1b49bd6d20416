// The byte-identical form of the projection.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loop/projection.hpp"
#include "loop/tally.hpp"

namespace imloop::loop {
namespace {

std::string line_of(const std::string& vehicle_id, const Episode& e) {
    const auto day = [](const std::optional<Day>& d) { return d ? format_day(*d) : std::string("-"); };
    const std::string_view first_retest = !e.first_retest_passed ? "-" : *e.first_retest_passed ? "passed" : "failed";
    return fmt::format(
        "episode {} vehicle {} county {} registered {} station {} outcome {} first {} latest {} failures {} repairs {} "
        "counting {} shops {} first_counting {} latest_counting {} retests {} first_retest {} ended_by {} ended {} "
        "due {}\n",
        e.episode_id, vehicle_id, e.county, e.registered_county, e.station_id, name_of(e.outcome),
        format_moment(e.first_failure), format_moment(e.latest_failure), fmt::join(e.failures, ","),
        fmt::join(e.repairs, ","), fmt::join(e.counting_repairs, ","), fmt::join(e.counting_stations, ","),
        day(e.first_counting_day), day(e.latest_counting_day), fmt::join(e.retests, ","), first_retest,
        e.ended_by.value_or("-"), e.ended_at ? format_moment(*e.ended_at) : "-", day(e.due));
}

std::string line_of(std::string_view what, std::string_view key, const Measures& m) {
    return fmt::format("{} {} failed {} repaired {} retested {} first_retest_passed {} outcomes {}\n", what, key,
                       m.failed, m.repaired, m.retested, m.first_retest_passed, fmt::join(m.outcomes, ","));
}

}  // namespace

std::string Projection::dump(Day as_of) const {
    std::string out = fmt::format("projection as of {}\n", format_day(as_of));
    identity_.each_vehicle([&](const Vehicle& vehicle) {
        out += fmt::format("vehicle {} vin {}\n", vehicle.vehicle_id, vehicle.vin);
        for (const Evidence& e : vehicle.records)
            out += fmt::format("  record {} {} row {}\n", e.record_id,
                               e.certainty == Certainty::certain ? "certain" : "likely", e.row);
    });
    for (const auto& id : identity_.review()) out += fmt::format("review {}\n", id);

    std::map<std::string, std::string> episode_lines;
    Tally counters(policy(as_of), CountyView::station);
    each_vehicle(as_of, [&](const std::string& vehicle_id, const std::vector<Episode>& episodes) {
        for (const Episode& e : episodes) {
            episode_lines[e.episode_id] = line_of(vehicle_id, e);
            counters.add(e);
        }
    });
    for (const auto& [id, line] : episode_lines) out += line;
    for (const auto& row : counters.counties())
        out += line_of("county", row.county.empty() ? "outside" : row.county, row.measures);
    for (const auto& [station, measures] : counters.stations()) out += line_of("station", station, measures);
    return out + line_of("all", "-", counters.total());
}

}  // namespace imloop::loop
