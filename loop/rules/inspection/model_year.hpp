// When a vehicle was built, by its VIN.
#pragma once

#include <string_view>
#include <vector>

namespace imloop::loop::rules {

/// The years that place 10 may stand for, ascending, none after `latest` (GB 16735-2019: the code begins anew after 30
/// years, from 1 for 2001 to Y for 2030). Empty of a VIN that is not whole or whose check digit is wrong: a slip of the
/// hand would make it another year.
std::vector<int> model_years(std::string_view vin, int latest);

}  // namespace imloop::loop::rules
