// XLSX (ECMA-376, as Excel, WPS and report libraries write it): shared and inline strings, numbers, dates by their
// number format, merged cells (their text stands in every cell of them). Formulas count by their stored result, error
// values as blank. A number of more than 15 digits, which a spreadsheet does not hold exactly, comes as 1.23E+17. Pure
// and thread safe.
#pragma once

#include "station/intake/formats/table.hpp"

namespace imloop::station::intake {

journal::Result<Table> read_xlsx(std::string_view bytes, std::size_t sheet);

}  // namespace imloop::station::intake
