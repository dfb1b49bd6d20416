// CSV as spreadsheets and shop software write it: comma, semicolon or tab, quoting as in RFC 4180, any line ends, an
// Excel line `sep=;`, `="00123"` for text that looks like a number. Pure and thread safe.
#pragma once

#include "station/intake/formats/table.hpp"

namespace imloop::station::intake {

journal::Result<Table> read_csv(std::string_view utf8);

}  // namespace imloop::station::intake
