// Bytes of files as UTF-8. What a file says of its encoding, in a byte-order mark or in its head, holds: bytes that are
// no character of it become U+FFFD and spoil the member they stand in, never the rest. A guess (GB18030, which holds
// GBK and GB2312) is made only where nothing is said and the whole file agrees. Pure and thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::station::intake {

/// What a text says of itself beside its byte-order mark, which goes before.
enum class Declared { nothing, utf8, gb };
/// By the name of a charset, in any case: utf-8, GBK, gb2312; another says nothing.
Declared declared_as(std::string_view charset);

/// UTF-8 without its mark; nothing where it is no text of what it says, or of no encoding that can be told. A text that
/// says to be GB is believed to be UTF-8 where all of it is, with Chinese characters.
std::optional<std::string> text_of(std::string_view bytes, Declared = Declared::nothing);

/// The line, from 1, in which bytes stand that are no text; 0 where all are, and of UTF-16.
std::size_t unreadable_line(std::string_view bytes, Declared = Declared::nothing);

/// A value as it may stand in a record: without control characters and spaces at its ends, line ends inside as spaces.
/// Nothing where a control character or U+FFFD stands inside: it is not what was written.
std::optional<std::string> sound(std::string_view utf8);

/// Zero bytes and other control characters before the end of a text, as a power cut leaves them, are taken off; those
/// inside become U+FFFD.
std::string with_marked_controls(std::string utf8);

}  // namespace imloop::station::intake
