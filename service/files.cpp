#include "service/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace imloop::service {
namespace {

namespace fs = std::filesystem;

/// Closes what it holds.
class Descriptor {
public:
    Descriptor(const fs::path& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, owner_only)) {}
    ~Descriptor() {
        if (file_ >= 0) ::close(file_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    bool write(std::string_view text) const {
        bool whole = file_ >= 0;
        while (whole && !text.empty()) {
            const auto n = ::write(file_, text.data(), text.size());
            whole = n > 0;
            if (whole) text.remove_prefix(static_cast<std::size_t>(n));
        }
        return whole;
    }
    bool sync() const { return ::fsync(file_) == 0; }
    /// Exactly this mode: the one given to open() is less the umask.
    bool set_mode(mode_t mode) const { return ::fchmod(file_, mode) == 0; }

private:
    int file_;
};

[[noreturn]] void refused(const fs::path& path) {
    throw std::runtime_error("写不了文件 / cannot write " + path.string());
}

}  // namespace

void keep_files_private() { ::umask(077); }

std::optional<std::string> contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (std::error_code ignored; !in || fs::is_directory(path, ignored)) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string read_file(const fs::path& path) {
    auto text = contents(path);
    if (!text) throw std::runtime_error("读不到文件 / cannot read " + path.string());
    return std::move(*text);
}

void replace_file(const fs::path& path, std::string_view text, mode_t mode) {
    if (fs::exists(path) && !fs::is_regular_file(path)) {
        if (!Descriptor(path, O_WRONLY).write(text)) refused(path);
        return;
    }
    const fs::path fresh = path.string() + ".new";
    fs::remove(fresh);
    {
        const Descriptor file(fresh, O_WRONLY | O_CREAT | O_EXCL);
        // Synced before the rename: after a power cut the new name must not stand for an empty file.
        if (!file.write(text) || !file.set_mode(mode) || !file.sync()) refused(path);
    }
    fs::rename(fresh, path);
}

void append_file(const fs::path& path, std::string_view text) {
    if (!Descriptor(path, O_WRONLY | O_CREAT | O_APPEND).write(text)) refused(path);
}

void make_folder(const fs::path& path) {
    if (path.empty() || fs::is_directory(path)) return;
    make_folder(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && !fs::is_directory(path))
        throw std::runtime_error("建不了目录 / cannot make the folder " + path.string());
}

}  // namespace imloop::service
