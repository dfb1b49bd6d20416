// What people type, by its characters: Unicode normal form (NFKC, upper case, letters and digits only), and cutting.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imloop::loop {

/// Bytes that are not UTF-8 give an empty text.
std::string normal_text(std::string_view raw);
/// ASCII letters alone: of names of files, elements, members.
std::string lower(std::string_view text);

// A character is a code point. What is shown is cut by these alone, so that a cut never leaves half of one; a byte that
// continues nothing counts as one of its own.
std::vector<std::string_view> characters(std::string_view utf8);
std::string_view first_characters(std::string_view utf8, std::size_t count);
std::string_view last_characters(std::string_view utf8, std::size_t count);

}  // namespace imloop::loop
