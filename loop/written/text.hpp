// Words as people and programs write them: spaces of all kinds around, full-width forms. Pure, thread safe.
#pragma once

#include <string>
#include <string_view>

namespace imloop::loop {

/// Without spaces around (also no-break, ideographic, zero-width ones and byte-order marks) and without a spreadsheet's
/// marks of text (`="…"`, a leading `'`).
std::string trimmed(std::string_view written);
/// Full-width ASCII, the ideographic space and the full-width yen sign in their narrow forms; all else as it is.
std::string half_width(std::string_view written);

}  // namespace imloop::loop
