// Whole files in and out, under the names the station's rooms call them by.
#pragma once

#include "service/files.hpp"

namespace imloop::station {

using service::contents;
using service::read_file;
using service::replace_file;

}  // namespace imloop::station
