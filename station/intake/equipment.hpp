// What an equipment path holds: XML of a provincial platform, JSON of one that a profile knows, or the INI files of an
// NHA line.
#pragma once

#include "station/intake/outcome/folder.hpp"

namespace imloop::station::intake {

/// One file, a folder of `.xml` and `.json` files, or the data folder of an NHA line; a folder with several kinds is
/// read as each of them. XML that is not of the common form is tried through the profiles. `no_folder` where there is
/// none, `bad_profile` where a profile is not right.
journal::Result<Intake> read_equipment(const std::filesystem::path&, const Settings&);

/// XML and JSON files of one folder, told by what they hold and read together: parts of one test may stand in several.
/// `bad_profile`.
journal::Result<Intake> read_message_files(const std::vector<std::filesystem::path>&, const Settings&);
/// `.xml` or `.json`, in either case.
bool is_message(const std::filesystem::path&);

}  // namespace imloop::station::intake
