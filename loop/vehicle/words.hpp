// What counts of a vehicle's words when vehicles are told apart.
#pragma once

#include "loop/fact.hpp"

namespace imloop::loop {

/// A placeholder (000…, 12345678901234567, 无牌 …: loop/written/judgement.hpp) is as if not given. Takes and gives
/// normal forms; what counts already stays as it is.
VehicleWords counting(VehicleWords);

}  // namespace imloop::loop
