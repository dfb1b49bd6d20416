// What an equipment path holds: XML of a provincial platform, JSON of one that a profile knows, or the INI files of an
// NHA line.
#pragma once

#include "station/intake/folder.hpp"

namespace imloop::station::intake {

/// One `.xml` or `.json` file, a folder of such files, or the data folder of an NHA line; a folder with several kinds
/// is read as each of them. XML that is not of the common form is tried through the profiles. `no_folder` where there
/// is none, `bad_profile` where a profile is not right.
journal::Result<Intake> read_equipment(const std::filesystem::path&, const Settings&);

/// `.xml` and `.json` files of one folder, read together: parts of one test may stand in several. `bad_profile`.
journal::Result<Intake> read_message_files(const std::vector<std::filesystem::path>&, const Settings&);
/// By their names, in either case.
bool is_json(const std::filesystem::path&);

}  // namespace imloop::station::intake
