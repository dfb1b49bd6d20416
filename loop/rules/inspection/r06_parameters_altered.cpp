// What sets a test's load and limits was altered: rated power (the 40 % floor of GB 3847-2018 rests on it; a known case
// typed 120 kW for 339 kW), mass, date of registration and stage, against the vehicle's own other tests and against
// what its model's vehicles have; and date and stage against the year in the VIN and the end of each stage.
#include <algorithm>
#include <cmath>

#include "loop/rules/inspection/model_consensus.hpp"
#include "loop/rules/inspection/model_year.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/rounds.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/tables.hpp"

namespace imloop::loop::rules {
namespace {

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
void check_amount(const Amount& p, const History& history, const Context& ctx, Flags& flags) {
    std::vector<std::pair<const Record*, double>> held;
    for (const Record& r : history.records)
        if (const auto value = amount_of(p, r)) held.emplace_back(&r, *value);
    std::vector<double> values;
    for (const auto& [record, value] : held) values.push_back(value);
    std::ranges::sort(values);
    for (std::size_t i = 1; i < held.size(); ++i) {
        auto before = held[i - 1], after = held[i];
        const double percent = ctx.number("R06", "tolerance_pct", *after.first);
        if (!are_unlike(before.second, after.second, percent) || !surely_one_vehicle(*before.first, *after.first))
            continue;
        const auto sharing = [&](double value) {
            const auto below = [&](double v) { return v < value && !are_within(v, value, percent); };
            const auto up_to = [&](double v) { return v <= value || are_within(v, value, percent); };
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

}  // namespace

Rule r06() { return {.id = "R06", .record = check_record, .history = check, .folds = {model_consensus()}}; }

}  // namespace imloop::loop::rules
