#include "tests/sim/world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/digest.hpp"

namespace imloop::sim {
namespace {

constexpr double offline_days = 0.008;       // of a station's days
constexpr double records_a_vehicle = 1.098;  // tests: first ones, retests, second ones of taxis and old trucks

}  // namespace

World::World(const YearOptions& o, const OnTrace& on_trace) : options(o), on_trace_(on_trace) {
    begin = loop::start_of(loop::parse_day(fmt::format("{}-01-01", o.year)).value());
    end = loop::start_of(loop::parse_day(fmt::format("{}-01-01", o.year + 1)).value());
    Random random(o.seed);
    stations = make_i_stations(o.i_stations, random);
    shops = make_shops(o.m_stations, random);
    for (auto& s : stations)
        for (auto& line : s.lines) line.analyser.adjusted_at = line.opacimeter.adjusted_at = begin - 3 * loop::day_ms;
    stations_of.resize(counties().size()), shops_of.resize(counties().size());
    for (std::size_t i = 0; i < stations.size(); ++i) stations_of[stations[i].county].push_back(i);
    for (std::size_t i = 0; i < shops.size(); ++i) shops_of[shops[i].county].push_back(i);
    std::vector<double> weights;
    for (const auto& county : counties()) weights.push_back(county.weight);
    const auto count = static_cast<std::size_t>(static_cast<double>(o.tests) / records_a_vehicle);
    fleet = make_fleet(std::max<std::size_t>(count, 1), weights, random, o.year);
    out.vehicles = fleet.size();
    out.campaigns = make_campaigns(o.cheats, o.year, stations, shops, random);
    share_owners();
}

/// Some owners have a station and a shop, most of them honestly.
void World::share_owners() {
    for (std::size_t i = 0; i < shops.size(); ++i) {
        Random own(options.seed, of_owners, i);
        const auto& near = stations_of[shops[i].county];
        if (own.chance(0.08) && !near.empty()) shops[i].owner = stations[own.pick(near)].owner;
    }
    for (const auto& c : out.campaigns)
        if (c.kind->code == std::string_view("one_owner"))
            std::ranges::find(shops, c.shop, &Shop::id)->owner =
                std::ranges::find(stations, c.station, &IStation::id)->owner;
}

void World::put(const std::string& source, loop::Moment written_at, const Json& record, bool refused,
                loop::Moment late_ms) {
    if (written_at >= end || written_at < begin) return;
    // The line may be down for a day: what was written comes next morning.
    std::uint64_t number = 0;
    for (const char c : source) number = number * 131 + static_cast<unsigned char>(c);
    const auto day = loop::day_of(written_at);
    Random line(options.seed ^ number, of_line, static_cast<std::uint64_t>(day));
    const auto received =
        line.chance(offline_days) ? loop::start_of(day + 1) + 8 * 3'600'000 : written_at + 1000 * line.between(2, 90);
    out.lines[source].push_back({written_at, received + late_ms, record.dump(), refused});
}

Typed World::typed(const Vehicle& v, Random& random) {
    Typed t{v.vin,
            v.plate,
            v.stage_code(),
            v.model->diesel ? "diesel" : "petrol",
            v.model->vehicle_class,
            v.registered_on,
            v.model->mass_kg,
            v.model->rated_power_kw};
    if (random.chance(0.010))
        t.vin = slip(t.vin, random), ++out.slips;
    else if (random.chance(0.005))
        t.vin.clear();
    else if (random.chance(0.003))
        t.plate.clear();
    return t;
}

void World::show(const std::string& record_id) {
    for (auto& label : out.labels)
        if (label.record_id == record_id) label.shows = true;
}

void World::keep_trace(const Test& t, Json& record) {
    if (!t.with_trace || t.rows.empty() || t.written_at >= end) return;
    const auto csv = trace_csv(t);
    const auto sha = journal::to_hex(journal::sha256(csv));
    record["trace"] = {{"sha256", sha}, {"rows", t.rows.size()}};
    ++out.traces;
    if (on_trace_) on_trace_(sha, csv);
}

}  // namespace imloop::sim
