#include "station/record_text.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "loop/json.hpp"

namespace imloop::station {

std::vector<std::string> records_in(const std::string& text) {
    if (nlohmann::json::accept(text)) return {text};
    std::vector<std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.find_first_not_of(" \t\r") != std::string::npos) out.push_back(line);
    return out.size() > 1 ? out : std::vector<std::string>{text};
}

std::string one_line(const std::string& record) {
    std::string_view text = record;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
    if (text.find_first_of("\r\n") == std::string_view::npos) return std::string(text);
    const auto read = loop::json_of<nlohmann::ordered_json>(text);
    return read.is_discarded() ? record : read.dump();
}

}  // namespace imloop::station
