#include "loop/vehicle/plate.hpp"

#include <array>
#include <vector>

#include "loop/vehicle/text.hpp"

namespace imloop::loop {
namespace {

constexpr std::string_view provinces = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
constexpr std::string_view endings = "挂学警港澳领使";

bool is_one_of(std::string_view character, std::string_view list) {
    return character.size() > 1 && list.find(character) != std::string_view::npos;
}

/// I and O do not occur after the office letter (GA 36-2018).
bool is_place(std::string_view c) {
    return c.size() == 1 &&
           ((c[0] >= '0' && c[0] <= '9') || (c[0] >= 'A' && c[0] <= 'Z' && c[0] != 'I' && c[0] != 'O'));
}

}  // namespace

std::string normal_plate(std::string_view raw) { return normal_text(raw); }

bool plate_well_formed(std::string_view normal) {
    const auto c = characters(normal);
    if (c.size() != 7 && c.size() != 8) return false;
    if (!is_province(c[0]) || c[1].size() != 1 || c[1][0] < 'A' || c[1][0] > 'Z') return false;
    for (std::size_t i = 2; i < c.size(); ++i) {
        const bool may_end = i + 1 == c.size() && c.size() == 7 && is_one_of(c[i], endings);
        if (!is_place(c[i]) && !may_end) return false;
    }
    return true;
}

bool is_province(std::string_view character) { return is_one_of(character, provinces); }

std::string comparable_plate(std::string_view normal) {
    std::string out;
    std::size_t place = 0;
    for (const auto c : characters(normal)) {
        const bool look_alike = ++place > 2 && (c == "I" || c == "O");
        out += !look_alike ? c : c == "I" ? "1" : "0";
    }
    return out;
}

std::string display_plate(std::string_view normal) {
    const auto c = characters(normal);
    if (c.size() < 3) return std::string(normal);
    const std::size_t head = c[0].size() + c[1].size();
    return std::string(normal.substr(0, head)) + "·" + std::string(normal.substr(head));
}

std::string masked_plate(std::string_view normal) {
    const auto c = characters(normal);
    if (c.size() < 4) return "***";
    return std::string(c[0]) + std::string(c[1]) + "·" + std::string(c[2]) + "***" + std::string(c.back());
}

}  // namespace imloop::loop
