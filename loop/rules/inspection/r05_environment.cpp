// Temperature, humidity and pressure of the test room. They correct the results, so they must have been measured:
// within what rooms and weather can be, not the same to the tenth on several days, and as the other stations of the
// city have them, apart from each station's own height and heating.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "loop/block.hpp"
#include "loop/suspects/observed/bench.hpp"

namespace imloop::loop::rules {
namespace {

constexpr Day block_days = 7;    // of the city's weather
constexpr Day repeat_days = 30;  // of a station's repeated values
constexpr Moment hour_ms = 3'600'000;

struct Member {
    const char* name;
    const char* unit;
    std::optional<double> InspectionDetail::*value;
};
constexpr std::array members = {Member{"temperature_c", "°C", &InspectionDetail::temperature_c},
                                Member{"humidity_pct", "%", &InspectionDetail::humidity_pct},
                                Member{"pressure_kpa", "kPa", &InspectionDetail::pressure_kpa}};

void out_of_range(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    for (const auto& member : members) {
        const auto value = r.test().*member.value;
        if (!value) continue;
        const double low = ctx.number("R05", std::string(member.name) + "_min", r),
                     high = ctx.number("R05", std::string(member.name) + "_max", r);
        if (*value >= low && *value <= high) continue;
        flags.push_back({.claim = "out_of_range",
                         .grade = Grade::weak,
                         .score_permille = 600,
                         .records = {r.fact.record_id},
                         .values = {text("member", member.name), number("value", *value, 1, member.unit),
                                    number("low", low, 1, member.unit), number("high", high, 1, member.unit)}});
        return;
    }
}

bool has_environment(const Record& r) {
    return is_judged_test(r) && r.test().temperature_c && r.test().humidity_pct && r.test().pressure_kpa;
}

/// Roadside and spot checks are made now here, now there.
bool is_in_its_place(const Record& r) {
    const auto reason = r.fact.inspection->reason;
    return reason != Reason::roadside && reason != Reason::spot_check;
}

void by_station(const Record& r, std::vector<std::string>& out) {
    if (has_environment(r) && is_in_its_place(r))
        out.push_back(r.fact.station_id + "|" + std::to_string(block_of(day_of(r.test().ended_at), repeat_days)));
}

void by_city(const Record& r, std::vector<std::string>& out) {
    if (has_environment(r) && is_in_its_place(r))
        out.push_back(std::to_string(block_of(day_of(r.test().ended_at), block_days)));
}

void note_repeats(const std::vector<const Record*>& tests, const Context& ctx, Flags& flags) {
    const Record& first = *tests.front();
    std::set<Day> days;
    for (const auto* r : tests) days.insert(day_of(r->test().ended_at));
    const double t = *first.test().temperature_c, h = *first.test().humidity_pct;
    // Whole degrees and per cents come back by themselves.
    const bool is_coarse = t == std::floor(t) && h == std::floor(h);
    const auto* least = is_coarse ? "repeat_days_min_coarse" : "repeat_days_min";
    if (static_cast<double>(days.size()) < ctx.number("R05", least, first) ||
        static_cast<double>(tests.size()) < ctx.number("R05", "repeat_tests_min", first))
        return;
    Flag flag{.claim = "frozen",
              .grade = Grade::medium,
              .score_permille = 850,
              .values = {number("tests", static_cast<double>(tests.size()), 0),
                         number("days", static_cast<double>(days.size()), 0), number("temperature", t, 1, "°C"),
                         number("humidity", h, 1, "%")}};
    for (const auto* r : tests) flag.records.push_back(r->fact.record_id);
    flag.key = "frozen|" + first.fact.record_id;
    flags.push_back(std::move(flag));
}

/// Temperature and humidity to the same tenth on several days: written, not read. Pressure may be true beside them.
void frozen(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::pair<double, double>, std::vector<const Record*>> alike;
    for (const auto& r : records) alike[{*r.test().temperature_c, *r.test().humidity_pct}].push_back(&r);
    for (const auto& [air, tests] : alike) note_repeats(tests, ctx, flags);
}

double median(std::vector<double> of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
}

/// The city's course by the hour and each station's level, parted by median polish (J. W. Tukey, Exploratory Data
/// Analysis, 1977): which stations happen to test in an hour does not matter.
class Weather {
public:
    Weather(std::span<const Record> records, const Member& member, std::size_t stations_min) : member_(member) {
        std::map<Moment, std::map<std::string, std::vector<double>>> by_hour;
        for (const auto& r : records) by_hour[hour_of(r)][r.fact.station_id].push_back(value_of(r));
        std::erase_if(by_hour, [&](const auto& each) { return each.second.size() < stations_min; });
        std::map<std::string, int> hours;
        for (const auto& [hour, stations] : by_hour)
            for (const auto& [station, values] : stations) ++hours[station];
        for (int round = 0; round < rounds; ++round) {
            std::map<std::string, std::vector<double>> levels;
            for (const auto& [hour, stations] : by_hour)
                for (const auto& [station, values] : stations)
                    levels[station].push_back(median(values) - (round == 0 ? 0 : city_[hour]));
            for (auto& [station, of] : levels) usual_[station] = median(std::move(of));
            for (const auto& [hour, stations] : by_hour) {
                std::vector<double> course;
                for (const auto& [station, values] : stations) course.push_back(median(values) - usual_[station]);
                city_[hour] = median(std::move(course));
            }
        }
        std::erase_if(usual_, [&](const auto& each) { return hours[each.first] < hours_min; });
    }
    /// What the test should have read; nothing where too few others say.
    std::optional<double> expected(const Record& r) const {
        const auto city = city_.find(hour_of(r));
        const auto usual = usual_.find(r.fact.station_id);
        if (city == city_.end() || usual == usual_.end()) return std::nullopt;
        return city->second + usual->second;
    }
    double value_of(const Record& r) const { return *(r.test().*member_.value); }

private:
    static constexpr int rounds = 4, hours_min = 12;
    static Moment hour_of(const Record& r) { return block_of(r.test().ended_at, hour_ms); }
    const Member& member_;
    std::map<Moment, double> city_;
    std::map<std::string, double> usual_;
};

void unlike_others(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto stations_min = static_cast<std::size_t>(ctx.number("R05", "stations_min"));
    for (const auto& member : {members[2], members[0]}) {
        const Weather weather(records, member, stations_min);
        const double most = ctx.number("R05", std::string(member.name) + "_difference_max");
        for (const auto& r : records) {
            const auto expected = weather.expected(r);
            if (!expected || std::abs(weather.value_of(r) - *expected) <= most) continue;
            flags.push_back(
                {.claim = "unlike_other_stations",
                 .grade = Grade::weak,
                 .score_permille = 600,
                 .records = {r.fact.record_id},
                 .person = r.test().inspector_id,
                 .values = {text("member", member.name), number("value", weather.value_of(r), 1, member.unit),
                            number("expected", *expected, 1, member.unit),
                            number("difference_max", most, 1, member.unit)},
                 .key = "unlike|" + std::string(member.name) + "|" + r.fact.record_id});
        }
    }
}

}  // namespace

Rule r05() {
    return {
        .id = "R05", .record = out_of_range, .groups = {{by_station, frozen, true}, {by_city, unlike_others, true}}};
}

}  // namespace imloop::loop::rules
