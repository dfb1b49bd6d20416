// OBD that does not answer, or is not ready, more often than with the same vehicles elsewhere: an excuse for not
// looking. And hardly ever, where others meet it: a device that answers for the vehicle (docs/threats.md, A11).
#include <array>

#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

struct Kind {
    stations::Pick pick;
    std::string_view too_many, hardly_any;
};
constexpr std::array kinds{Kind{stations::silent_obd, "silent_too_often", "never_silent"},
                           Kind{stations::unready_obd, "unready_too_often", "never_unready"}};

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S07", name); };
    for (const Kind& kind : kinds) {
        const auto figures = stations::stations_by(
            s.statistics.tallies(), {stations::window(s.as_of, static_cast<int>(parameter("window_days"))), kind.pick,
                                     parameter("expected_min")});
        for (const auto& m : figures.each) {
            const auto& c = m.compared;
            if (!m.enough) continue;
            const double level = statistics::level_of(figures.spread);
            const double raw = static_cast<double>(m.observed) / (m.expected * level);
            if (c.q_high <= parameter("false_discoveries") && c.ratio.mean() >= parameter("ratio_min")) {
                Flag flag = flag_of(m, figures, kind.too_many, c.p_high, c.q_high, s.as_of);
                grade(flag, c.ratio.quantile(0.025), 1 / parameter("ratio_low"), c.q_high, false);
                flags.push_back(std::move(flag));
            } else if (c.q_low <= parameter("false_discoveries") && raw <= parameter("ratio_low")) {
                Flag flag = flag_of(m, figures, kind.hardly_any, c.p_low, c.q_low, s.as_of);
                flag.grade = Grade::medium;
                flag.score_permille = 750;
                flags.push_back(std::move(flag));
            }
        }
    }
}

}  // namespace

Rule s07() { return {.id = "S07", .sweep = sweep}; }

}  // namespace imloop::loop::rules
