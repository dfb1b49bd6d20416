#include "station/intake/formats/file_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace imloop::station::intake {
namespace {

namespace fs = std::filesystem;

Left not_a_file(const std::string& name) {
    return {name, "not_a_file", "不是普通文件（管道、设备或文件夹），没有读",
            "is no regular file (a pipe, a device or a folder) and was not read"};
}

Left unreadable(const std::string& name) {
    return {name, "unreadable", "读不到文件，请检查权限或网络共享",
            "can't be read, check its permissions or the share"};
}

Left too_large(const std::string& name, std::uintmax_t bytes_max) {
    return {name, "too_large", fmt::format("文件超过 {} MiB", bytes_max >> 20),
            fmt::format("the file is larger than {} MiB", bytes_max >> 20)};
}

class Descriptor {
public:
    explicit Descriptor(int file) : file_(file) {}
    ~Descriptor() {
        if (file_ >= 0) ::close(file_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return file_; }

private:
    int file_;
};

}  // namespace

bool is_regular(const fs::path& file) {
    std::error_code error;
    return fs::is_regular_file(file, error);
}

std::variant<std::string, Left> bytes_of(const fs::path& path, std::uintmax_t bytes_max) {
    const auto name = path.filename().string();
    std::error_code error;
    if (fs::exists(path, error) && !is_regular(path)) return not_a_file(name);
    // What the name stands for may change before it is opened: a pipe that nobody writes to would wait for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat is {};
    if (file.get() < 0 || ::fstat(file.get(), &is) != 0) return unreadable(name);
    if (!S_ISREG(is.st_mode)) return not_a_file(name);
    const auto size = static_cast<std::uintmax_t>(is.st_size);
    if (size > bytes_max) return too_large(name, bytes_max);
    // One more than there were: a file that grows meanwhile is seen to.
    std::string out(size + 1, '\0');
    std::size_t read = 0;
    while (read < out.size()) {
        const auto n = ::read(file.get(), out.data() + read, out.size() - read);
        if (n < 0) return unreadable(name);
        if (n == 0) break;
        read += static_cast<std::size_t>(n);
    }
    if (read > bytes_max) return too_large(name, bytes_max);
    out.resize(read);
    return out;
}

}  // namespace imloop::station::intake
