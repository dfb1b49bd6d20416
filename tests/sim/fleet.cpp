#include "tests/sim/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace imloop::sim {
namespace {

constexpr std::string_view plate_letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
constexpr std::string_view years = "123456789ABCDEFGHJKLMNPRSTVWXY";  // place 10, from 2001

/// Where a vehicle of its fuel and year of building stands.
int stage_of(bool diesel, int built) {
    if (built >= 2020) return 6;
    if (built >= (diesel ? 2017 : 2017)) return 5;
    if (built >= (diesel ? 2014 : 2011)) return 4;
    return 3;
}

/// One in each year of the fuel's defects comes with age and use.
double expected_defects(const Vehicle& v, int year) {
    const double age = year - v.built, use = v.mileage_km / 100'000;
    const double of_stage = v.model->diesel ? 1.25 : 1.0;
    return of_stage * (0.004 + 0.0046 * age + 0.016 * use) * (v.taxi ? 1.3 : 1.0) * v.model->dirtiness;
}

void break_down(Vehicle& v, int year, Random& random) {
    const double expected = expected_defects(v, year);
    std::vector<double> weights;
    for (const auto& kind : defect_kinds()) weights.push_back(kind.diesel == v.model->diesel ? kind.share : 0.0);
    for (int i = 0; i < 2; ++i) {
        if (!random.chance(i == 0 ? expected : expected * 0.3)) continue;
        const auto& kind = defect_kinds()[random.weighted(weights)];
        const bool absent = (std::string_view(kind.code) == "scr" && v.stage < 5) ||
                            (std::string_view(kind.code) == "dpf" && v.stage < 5);
        if (!absent && !v.has(kind.code))
            v.defects.push_back({&kind, std::clamp(0.85 + 0.3 * random.normal(), 0.3, 1.6)});
    }
}

void hidden_state(Vehicle& v, int year, Random& random) {
    const double age = std::max(0.5, year - v.built + random.within(-0.5, 0.5));
    const double km_a_year = (v.taxi                             ? 75'000
                              : v.model->use == Use::heavy_truck ? 52'000
                              : v.model->use == Use::light_truck ? 26'000
                                                                 : 13'500) *
                             random.spread(0.35);
    v.km_a_day = km_a_year / 365;
    v.mileage_km = std::min(km_a_year * age, 900'000.0);
    const double own = random.spread(0.25);
    v.dirt_co = own * random.spread(0.35), v.dirt_hc = own * random.spread(0.3), v.dirt_no = own * random.spread(0.3);
    v.dirt_smoke = v.model->dirtiness * random.spread(0.33);
    constexpr double fresh[] = {0.085, 0.055, 0.032, 0.020};  // of stages 3 to 6
    v.catalyst_loss = std::min(0.8, fresh[v.stage - 3] * (1 + 0.9 * std::min(v.mileage_km, 300'000.0) / 100'000) *
                                        v.model->dirtiness * random.spread(0.35));
    v.wheel_power = std::clamp(0.62 + 0.05 * random.normal() - 0.004 * age, 0.44, 0.8);
    v.software_level = random.chance(0.2) ? 2 : 1;
    v.cleared_at_km = std::max(0.0, v.mileage_km - random.unit() * random.unit() * 60'000 - 300);
    break_down(v, year, random);
}

}  // namespace

bool Vehicle::has(std::string_view defect) const {
    return std::ranges::any_of(defects, [&](const auto& d) { return defect == d.kind->code; });
}

void Vehicle::mend(std::string_view defect) {
    std::erase_if(defects, [&](const auto& d) { return defect == d.kind->code; });
    if (defect == "catalyst") catalyst_loss = std::min(catalyst_loss, 0.07);
}

double Vehicle::mileage_at(loop::Moment at, loop::Moment begin) const {
    return mileage_km + km_a_day * static_cast<double>(at - begin) / static_cast<double>(loop::day_ms);
}

std::string Vehicle::stage_code() const {
    constexpr const char* codes[] = {"国III", "国IV", "国V", "国VI"};
    return codes[stage - 3];
}

std::vector<Vehicle> make_fleet(std::size_t count, const std::vector<double>& county_weights, Random& random,
                                int year) {
    std::vector<double> popularity;
    for (const auto& m : models())
        popularity.push_back(m.popularity * (m.use == Use::car           ? 1.0
                                             : m.use == Use::van         ? 0.5
                                             : m.use == Use::light_truck ? 0.30
                                                                         : 0.26));
    const std::vector<double> ages = {3, 4, 5, 7, 9, 11, 13, 14, 13, 11, 9, 7, 5, 4, 3, 2};  // years, from 1
    std::vector<Vehicle> out;
    out.reserve(count);
    std::set<std::string> plates;
    Vehicle like;
    int serial = 0, left = 0, fleets = 0;
    while (out.size() < count) {
        if (left == 0) {
            // A new owner; some buy several of one model at once.
            like = Vehicle();
            like.model = &models()[random.weighted(popularity)];
            like.built = year - 1 - static_cast<int>(random.weighted(ages));
            const bool many = random.chance(0.03);
            left = many ? random.between(5, 40) : 1;
            like.fleet = many ? ++fleets : 0;
            like.taxi = many && like.model->use == Use::car && random.chance(0.3);
            if (like.taxi) like.built = year - random.between(1, 6);
            like.stage = stage_of(like.model->diesel, like.built);
            serial = random.between(1, 999'000);
        }
        --left;
        Vehicle v = like;
        v.number = out.size();
        v.county = static_cast<int>(random.weighted(county_weights));
        v.vin = vin_with_check_digit(fmt::format("{}{}0{}2{:06}", v.model->maker, v.model->type,
                                                 years[static_cast<std::size_t>(v.built - 2001)], serial++));
        do {
            v.plate = "陕D";
            for (int i = 0; i < 5; ++i)
                v.plate += i < 2 ? plate_letters[random.below(plate_letters.size())]
                                 : static_cast<char>('0' + random.below(10));
        } while (!plates.insert(v.plate).second);
        v.engine_no = fmt::format("{}{:06}", v.model->type.substr(0, 3), random.below(1'000'000));
        v.registered_on =
            loop::parse_day(fmt::format("{}-{:02}-{:02}", v.built, random.between(1, 12), random.between(1, 28)))
                .value();
        hidden_state(v, year, random);
        out.push_back(std::move(v));
    }
    return out;
}

}  // namespace imloop::sim
