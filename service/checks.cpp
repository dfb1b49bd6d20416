#include "service/checks.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>

#include "service/files.hpp"

namespace imloop::service {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t mebi = 1024 * 1024;
constexpr std::uintmax_t space_broken = 32 * mebi, space_look = 512 * mebi;
constexpr std::int64_t clock_look = 60'000, clock_broken = 300'000;
constexpr std::int64_t china_offset = 8 * 3'600'000;

}  // namespace

Finding find_secret(const fs::path& path) {
    Finding out{
        "key", Verdict::fine, {"钥匙", "key"}, {path.string() + "，权限 0600", path.string() + ", mode 0600"}, {}};
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0 || !contents(path)) {
        out.verdict = Verdict::broken;
        out.what = {path.string() + " 没有或读不到", path.string() + " is missing or can't be read"};
        out.todo = {"把文件放回去，或用程序所属的用户运行", "put the file back, or run as the user of the program"};
    } else if (const unsigned mode = state.st_mode & 0777U; (mode & 0177U) != 0) {
        out.verdict = Verdict::look;
        out.what = {fmt::format("{} 的权限是 {:04o}，别的用户可能用它冒充", path.string(), mode),
                    fmt::format("{} has mode {:04o}, others may pass for its owner", path.string(), mode)};
        out.todo = {"chmod 600 " + path.string(), "chmod 600 " + path.string()};
    }
    return out;
}

Finding judge_space(std::uintmax_t bytes_free, std::uintmax_t bytes_per_record) {
    const auto records = bytes_free / std::max<std::uintmax_t>(bytes_per_record, 1);
    Finding out{"disk",
                Verdict::fine,
                {"磁盘", "disk"},
                {fmt::format("还有 {} MiB，约可再存 {} 条记录", bytes_free / mebi, records),
                 fmt::format("{} MiB left, about {} more records", bytes_free / mebi, records)},
                {}};
    if (bytes_free < space_look) {
        out.verdict = bytes_free < space_broken ? Verdict::broken : Verdict::look;
        out.todo = {"腾出空间，或把数据目录移到大的磁盘", "make room, or move the data folder to a larger disk"};
    }
    return out;
}

Finding find_space(const fs::path& folder, std::uintmax_t bytes_per_record) {
    fs::path there = fs::absolute(folder);
    std::error_code error;
    while (!fs::exists(there, error) && there.has_parent_path() && there != there.root_path())
        there = there.parent_path();
    const auto space = fs::space(there, error);
    if (!error) return judge_space(space.available, bytes_per_record);
    return {"disk",
            Verdict::broken,
            {"磁盘", "disk"},
            {there.string() + " 读不到", there.string() + " can't be read"},
            {"检查磁盘和权限", "check the disk and the permissions"}};
}

Finding judge_time(const Certificate& c, std::int64_t now, std::int64_t look_from, const Words& todo) {
    Finding out{"certificate",
                Verdict::fine,
                {"证书", "certificate"},
                {c.name + "，有效至 " + day_and_time(c.until), c.name + ", until " + day_and_time(c.until)},
                {}};
    if (now >= c.until) {
        out.verdict = Verdict::broken;
        out.what = {c.name + " 的证书已于 " + day_and_time(c.until) + " 过期",
                    c.name + ": expired at " + day_and_time(c.until)};
        out.todo = todo;
    } else if (now < c.from) {
        out.verdict = Verdict::broken;
        out.what = {c.name + " 的证书从 " + day_and_time(c.from) + " 起才有效",
                    c.name + ": holds only from " + day_and_time(c.from)};
        out.todo = {"检查这台电脑的时钟", "check this computer's clock"};
    } else if (now >= look_from) {
        out.verdict = Verdict::look;
        out.todo = todo;
    }
    return out;
}

Finding judge_clock(std::int64_t here, std::int64_t there) {
    // Whole seconds on the other side: what is less than one apart is not known better.
    const auto apart = here - there;
    const auto size = std::abs(apart);
    Finding out{"clock",
                Verdict::fine,
                {"时钟", "clock"},
                {fmt::format("与监管中心相差 {} 秒", size / 1000), fmt::format("{} s from the hub's", size / 1000)},
                {}};
    if (size > clock_look) {
        out.verdict = size > clock_broken ? Verdict::broken : Verdict::look;
        const bool fast = apart > 0;
        out.what = {fmt::format("比监管中心{} {} 秒", fast ? "快" : "慢", size / 1000),
                    fmt::format("{} s {} the hub's", size / 1000, fast ? "ahead of" : "behind")};
        out.todo = {"打开自动对时（timedatectl set-ntp true）",
                    "turn time synchronisation on (timedatectl set-ntp true)"};
    }
    return out;
}

std::optional<std::int64_t> moment_of_http(const std::string& date) {
    std::tm parts{};
    const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return std::int64_t{::timegm(&parts)} * 1000;
}

std::string day_and_time(std::int64_t moment) {
    const auto seconds = static_cast<std::time_t>((moment + china_offset) / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} +08:00", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min);
}

}  // namespace imloop::service
