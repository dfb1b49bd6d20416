// Forms that carry files (RFC 7578), as a browser sends them without script. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace imloop::station::page {

struct Upload {
    std::string name;  ///< as the browser says it, without folders
    std::string bytes;
};

struct Parts {
    std::map<std::string, std::string> fields;  ///< of a name that comes twice the first stands
    std::map<std::string, Upload> files;        ///< an empty choice of file is none
};

/// Empty where the type is another, or the body is not of that form.
Parts parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace imloop::station::page
