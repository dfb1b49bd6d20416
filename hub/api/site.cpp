#include "hub/api/site.hpp"

#include <algorithm>
#include <span>

#include "journal/encoding.hpp"
#include "schemas/embedded_files.hpp"

namespace imloop::hub {

/// `assets/index-1f2e.js.gz` and the like; written by schemas/embed.cmake.
extern const schemas::EmbeddedFile console_files[];
extern const std::size_t console_files_count;

namespace {

constexpr std::string_view page = "index.html.gz";
constexpr std::size_t file_bytes_max = 16 * 1024 * 1024;

const schemas::EmbeddedFile* found(std::string_view name) {
    const std::span all(console_files, console_files_count);
    const auto it = std::ranges::find(all, name, &schemas::EmbeddedFile::path);
    return it == all.end() ? nullptr : &*it;
}

std::string_view type_of(std::string_view path) {
    if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (path.ends_with(".css")) return "text/css; charset=utf-8";
    if (path.ends_with(".svg")) return "image/svg+xml";
    return "text/html; charset=utf-8";
}

}  // namespace

Answer site(std::string_view path, std::string_view accept_encoding) {
    path.remove_prefix(1);
    const auto* file = path.empty() ? nullptr : found(std::string(path) + ".gz");
    if (file == nullptr && path.rfind('.') != std::string_view::npos && path.starts_with("assets/"))
        return problem(404, {"not_found", "没有这个文件", "no such file"});
    const bool is_asset = file != nullptr && path.starts_with("assets/");
    if (!is_asset) file = found(page);
    if (file == nullptr)
        return problem(404, {"not_found", "程序里没有网页", "this program was built without the page"});
    Answer out{200, std::string(type_of(is_asset ? path : "")), std::string(file->text), {}, {}};
    if (accept_encoding.find("gzip") != std::string_view::npos)
        out.headers.emplace_back("Content-Encoding", "gzip");
    else
        out.body = journal::decode("gzip", file->text, file_bytes_max).value();
    out.headers.emplace_back("Vary", "Accept-Encoding");
    out.headers.emplace_back("Cache-Control", is_asset ? "public, max-age=31536000, immutable" : "no-store");
    return out;
}

}  // namespace imloop::hub
