// The lines of a file around what is wrong in it, the place underlined. Pure but for reading the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "station/page/html.hpp"
#include "station/watch/problem.hpp"

namespace imloop::station::page {

struct Span {
    std::size_t at = 0, size = 0;  ///< bytes
    bool operator==(const Span&) const = default;
};

/// Where the value of a JSON pointer stands in the text as it was written; of a member that is missing, the opening
/// bracket of what should have it. Nothing where the text is no JSON up to there.
std::optional<Span> place_in_json(std::string_view text, std::string_view pointer);

/// Some lines of `text` around the place, numbered; long lines are cut around it.
Html lines_around(std::string_view text, const Span&);

/// Of `file`, or of the record that the problem carries; empty where there is nothing to show.
Html excerpt(const std::filesystem::path& file, const watch::Problem&, const Language&);

}  // namespace imloop::station::page
