// Three forms of a report.
#pragma once

#include <string>

#include "hub/report/report.hpp"

namespace imloop::hub {

/// For a terminal: columns aligned (East Asian wide characters are two cells, Unicode TR 11), rates as per cent.
std::string as_table(const Report&);
/// `{title, title_en, …about, rows:[{name: value}]}`; numbers in full.
std::string as_json(const Report&);
/// RFC 4180, UTF-8, wire names in the first line; a missing value is empty.
std::string as_csv(const Report&);

}  // namespace imloop::hub
