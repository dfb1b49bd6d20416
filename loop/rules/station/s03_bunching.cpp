// Readings bunch under the limit and are missing above it: the failing part of a station's own distribution of the
// worst reading over its limit, against what its part below the limit foretells (docs/threats.md, B5; McCrary 2008 for
// the jump; Qin 1998 for the tilt).
#include "loop/rules/station/evidence.hpp"
#include "loop/stations/gap.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S03", name); };
    const auto figures = stations::gaps_above_limit(
        s.statistics.tallies(), stations::window(s.as_of, static_cast<int>(parameter("window_days"))),
        parameter("expected_min"));
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_low > parameter("false_discoveries")) continue;
        Flag flag = flag_of(m, figures, "missing_above_limit", c.p_low, c.q_low, s.as_of);
        grade(flag, c.ratio.quantile(0.975), parameter("strong_ratio"), c.q_low, true);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule s03() { return {.id = "S03", .sweep = sweep}; }

}  // namespace imloop::loop::rules
