// An inspector fails too few, or too many, of the vehicles given to them, beside all other inspectors; and one of whom
// that was found at one station goes on at another (spillover of inspectors; docs/threats.md, D5 and D9). An owner of
// whose station much is known opens another one, or the same under another name (docs/threats.md, D12).
#include <set>

#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

struct Stay {
    stations::Week first = 0, last = 0;
};

/// By station, in which weeks the inspector tested.
std::map<std::string, Stay> stays_of(const stations::Tallies& tallies, const std::string& inspector) {
    std::map<std::string, Stay> out;
    tallies.stays.each_of(
        [&](const stations::StayWeek& at, std::int32_t) {
            out.try_emplace(at.station_id, Stay{at.week, at.week}).first->second.last = at.week;
        },
        inspector);
    return out;
}

/// Stations where the inspector began after they had ended at `from`. One who tests at both is two people of one id.
std::vector<std::string> moved_to(const std::map<std::string, Stay>& stays, const std::string& from) {
    std::vector<std::string> out;
    for (const auto& [id, stay] : stays)
        if (id != from && stay.first > stays.at(from).last) out.push_back(id);
    return out;
}

/// Of one owner, begun after the station that much speaks against, and young.
void owners(const Sweep& s, const Context& ctx, Flags& flags) {
    if (!s.against) return;
    const auto parameter = [&](std::string_view name) { return ctx.number("S12", name); };
    for (const auto& [old, against] : s.against()) {
        if (static_cast<double>(against.strong) < parameter("strong_flags_min") && against.confirmed == 0) continue;
        const auto owned = ctx.stations.at(old, start_of(s.as_of));
        for (const auto& id : ctx.stations.stations()) {
            const auto begun = ctx.stations.since(id).value();
            const auto now = ctx.stations.at(id, start_of(s.as_of));
            if (!owned || id == old || now->kind != owned->kind || !same_owner(*now, *owned) || !now->filed) continue;
            if (begun <= ctx.stations.since(old) || begun + parameter("young_days_max") < s.as_of) continue;
            flags.push_back({.claim = "owner_goes_on_here",
                             .grade = Grade::weak,
                             .score_permille = 400,
                             .station_id = id,
                             .other_station_id = old,
                             .day = begun,
                             .values = {text("station", old), number("strong", against.strong, 0),
                                        number("confirmed", against.confirmed, 0), text("begun", format_day(begun))}});
        }
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S12", name); };
    const auto& tallies = s.statistics.tallies();
    const auto figures =
        stations::inspectors_by(tallies, {stations::window(s.as_of, static_cast<int>(parameter("window_days"))),
                                          stations::failed_first_tests, parameter("expected_min")});
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q > parameter("false_discoveries")) continue;
        const bool is_low = c.z < 0;
        Flag flag = flag_of(m, figures, is_low ? "inspector_fails_too_few" : "inspector_fails_too_many",
                            is_low ? c.p_low : c.p_high, c.q, s.as_of);
        grade(flag, c.ratio.quantile(is_low ? 0.975 : 0.025),
              is_low ? parameter("strong_ratio") : 1 / parameter("strong_ratio"), c.q, is_low);
        flags.push_back(flag);
        if (!is_low) continue;
        for (const auto& now_at : moved_to(stays_of(tallies, m.inspector_id), m.station_id)) {
            Flag moved = flag;
            moved.claim = "inspector_moved_here";
            moved.grade = Grade::weak;
            moved.score_permille = 400;
            moved.station_id = now_at;
            moved.other_station_id = m.station_id;
            flags.push_back(std::move(moved));
        }
    }
    owners(s, ctx, flags);
}

}  // namespace

Rule s12() { return {.id = "S12", .sweep = sweep}; }

}  // namespace imloop::loop::rules
