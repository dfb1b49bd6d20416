#include "loop/stations/seen.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "loop/tables.hpp"

namespace imloop::loop::stations {
namespace {

using rules::Record;

/// Places in a table, from 1; 0 for what is not in it.
std::uint8_t place_in(const std::vector<std::string>& codes, std::string_view code) {
    const auto it = std::ranges::find(codes, code);
    return it == codes.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(it - codes.begin() + 1);
}

std::vector<std::string> codes_in_order(std::string_view table) {
    std::vector<std::string> out;
    for (const auto& row : rows_of(table)) out.push_back(row.at("code").get<std::string>());
    return out;
}

const std::vector<std::string>& channels() {
    static const auto all = [] {
        std::vector<std::string> out;
        for (const auto& method : methods())
            for (const auto& item : method.items)
                for (const auto& phase : item.phases) {
                    auto name = item.item + "/" + phase;
                    if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
                }
        return out;
    }();
    return all;
}

/// The band a value falls in, from 1.
template <std::size_t n>
std::uint8_t band(double value, const std::array<double, n>& ends) {
    return static_cast<std::uint8_t>(1 + (std::ranges::upper_bound(ends, value) - ends.begin()));
}

std::optional<double> to_limit(const Reading& r) {
    constexpr double least_power = 0.01;
    if (!r.limit || *r.limit <= 0 || r.item == "lambda") return std::nullopt;
    return r.item == "power" ? *r.limit / std::max(r.value, least_power) : r.value / *r.limit;
}

/// The last digit the instrument shows, where the value has enough digits for the last one to be anything.
std::optional<int> last_digit(const Reading& r) {
    static const std::map<std::string, double, std::less<>> steps{{"%", 100}, {"ppm", 1}, {"g/km", 100}, {"1/m", 100}};
    constexpr std::int64_t steps_min = 20;
    constexpr double close = 1e-6;
    const auto step = steps.find(r.unit);
    if (step == steps.end()) return std::nullopt;
    const double scaled = r.value * step->second;
    const std::int64_t whole = std::llround(scaled);
    if (whole < steps_min || std::abs(scaled - static_cast<double>(whole)) > close * scaled) return std::nullopt;
    return static_cast<int>(whole % 10);
}

std::optional<std::uint64_t> tuple_of(const std::vector<Reading>& readings) {
    constexpr std::size_t tuple_min = 4;
    if (readings.size() < tuple_min) return std::nullopt;
    // FNV-1a over the values as the record has them.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const auto& r : readings) {
        std::uint64_t word = 0;
        std::memcpy(&word, &r.value, sizeof word);
        for (int i = 0; i < 8; ++i, word >>= 8) hash = (hash ^ (word & 0xff)) * 0x100000001b3;
    }
    return hash;
}

std::vector<std::pair<Field, double>> fields_of(const InspectionDetail& test) {
    std::vector<std::pair<Field, double>> out;
    const auto add = [&](Field field, std::optional<double> value) {
        if (value) out.emplace_back(field, *value);
    };
    const auto first = [&](std::string_view item) -> std::optional<double> {
        const auto it = std::ranges::find(test.readings, item, &Reading::item);
        return it == test.readings.end() ? std::nullopt : std::optional(it->value);
    };
    add(Field::temperature_c, test.temperature_c);
    add(Field::humidity_pct, test.humidity_pct);
    add(Field::pressure_kpa, test.pressure_kpa);
    add(Field::seconds, static_cast<double>(test.ended_at - test.started_at) / 1000);
    add(Field::co2, first("co2"));
    add(Field::o2, first("o2"));
    add(Field::lambda, first("lambda"));
    return out;
}

void see_obd(const ObdDetail& obd, TestSeen& out) {
    out.has_obd = obd.supported.value_or(true);
    out.obd_silent = obd.communicates == false;
    out.obd_unready = std::ranges::any_of(obd.readiness, [](const Monitor& m) { return m.state == "false"; });
}

}  // namespace

statistics::Stratum stratum_of(const Record& r) {
    static const auto fuels = codes_in_order("fuels");
    static const auto stages = codes_in_order("emission_stages");
    static const std::vector<std::string> methods_in_order = codes_in_order("methods");
    constexpr std::array years{4.0, 6.0, 10.0, 15.0};
    constexpr std::array kilometres{50'000.0, 100'000.0, 200'000.0};
    statistics::Stratum out;
    out.codes[0] = place_in(methods_in_order, r.fact.inspection->method);
    if (const auto& v = r.detail.vehicle) {
        out.codes[1] = place_in(fuels, v->fuel);
        out.codes[2] = place_in(stages, v->emission_stage);
        if (v->registered_on) out.codes[3] = band((day_of(r.fact.occurred_at) - *v->registered_on) / 365.25, years);
    }
    if (const auto& obd = r.test().obd; obd && obd->mileage_km) out.codes[4] = band(*obd->mileage_km, kilometres);
    return out;
}

std::string channel_name(std::uint8_t channel) {
    return channel == 0 || channel > channels().size() ? "?" : channels()[channel - 1U];
}

std::optional<TestSeen> seen(const Record& r) {
    if (!r.is_test()) return std::nullopt;
    const auto reason = r.fact.inspection->reason;
    if (reason != Reason::periodic && reason != Reason::initial && reason != Reason::retest) return std::nullopt;
    const auto& test = r.test();
    TestSeen out;
    out.station_id = r.fact.station_id;
    out.line_id = test.line_id;
    out.inspector_id = test.inspector_id;
    out.day = day_of(r.fact.occurred_at);
    out.start_s = static_cast<int>((test.started_at - start_of(day_of(test.started_at))) / 1000);
    out.stratum = stratum_of(r);
    out.is_retest = reason == Reason::retest;
    out.verdict = r.fact.inspection->verdict;
    for (const auto& reading : test.readings)
        if (const auto ratio = to_limit(reading))
            out.readings.push_back(
                {place_in(channels(), reading.item + "/" + reading.phase), *ratio, last_digit(reading)});
    out.tuple = tuple_of(test.readings);
    out.software = test.software_version;
    out.fields = fields_of(test);
    if (test.obd) see_obd(*test.obd, out);
    if (const Method* method = method_named(r.fact.inspection->method)) out.least_s = method->seconds_min;
    return out;
}

}  // namespace imloop::loop::stations
