// How a station keeps its records, beside others of its kind: uploads that come late, corrections, lines that are
// rejected, silence while others work, a second text under a number that was used, journals begun again (programmes H3
// to H5). What is of the arrival is equal under rebuild.
#include <algorithm>
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/statistics/tails.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using Keeping = Statistics::Keeping;
using Delivery = Statistics::Delivery;

std::int64_t sum(const std::map<Day, std::int32_t>& by_day, Day from, Day to) {
    std::int64_t out = 0;
    for (auto it = by_day.upper_bound(from); it != by_day.end() && it->first <= to; ++it) out += it->second;
    return out;
}

std::int64_t late(const Keeping& k, Day from, Day to) {
    return std::ranges::count_if(k.late, [&](const auto& one) { return one.first > from && one.first <= to; });
}
std::int64_t corrected(const Keeping& k, Day from, Day to) { return sum(k.corrections, from, to); }

std::int64_t kept(const Keeping& k, Day from, Day to) { return sum(k.records, from, to); }
std::int64_t rejected(const Delivery& d, Day from, Day to) { return sum(d.rejected, from, to); }
std::int64_t lines(const Delivery& d, Day from, Day to) { return sum(d.lines, from, to); }

template <typename Of>
using Count = std::int64_t (*)(const Of&, Day from, Day to);

/// `count` among `all` of each, by station or source.
template <typename Of>
void shares(const std::map<std::string, Of>& each, Count<Of> count, Count<Of> all, const Sweep& s, const Context& ctx,
            std::string_view claim, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S08", name); };
    const Day from = s.as_of - static_cast<Day>(parameter("window_days"));
    std::vector<stations::Unit> units;
    for (const auto& [id, one] : each) {
        const std::int64_t of = all(one, from, s.as_of);
        if (of == 0) continue;
        units.push_back({id, "", {}});
        // Inspection stations and repair shops are each other's peers by kind.
        units.back().own.add({{static_cast<std::uint8_t>(id[0])}}, {std::min(count(one, from, s.as_of), of), of});
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

/// A station's program numbers its lines once and never writes one again: a database put back from a copy, or two
/// programs at work under one key.
void forks(const Sweep& s, const Context& ctx, Flags& flags) {
    const Day from = s.as_of - static_cast<Day>(ctx.number("S08", "window_days"));
    for (const auto& [id, delivery] : s.statistics.deliveries()) {
        std::set<std::uint64_t> numbers;
        Day latest = from;
        for (const auto& [day, first] : delivery.forks)
            if (day > from && day <= s.as_of) numbers.insert(first), latest = day;
        if (numbers.empty()) continue;
        flags.push_back({.claim = "journal_forked",
                         .grade = Grade::weak,
                         .score_permille = 500,
                         .station_id = id,
                         .day = latest,
                         .values = {number("forks", static_cast<double>(numbers.size()), 0),
                                    number("line", static_cast<double>(*numbers.rbegin()), 0),
                                    text("last_day", format_day(latest))}});
    }
}

/// A new journal is begun with a new program or disk, now and then; one after another leaves what was not sent behind.
void journals(const Sweep& s, const Context& ctx, Flags& flags) {
    const Day from = s.as_of - static_cast<Day>(ctx.number("S08", "window_days"));
    std::map<std::string, std::int64_t> begun;
    std::map<char, std::pair<std::int64_t, std::int64_t>> by_kind;  // begun again, sources
    for (const auto& [id, delivery] : s.statistics.deliveries()) {
        std::int64_t all = 0;
        bool has_older = false;
        for (const auto& [epoch, journal] : delivery.journals) {
            all += journal.begun > from && journal.begun <= s.as_of;
            has_older = has_older || journal.begun <= from;
        }
        begun[id] = std::max<std::int64_t>(0, all - (has_older ? 0 : 1));
        by_kind[id[0]].first += begun[id];
        ++by_kind[id[0]].second;
    }
    for (const auto& [id, count] : begun) {
        const auto& [all, sources] = by_kind[id[0]];
        if (static_cast<double>(count) < ctx.number("S08", "journals_min")) continue;
        // One more than what others have: few sources say little.
        const double expected =
            (static_cast<double>(all - count) + 1) / static_cast<double>(std::max<std::int64_t>(1, sources - 1));
        const double by_chance = std::exp(statistics::log_poisson_at_least(count, expected));
        if (by_chance > ctx.number("S08", "journals_chance_max")) continue;
        flags.push_back({.claim = "journals_begun_again",
                         .grade = Grade::weak,
                         .score_permille = 450,
                         .station_id = id,
                         .day = s.as_of,
                         .values = {number("observed", static_cast<double>(count), 0), number("expected", expected, 2),
                                    chance("chance", by_chance)}});
    }
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto& keeping = s.statistics.keeping();
    const auto& deliveries = s.statistics.deliveries();
    shares<Keeping>(keeping, late, kept, s, ctx, "late_uploads", flags);
    shares<Keeping>(keeping, corrected, kept, s, ctx, "many_corrections", flags);
    shares<Delivery>(deliveries, rejected, lines, s, ctx, "many_rejections", flags);
    silence(s, ctx, flags);
    forks(s, ctx, flags);
    journals(s, ctx, flags);
}

}  // namespace

Rule s08() { return {.id = "S08", .sweep = sweep}; }

}  // namespace imloop::loop::rules
