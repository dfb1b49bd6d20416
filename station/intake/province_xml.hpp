// Test results as XML files in the form provincial platforms take (`<result><result_data>` and `<process_data>` rows):
// each file one test, or an OBD check that belongs to the test of the same number in another file of the folder.
#pragma once

#include "station/intake/folder.hpp"

namespace imloop::station::intake {

/// By its name, in either case.
bool is_xml(const std::filesystem::path&);

/// A file, or all `.xml` files of a folder: each ends up in one record or among those left. `no_folder` where there is
/// none.
journal::Result<Intake> read_province_xml(const std::filesystem::path&, const Settings&);
/// These files; one that can't be read is left as malformed.
Intake read_province_xml(const std::vector<std::filesystem::path>&, const Settings&);

}  // namespace imloop::station::intake
