#include "station/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

namespace imloop::station {
namespace {

journal::Error wrong(const std::filesystem::path& file, const std::string& what) {
    return {"bad_config", file.string() + ": " + what};
}

/// Reads members and remembers the first one that is missing or of another type.
class Reader {
public:
    Reader(const toml::table& table, std::string& problem) : table_(table), problem_(problem) {}

    std::string text(std::string_view path, std::string_view usual = {}) {
        const auto node = table_.at_path(path);
        if (!node) {
            if (usual.data() == nullptr) say(fmt::format("缺少 {0} / {0} is missing", path));
            return std::string(usual);
        }
        if (const auto value = node.value_exact<std::string>()) return *value;
        say(fmt::format("第 {1} 行的 {0} 应是文字 / {0} in line {1} must be text", path,
                        node.node()->source().begin.line));
        return {};
    }

    unsigned short port(std::string_view path, unsigned short usual) {
        const auto node = table_.at_path(path);
        if (!node) return usual;
        const auto value = node.value_exact<std::int64_t>();
        if (value && *value >= 0 && *value <= 65535) return static_cast<unsigned short>(*value);
        say(fmt::format("第 {1} 行的 {0} 应是 0 到 65535 的数 / {0} in line {1} must be a number up to 65535", path,
                        node.node()->source().begin.line));
        return usual;
    }

private:
    void say(std::string what) {
        if (problem_.empty()) problem_ = std::move(what);
    }
    const toml::table& table_;
    std::string& problem_;
};

}  // namespace

journal::Result<Config> read_config(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
        return wrong(file, "没有这个配置文件；用 --config 指明 / no such file; name it with --config");
    toml::table table;
    try {
        table = toml::parse_file(file.string());
    } catch (const toml::parse_error& e) {
        return wrong(file, fmt::format("第 {0} 行写法不对 / line {0}: {1}", e.source().begin.line, e.description()));
    }
    std::string problem;
    Reader reader(table, problem);
    const auto folder = std::filesystem::absolute(file).parent_path();
    Config out;
    out.file = file;
    out.station_id = reader.text("station_id");
    out.name = reader.text("name", out.station_id);
    out.page_port = reader.port("page.port", out.station_id.starts_with('M') ? 7611 : 7610);
    out.data = folder / reader.text("data", "data");
    out.hub.ca = folder / reader.text("hub.ca", "ca.pem");
    out.hub.certificate = folder / reader.text("hub.certificate", "station.cert.pem");
    out.hub.key = folder / reader.text("hub.key", "station.key.pem");
    out.hub.hub_key = folder / reader.text("hub.hub_key", "hub.pub.pem");
    out.intake.line_id = reader.text("intake.line_id", "");
    out.intake.inspector_id = reader.text("intake.inspector_id", "");
    out.intake.time_offset = reader.text("intake.time_offset", "+08:00");
    if (const auto profiles = reader.text("intake.profiles", ""); !profiles.empty())
        out.intake.profiles = folder / profiles;
    const std::string url = reader.text("hub.url");
    if (!problem.empty()) return wrong(file, problem);
    constexpr std::string_view scheme = "https://";
    const auto rest = url.starts_with(scheme) ? url.substr(scheme.size()) : std::string();
    const auto colon = rest.rfind(':');
    out.hub.host = rest.substr(0, colon);
    out.hub.port = colon == std::string::npos ? "8443" : rest.substr(colon + 1);
    if (out.hub.host.empty() || out.hub.port.empty() ||
        out.hub.port.find_first_not_of("0123456789") != std::string::npos)
        return wrong(file, "hub.url 应写成 https://主机:端口 / write hub.url as https://host:port");
    return out;
}

}  // namespace imloop::station
