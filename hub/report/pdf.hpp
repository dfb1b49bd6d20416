// A report as a document for the files (PDF, ISO 32000): printed on A4, signed and kept.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "hub/report/render.hpp"

namespace imloop::hub {

inline constexpr std::string_view pdf_type = "application/pdf";
/// No font that is installed here has the glyphs of simplified Chinese.
struct NoChineseFont : std::runtime_error {
    NoChineseFont() : std::runtime_error("没有装带汉字的字体 / no font with Chinese characters is installed") {}
};

/// Some hundred pages; who wants more takes a spreadsheet.
inline constexpr std::size_t pdf_rows_max = 3'000;

/// What stands at the head of every page beside the title.
struct Heading {
    std::string hub;
    std::string filter;  ///< what was asked for: period, county; cut off where it is longer than two lines
};

/// The rows under the columns' words, which every page repeats; behind the last `closing`, and room for signatures. On
/// its side where the columns need it. Cells are wrapped and never cut; control characters and what turns the direction
/// of reading round stand as escapes (service/printable.hpp); characters that no font has stand as boxes with their
/// codes, and `closing` says how many. `made`: seconds since 1970; the same report made then on the same computer gives
/// the same bytes. Throws NoChineseFont, std::runtime_error where it can't be made.
std::string as_pdf(const Report&, Language, const Heading&, const Closing& closing, std::int64_t made);

}  // namespace imloop::hub
