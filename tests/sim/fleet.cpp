#include "tests/sim/fleet.hpp"

#include <fmt/format.h>

#include <set>

namespace imloop::sim {
namespace {

constexpr std::string_view letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
constexpr std::string_view plate_letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

int value_of(char c) {
    constexpr std::string_view letters_of = "ABCDEFGHJKLMNPRSTUVWXYZ";
    constexpr std::string_view values = "12345678123457923456789";
    if (c >= '0' && c <= '9') return c - '0';
    return values[letters_of.find(c)] - '0';
}

int pick_weighted(const std::vector<double>& weights, Random& random) {
    double at = random.unit();
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
        at -= weights[i];
        if (at < 0) return static_cast<int>(i);
    }
    return static_cast<int>(weights.size()) - 1;
}

}  // namespace

std::string vin_with_check_digit(std::string vin) {
    constexpr int weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (std::size_t i = 0; i < 17; ++i) sum += weights[i] * (i == 8 ? 0 : value_of(vin[i]));
    vin[8] = sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11);
    return vin;
}

std::string slip(std::string vin, Random& random) {
    const auto at = 3 + random.below(13);
    switch (random.below(3)) {
        case 0:
            vin[at] = vin[at] == '8' ? '3' : '8';
            break;
        case 1:
            std::swap(vin[at], vin[at + 1]);
            break;
        default:
            vin.erase(at, 1);
    }
    return vin;
}

std::vector<Vehicle> make_fleet(std::size_t count, const std::vector<double>& county_weights, Random& random) {
    const std::vector<std::string> makers = {"LSV", "LFV", "LGX", "LVS", "LBE", "LHG", "LJD", "LZW"};
    const std::vector<std::string> petrol_stages = {"国III", "国IV", "国IV", "国V", "国V", "国VI"};
    const std::vector<std::string> diesel_stages = {"国III", "国IV", "国V"};
    std::vector<Vehicle> out;
    std::set<std::string> plates;
    std::string stem;
    int serial = 0, left_of_fleet = 0;
    while (out.size() < count) {
        Vehicle v;
        if (left_of_fleet == 0) {
            left_of_fleet = random.chance(0.03) ? random.between(5, 40) : 1;
            stem = random.pick(makers);
            for (int i = 0; i < 5; ++i) stem += letters[random.below(letters.size())];
            stem += '0';
            stem += "GHJKLM"[random.below(6)];
            stem += '2';
            serial = random.between(1, 999'000);
        }
        --left_of_fleet;
        v.vin = vin_with_check_digit(stem + fmt::format("{:06}", serial++));
        v.diesel = random.chance(0.12);
        v.county = pick_weighted(county_weights, random);
        do {
            v.plate = "陕D";
            for (int i = 0; i < 5; ++i)
                v.plate += i < 2 ? plate_letters[random.below(plate_letters.size())]
                                 : static_cast<char>('0' + random.below(10));
        } while (!plates.insert(v.plate).second);
        v.plate_kind = v.diesel ? "01" : "02";
        v.plate_color = v.diesel ? "黄" : "蓝";
        v.fuel = v.diesel ? "diesel" : "petrol";
        v.emission_stage = v.diesel ? random.pick(diesel_stages) : random.pick(petrol_stages);
        v.registered_on =
            fmt::format("{}-{:02}-{:02}", random.between(2009, 2020), random.between(1, 12), random.between(1, 28));
        v.model = fmt::format("{}{}", v.vin.substr(0, 3), 6000 + static_cast<int>(random.below(90)) * 10);
        out.push_back(std::move(v));
    }
    return out;
}

}  // namespace imloop::sim
