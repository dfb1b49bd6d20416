// What sets a test's load and limits was altered: rated power (the 40 % floor of GB 3847-2018 rests on it; a known case
// typed 120 kW for 339 kW), mass, date of registration and stage, against the vehicle's own other tests and against
// what its model's vehicles have; and date and stage against the year in the VIN and the end of each stage.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rules/inspection/model_year.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/rounds.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/tables.hpp"

namespace imloop::loop::rules {
namespace {

struct Parameter {
    const char* name;
    const char* unit;
    std::optional<double> (*of)(const VehicleDetail&);
};
const Parameter amounts[] = {{"rated_power_kw", "kW", [](const VehicleDetail& v) { return v.rated_power_kw; }},
                             {"mass_kg", "kg", [](const VehicleDetail& v) { return v.mass_kg; }}};

bool within(double a, double b, double percent) { return std::abs(a - b) <= std::max(a, b) * percent / 100; }

std::optional<double> amount(const Parameter& p, const Record& r) {
    if (!r.is_test() || !r.detail.vehicle) return std::nullopt;
    const auto value = p.of(*r.detail.vehicle);
    return value && *value > 0 ? value : std::nullopt;
}

bool is_unlike(double a, double b, double percent) { return !within(a, b, percent) && !one_slip_apart(a, b); }

Flag altered(const Record& odd, const Record& other, const char* name) {
    const bool helped =
        odd.fact.inspection->verdict == Verdict::pass && other.fact.inspection->verdict == Verdict::fail;
    return {.claim = "differs_between_tests",
            .grade = helped ? Grade::strong : Grade::medium,
            .score_permille = helped ? 950 : 800,
            .records = {odd.fact.record_id, other.fact.record_id},
            .person = odd.test().inspector_id,
            .values = {text("parameter", name)}};
}

/// Of two unlike neighbours the one whose value no other test of the vehicle has, else the lower: it eases the test.
void check_amount(const Parameter& p, const History& history, const Context& ctx, Flags& flags) {
    std::vector<std::pair<const Record*, double>> held;
    for (const Record& r : history.records)
        if (const auto value = amount(p, r)) held.emplace_back(&r, *value);
    std::vector<double> values;
    for (const auto& [record, value] : held) values.push_back(value);
    std::ranges::sort(values);
    for (std::size_t i = 1; i < held.size(); ++i) {
        auto before = held[i - 1], after = held[i];
        const double percent = ctx.number("R06", "tolerance_pct", *after.first);
        if (!is_unlike(before.second, after.second, percent) || !surely_one_vehicle(*before.first, *after.first))
            continue;
        const auto sharing = [&](double value) {
            const auto below = [&](double v) { return v < value && !within(v, value, percent); };
            const auto up_to = [&](double v) { return v <= value || within(v, value, percent); };
            return std::ranges::partition_point(values, up_to) - std::ranges::partition_point(values, below);
        };
        const auto of_before = sharing(before.second), of_after = sharing(after.second);
        const bool after_is_odd = of_after != of_before ? of_after < of_before : after.second < before.second;
        const auto& [odd, value] = after_is_odd ? after : before;
        const auto& [other, usual] = after_is_odd ? before : after;
        auto flag = altered(*odd, *other, p.name);
        flag.values.push_back(number("value", value, 0, p.unit));
        flag.values.push_back(number("usual", usual, 0, p.unit));
        flag.key = std::string(p.name) + "|" + odd->fact.record_id;
        flags.push_back(std::move(flag));
    }
}

/// Where the stage stands in the order of the table; an unknown one before all.
std::ptrdiff_t stage_order(const std::string& stage) {
    const auto& rows = rows_of("emission_stages");
    const auto at = std::ranges::find_if(rows, [&](const auto& row) { return row.at("code") == stage; });
    return at == rows.end() ? -1 : at - rows.begin();
}

/// A date or stage that differs between a failure and the passed test after it: the older one is in question.
void check_words(const Record& failed, const Record& passed, const Context& ctx, Flags& flags) {
    const auto &before = *failed.detail.vehicle, &after = *passed.detail.vehicle;
    const auto add = [&](const char* name, bool passed_is_odd, std::string value, std::string usual) {
        const Record &odd = passed_is_odd ? passed : failed, &other = passed_is_odd ? failed : passed;
        if (!passed_is_odd) std::swap(value, usual);
        auto flag = altered(odd, other, name);
        flag.grade = Grade::medium;
        flag.score_permille = 800;
        flag.values.push_back(text("value", value));
        flag.values.push_back(text("usual", usual));
        flag.key = std::string(name) + "|" + odd.fact.record_id;
        flags.push_back(std::move(flag));
    };
    if (before.registered_on && after.registered_on &&
        std::abs(*before.registered_on - *after.registered_on) > ctx.number("R06", "registered_days_max", passed))
        add("registered_on", *after.registered_on < *before.registered_on, format_day(*after.registered_on),
            format_day(*before.registered_on));
    if (!before.emission_stage.empty() && !after.emission_stage.empty() &&
        before.emission_stage != after.emission_stage)
        add("emission_stage", stage_order(after.emission_stage) < stage_order(before.emission_stage),
            after.emission_stage, before.emission_stage);
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const auto& p : amounts) check_amount(p, history, ctx, flags);
    for (const Round& round : sure_rounds_of(history))
        if (round.passed() && round.failed->detail.vehicle && round.next->detail.vehicle)
            check_words(*round.failed, *round.next, ctx, flags);
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || !r.fact.vehicle || r.fact.vehicle->model.empty() || !r.detail.vehicle) return;
    if (r.detail.vehicle->rated_power_kw || r.detail.vehicle->mass_kg || !r.detail.vehicle->emission_stage.empty())
        out.push_back(r.fact.vehicle->model + "|" + r.detail.vehicle->fuel);
}

struct Cluster {
    double low = 0, high = 0;
    std::set<std::string> vehicles{};
};

/// Values that lie within the tolerance of the next one are one variant.
std::vector<Cluster> clusters_of(std::multimap<double, const Record*>& by_value, double percent) {
    std::vector<Cluster> out;
    for (const auto& [value, record] : by_value) {
        if (out.empty() || !within(out.back().high, value, percent)) out.push_back({value, value});
        out.back().high = value;
        const auto& words = *record->fact.vehicle;
        out.back().vehicles.insert(words.vin.empty() ? words.plate : words.vin);
    }
    return out;
}

void check_model(const Parameter& p, std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::multimap<double, const Record*> by_value;
    for (const Record& r : records)
        if (const auto value = amount(p, r)) by_value.emplace(*value, &r);
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const double percent = setting("tolerance_pct");
    const auto clusters = clusters_of(by_value, percent);
    double support = 0, shared = 0;
    for (const auto& g : clusters) support += static_cast<double>(g.vehicles.size());
    if (support < setting("support_min")) return;
    const double sizeable = std::max(setting("variant_vehicles_min"), support * setting("variant_share_pct") / 100);
    std::vector<const Cluster*> variants;
    for (const auto& g : clusters)
        if (const auto size = static_cast<double>(g.vehicles.size()); size >= sizeable)
            variants.push_back(&g), shared += size;
    // A model whose vehicles have all kinds of values has no consensus.
    if (variants.empty() || shared < support * setting("consensus_pct") / 100) return;
    for (const auto& [value, record] : by_value) {
        const auto near = [&, v = value](const Cluster* g) {
            return (v >= g->low && v <= g->high) || !is_unlike(v, g->low, percent) || !is_unlike(v, g->high, percent);
        };
        if (std::ranges::any_of(variants, near)) continue;
        const auto nearest = std::ranges::min_element(variants, {}, [v = value](const Cluster* g) {
            return std::min(std::abs(v - g->low), std::abs(v - g->high));
        });
        const bool eases = value < variants.front()->low;
        flags.push_back({.claim = "unlike_its_model",
                         .grade = Grade::medium,
                         .score_permille = eases ? 850 : 600,
                         .records = {record->fact.record_id},
                         .person = record->test().inspector_id,
                         .values = {text("parameter", p.name), number("value", value, 0, p.unit),
                                    number("usual", (*nearest)->low, 0, p.unit), number("vehicles", support, 0)},
                         .key = std::string("model|") + p.name + "|" + record->fact.record_id});
    }
}

/// A stage that hardly any vehicle of the model has that was registered about then: stages follow one another in time.
void check_stage(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<Day>> registered;  // by stage, ascending, each vehicle once
    std::set<std::pair<std::string, std::string>> known;
    const auto judged = [](const Record& r) {
        return !r.detail.vehicle->emission_stage.empty() && r.detail.vehicle->registered_on;
    };
    for (const Record& r : records) {
        const auto& words = *r.fact.vehicle;
        const auto& stage = *r.detail.vehicle;
        if (judged(r) && known.emplace(words.vin.empty() ? words.plate : words.vin, stage.emission_stage).second)
            registered[stage.emission_stage].push_back(*stage.registered_on);
    }
    for (auto& [stage, days] : registered) std::ranges::sort(days);
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const auto about = static_cast<Day>(setting("stage_days_about"));
    for (const Record& r : records) {
        if (!judged(r)) continue;
        const Day day = *r.detail.vehicle->registered_on;
        double all = 0, same = 0, most = 0;
        std::string usual;
        for (const auto& [stage, days] : registered) {
            const auto count = static_cast<double>(std::ranges::upper_bound(days, day + about) -
                                                   std::ranges::lower_bound(days, day - about));
            all += count;
            if (stage == r.detail.vehicle->emission_stage) same = count;
            if (count > most) most = count, usual = stage;
        }
        if (all < setting("support_min") || same > 2 || same > all * setting("stage_share_pct") / 100) continue;
        flags.push_back(
            {.claim = "unlike_its_model",
             .grade = Grade::medium,
             .score_permille = 800,
             .records = {r.fact.record_id},
             .person = r.test().inspector_id,
             .values = {text("parameter", "emission_stage"), text("value", r.detail.vehicle->emission_stage),
                        text("usual", usual), number("vehicles", all, 0)},
             .key = "model|emission_stage|" + r.fact.record_id});
    }
}

int year_of(Day day) { return std::stoi(format_day(day)); }

/// Registered before it was built. A model year begins in the year before; an unsold vehicle may wait for some years.
void check_built(const Record& r, const std::vector<int>& built, const Context& ctx, Flags& flags) {
    const auto ahead = static_cast<int>(ctx.number("R06", "model_year_ahead_max", r)),
               unsold = static_cast<int>(ctx.number("R06", "unsold_years_max", r));
    const int registered = year_of(*r.detail.vehicle->registered_on);
    const auto fits = [&](int year) { return registered >= year - ahead && registered <= year + unsold; };
    if (built.empty() || std::ranges::any_of(built, fits) || registered >= built.back()) return;
    flags.push_back(
        flag_of(r, "registered_before_built", Grade::medium, 900,
                {text("value", format_day(*r.detail.vehicle->registered_on)), number("model_year", built.back(), 0)}));
}

/// A stage that no new vehicle could have any more when this one was registered, or built.
void check_end_of_stage(const Record& r, const std::vector<int>& built, const Context& ctx, Flags& flags) {
    const auto& words = *r.detail.vehicle;
    const auto& rows = rows_of("emission_stages");
    const auto row = std::ranges::find_if(rows, [&](const auto& s) { return s.at("code") == words.emission_stage; });
    if (row == rows.end() || !row->contains("registered_until") || !is_car_or_lorry(r)) return;
    const Day until = parse_day(row->at("registered_until").get<std::string>()).value();
    const int last_year = year_of(until + static_cast<Day>(ctx.number("R06", "stage_days_over_max", r)));
    const bool was_built_later = !built.empty() && built.front() > last_year;
    const bool was_registered_later = words.registered_on && year_of(*words.registered_on) > last_year;
    if (!was_built_later && !was_registered_later) return;
    flags.push_back(flag_of(
        r, "stage_was_over", Grade::medium, 800,
        {text("value", words.emission_stage), text("until", format_day(until)),
         was_registered_later ? text("usual", format_day(*words.registered_on)) : number("usual", built.front(), 0)}));
}

void check_record(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r) || !r.fact.vehicle || !r.detail.vehicle) return;
    const auto built = model_years(r.fact.vehicle->vin, year_of(day_of(r.test().ended_at)) + 1);
    if (r.detail.vehicle->registered_on) check_built(r, built, ctx, flags);
    check_end_of_stage(r, built, ctx, flags);
}

void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    check_stage(records, ctx, flags);
    for (const auto& p : amounts) check_model(p, records, ctx, flags);
}

}  // namespace

Rule r06() { return {.id = "R06", .record = check_record, .history = check, .groups = {{keys, shared, true}}}; }

}  // namespace imloop::loop::rules
