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

std::string table_text(std::string_view name) { return text("tables/" + std::string(name) + ".json"); }

}  // namespace imloop::schemas
