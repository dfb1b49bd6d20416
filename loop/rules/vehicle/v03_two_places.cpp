// At two places at once: two cars on one line, one inspector's tests on two lines, one vehicle at two stations, or in
// the shop while it is tested. Clocks differ between stations, never within a line; tests of one line may follow each
// other closely, and a station that lets one login serve several lines does so all day.
#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "loop/rules/rule.hpp"
#include "loop/rules/vehicle/spans.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"

namespace imloop::loop::rules {
namespace {

constexpr double minute_ms = 60'000;
constexpr double share_of_shorter = 1.0 / 3;
/// Tests at one time that one is compared with, the nearest first: more are not on one line, nor of one vehicle in one
/// stay.
constexpr std::size_t compared_max = 256;

using List = std::vector<const Record*>;

double overlap_ms(const Record& a, const Record& b) {
    return static_cast<double>(std::min(a.test().ended_at, b.test().ended_at) -
                               std::max(a.test().started_at, b.test().started_at));
}

/// How far two tests may overlap at the station of one.
struct Allowed {
    double share, least_ms, most_ms;
    double smallest_ms() const { return std::min(least_ms, most_ms); }
};

Allowed allowed_at(const Record& r, const Context& ctx) {
    return {ctx.number("V03", "overlap_share_max", r), ctx.number("V03", "overlap_seconds_min", r) * 1000,
            ctx.number("V03", "overlap_seconds_max", r) * 1000};
}

bool at_once(const Record& a, const Record& b, const Allowed& allowed) {
    const double shorter =
        static_cast<double>(std::min(a.test().ended_at - a.test().started_at, b.test().ended_at - b.test().started_at));
    const double overlap = overlap_ms(a, b);
    // Plates are read and probes fitted while the car before is still there; the measuring itself fills most of a test.
    const bool is_short = overlap > allowed.share * shorter && overlap > allowed.least_ms;
    return is_short || (overlap > allowed.most_ms && overlap > shorter * share_of_shorter);
}

Span span_of(const Record& test) {
    return {std::min(test.test().started_at, test.test().ended_at), test.test().ended_at};
}

/// Those with a VIN that could show them to be of unlike vehicles, in their order.
List tests_with_vin(std::span<const Record> records) {
    List out;
    for (const Record& r : records)
        if (may_be_unlike(r)) out.push_back(&r);
    return out;
}

Spans spans_of(const List& tests) {
    std::vector<Span> spans;
    for (const Record* r : tests) spans.push_back(span_of(*r));
    return Spans(spans);
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
    const List tests = tests_with_vin(records);
    const Spans spans = spans_of(tests);
    for (std::size_t i = 1; i < tests.size(); ++i) {
        const Record& later = *tests[i];
        const auto allowed = allowed_at(later, ctx);
        const auto near = spans.sharing(span_of(later), allowed.smallest_ms());
        std::size_t compared = 0;
        for (std::size_t j = std::min(i, near.last); j-- > near.first && compared < compared_max;) {
            const Record& other = *tests[j];
            if (!at_once(later, other, allowed)) continue;
            ++compared;
            if (!unlike_vehicles(later, other)) continue;
            auto flag = pair(later, other, "two_cars_on_one_line", Grade::medium, 900);
            flag.values.push_back(text("line", later.test().line_id));
            flag.values.push_back(number("overlap", overlap_ms(later, other) / 1000, 0, "s"));
            flags.push_back(std::move(flag));
            break;
        }
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
    List at_home = tests_with_vin(records);
    List away;
    std::ranges::copy_if(at_home, std::back_inserter(away),
                         [&](const Record* r) { return r->test().line_id != home->first; });
    std::erase_if(at_home, [&](const Record* r) { return r->test().line_id != home->first; });
    const Spans spans = spans_of(at_home);
    for (const Record* r : away) {
        const auto allowed = allowed_at(*r, ctx);
        const auto near = spans.sharing(span_of(*r), allowed.smallest_ms());
        std::size_t compared = 0;
        for (std::size_t j = near.first; j < near.last && compared < compared_max; ++j) {
            if (!at_once(*r, *at_home[j], allowed)) continue;
            ++compared;
            if (!unlike_vehicles(*r, *at_home[j])) continue;
            auto flag = pair(*r, *at_home[j], "inspector_on_two_lines", Grade::weak, 700);
            flag.values.push_back(text("line", r->test().line_id));
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

/// Tests in the midst of the repair's stay; `spans` are theirs.
void check_shop(const Record& repair, const List& tests, const Spans& spans, const Context& ctx, Flags& flags) {
    const double margin = ctx.number("V03", "shop_margin_minutes", repair) * minute_ms;
    const auto& r = repair.repair();
    if (r.settled_at < r.received_at ||
        static_cast<double>(r.settled_at - r.received_at) > ctx.number("V03", "stay_days_max", repair) * day_ms)
        return;
    const auto near = spans.sharing({r.received_at, r.settled_at}, margin - 1);
    std::size_t compared = 0;
    for (std::size_t i = near.first; i < near.last && compared < compared_max; ++i) {
        const Record& test = *tests[i];
        if (static_cast<double>(test.test().started_at - r.received_at) < margin ||
            static_cast<double>(r.settled_at - test.test().ended_at) < margin)
            continue;
        ++compared;
        if (!surely_one_vehicle(repair, test)) continue;
        auto flag = pair(repair, test, "in_the_shop_and_on_the_line", Grade::medium, 850);
        flag.other_station_id = test.fact.station_id;
        flags.push_back(std::move(flag));
    }
}

bool has_vin(const Record& r) { return r.fact.vehicle && !r.fact.vehicle->vin.empty(); }

void check(const History& history, const Context& ctx, Flags& flags) {
    List tests, repairs;
    for (const Record& r : history.records) {
        if (!has_vin(r)) continue;
        // A car that is measured here and there to compare benches is carried about for it.
        if (r.is_test() && r.fact.inspection->reason != Reason::comparison) tests.push_back(&r);
        if (r.is_repair() && !r.fact.day_only) repairs.push_back(&r);
    }
    for (std::size_t i = 1; i < tests.size(); ++i) check_stations(*tests[i - 1], *tests[i], ctx, flags);
    const Spans spans = spans_of(tests);
    for (const Record* repair : repairs) check_shop(*repair, tests, spans, ctx, flags);
}

}  // namespace

Rule v03() {
    return {.id = "V03", .history = check, .groups = {{by_line, check_line, false, 2}, {by_inspector, check_inspector}}};
}

}  // namespace imloop::loop::rules
