// The console's built page, held in the program: names that carry a digest of their content, each gzipped.
#pragma once

#include <string_view>

#include "hub/hub.hpp"

namespace imloop::hub {

/// A file of the page, or the page itself for any address that is none of the API's and names no file.
Answer site(std::string_view path, std::string_view accept_encoding);

}  // namespace imloop::hub
