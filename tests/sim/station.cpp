#include "tests/sim/station.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imloop::sim {
namespace {

/// Ids and names, each county at least one before any has two.
template <typename Put>
void by_county(char kind, const char* word, int count, Put put) {
    int made = 0;
    for (int round = 1; made < count; ++round)
        for (std::size_t c = 0; c < counties().size() && made < count; ++c) {
            const auto& county = counties()[c];
            if (round > 1 && county.weight * count < round - 0.5) continue;
            put(c, fmt::format("{}{}-{:02}", kind, county.code, round), fmt::format("{}{}{}", county.zh, round, word));
            ++made;
        }
}

Instrument instrument(std::string id, Random& random) {
    Instrument out{std::move(id)};
    for (double* gain : {&out.co, &out.co2, &out.o2, &out.hc, &out.no, &out.opacity})
        *gain = 1 + 0.012 * random.normal();
    out.drift_a_day = 0.0004 * random.normal();
    return out;
}

Person person(std::string id, Random& random) {
    return {std::move(id), std::clamp(random.spread(0.12), 0.75, 1.4), random.chance(0.25)};
}

}  // namespace

bool IStation::open_on(loop::Day day) const {
    const int weekday = (day + 4) % 7;  // 1970-01-01 was a Thursday; 0: Sunday
    return !(closed_sundays && weekday == 0);
}
loop::Moment IStation::opens(loop::Day day) const { return loop::start_of(day) + opens_h * hour_ms; }
loop::Moment IStation::closes(loop::Day day) const { return loop::start_of(day) + closes_h * hour_ms; }
const Person& IStation::inspector_on(std::size_t line, loop::Day day) const {
    return inspectors[(line + static_cast<std::size_t>(day / 3)) % inspectors.size()];
}

std::vector<IStation> make_i_stations(int count, Random& random) {
    std::vector<IStation> out;
    by_county('I', "检验站", count, [&](std::size_t county, std::string id, std::string name) {
        IStation s;
        s.id = std::move(id), s.name = std::move(name), s.county = county;
        s.weight = random.spread(0.45);
        s.has_rollers = out.empty() || s.weight > 0.55 || random.chance(0.5);
        s.drives_vmas = random.chance(0.4);
        s.both_asm_modes = random.chance(0.5);
        s.hands_in_obd_stream = random.chance(0.7);
        const std::vector<std::string> versions = {"3.2.1", "3.2.4", "HJ-5.0.2", "V2.8", "V2.9b"};
        s.software = random.pick(versions);
        s.opens_h = random.chance(0.3) ? 7 : 8, s.closes_h = random.between(17, 19);
        s.closed_sundays = random.chance(0.4);
        s.owner = s.name + "检测有限公司";
        s.sensor_error = {0.4 * random.normal(), 2.0 * random.normal(), 0.15 * random.normal()};
        s.clock_s = random.chance(0.05) ? random.within(-420, 420) : 15 * random.normal();
        const std::string digits = s.id.substr(1, 6) + s.id.substr(8);
        const int lines = 2 + static_cast<int>(random.weighted({0.3, 0.4, 0.3}));
        for (int i = 1; i <= lines; ++i) {
            Line line;
            line.id = std::to_string(i);
            if (s.has_rollers) line.dynamometer_id = fmt::format("DY{}{}", digits, i);
            line.for_diesel = i == lines;
            line.analyser = instrument(fmt::format("AN{}{}", digits, i), random);
            line.opacimeter = instrument(fmt::format("OP{}{}", digits, i), random);
            s.lines.push_back(std::move(line));
        }
        for (int i = 1; i <= lines + 1; ++i) s.inspectors.push_back(person(fmt::format("J{}{:02}", digits, i), random));
        out.push_back(std::move(s));
    });
    return out;
}

std::vector<Shop> make_shops(int count, Random& random) {
    std::vector<Shop> out;
    by_county('M', "维修站", count, [&](std::size_t county, std::string id, std::string name) {
        Shop s;
        s.id = std::move(id), s.name = std::move(name), s.county = county;
        s.weight = random.spread(0.4);
        s.business_class = random.chance(0.35) ? "一类" : "二类";
        s.price = random.spread(0.14);
        s.skill = std::clamp(0.91 + 0.04 * random.normal(), 0.75, 0.98);
        s.writes_fail_no = random.chance(0.2) ? 0.2 : 0.82;
        const int technicians = random.between(3, 8);
        for (int i = 1; i <= technicians; ++i)
            s.technicians.push_back(person(fmt::format("T{}{:02}", s.id.substr(1, 6) + s.id.substr(8), i), random));
        s.bays.resize(static_cast<std::size_t>(random.between(4, 10)));
        s.technician_free.resize(s.technicians.size());
        s.owner = s.name + "汽车服务有限公司";
        // A stream of its own; of each kind there is one.
        Random own(Random(random).next(), 51, out.size());
        const bool is_large = own.chance(0.5);
        s.heavy_bays = out.size() == 1 || (!is_large && !out.empty()) ? 0 : own.between(1, 3);
        s.takes_pictures = own.chance(0.5);
        out.push_back(std::move(s));
    });
    return out;
}

}  // namespace imloop::sim
