// Three forms of a report.
#pragma once

#include <string>

#include "hub/report/report.hpp"

namespace imloop::hub {

/// For a terminal: columns aligned (East Asian wide characters are two cells, Unicode TR 11), rates as per cent.
std::string as_table(const Report&);
/// `{title, title_en, …about, rows:[{name: value}]}`; numbers in full, codes as codes.
std::string as_json(const Report&);
/// As Csv writes it, wire names in the first line; codes in words, a missing value empty.
std::string as_csv(const Report&);

}  // namespace imloop::hub
