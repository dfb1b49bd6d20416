// Text from outside on a terminal and in a log: what would move the cursor, begin a line or turn the direction of
// reading round is shown as an escape. Pure.
#pragma once

#include <string>
#include <string_view>

namespace imloop::service {

/// Control characters (C0, DEL, C1), line and paragraph separators, bidirectional controls and marks, and characters
/// without width become `\u001b`, `\u202e` …, bytes that are no UTF-8 `\ufffd` each: always valid UTF-8, one line, and
/// of JSON still the same JSON. Other text stays as it is.
std::string printable(std::string_view text);
/// Likewise, but for line ends and tabs, which stay: of a text in several lines.
std::string printable_lines(std::string_view text);

/// Likewise of a text that comes in pieces, wherever it is cut.
class PrintablePieces {
public:
    std::string shown(std::string_view piece);
    std::string rest();

private:
    std::string begun_;  ///< of a character, its first bytes
};

}  // namespace imloop::service
