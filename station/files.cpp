#include "station/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

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
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool whole = file >= 0;
    for (std::string_view rest = text; whole && !rest.empty();) {
        const auto n = ::write(file, rest.data(), rest.size());
        whole = n > 0;
        if (whole) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    // Before the rename: after a power cut the new name must not stand for an empty file.
    whole = whole && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!whole) throw std::runtime_error("写不了文件 / cannot write " + path.string());
    std::filesystem::rename(fresh, path);
}

}  // namespace imloop::station
