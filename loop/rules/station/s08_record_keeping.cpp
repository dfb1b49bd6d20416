// How a station keeps its records, beside others of its kind: uploads that come late, corrections, lines that are
// rejected, silence while others work, a second text under a number that was used, journals begun again
// (docs/threats.md, H3 to H5). What is of the arrival is equal under rebuild.
#include <algorithm>
#include <cmath>

#include "loop/rules/station/evidence.hpp"
#include "loop/statistics/tails.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using stations::Delivered;
using stations::Kept;
using statistics::Share;

std::int64_t sum(const std::map<Day, std::int32_t>& by_day, Day from, Day to) {
    std::int64_t out = 0;
    for (auto it = by_day.upper_bound(from); it != by_day.end() && it->first <= to; ++it) out += it->second;
    return out;
}

/// What of each station's or source's records is so.
using Shares = std::map<std::string, Share>;

void compare(const Shares& shares, const Sweep& s, const Context& ctx, std::string_view claim, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S08", name); };
    std::vector<stations::Unit> units;
    for (const auto& [id, share] : shares) {
        if (share.of == 0) continue;
        units.push_back({id, "", {}});
        // Inspection stations and repair shops are each other's peers by kind.
        units.back().own.add({{static_cast<std::uint8_t>(id[0])}}, {std::min(share.hits, share.of), share.of});
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

/// Nothing since a day on which others went on: what the station's share of their records would have been since. One
/// without a record in the window is closed.
void silence(const Sweep& s, const Context& ctx, Day from, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S08", name); };
    constexpr Day usual_days = 90;
    std::map<char, std::map<Day, std::int32_t>> by_kind;
    std::map<std::string, std::map<Day, std::int32_t>> by_station;
    stations::each_day(s.statistics.keeping().kept, from - usual_days, s.as_of,
                       [&](const std::string& id, Day day, const Kept& kept) {
                           if (kept.records == 0) return;
                           by_kind[id[0]][day] += kept.records;
                           by_station[id][day] += kept.records;
                       });
    for (const auto& [id, records] : by_station) {
        const Day last = records.rbegin()->first;
        const Day days = s.as_of - last;
        if (last <= from || days < parameter("silence_days_min")) continue;
        const auto& all = by_kind[id[0]];
        const std::int64_t own = sum(records, last - usual_days, last);
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
void forks(const Sweep& s, Day from, Flags& flags) {
    struct Forked {
        std::set<std::uint64_t> numbers;
        Day latest = 0;
    };
    std::map<std::string, Forked> forked;
    s.statistics.keeping().forks.each(from + 1, s.as_of, [&](const stations::Fork& fork, bool) {
        auto& of = forked[fork.source];
        of.numbers.insert(fork.first);
        of.latest = fork.day;
    });
    for (const auto& [id, of] : forked) {
        const auto& [numbers, latest] = of;
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
void journals(const Sweep& s, const Context& ctx, Day from, Flags& flags) {
    struct Journals {
        std::int64_t begun = 0;
        bool has_older = false;
    };
    std::map<std::string, Journals> by_source;
    s.statistics.keeping().journals.each_of([&](const stations::SourceEpoch& of, const stations::Journal& journal) {
        auto& journals = by_source[of.source];
        journals.begun += journal.begun > from && journal.begun <= s.as_of;
        journals.has_older = journals.has_older || journal.begun <= from;
    });
    std::map<std::string, std::int64_t> begun;
    std::map<char, std::pair<std::int64_t, std::int64_t>> by_kind;  // begun again, sources
    for (const auto& [id, journals] : by_source) {
        begun[id] = std::max<std::int64_t>(0, journals.begun - (journals.has_older ? 0 : 1));
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
    const Day from = s.as_of - static_cast<Day>(ctx.number("S08", "window_days"));
    const auto& keeping = s.statistics.keeping();
    Shares late, corrected, rejected;
    stations::each_day(keeping.kept, from, s.as_of, [&](const std::string& id, Day, const Kept& kept) {
        late[id] += Share{kept.late, kept.records};
        corrected[id] += Share{kept.corrections, kept.records};
    });
    stations::each_day(keeping.delivered, from, s.as_of, [&](const std::string& id, Day, const Delivered& delivered) {
        rejected[id] += Share{delivered.rejected, delivered.lines};
    });
    compare(late, s, ctx, "late_uploads", flags);
    compare(corrected, s, ctx, "many_corrections", flags);
    compare(rejected, s, ctx, "many_rejections", flags);
    silence(s, ctx, from, flags);
    forks(s, from, flags);
    journals(s, ctx, from, flags);
}

}  // namespace

Rule s08() { return {.id = "S08", .sweep = sweep}; }

}  // namespace imloop::loop::rules
