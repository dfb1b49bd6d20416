#include "schemas/embedded.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>

#include "schemas/embedded_files.hpp"

namespace imloop::schemas {
namespace {

std::filesystem::path& override_dir() {
    static std::filesystem::path dir;
    return dir;
}

std::span<const EmbeddedFile> files() { return {embedded_files, embedded_count}; }

}  // namespace

std::string_view embedded(std::string_view path) {
    const auto all = files();
    const auto found = std::ranges::find(all, path, &EmbeddedFile::path);
    return found == all.end() ? std::string_view{} : found->text;
}

std::vector<std::string_view> embedded_paths() {
    std::vector<std::string_view> paths;
    for (const auto& file : files()) paths.push_back(file.path);
    std::ranges::sort(paths);
    return paths;
}

void set_override_dir(const std::filesystem::path& dir) { override_dir() = dir; }

std::string text(std::string_view path) {
    if (!override_dir().empty()) {
        std::ifstream in(override_dir() / path, std::ios::binary);
        if (in) return {std::istreambuf_iterator<char>(in), {}};
    }
    const auto built_in = embedded(path);
    if (built_in.empty()) throw std::runtime_error("no such file of the contract: " + std::string(path));
    return std::string(built_in);
}

std::vector<std::string> paths(std::string_view folder) {
    namespace fs = std::filesystem;
    std::vector<std::string> out;
    for (const auto path : embedded_paths())
        if (path.starts_with(folder)) out.emplace_back(path);
    std::error_code none;
    if (const auto dir = override_dir() / folder; !override_dir().empty() && fs::is_directory(dir, none))
        for (const auto& entry : fs::directory_iterator(dir))
            if (entry.path().extension() == ".json")
                out.push_back(std::string(folder) + entry.path().filename().string());
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

std::string table_text(std::string_view name) { return text("tables/" + std::string(name) + ".json"); }

}  // namespace imloop::schemas
