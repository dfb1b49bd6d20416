// Trouble codes of control units in what equipment, platforms and shops write. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::intake {

/// P0420 and its kin, of either case.
bool is_fault_code(std::string_view);
/// The codes of P0420's kind; of other systems what has a digit in it.
std::vector<std::string> fault_codes_in(std::string_view);

}  // namespace imloop::station::intake
