// A test as the tallies see it, packed: held for each record, so that what it added is taken out again as it was.
#pragma once

#include "loop/pack.hpp"
#include "loop/stations/tallies.hpp"

namespace imloop::loop::statistics {

auto members(Like<Stratum> auto& s) { return std::tie(s.codes[0], s.codes[1], s.codes[2], s.codes[3], s.codes[4]); }

}  // namespace imloop::loop::statistics

namespace imloop::loop::stations {

static_assert(statistics::Stratum::dimensions == 5);

auto members(Like<ReadingSeen> auto& r) { return std::tie(r.channel, r.to_limit, r.digit); }
auto members(Like<std::pair<Field, double>> auto& field) { return std::tie(field.first, field.second); }
auto members(Like<TestSeen> auto& t) {
    return std::tie(t.station_id, t.line_id, t.inspector_id, t.day, t.start_s, t.stratum, t.is_retest, t.verdict,
                    t.readings, t.tuple, t.software, t.fields, t.has_obd, t.obd_silent, t.obd_unready, t.least_s);
}

}  // namespace imloop::loop::stations
