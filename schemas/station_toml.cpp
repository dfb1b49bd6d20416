#include "schemas/station_toml.hpp"

#include "schemas/embedded.hpp"

namespace imloop::schemas {
namespace {

/// Inside the quotes of a TOML string.
std::string quoted(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') continue;
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string station_toml(std::string_view station_id, std::string_view name, std::string_view hub_url) {
    std::string out(embedded("station.toml"));
    const auto put = [&out](std::string_view mark, const std::string& value) {
        for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark, at + value.size()))
            out.replace(at, mark.size(), value);
    };
    put("@STATION_ID@", quoted(station_id));
    put("@HUB_URL@", quoted(hub_url));
    put("@STATION_NAME@", quoted(name));
    return out;
}

}  // namespace imloop::schemas
