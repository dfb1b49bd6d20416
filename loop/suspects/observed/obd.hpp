// What an OBD check's words mean: equipment writes placeholders where a control unit gave nothing.
#pragma once

#include <string>
#include <string_view>

#include "loop/record/detail.hpp"

namespace imloop::loop::rules {

/// The control unit's VIN where it is one (17 places, right check digit); empty where it is missing or a placeholder.
std::string_view obd_vin(const InspectionDetail&);
/// Calibration identification and verification number (ISO 15031-5 mode 09) as `CALID|CVN`; empty unless both say
/// something: at least four places, three different ones, a digit.
std::string software_of(const ObdDetail&);

enum class Readiness { unknown, incomplete, complete };
/// Of the monitors that run once a drive cycle; misfire, fuel system and components run always and say nothing.
Readiness readiness_of(const ObdDetail&);
/// The OBD protocol as written, normalised; empty where it is not given.
std::string protocol_of(const ObdDetail&);
/// Names of the monitors the vehicle supports, in order, parted by spaces.
std::string supported_monitors(const ObdDetail&);

}  // namespace imloop::loop::rules
