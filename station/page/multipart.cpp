#include "station/page/multipart.hpp"

namespace imloop::station::page {
namespace {

/// `name="…"` of a header; browsers write quotes and line breaks in it as %22, %0D and %0A.
std::string parameter(std::string_view header, std::string_view name) {
    const auto wanted = std::string(" ") + std::string(name) + "=\"";
    const auto at = header.find(wanted);
    if (at == std::string_view::npos) return {};
    header.remove_prefix(at + wanted.size());
    return std::string(header.substr(0, header.find('"')));
}

}  // namespace

Parts parse_multipart(std::string_view content_type, std::string_view body) {
    Parts out;
    constexpr std::string_view type = "multipart/form-data", mark = "boundary=";
    const auto at = content_type.find(mark);
    if (!content_type.starts_with(type) || at == std::string_view::npos) return out;
    auto boundary = content_type.substr(at + mark.size());
    if (boundary.starts_with('"')) boundary = boundary.substr(1, boundary.find('"', 1) - 1);
    const auto line = "--" + std::string(boundary.substr(0, boundary.find(';')));
    // The first boundary has no line break before it.
    auto begin = body.starts_with(line) ? line.size() : std::string_view::npos;
    const auto between = "\r\n" + line;
    while (begin != std::string_view::npos && body.substr(begin, 2) == "\r\n") {
        begin += 2;
        const auto end = body.find(between, begin);
        if (end == std::string_view::npos) return out;
        const auto part = body.substr(begin, end - begin);
        const auto head_end = part.find("\r\n\r\n");
        if (head_end == std::string_view::npos) return out;
        const auto head = part.substr(0, head_end);
        const auto content = part.substr(head_end + 4);
        const auto name = parameter(head, "name"), file = parameter(head, "filename");
        if (head.find("filename=") == std::string_view::npos)
            out.fields.emplace(name, content);
        else if (!file.empty())
            out.files.emplace(name, Upload{file.substr(file.find_last_of("/\\") + 1), std::string(content)});
        begin = end + between.size();
    }
    return out;
}

}  // namespace imloop::station::page
