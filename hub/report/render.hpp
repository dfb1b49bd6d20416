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
enum class Language { zh, en };
/// What stands behind the rows of a file: a name, and a text or number.
using Closing = std::vector<std::pair<std::string, nlohmann::json>>;
/// The same for a person: the columns' words in the first line; behind the rows, after an empty line, `closing`.
std::string as_csv(const Report&, Language, const Closing& closing);

/// A cell as a person reads it: codes in words, rates as per cent, `–` where there is no value.
std::string cell_words(const nlohmann::json& cell, const Column&, Language);
/// Cells of a terminal that a text takes.
std::size_t display_cells(std::string_view text);

}  // namespace imloop::hub
