// The `<process_data>` rows of a provincial platform's XML as the CSV of a trace. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "station/intake/outcome/trace_gap.hpp"
#include "station/intake/province/province.hpp"

namespace imloop::station::intake {

struct ProvinceTrace {
    std::string csv;              ///< empty: there is none
    std::optional<Refusal> left;  ///< bad_trace: why there is none although there are rows
    std::optional<TraceGap> gap;  ///< where that is because rows are missing or out of order
    Notes notes;                  ///< the first cell of each column that says "none"
};

/// Header and one row a second, `time_s` from the first row's time_no, a count or a time; only columns that some row
/// has. `state` is in the words of docs/contract.md, "Process data" where the code is known, `state_code` as the file
/// has it. What says "none" is an empty cell. Left where a value is no number, rows are missing or out of order, or the
/// limits there are passed.
ProvinceTrace province_trace(const std::vector<const XmlNode*>& rows, const Settings&);

/// When a row was measured, to put rows of several files in order.
double second_of(const XmlNode& row, const Settings&);

}  // namespace imloop::station::intake
