// multipart/form-data (RFC 7578), as a browser sends a form with files. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::page {

struct UploadedFile {
    std::string field;
    std::string name;  ///< without folders; never empty
    std::string bytes;
};
struct Multipart {
    std::map<std::string, std::string> form;  ///< of a name that comes twice the first stands
    std::vector<UploadedFile> files;          ///< a file field that was left empty gives none
};
/// `content_type` with its boundary. What is cut short or has no boundary gives nothing.
Multipart parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace imloop::station::page
