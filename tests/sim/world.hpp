// The year while it runs: vehicles, stations, and what they write. Everything happens in the order of time.
#pragma once

#include <memory>

#include "tests/sim/year.hpp"

namespace imloop::sim {

/// A moment, on the kinds of chance streams of their own.
enum Stream : std::uint64_t { of_test = 201, of_job, of_owner, of_line, of_cheat, of_owners };

class World {
public:
    World(const YearOptions&, const OnTrace&);

    const YearOptions& options;
    loop::Moment begin = 0, end = 0;
    std::vector<Vehicle> fleet;
    std::vector<IStation> stations;
    std::vector<Shop> shops;
    std::vector<std::vector<std::size_t>> stations_of, shops_of;  ///< by county
    Year out;
    int roadside_number = 0;

    Random chance(Stream kind) { return Random(options.seed, kind, ++streams_); }
    const County& county_of(const Vehicle& v) const { return counties()[static_cast<std::size_t>(v.county)]; }
    /// Into a journal, if the year is not over.
    void put(const std::string& source, loop::Moment written_at, const Json& record, bool refused = false,
             loop::Moment late_ms = 0);
    /// What the operator types: mostly right.
    Typed typed(const Vehicle&, Random&);
    void keep_trace(const Test&, Json& record);
    /// What was done in a record can be seen from now on.
    void show(const std::string& record_id);

private:
    void share_owners();
    const OnTrace& on_trace_;
    std::uint64_t streams_ = 0;
};

/// Carries a test out where and when the vehicle arrives, with whatever the station cheats; the last one of the visit.
/// Its `started_at` is 0 where the station is closing: nothing happened, come another day.
struct Visit {
    std::size_t vehicle = 0;
    IStation* station = nullptr;
    std::string reason = "periodic", retest_of;
    int attempt = 1;
    std::string repaired_by;                 ///< shop of the latest repair
    std::shared_ptr<const Test> drawn_from;  ///< failed elsewhere; a station that passes such vehicles drew it
};
struct Outcome {
    Test test;
    const std::string* steered_to = nullptr;
};
Outcome visit(World&, const Visit&, loop::Moment arrives);
/// A team at the roadside.
Test roadside(World&, std::size_t vehicle, loop::Moment, const std::string& reason);

/// A repair at a shop, with whatever it cheats; when it is done.
struct Mended {
    loop::Moment settled_at = 0;
    std::string shop, record_id;
    double relapse_after_days = 0;
    std::string relapse_of;
};
Mended mend(World&, std::size_t vehicle, const Test& failed, Shop&, loop::Moment arrives);

/// Before anything failed, for an owner who takes care; no cheats.
void service(World&, std::size_t vehicle, Shop&, loop::Moment);

/// What lines check of their instruments before they work on a day.
void check_instruments(World&, IStation&, Line&, loop::Moment);

}  // namespace imloop::sim
