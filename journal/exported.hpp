// An exported journal: sealed segments one after the other, each with the hub's two receipt lines behind it or none.
// Pure and thread safe.
#pragma once

#include <string_view>

#include "journal/error.hpp"

namespace imloop::journal {

/// Both point into the exported bytes; `receipt` is empty where none follows.
struct Exported {
    std::string_view segment;
    std::string_view receipt;
};

/// Takes the next segment off the front of `rest`, which must not be empty. `malformed_segment` where none begins or
/// ends there; `rest` stays as it was.
Result<Exported> take_exported(std::string_view& rest);

}  // namespace imloop::journal
