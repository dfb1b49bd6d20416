// Unicode normal form of what people type: NFKC, upper case, letters and digits only.
#pragma once

#include <string>
#include <string_view>

namespace imloop::loop {

/// Bytes that are not UTF-8 give an empty text.
std::string normal_text(std::string_view raw);

}  // namespace imloop::loop
