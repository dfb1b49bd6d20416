// A program's last words.
#pragma once

#include <string_view>

namespace imloop::service {

/// One line on stderr, as printable() shows it. Never fails, whatever stderr leads to: a full disk, a closed pipe.
void say(std::string_view line) noexcept;

}  // namespace imloop::service
