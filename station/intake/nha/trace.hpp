// The process data of an NHA line: sections `[1]`, `[2]`, … a second each, `[Sum] Total` how many there are. Pure.
#pragma once

#include <optional>
#include <string>

#include "station/intake/nha/records.hpp"
#include "station/intake/outcome/trace_gap.hpp"

namespace imloop::station::intake {

struct NhaTraceGap {
    TraceGap gap;
    IniMember at;
};

/// Why the rows are not all that were measured, by their own total, numbers and times; nothing where they are whole.
/// A last row that lacks what the first has is cut.
std::optional<NhaTraceGap> nha_trace_gap(const Ini& real_time, NhaMethod, const Settings&);

/// CSV of whole process data: header, one row a second, `time_s` from the first SamplingTime. What says "none" is an
/// empty cell, and the first of each column in `none`. Nothing where a row lacks its time or a value is no number,
/// which is at `bad`.
std::optional<std::string> nha_trace(const Ini& real_time, NhaMethod, const Settings&, IniMember& bad,
                                     std::vector<NoValue>& none);

}  // namespace imloop::station::intake
