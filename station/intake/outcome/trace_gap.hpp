// Process data that is not whole: fewer rows than it says, rows missing between, out of order. The record is made and
// says so in `quality` (`member`, `code`, `found`); the process data is not taken, since every rule would judge a test
// that was not so. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "station/intake/outcome/fields.hpp"

namespace imloop::station::intake {

struct TraceGap {
    std::string code;   ///< cut_short, has_holes, too_many_rows, out_of_order
    std::string found;  ///< `26 of 30`; empty where it is the order
    std::string zh, en;
};

/// `rows` are there, `total` should be; nothing is wrong where they are as many.
TraceGap wrong_count(std::size_t rows, std::size_t total);
/// Rows are missing between the first and the last, which is the `total`-th.
TraceGap with_holes(std::size_t rows, std::size_t total);
TraceGap out_of_order();

/// When a row was measured: a number of its own, or a time in seconds.
struct RowTime {
    bool is_count = true;
    double second = 0;
};
/// The first row that shows it, counted from 0, and why the rows are not whole: they go back, or numbers are missing
/// between (of the step that most of them have). Times may have pauses, as between two modes of a test.
std::optional<std::pair<std::size_t, TraceGap>> gap_of(const std::vector<RowTime>&);

/// Says in the record what of it is not there, and why.
void put_quality(Json& record, const std::string& member, const TraceGap&);

}  // namespace imloop::station::intake
