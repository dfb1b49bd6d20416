#include "station/page/multipart.hpp"

namespace imloop::station::page {
namespace {

/// The value of a parameter as `boundary=x` or `name="x"`; empty where it is missing.
std::string parameter(std::string_view head, std::string_view name) {
    for (std::size_t at = 0; (at = head.find(name, at)) != std::string_view::npos; at += name.size()) {
        const auto before = at == 0 ? ';' : head[at - 1];
        auto value = head.substr(at + name.size());
        if ((before != ' ' && before != ';') || !value.starts_with('=')) continue;
        value.remove_prefix(1);
        if (!value.starts_with('"')) return std::string(value.substr(0, value.find_first_of("; \r\n")));
        value.remove_prefix(1);
        return std::string(value.substr(0, value.find('"')));
    }
    return {};
}

/// Browsers of old send whole paths; a name is never one.
std::string without_folders(const std::string& name) {
    const auto slash = name.find_last_of("/\\");
    auto out = slash == std::string::npos ? name : name.substr(slash + 1);
    return out == "." || out == ".." ? std::string() : out;
}

}  // namespace

Multipart parse_multipart(std::string_view content_type, std::string_view body) {
    Multipart out;
    const auto boundary = parameter(content_type, "boundary");
    if (boundary.empty()) return out;
    const std::string line = "--" + boundary, next = "\r\n" + line;
    if (!body.starts_with(line)) return out;
    body.remove_prefix(line.size());
    while (body.starts_with("\r\n")) {
        body.remove_prefix(2);
        const auto head_end = body.find("\r\n\r\n"), end = body.find(next);
        if (head_end == std::string_view::npos || end == std::string_view::npos) return out;
        const auto head = body.substr(0, head_end);
        const auto content = end < head_end + 4 ? std::string_view() : body.substr(head_end + 4, end - head_end - 4);
        const auto field = parameter(head, "name");
        if (head.find("filename=") == std::string_view::npos)
            out.form.emplace(field, content);
        else if (auto name = without_folders(parameter(head, "filename")); !name.empty())
            out.files.push_back({field, std::move(name), std::string(content)});
        body.remove_prefix(end + next.size());
    }
    return out;
}

}  // namespace imloop::station::page
