// What an equipment path holds: XML of a provincial platform, or the INI files of an NHA line.
#pragma once

#include "station/intake/folder.hpp"

namespace imloop::station::intake {

/// One `.xml` file, a folder with `.xml` files, or the data folder of an NHA line; a folder with both is read as both.
/// `no_folder` where there is none.
journal::Result<Intake> read_equipment(const std::filesystem::path&, const Settings&);

}  // namespace imloop::station::intake
