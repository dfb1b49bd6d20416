// A report as a workbook (Office Open XML, ECMA-376) that a spreadsheet program opens without asking anything.
#pragma once

#include <string>

#include "hub/report/render.hpp"

namespace imloop::hub {

inline constexpr std::string_view xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Two sheets: the rows under the columns' words (frozen, with a filter), then `closing`, a name and a value a row.
/// Texts and ids are text cells and never formulas; numbers are numbers, rates per cent of one decimal; a missing value
/// is an empty cell. The same report made at the same `made` (seconds since 1970) gives the same bytes. Throws
/// std::runtime_error where it can't be made (more than 1,048,575 rows, a text of more than 32,767 characters).
std::string as_xlsx(const Report&, Language, const Closing& closing, std::int64_t made);

}  // namespace imloop::hub
