// Counters that only go up went down, or up further than a vehicle can drive: the odometer as the OBD check has it,
// the distance since clearing against it, and the counters of in-use performance (ISO 15031-5 mode 09). A digit typed
// wrong in one of them is not judged; a taxi's or a lorry's mileage is not.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules {
namespace {

struct Point {
    const Record* record = nullptr;
    double km = 0;
    double day = 0;
};

struct Bounds {
    double tolerance_km, day_km_max, usual_day_km, spare_km;

    bool back(const Point& a, const Point& b) const { return b.km < a.km - tolerance_km; }
    bool too_far(const Point& a, const Point& b) const { return b.km > a.km + day_km_max * (b.day - a.day) + spare_km; }
    bool fits(const Point& a, const Point& b) const { return !back(a, b) && !too_far(a, b); }
};

/// What it may have run between two tests.
struct Growth {
    double least, most;
};

/// By its own pace since it was registered, within a factor; `right` is right of the two.
Growth by_pace(const Point& a, const Point& b, const Point& right, const Bounds& bounds) {
    constexpr double factor = 2, days_known = 180;
    const double days = b.day - a.day;
    const auto& vehicle = right.record->detail.vehicle;
    const double age = vehicle && vehicle->registered_on ? right.day - *vehicle->registered_on : 0;
    if (age < days_known) return {0, bounds.usual_day_km * days + bounds.spare_km};
    const double usual = right.km / age * days;
    return {std::max(0.0, usual / factor - bounds.spare_km), usual * factor + bounds.spare_km};
}

/// The distance since clearing counts the same kilometres, until codes are cleared again or it stands at its end: then
/// those since are the fewest.
std::vector<Growth> growths(const Point& a, const Point& b, const Point& right, const Bounds& bounds) {
    constexpr double share = 0.1, end_km = 65'535;
    auto usual = by_pace(a, b, right, bounds);
    const auto before = a.record->test().obd->cleared_distance_km, after = b.record->test().obd->cleared_distance_km;
    if (!before || !after) return {usual};
    std::vector<Growth> out;
    if (const double since = *after - *before; since >= 0 && *after < end_km)
        out.push_back({since * (1 - share), since * (1 + share)});
    usual.least = std::max(usual.least, (*after < end_km ? *after : std::max(0.0, *after - *before)) * (1 - share));
    if (usual.least < usual.most) out.push_back(usual);
    return out;
}

/// With one digit put right, in either of them, they agree.
bool is_slip(const Point& a, const Point& b, const Bounds& bounds) {
    const double t = bounds.tolerance_km;
    return std::ranges::any_of(
               growths(a, b, a, bounds),
               [&](const Growth& g) { return slip_of_one_between(b.km, a.km + g.least - t, a.km + g.most + t); }) ||
           std::ranges::any_of(growths(a, b, b, bounds), [&](const Growth& g) {
               return slip_of_one_between(a.km, b.km - g.most - t, b.km - g.least + t);
           });
}

Flag flag_of(const Point& odd, const Point& other, const char* claim, std::vector<Value> values) {
    return {.claim = claim,
            .grade = Grade::medium,
            .score_permille = 850,
            .records = {odd.record->fact.record_id, other.record->fact.record_id},
            .person = odd.record->test().inspector_id,
            .values = std::move(values)};
}

void check_mileage(const std::vector<Point>& points, const Context& ctx, Flags& flags) {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const Point &a = points[i - 1], &b = points[i];
        const auto setting = [&](const char* name) { return ctx.number("V08", name, *b.record); };
        const Bounds bounds{setting("tolerance_km"), setting("day_km_max"), setting("usual_day_km"),
                            setting("spare_km")};
        if (bounds.fits(a, b) || !surely_one_vehicle(*a.record, *b.record)) continue;
        // The earlier one is the odd one where the one before it and the later one agree.
        const bool a_is_odd = i >= 2 && bounds.fits(points[i - 2], b) && !bounds.fits(points[i - 2], a);
        const bool a_stood_out = i >= 2 && bounds.fits(points[i - 2], b) && bounds.back(a, b);
        if (is_slip(a, b, bounds)) continue;
        const bool first_odd = a_is_odd || a_stood_out;
        const Point &odd = first_odd ? a : b, &other = first_odd ? b : a;
        flags.push_back(flag_of(
            odd, other, bounds.back(a, b) ? "mileage_runs_backwards" : "mileage_too_far",
            {number("before", a.km, 0, "km"), number("after", b.km, 0, "km"), number("days", b.day - a.day, 1)}));
    }
}

/// What was driven since clearing was driven: the distance can't grow by more than the odometer does.
void check_cleared(const std::vector<Point>& points, const Context& ctx, Flags& flags) {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const Point &a = points[i - 1], &b = points[i];
        const auto before = a.record->test().obd->cleared_distance_km,
                   after = b.record->test().obd->cleared_distance_km;
        if (!before || !after || b.day - a.day > ctx.number("V08", "cleared_days_max", *b.record)) continue;
        const double driven = b.km - a.km, since = *after - *before;
        if (driven < 0 || !surely_one_vehicle(*a.record, *b.record) ||
            since <= driven * 1.1 + ctx.number("V08", "cleared_spare_km", *b.record))
            continue;
        flags.push_back(flag_of(
            b, a, "cleared_distance_outruns_mileage",
            {number("before", *before, 0, "km"), number("after", *after, 0, "km"), number("driven", driven, 0, "km")}));
    }
}

using Counters = std::map<std::string, double>;

Counters counters_of(const ObdDetail& obd) {
    Counters out;
    for (const InUse& u : obd.in_use) {
        if (u.numerator) out[u.monitor + " n"] = *u.numerator;
        if (u.denominator) out[u.monitor + " d"] = *u.denominator;
    }
    if (obd.ignition_cycles) out["ignition"] = *obd.ignition_cycles;
    return out;
}

/// A counter at its end is halved with its partner (GB 18352.6 annex J): what is above half may have been.
std::vector<std::string> fallen(const Counters& before, const Counters& after) {
    constexpr double half_of_all = 32'767;
    std::vector<std::string> out;
    for (const auto& [name, was] : before)
        if (const auto now = after.find(name); now != after.end() && now->second < was && now->second < half_of_all)
            out.push_back(fmt::format("{} {:.0f} → {:.0f}", name, was, now->second));
    return out;
}

/// Clearing codes leaves them standing on most vehicles, another control unit or program does not: neither is judged.
bool may_start_again(const Record& a, const Record& b, const History& history) {
    const auto &before = *a.test().obd, &after = *b.test().obd;
    if (before.cal_id != after.cal_id || before.cvn != after.cvn) return true;
    if (after.cleared_distance_km.value_or(0) < before.cleared_distance_km.value_or(0) ||
        after.cleared_warm_ups.value_or(0) < before.cleared_warm_ups.value_or(0))
        return true;
    return std::ranges::any_of(history.records, [&](const Record& r) {
        return r.is_repair() && r.fact.occurred_at >= a.fact.occurred_at - day_ms &&
               r.fact.occurred_at <= b.fact.occurred_at + day_ms;
    });
}

void check_in_use(const History& history, const Context& ctx, Flags& flags) {
    const Record* before = nullptr;
    for (const Record& r : history.records) {
        if (!r.is_test() || !r.test().obd || counters_of(*r.test().obd).empty()) continue;
        const Record* a = std::exchange(before, &r);
        if (!a || !surely_one_vehicle(*a, r) || may_start_again(*a, r, history)) continue;
        const auto down = fallen(counters_of(*a->test().obd), counters_of(*r.test().obd));
        if (static_cast<double>(down.size()) < ctx.number("V08", "counters_min", r)) continue;
        flags.push_back({.claim = "in_use_runs_backwards",
                         .grade = Grade::medium,
                         .score_permille = 850,
                         .records = {r.fact.record_id, a->fact.record_id},
                         .person = r.test().inspector_id,
                         .values = {text("counters", fmt::format("{}", fmt::join(down, "; ")))}});
    }
}

void check(const History& history, const Context& ctx, Flags& flags) {
    std::vector<Point> points;
    for (const Record& r : history.records)
        if (r.is_test() && r.test().obd && r.test().obd->mileage_km.value_or(0) > 0)
            points.push_back({&r, *r.test().obd->mileage_km, static_cast<double>(r.fact.occurred_at) / day_ms});
    check_mileage(points, ctx, flags);
    check_cleared(points, ctx, flags);
    check_in_use(history, ctx, flags);
}

}  // namespace

Rule v08() { return {.id = "V08", .history = check}; }

}  // namespace imloop::loop::rules
