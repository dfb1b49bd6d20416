// The control unit says which vehicle it is in (ISO 15031-5 mode 09): another VIN than the one tested means that
// another car, or a simulator, was plugged in. A VIN that is not reported is no mismatch; where a model always reports
// it, a station that can't read it again and again is one.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rows/key.hpp"
#include "loop/rules/listed.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

/// A VIN that one of the vehicle's records has, or that a slip of the hand makes of it, is no mismatch.
bool is_the_vehicles(std::string_view vin, std::string_view typed) {
    return vin == typed || loop::one_slip_apart(vin, typed) || (is_whole_vin(typed) && !vins_far_apart(vin, typed));
}

/// Maker, kind and model of a VIN (GB 16735: WMI and the first places of the VDS).
constexpr std::size_t kind_places = 8;

using Reported = std::map<std::string_view, std::vector<const Record*>>;

/// Whether the vehicle's own control unit answered near one of these records in time.
bool own_answers_near(const Reported& reported, const std::set<std::string_view>& typed,
                      const std::vector<const Record*>& records, const Context& ctx) {
    const double near_ms = ctx.number("R08", "near_days_max", *records.front()) * day_ms;
    for (const auto& [vin, of] : reported) {
        if (!typed.contains(vin)) continue;
        // Both are in the order of time.
        auto own = of.begin();
        for (const Record* r : records) {
            const auto is_long_before = [&](const Record* o) {
                return static_cast<double>(r->fact.occurred_at - o->fact.occurred_at) > near_ms;
            };
            while (own != of.end() && is_long_before(*own)) ++own;
            if (own != of.end() && static_cast<double>((*own)->fact.occurred_at - r->fact.occurred_at) <= near_ms)
                return true;
        }
    }
    return false;
}

void check(const History& history, const Context& ctx, Flags& flags) {
    // A used control unit, fitted for good, says the same at whatever station, long apart.
    Reported reported;
    std::set<std::string_view> typed;
    for (const Record& r : history.records) {
        if (r.fact.vehicle && !r.fact.vehicle->vin.empty()) typed.insert(r.fact.vehicle->vin);
        if (!r.is_test()) continue;
        if (const auto vin = obd_vin(r.test()); !vin.empty()) reported[vin].push_back(&r);
    }
    const auto whole = std::ranges::find_if(typed, is_whole_vin);
    if (whole == typed.end()) return;
    for (const auto& [vin, records] : reported) {
        if (std::ranges::any_of(typed, [&](auto each) { return is_the_vehicles(vin, each); })) continue;
        const Record &first = *records.front(), &last = *records.back();
        const double days = static_cast<double>(last.fact.occurred_at - first.fact.occurred_at) / day_ms;
        const bool stays =
            first.fact.station_id != last.fact.station_id && days >= ctx.number("R08", "fitted_days_min", first);
        // A used control unit comes from the same model: alike in kind it may be one, unless the vehicle's own answered
        // a short time before or after.
        const auto same_kind = [&](auto each) { return each.substr(0, kind_places) == vin.substr(0, kind_places); };
        const bool may_be_fitted =
            std::ranges::any_of(typed, same_kind) && !own_answers_near(reported, typed, records, ctx);
        if (stays || may_be_fitted) continue;
        for (const Record* r : records)
            flags.push_back({.claim = "obd_vin_of_another",
                             .grade = Grade::strong,
                             .score_permille = 950,
                             .records = {r->fact.record_id},
                             .person = r->test().inspector_id,
                             .values = {text("obd_vin", masked_vin(vin)), text("vin", masked_vin(*whole))}});
    }
}

void by_model(const Record& r, std::vector<Fold::Word>& out) {
    if (!r.is_test() || !r.test().obd || !r.fact.vehicle || r.fact.vehicle->model.empty()) return;
    if (!r.test().obd->communicates.value_or(true) || !r.test().obd->supported.value_or(true)) return;
    const auto& model = r.fact.vehicle->model;
    const auto& station = r.fact.station_id;
    const bool is_silent = r.test().obd->vin.empty();
    out.push_back({model, key_of("tests", station), is_silent ? "silent" : ""});
    if (!is_silent) return;
    out.push_back({model, key_of("vehicle", station, r.fact.vehicle->vin + r.fact.vehicle->plate), ""});
    out.push_back({model, key_of("list", station), listed_as(r), true});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    const auto what = parts.text(), station = parts.text();
    if (what == "vehicle") {
        cells[key_of("vehicles", station)] = 1;
        return;
    }
    each_word([&](std::string_view word, std::int64_t tests) {
        for (const auto& cell : {key_of("tests"), key_of("tests", station)}) cells[cell] += tests;
        if (!word.empty())
            for (const auto& cell : {key_of("silent"), key_of("silent", station)}) cells[cell] += tests;
        return true;
    });
}

/// Against the same model at all other stations.
void silent_here(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto count = [&](const auto&... cell) { return static_cast<int>(sums.cell(key_of(cell...))); };
    const int tests = count("tests"), silent = count("silent");
    std::vector<std::string> stations;  // with three silent vehicles at least
    sums.each_cell(key_of("vehicles"), [&](std::string_view station, std::int64_t vehicles) {
        if (vehicles >= 3) stations.push_back(KeyReader(station).text());
        return true;
    });
    for (const auto& id : stations) {
        const int here = count("silent", id), tests_here = count("tests", id);
        const int others = tests - tests_here, silent_elsewhere = silent - here;
        if (others < ctx.number("R08", "support_min")) continue;
        const double elsewhere = (silent_elsewhere + 0.5) / (others + 1.0);
        const double chance = chance_of_at_least(here, tests_here, elsewhere);
        if (elsewhere > ctx.number("R08", "silent_share_max") || chance > ctx.number("R08", "chance_max")) continue;
        Flag flag{.claim = "vin_not_read_here",
                  .grade = Grade::medium,
                  .score_permille = 800,
                  .records = {},
                  .values = {text("model", sums.key()), number("silent", here, 0), number("tests", tests_here, 0),
                             number("elsewhere_pct", elsewhere * 100, 1, "%"), text("chance", chance_words(chance))},
                  .key = "silent|" + id + "|" + sums.key()};
        each_listed(sums, key_of("list", id), [&](const Listed& r) { return flag.records.push_back(r.id), true; });
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule r08() { return {.id = "R08", .history = check, .folds = {{by_model, add_up, silent_here}}}; }

}  // namespace imloop::loop::rules
