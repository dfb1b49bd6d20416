#include "station/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace imloop::station {

std::optional<std::string> contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string read_file(const std::filesystem::path& path) {
    auto text = contents(path);
    if (!text) throw std::runtime_error("读不到文件 / cannot read " + path.string());
    return std::move(*text);
}

void replace_file(const std::filesystem::path& path, const std::string& text, mode_t mode) {
    const std::filesystem::path fresh = path.string() + ".new";
    std::filesystem::remove(fresh);
    if (const int made = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); made >= 0) ::close(made);
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw std::runtime_error("写不了文件 / cannot write " + path.string());
    std::filesystem::rename(fresh, path);
}

}  // namespace imloop::station
