// Bytes of equipment files as UTF-8. Pure and thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::station::intake {

/// UTF-16 with byte-order mark, UTF-8 with or without, else GB18030 (which holds GBK and GB2312); nothing where it is
/// none of them.
std::optional<std::string> text_of(std::string_view bytes);

/// The line, from 1, in which bytes stand that are no text; 0 where all are, and of UTF-16.
std::size_t unreadable_line(std::string_view bytes);

/// As text_of, for a text that says of itself to be GB18030, GBK or GB2312: short words of these can be UTF-8 by
/// chance, so UTF-8 is believed only where it has Chinese characters.
std::optional<std::string> text_of_declared_gb(std::string_view bytes);

}  // namespace imloop::station::intake
