#include "files.hpp"

namespace imloop::test {

std::filesystem::path source_dir() { return IMLOOP_SOURCE_DIR; }

}  // namespace imloop::test
