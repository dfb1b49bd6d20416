#include "loop/rules/inspection/model_year.hpp"

#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {

std::vector<int> model_years(std::string_view vin, int latest) {
    constexpr std::string_view codes = "123456789ABCDEFGHJKLMNPRSTVWXY";
    constexpr int first = 2001, cycle = 30;
    constexpr std::size_t place = 9;
    std::vector<int> out;
    if (!vin_proven(vin)) return out;
    const auto at = codes.find(vin[place]);
    if (at == std::string_view::npos) return out;
    const int year = first + static_cast<int>(at);
    for (const int y : {year - cycle, year})
        if (y <= latest) out.push_back(y);
    return out;
}

}  // namespace imloop::loop::rules
