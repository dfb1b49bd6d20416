// Made-up vehicles by number, for tests that need many: VINs with a right check digit, far apart from one another.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "loop/vehicle/vin.hpp"

namespace imloop::test {

/// `maker` has three places, `kind` four, `year` is a model year's letter.
inline std::string a_vin(int n, const std::string& maker = "LSV", const std::string& kind = "AA41", char year = 'E') {
    for (const char check : std::string("0123456789X")) {
        const auto vin = fmt::format("{}{}8{}{}2{:06}", maker, kind, check, year, n * 1373 % 1'000'000);
        if (loop::vin_proven(vin)) return vin;
    }
    throw std::logic_error("no check digit fits");
}

inline nlohmann::json a_vehicle(int n, const std::string& maker = "LSV", const std::string& kind = "AA41",
                                char year = 'E') {
    return {{"vin", a_vin(n, maker, kind, year)},
            {"plate", fmt::format("陕D{:05}", n)},
            {"plate_kind", "02"},
            {"model", maker + "7" + kind}};
}

}  // namespace imloop::test
