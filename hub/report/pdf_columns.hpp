// How wide the columns of a table on paper are. Pure.
#pragma once

#include <vector>

namespace imloop::hub {

/// What a column would have, in points at `text_size_max`, space at its sides included.
struct ColumnWish {
    double widest = 0;  ///< its widest cell in one line
    double least = 0;   ///< below it words are broken
};

struct ColumnPlan {
    bool is_landscape = false;
    double text_size = 0;
    std::vector<double> widths;  ///< of the whole width of the page between its margins
};

inline constexpr double text_size_max = 9, text_size_min = 6;
/// Upright where each cell has one line at the largest size; else on its side, as large as words stay whole.
ColumnPlan plan_columns(const std::vector<ColumnWish>&, double width, double landscape_width);

}  // namespace imloop::hub
