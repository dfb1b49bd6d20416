// A retest that passed without anything that could explain it: minutes after the failure, hours after a failure far
// above the limit, or with every other channel the same to the last digit. What fails by a hair may pass by one.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/rounds.hpp"

namespace imloop::loop::rules {
namespace {

/// Only what failed by its readings: a hose or a lamp may be mended in minutes.
void check_time(const Round& round, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("V04", name, *round.next); };
    const auto drop = worst_drop(round);
    if (!drop || *load_of(*drop->before) <= setting("noise_load_max")) return;
    const double minutes = round.minutes(), factor = drop->after ? drop->factor() : 1;
    const bool large = factor >= setting("drop_min");
    const bool soon = minutes < setting("minutes_max");
    if (minutes < 0 || (!soon && !(large && minutes < setting("mending_minutes_min")))) return;
    const auto name = drop->before->item + "/" + drop->before->phase;
    flags.push_back(flag_of(round, "passed_within_minutes", soon && large ? Grade::strong : Grade::medium,
                            soon && large ? 930 : (soon ? 850 : 800),
                            {number("minutes", minutes, 0, "min"), text("item", name),
                             number("before", drop->before->value, 2, drop->before->unit),
                             number("after", drop->after ? drop->after->value : 0, 2, drop->before->unit)}));
}

/// Power at the wheels that a diesel lacked and has minutes later; gears and tyres make a difference of some percent.
void check_power(const Round& round, const Context& ctx, Flags& flags) {
    const Reading* before = round.failed->test().reading("power", "max");
    const Reading* after = round.next->test().reading("power", "max");
    if (!before || !after || !before->limit || before->value <= 0) return;
    const double minutes = round.minutes();
    if (minutes < 0 || minutes >= ctx.number("V04", "minutes_max", *round.next)) return;
    const double noise = ctx.number("V04", "noise_load_max", *round.next);
    if (*before->limit <= before->value * noise || after->value <= before->value * noise) return;
    flags.push_back(flag_of(round, "passed_within_minutes", Grade::medium, 850,
                            {number("minutes", minutes, 0, "min"), text("item", "power/max"),
                             number("before", before->value, 1, "kW"), number("after", after->value, 1, "kW")}));
}

/// A lamp that was lit by a code and is out minutes later with all monitors complete: they need drives to complete.
void check_lamp(const Round& round, const Context& ctx, Flags& flags) {
    const auto &before = round.failed->test().obd, &after = round.next->test().obd;
    if (!before || !after || before->mil_on != true || after->mil_on != false) return;
    const double minutes = round.minutes();
    if (minutes < 0 || minutes >= ctx.number("V04", "minutes_max", *round.next)) return;
    if (readiness_of(*after) == Readiness::incomplete) return;
    flags.push_back(flag_of(round, "lamp_out_within_minutes", Grade::medium, 850,
                            {number("minutes", minutes, 0, "min"),
                             text("code", before->dtcs.empty() ? std::string("-") : before->dtcs.front())}));
}

/// Two measurements of one car agree to the last digit in one channel now and then, never in all of them.
void check_others(const Round& round, const Context& ctx, Flags& flags) {
    if (round.failed->fact.inspection->method != round.next->fact.inspection->method) return;
    std::vector<Reading> others;
    bool changed = false;
    for (const auto& before : round.failed->test().readings) {
        const Reading* after = round.next->test().reading(before.item, before.phase);
        const bool failed = before.passed == false || load_of(before).value_or(0) > 1;
        if (!after) return;
        if (failed)
            changed = changed || after->value != before.value;
        else if (after->value != before.value)
            return;
        else
            others.push_back(before);
    }
    const double bits = information_bits(others);
    if (!changed || others.size() < 3 || bits < ctx.number("V04", "bits_min", *round.next)) return;
    flags.push_back(flag_of(round, "one_channel_changed_alone", Grade::strong, 960,
                            {number("channels", static_cast<double>(others.size()), 0), number("bits", bits, 0)}));
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Round& round : sure_rounds_of(history)) {
        if (!round.passed()) continue;
        if (round.repairs.empty()) {
            check_time(round, ctx, flags);
            check_power(round, ctx, flags);
            check_lamp(round, ctx, flags);
        }
        check_others(round, ctx, flags);
    }
}

}  // namespace

Rule v04() { return {.id = "V04", .history = check}; }

}  // namespace imloop::loop::rules
