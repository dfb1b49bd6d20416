// Registrations and credentials as rows hold them (pack.hpp).
#pragma once

#include "loop/admission.hpp"
#include "loop/pack.hpp"

namespace imloop::loop {

template <Like<Location> T>
auto members(T& l) {
    return std::tie(l.lat, l.lon);
}
template <Like<Registration> T>
auto members(T& r) {
    return std::tie(r.record_id, r.station_id, r.kind, r.name, r.county, r.status, r.valid_from, r.occurred_at,
                    r.opening_hours, r.location, r.owner, r.credit_code, r.bays, r.heavy_bays);
}
template <Like<Credential> T>
auto members(T& c) {
    return std::tie(c.record_id, c.source_id, c.kid, c.alg, c.spki, c.status, c.valid_from, c.until, c.writes_for,
                    c.occurred_at);
}

}  // namespace imloop::loop
