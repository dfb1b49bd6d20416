// What a program prints: text from outside (a file's name, a failed item, a certificate's name) reaches no terminal and
// no log but as printable_lines() shows it, whoever prints it.
#pragma once

#include <string_view>

namespace imloop::service {

/// From here on all that this program prints on stdout and stderr, by stdio or by streams. Call once, at the start,
/// while there is one thread.
void print_text_only();
/// Past that: on stdout, byte for byte, what is a file for another program (CSV with its line ends).
void print_bytes(std::string_view);

}  // namespace imloop::service
