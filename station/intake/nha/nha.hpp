// The data folder of NHA lines (a gas analyser, a dynamometer and an opacimeter with the maker's PC software): the
// newest file of each kind. The test in work is the one in TestLog; a result belongs to it where vehicle and times
// agree, or, where it names neither, its report number; an OBD check where it is of the same vehicle and visit.
#pragma once

#include "station/intake/outcome/folder.hpp"

namespace imloop::station::intake {

/// By its ending, in either case.
bool is_ini(const std::filesystem::path&);
/// What of a test a file holds by its name, in any case: TestLog, VehicleInfo, ResultOfDIS, RealTimeDataOfDIS, …; empty
/// where it is no part of one.
std::string nha_part(const std::filesystem::path&);

/// Every `.ini` file ends up in one record or among those left. `no_folder` where there is none.
journal::Result<Intake> read_nha(const std::filesystem::path& folder, const Settings&);
/// These files of one folder.
Intake read_nha(const std::vector<std::filesystem::path>&, const Settings&);

}  // namespace imloop::station::intake
