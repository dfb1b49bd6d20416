// A county that cannot say how its failures ended: open long after the failure (40 CFR 51.366, "no known final
// outcome": 12 to 22 % in audited programmes of the US).
#include "loop/measures.hpp"
#include "loop/rules/county/counties.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("C04", name); };
    const auto age = static_cast<Day>(parameter("open_days"));
    for (const auto& [code, c] : failures_by_county(
             s, [&](const Policy&, const std::string&) { return age; }, static_cast<Day>(parameter("window_days")))) {
        const auto interval = wilson(c.open, c.failed);
        if (interval.low <= parameter("share_max")) continue;
        flags.push_back(
            {.claim = "outcomes_unknown",
             .grade = Grade::medium,
             .score_permille = 800,
             .county = code,
             .day = s.as_of,
             .values = {number("open", static_cast<double>(c.open), 0),
                        number("failed", static_cast<double>(c.failed), 0),
                        number("share", 100.0 * static_cast<double>(c.open) / static_cast<double>(c.failed), 1, "%"),
                        number("share_low", 100 * interval.low, 1, "%"), number("open_days", age, 0, "d"),
                        number("share_max", 100 * parameter("share_max"), 0, "%")}});
    }
}

}  // namespace

Rule c04() { return {.id = "C04", .sweep = sweep}; }

}  // namespace imloop::loop::rules
