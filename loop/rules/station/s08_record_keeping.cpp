// How a station keeps its records, beside others of its kind: uploads that come late, corrections, silence while others
// work (programmes H3 to H5). Lateness is of the arrival: equal under rebuild.
#include <algorithm>
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/suspects/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using Keeping = Statistics::Keeping;

std::int64_t sum(const std::map<Day, std::int32_t>& by_day, Day from, Day to) {
    std::int64_t out = 0;
    for (auto it = by_day.upper_bound(from); it != by_day.end() && it->first <= to; ++it) out += it->second;
    return out;
}

std::int64_t late(const Keeping& k, Day from, Day to) {
    return std::ranges::count_if(k.late, [&](const auto& one) { return one.first > from && one.first <= to; });
}
std::int64_t corrected(const Keeping& k, Day from, Day to) { return sum(k.corrections, from, to); }

void shares(const Sweep& s, const Context& ctx, std::string_view claim, std::int64_t (*count)(const Keeping&, Day, Day),
            Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S08", name); };
    const Day from = s.as_of - static_cast<Day>(parameter("window_days"));
    std::vector<stations::Unit> units;
    for (const auto& [id, keeping] : s.statistics.keeping()) {
        const std::int64_t of = sum(keeping.records, from, s.as_of);
        if (of == 0) continue;
        units.push_back({id, "", {}});
        // Inspection stations and repair shops are each other's peers by kind.
        units.back().own.add({{static_cast<std::uint8_t>(id[0])}}, {std::min(count(keeping, from, s.as_of), of), of});
    }
    const auto figures = stations::against_each_other(std::move(units), 0);
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        if (static_cast<double>(m.observed) < parameter("records_min") || c.ratio.mean() < parameter("ratio_min"))
            continue;
        Flag flag = flag_of(m, figures, claim, c.p_high, c.q_high, s.as_of);
        flag.grade = Grade::weak;
        flag.score_permille = 450;
        flags.push_back(std::move(flag));
    }
}

/// Nothing since a day on which others went on: what the station's share of their records would have been since.
void silence(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S08", name); };
    constexpr Day usual_days = 90;
    std::map<char, std::map<Day, std::int32_t>> by_kind;
    for (const auto& [id, keeping] : s.statistics.keeping())
        for (const auto& [day, records] : keeping.records) by_kind[id[0]][day] += records;
    for (const auto& [id, keeping] : s.statistics.keeping()) {
        const auto end = keeping.records.upper_bound(s.as_of);
        if (end == keeping.records.begin()) continue;
        const Day last = std::prev(end)->first;
        const Day days = s.as_of - last;
        if (days < parameter("silence_days_min")) continue;
        const auto& all = by_kind[id[0]];
        const std::int64_t own = sum(keeping.records, last - usual_days, last);
        const std::int64_t usual = sum(all, last - usual_days, last) - own;
        const std::int64_t since = sum(all, last, s.as_of);
        if (usual <= 0) continue;
        const double expected = static_cast<double>(own) * static_cast<double>(since) / static_cast<double>(usual);
        if (std::exp(-expected) > parameter("silence_chance_max")) continue;
        flags.push_back({.claim = "silent_while_others_work",
                         .grade = Grade::weak,
                         .score_permille = 450,
                         .station_id = id,
                         .day = last,
                         .values = {text("last_day", format_day(last)), number("days", days, 0),
                                    number("expected", expected, 0), chance("chance", std::exp(-expected))}});
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    shares(s, ctx, "late_uploads", late, flags);
    shares(s, ctx, "many_corrections", corrected, flags);
    silence(s, ctx, flags);
}

}  // namespace

Rule s08() { return {.id = "S08", .sweep = sweep}; }

}  // namespace imloop::loop::rules
