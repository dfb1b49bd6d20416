// When a test says it was, against when it was written down: the order of a journal, the hub's clock and the station's
// hours. Stations that were offline, clocks that are wrong for a whole day and backlogs that are typed in together are
// honest; one record far out of order among a day's others is not.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/opening_hours.hpp"

namespace imloop::loop::rules {
namespace {

constexpr double minute_ms = 60'000, hour_ms = 60 * minute_ms;

/// Lines of a journal that are looked at together; each line a second time half a block on, so that it stands in the
/// later half of one with lines before it.
constexpr std::uint64_t block_lines = 256, half_block = block_lines / 2;

/// Whose order says something: a bridge brings records of many stations in an order of its own, and shops write their
/// orders up when there is time.
std::string journal_of(const Record& r) {
    if (!r.arrival || r.fact.station_id.empty() || r.arrival->source != r.fact.station_id) return {};
    return r.fact.station_id.front() == 'M' ? std::string() : r.arrival->source + "|" + r.arrival->epoch + "|";
}

void by_day(const Record& r, std::vector<std::string>& out) {
    if (const auto journal = journal_of(r); !journal.empty())
        out.push_back(journal + format_day(day_of(r.fact.occurred_at)));
}

void by_block(const Record& r, std::vector<std::string>& out) {
    const auto journal = journal_of(r);
    if (journal.empty()) return;
    const auto half = r.arrival->seq / half_block;
    out.push_back(journal + std::to_string(half));
    if (half > 0) out.push_back(journal + std::to_string(half - 1));
}

using List = std::vector<const Record*>;
std::uint64_t seq(const Record* r) { return r->arrival->seq; }
double delay_ms(const Record* r) { return static_cast<double>(r->arrival->received_at - r->fact.occurred_at); }
bool is_judged(const Record* r) { return r->is_test() && !r->fact.day_only; }

Flag flag_of(const Record* r, const char* claim, int score) {
    return {.claim = claim,
            .grade = Grade::medium,
            .score_permille = score,
            .records = {r->fact.record_id},
            .person = r->test().inspector_id,
            .values = {moment("occurred_at", r->fact.occurred_at)}};
}

/// One flag, whether its day's lines show it or its neighbours.
Flag back_dated(const Record* r, std::uint64_t lines_between) {
    auto flag = flag_of(r, "written_after_later_ones", 850);
    flag.values.push_back(number("lines_between", static_cast<double>(lines_between), 0));
    flag.values.push_back(moment("received_at", r->arrival->received_at));
    return flag;
}

/// Whether lines are missing near the place where `r` belongs by its time: then it may be the mended form of one that
/// was rejected there.
bool may_be_mended(const Record* r, const List& by_seq, int reach) {
    const auto later = [&](const Record* o) { return o != r && o->fact.occurred_at >= r->fact.occurred_at; };
    const auto at = std::ranges::find_if(by_seq, later) - by_seq.begin();
    const auto from = std::max<std::ptrdiff_t>(0, at - reach);
    const auto to = std::min<std::ptrdiff_t>(std::ssize(by_seq) - 1, at + reach);
    for (auto i = from; i < to; ++i) {
        const auto a = static_cast<std::size_t>(i);
        if (by_seq[a + 1] != r && by_seq[a] != r && seq(by_seq[a + 1]) != seq(by_seq[a]) + 1) return true;
    }
    return false;
}

constexpr std::size_t on_time_min = 2;

/// Written after many lines that say they are later.
void check_order(const List& by_seq, const Context& ctx, Flags& flags) {
    const Record& any = *by_seq.front();
    const auto lines = static_cast<std::size_t>(ctx.number("R09", "lines_between_min", any));
    const double hours = ctx.number("R09", "back_dated_hours_min", any);
    List late;
    for (std::size_t i = 1; i < by_seq.size(); ++i) {
        const Record* r = by_seq[i];
        const auto later = std::ranges::count_if(
            by_seq.begin(), by_seq.begin() + static_cast<std::ptrdiff_t>(i), [&](const Record* o) {
                return static_cast<double>(o->fact.occurred_at - r->fact.occurred_at) > hours * hour_ms;
            });
        const bool after_other_days =
            seq(r) - seq(by_seq[i - 1]) > lines || (!late.empty() && late.back() == by_seq[i - 1]);
        if (static_cast<std::size_t>(later) >= lines || (after_other_days && delay_ms(r) > hours * hour_ms))
            late.push_back(r);
    }
    if (late.empty() || by_seq.size() - late.size() < on_time_min) return;
    List on_time;
    for (const Record* r : by_seq)
        if (std::ranges::find(late, r) == late.end()) on_time.push_back(r);
    const Record* last = on_time.back();
    // Lines that follow one another are a backlog typed in together, those among other days' lines are not.
    const auto run_of = [&](std::size_t i) {
        std::size_t from = i, to = i;
        while (from > 0 && seq(late[from]) == seq(late[from - 1]) + 1) --from;
        while (to + 1 < late.size() && seq(late[to + 1]) == seq(late[to]) + 1) ++to;
        return static_cast<double>(to - from + 1);
    };
    for (std::size_t i = 0; i < late.size(); ++i) {
        const Record* r = late[i];
        if (run_of(i) > ctx.number("R09", "late_max", any)) continue;
        if (!is_judged(r) || may_be_mended(r, on_time, static_cast<int>(lines))) continue;
        flags.push_back(back_dated(r, seq(r) - std::min(seq(r), seq(last))));
    }
}

/// Days late for an earlier line that was on time; and where it belongs by its time.
struct Late {
    const Record* record;
    std::uint64_t place;  ///< the first line on time that says later
};

/// A backlog is typed in by the time of its tests, or is one day's.
bool is_backlog(const std::vector<Late>& run, const Context& ctx) {
    const auto at = [](const Late& l) { return l.record->fact.occurred_at; };
    const auto [first, last] = std::ranges::minmax(run, {}, at);
    return static_cast<double>(run.size()) > ctx.number("R09", "late_max", *run.front().record) &&
           (std::ranges::is_sorted(run, {}, at) || at(last) - at(first) < day_ms);
}

/// Whether lines are missing where `r` belongs by its day.
bool is_torn(const List& by_seq, const Record* r) {
    const Record* before = nullptr;
    for (const Record* o : by_seq) {
        if (o == r) continue;
        if (before && seq(o) != seq(before) + 1 && seq(r) != seq(before) + 1 &&
            std::abs(o->fact.occurred_at - r->fact.occurred_at) < day_ms)
            return true;
        before = o;
    }
    return false;
}

/// Written days after the day it says, while an earlier line was on time with a later day. `by_seq` holds a half block
/// of lines and the one before it, whose turn was there unless it is the journal's first.
void check_days(const List& by_seq, const Context& ctx, Flags& flags) {
    const Record& any = *by_seq.front();
    const double least_ms = ctx.number("R09", "back_dated_days_min", any) * 24 * hour_ms;
    const auto first_half = seq(&any) / half_block;
    std::vector<Late> run;
    List on_time;
    const auto judge = [&] {
        if (run.empty() || is_backlog(run, ctx)) return run.clear();
        for (const auto& [r, place] : run) {
            const auto half = seq(r) / half_block;
            const bool has_its_place = on_time.front()->fact.occurred_at < r->fact.occurred_at;
            if (!is_judged(r) || (half == first_half && half > 0) || !has_its_place || is_torn(by_seq, r)) continue;
            flags.push_back(back_dated(r, seq(r) - place));
        }
        run.clear();
    };
    Moment latest = 0;
    for (const Record* r : by_seq) {
        if (static_cast<double>(latest - r->fact.occurred_at) > least_ms && delay_ms(r) > least_ms) {
            const auto later = [&](const Record* o) { return o->fact.occurred_at > r->fact.occurred_at; };
            run.push_back({r, seq(*std::ranges::find_if(on_time, later))});
            continue;
        }
        judge();
        if (delay_ms(r) < 0 || r->fact.day_only) continue;  // the hub's clock bears the others out
        on_time.push_back(r);
        latest = std::max(latest, r->fact.occurred_at);
    }
    judge();
}

/// A clock that runs ahead does so for all of the day's records.
void check_future(const List& by_seq, const Context& ctx, Flags& flags) {
    const double most = ctx.number("R09", "ahead_minutes_max", *by_seq.front()) * minute_ms;
    for (const Record* r : by_seq) {
        if (!is_judged(r) || -delay_ms(r) <= most) continue;
        const auto ahead = std::ranges::count_if(by_seq, [&](const Record* o) { return -delay_ms(o) > most / 3; });
        if (ahead * 5 > std::ssize(by_seq)) return;
        auto flag = flag_of(r, "in_the_future", 900);
        flag.values.push_back(moment("received_at", r->arrival->received_at));
        flags.push_back(std::move(flag));
    }
}

void check_hours(const List& by_seq, const Context& ctx, Flags& flags) {
    const auto outside = [&](const Record* r, double slack) {
        const auto station = ctx.stations.at(r->fact.station_id, r->fact.occurred_at);
        const auto hours = station ? opening_hours(station->opening_hours) : std::nullopt;
        const int minute = minute_of_day(r->fact.occurred_at);
        return hours && (minute < hours->opens - slack || minute > hours->closes + slack);
    };
    const double slack = ctx.number("R09", "hours_slack_min", *by_seq.front());
    const auto inside = std::ranges::count_if(by_seq, [&](const Record* r) { return !outside(r, 0); });
    const auto least = static_cast<std::ptrdiff_t>(ctx.number("R09", "records_min", *by_seq.front()));
    for (const Record* r : by_seq) {
        if (!is_judged(r) || !outside(r, slack)) continue;
        // The hub's clock bears it out, or the station's own other records of the day do.
        const bool hub_agrees = delay_ms(r) >= 0 && delay_ms(r) < 15 * minute_ms;
        if (!hub_agrees && (inside < least || inside * 5 < std::ssize(by_seq) * 4)) continue;
        auto flag = flag_of(r, "outside_opening_hours", 800);
        flag.values.push_back(
            text("opening_hours", ctx.stations.at(r->fact.station_id, r->fact.occurred_at)->opening_hours));
        flags.push_back(std::move(flag));
    }
}

List by_seq(std::span<const Record> records) {
    List out;
    for (const Record& r : records) out.push_back(&r);
    std::ranges::sort(out, {}, seq);
    return out;
}

void of_a_day(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto lines = by_seq(records);
    check_hours(lines, ctx, flags);
    check_order(lines, ctx, flags);
    if (static_cast<double>(lines.size()) >= ctx.number("R09", "records_min", records[0]))
        check_future(lines, ctx, flags);
}

void of_a_block(std::span<const Record> records, const Context& ctx, Flags& flags) {
    check_days(by_seq(records), ctx, flags);
}

}  // namespace

Rule r09() { return {.id = "R09", .groups = {{by_day, of_a_day, true}, {by_block, of_a_block, true}}}; }

}  // namespace imloop::loop::rules
