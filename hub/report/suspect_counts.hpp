// How many distinct records are suspect, by county and by station (docs/episodes.md, "Measures").
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "hub/report/report.hpp"

namespace imloop::hub {

struct SuspectCounts {
    std::map<std::string, std::int64_t, std::less<>>
        counties;  ///< those that are not the policy's under the empty name
    std::map<std::string, std::int64_t, std::less<>> stations;
    std::int64_t all = 0;
    std::int64_t of_county(std::string_view) const;
    std::int64_t of_station(std::string_view) const;
};

/// Records with a medium or strong flag in force that no officer has dismissed, of the request's period and not after
/// its day, by the county their station had then or, in that view, their vehicle's.
SuspectCounts suspects_in(const loop::Projection&, const ReportRequest&);

}  // namespace imloop::hub
