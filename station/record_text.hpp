// Records of the own schemas in a text that someone else wrote. Pure.
#pragma once

#include <string>
#include <vector>

namespace imloop::station {

/// One record, spread over lines or not, or one a line. What is neither comes back whole, for admission to say.
std::vector<std::string> records_in(const std::string& text);

/// As one line. What is one already, or can't be read, stays as it is, byte for byte.
std::string one_line(const std::string& record);

}  // namespace imloop::station
