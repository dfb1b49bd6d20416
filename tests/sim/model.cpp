#include "tests/sim/model.hpp"

#include <fmt/format.h>

namespace imloop::sim {
namespace {

constexpr std::string_view vin_letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

Model make(Use use, std::size_t number) {
    Random random(20'250'101, 1, number);
    const std::vector<std::string> cars = {"LSV", "LFV", "LGX", "LVS", "LBE", "LHG", "LZW", "LSG", "LGB", "LB3"};
    const std::vector<std::string> trucks = {"LJD", "LZZ", "LFW", "LVB", "LZG", "LGA"};
    const std::vector<std::string> protocols = {"ISO15765-4 CAN (11/500)", "ISO15765-4 CAN (29/500)", "ISO14230-4 KWP",
                                                "ISO9141-2"};
    Model m;
    m.use = use;
    m.diesel = use == Use::light_truck || use == Use::heavy_truck;
    m.maker = random.pick(m.diesel ? trucks : cars);
    for (int i = 0; i < 5; ++i) m.type += vin_letters[random.below(vin_letters.size())];
    m.dirtiness = random.spread(0.22);
    m.protocol = protocols[random.weighted({0.6, 0.12, 0.2, 0.08})];
    m.reports_vin = random.chance(0.8);
    m.popularity = 1.0 / (1.0 + static_cast<double>(number % 40));
    m.all_wheel_drive = random.chance(0.08);
    m.rated_rpm = random.between(50, 62) * 100;
    m.plate_kind = use == Use::heavy_truck ? "01" : "02";
    m.plate_color = use == Use::heavy_truck ? "黄" : "蓝";
    int series = 7000;
    switch (use) {
        case Use::car:
            m.vehicle_class = "K33";
            m.mass_kg = random.between(100, 180) * 10;
            m.rated_power_kw = random.between(70, 150);
            break;
        case Use::van:
            m.vehicle_class = "K39", series = 6000;
            m.mass_kg = random.between(100, 150) * 10;
            m.rated_power_kw = random.between(45, 80);
            m.dirtiness *= 1.25;
            break;
        case Use::light_truck:
            m.vehicle_class = "H31", series = 1000;
            m.mass_kg = random.between(200, 420) * 10;
            m.rated_power_kw = random.between(65, 120);
            m.rated_rpm = random.between(28, 36) * 100;
            break;
        case Use::heavy_truck:
            m.vehicle_class = "H11", series = 1000;
            m.mass_kg = random.between(800, 1500) * 10;
            m.rated_power_kw = random.between(180, 340);
            m.rated_rpm = random.between(19, 23) * 100;
            m.all_wheel_drive = random.chance(0.25);  // two driven axles
            break;
    }
    m.name =
        fmt::format("{}{}", m.maker, series + static_cast<int>(random.below(90)) * 10 + static_cast<int>(number % 7));
    return m;
}

std::uint64_t mixed(const std::string& text, int stage, int level, std::uint64_t kind) {
    std::uint64_t sum = 1469598103934665603u;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return Random(sum, kind, static_cast<std::uint64_t>(stage * 16 + level)).next();
}

}  // namespace

std::string Model::cal_id(int stage, int level) const {
    return fmt::format("{}{}{:06d}{:02d}", maker.substr(1), stage, mixed(maker + type, stage, 0, 2) % 1'000'000, level);
}

std::string Model::cvn(int stage, int level) const {
    return fmt::format("{:08X}", static_cast<std::uint32_t>(mixed(maker + type, stage, level, 3)));
}

const std::vector<Model>& models() {
    static const std::vector<Model> all = [] {
        std::vector<Model> out;
        constexpr std::pair<Use, int> counts[] = {
            {Use::car, 80}, {Use::van, 20}, {Use::light_truck, 24}, {Use::heavy_truck, 16}};
        for (const auto& [use, count] : counts)
            for (int i = 0; i < count; ++i) out.push_back(make(use, out.size()));
        return out;
    }();
    return all;
}

}  // namespace imloop::sim
