// At two places at once: two cars on one line, one inspector's tests on two lines, one vehicle at two stations, or in
// the shop while it is tested. Clocks differ between stations, never within a line; tests of one line may follow each
// other closely, and a station that lets one login serve several lines does so all day.
#include <algorithm>
#include <map>

#include "loop/rules/rule.hpp"
#include "loop/suspects/sameness.hpp"

namespace imloop::loop::rules {
namespace {

constexpr double minute_ms = 60'000;
constexpr double share_of_shorter = 1.0 / 3;

double overlap_ms(const Record& a, const Record& b) {
    return static_cast<double>(std::min(a.test().ended_at, b.test().ended_at) -
                               std::max(a.test().started_at, b.test().started_at));
}

bool at_once(const Record& a, const Record& b, const Context& ctx) {
    const double shorter =
        static_cast<double>(std::min(a.test().ended_at - a.test().started_at, b.test().ended_at - b.test().started_at));
    const double overlap = overlap_ms(a, b);
    // Plates are read and probes fitted while the car before is still there; the measuring itself fills most of a test.
    const bool is_short = overlap > ctx.number("V03", "overlap_share_max", a) * shorter &&
                          overlap > ctx.number("V03", "overlap_seconds_min", a) * 1000;
    return is_short ||
           (overlap > ctx.number("V03", "overlap_seconds_max", a) * 1000 && overlap > shorter * share_of_shorter);
}

std::string day_words(const Record& r) { return format_day(day_of(r.fact.occurred_at)); }

void by_line(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || r.test().line_id.empty()) return;
    out.push_back(r.fact.station_id + "|" + r.test().line_id + "|" + day_words(r));
}

void by_inspector(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || r.test().line_id.empty() || r.test().inspector_id.empty()) return;
    out.push_back(r.fact.station_id + "|" + r.test().inspector_id + "|" + day_words(r));
}

Flag pair(const Record& later, const Record& other, const char* claim, Grade grade, int score) {
    return {.claim = claim,
            .grade = grade,
            .score_permille = score,
            .records = {later.fact.record_id, other.fact.record_id},
            .person = later.is_test() ? later.test().inspector_id : later.repair().technician_id,
            .values = {moment("at", later.is_test() ? later.test().started_at : later.repair().received_at),
                       moment("other_at", other.is_test() ? other.test().started_at : other.repair().received_at)},
            .key = std::string(claim) + "|" + later.fact.record_id + "|" + other.fact.record_id};
}

void check_line(std::span<const Record> records, const Context& ctx, Flags& flags) {
    for (std::size_t i = 1; i < records.size(); ++i)
        for (std::size_t j = i; j-- > 0;) {
            const Record &later = records[i], &other = records[j];
            if (!unlike_vehicles(later, other) || !at_once(later, other, ctx)) continue;
            auto flag = pair(later, other, "two_cars_on_one_line", Grade::medium, 900);
            flag.values.push_back(text("line", later.test().line_id));
            flag.values.push_back(number("overlap", overlap_ms(later, other) / 1000, 0, "s"));
            flags.push_back(std::move(flag));
            break;
        }
}

/// The one test away from the line the inspector worked on all day.
void check_inspector(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, int> lines;
    for (const Record& r : records) ++lines[r.test().line_id];
    const auto home = std::ranges::max_element(lines, {}, [](const auto& l) { return l.second; });
    if (home->second < ctx.number("V03", "line_tests_min", records[0]) ||
        home->second * 10 < static_cast<int>(records.size()) * 9)
        return;
    for (const Record& away : records) {
        if (away.test().line_id == home->first) continue;
        for (const Record& other : records) {
            if (other.test().line_id != home->first || !unlike_vehicles(away, other) || !at_once(away, other, ctx))
                continue;
            auto flag = pair(away, other, "inspector_on_two_lines", Grade::weak, 700);
            flag.values.push_back(text("line", away.test().line_id));
            flag.values.push_back(text("other_line", home->first));
            flags.push_back(std::move(flag));
            break;
        }
    }
}

/// How soon a vehicle can be at the next station, clocks allowed for.
double minutes_needed(const Record& from, const Record& to, const Context& ctx) {
    const auto a = ctx.stations.at(from.fact.station_id, from.fact.occurred_at),
               b = ctx.stations.at(to.fact.station_id, to.fact.occurred_at);
    const double unknown = ctx.number("V03", "minutes_between_min", to);
    if (!a || !b || !a->location || !b->location) return unknown;
    const double drive = distance_km(*a->location, *b->location) / ctx.number("V03", "speed_kmh_max", to) * 60;
    return std::max(unknown, drive - ctx.number("V03", "clock_minutes", to));
}

void check_stations(const Record& before, const Record& after, const Context& ctx, Flags& flags) {
    if (before.fact.station_id == after.fact.station_id || !surely_one_vehicle(before, after)) return;
    const double minutes = static_cast<double>(after.test().started_at - before.test().ended_at) / minute_ms;
    const double needed = minutes_needed(before, after, ctx);
    if (minutes >= needed) return;
    const bool impossible = minutes < -ctx.number("V03", "clock_minutes", after);
    auto flag = pair(after, before, "two_stations_too_soon", impossible ? Grade::strong : Grade::medium,
                     impossible ? 950 : 850);
    flag.other_station_id = before.fact.station_id;
    flag.values.push_back(number("minutes", minutes, 0, "min"));
    flag.values.push_back(number("minutes_needed", needed, 0, "min"));
    flags.push_back(std::move(flag));
}

void check_shop(const Record& repair, const Record& test, const Context& ctx, Flags& flags) {
    const double margin = ctx.number("V03", "shop_margin_minutes", repair) * minute_ms;
    const auto& r = repair.repair();
    if (!surely_one_vehicle(repair, test)) return;
    if (static_cast<double>(r.settled_at - r.received_at) > ctx.number("V03", "stay_days_max", repair) * day_ms) return;
    if (static_cast<double>(test.test().started_at - r.received_at) < margin ||
        static_cast<double>(r.settled_at - test.test().ended_at) < margin)
        return;
    auto flag = pair(repair, test, "in_the_shop_and_on_the_line", Grade::medium, 850);
    flag.other_station_id = test.fact.station_id;
    flags.push_back(std::move(flag));
}

bool has_vin(const Record& r) { return r.fact.vehicle && !r.fact.vehicle->vin.empty(); }

void check(const History& history, const Context& ctx, Flags& flags) {
    std::vector<const Record*> tests, repairs;
    for (const Record& r : history.records) {
        if (!has_vin(r)) continue;
        // A car that is measured here and there to compare benches is carried about for it.
        if (r.is_test() && r.fact.inspection->reason != Reason::comparison) tests.push_back(&r);
        if (r.is_repair() && !r.fact.day_only) repairs.push_back(&r);
    }
    for (std::size_t i = 1; i < tests.size(); ++i) check_stations(*tests[i - 1], *tests[i], ctx, flags);
    for (const Record* repair : repairs)
        for (const Record* test : tests) check_shop(*repair, *test, ctx, flags);
}

}  // namespace

Rule v03() {
    return {.id = "V03", .history = check, .groups = {{by_line, check_line}, {by_inspector, check_inspector}}};
}

}  // namespace imloop::loop::rules
