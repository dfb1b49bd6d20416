// When a test says it was, against when it was written down: the order of a journal, the hub's clock and the station's
// hours. Stations that were offline, clocks that are wrong for a whole day and backlogs that are typed in together are
// honest; one record far out of order among a day's others is not.
#include <algorithm>
#include <cassert>
#include <functional>
#include <queue>

#include "loop/rules/inspection/opening_hours.hpp"
#include "loop/rules/rule.hpp"

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

/// Where among lines one that says a time belongs: before the first that says no earlier.
class Order {
public:
    explicit Order(const List& by_seq) : lines_(by_seq) {
        for (const Record* r : by_seq)
            latest_.push_back(latest_.empty() ? r->fact.occurred_at : std::max(latest_.back(), r->fact.occurred_at));
    }
    /// Whether lines are missing near there: then it may be the mended form of one that was rejected.
    bool is_torn_near(Moment says, std::ptrdiff_t reach) const {
        const auto at = std::ranges::lower_bound(latest_, says) - latest_.begin();
        const auto to = std::min<std::ptrdiff_t>(std::ssize(lines_) - 1, at + reach);
        for (auto i = std::max<std::ptrdiff_t>(0, at - reach); i < to; ++i) {
            const auto place = static_cast<std::size_t>(i);
            if (seq(lines_[place + 1]) != seq(lines_[place]) + 1) return true;
        }
        return false;
    }

private:
    const List& lines_;
    std::vector<Moment> latest_;  // up to each of them
};

/// The latest times of some lines: whether so many of them say more than a time.
class Latest {
public:
    explicit Latest(std::size_t count) : count_(count) {}
    void add(Moment at) {
        times_.push(at);
        if (times_.size() > count_) times_.pop();
    }
    bool all_later(Moment than, double by_ms) const {
        return times_.size() == count_ && (count_ == 0 || static_cast<double>(times_.top() - than) > by_ms);
    }

private:
    std::size_t count_;
    std::priority_queue<Moment, std::vector<Moment>, std::greater<>> times_;
};

constexpr std::size_t on_time_min = 2;

/// Lines of later times than they should be, by their places, and the others.
struct Parted {
    std::vector<std::size_t> late;
    List on_time;
};

Parted part(const List& by_seq, std::size_t lines, double by_ms) {
    Parted out;
    Latest before(lines);
    for (std::size_t i = 0; i < by_seq.size(); ++i) {
        const Record* r = by_seq[i];
        const bool follows_late = !out.late.empty() && out.late.back() + 1 == i;
        const bool after_other_days = i > 0 && (seq(r) - seq(by_seq[i - 1]) > lines || follows_late);
        const bool is_late =
            i > 0 && (before.all_later(r->fact.occurred_at, by_ms) || (after_other_days && delay_ms(r) > by_ms));
        if (is_late)
            out.late.push_back(i);
        else
            out.on_time.push_back(r);
        before.add(r->fact.occurred_at);
    }
    return out;
}

/// Written after many lines that say they are later.
void check_order(const List& by_seq, const Context& ctx, Flags& flags) {
    const Record& any = *by_seq.front();
    const auto lines = static_cast<std::size_t>(ctx.number("R09", "lines_between_min", any));
    const double by_ms = ctx.number("R09", "back_dated_hours_min", any) * hour_ms;
    const auto [late, on_time] = part(by_seq, lines, by_ms);
    if (late.empty() || on_time.size() < on_time_min) return;
    const Order order(on_time);
    const auto last = seq(on_time.back());
    const auto run_max = static_cast<std::size_t>(ctx.number("R09", "late_max", any));
    // Lines that follow one another are a backlog typed in together, those among other days' lines are not.
    for (std::size_t from = 0, to = 0; from < late.size(); from = to) {
        for (to = from + 1; to < late.size() && seq(by_seq[late[to]]) == seq(by_seq[late[to - 1]]) + 1;) ++to;
        if (to - from > run_max) continue;
        for (auto i = from; i < to; ++i) {
            const Record* r = by_seq[late[i]];
            if (!is_judged(r) || order.is_torn_near(r->fact.occurred_at, static_cast<std::ptrdiff_t>(lines))) continue;
            flags.push_back(back_dated(r, seq(r) - std::min(seq(r), last)));
        }
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
    const double least_ms = std::max(0.0, ctx.number("R09", "back_dated_days_min", any) * 24 * hour_ms);
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
    for (const Record* r : by_seq) {
        const auto says_later = [&](const Record* o) {
            return static_cast<double>(o->fact.occurred_at - r->fact.occurred_at) > least_ms;
        };
        if (delay_ms(r) > least_ms && std::ranges::any_of(on_time, says_later)) {
            const auto later = [&](const Record* o) { return o->fact.occurred_at > r->fact.occurred_at; };
            const auto place = std::ranges::find_if(on_time, later);
            assert(place != on_time.end());
            run.push_back({r, seq(*place)});
            continue;
        }
        judge();
        if (delay_ms(r) < 0 || r->fact.day_only) continue;  // the hub's clock bears the others out
        on_time.push_back(r);
    }
    judge();
}

/// A clock that runs ahead does so for all of the day's records.
void check_future(const List& by_seq, const Context& ctx, Flags& flags) {
    const double most = ctx.number("R09", "ahead_minutes_max", *by_seq.front()) * minute_ms;
    const auto ahead = std::ranges::count_if(by_seq, [&](const Record* o) { return -delay_ms(o) > most / 3; });
    if (ahead * 5 > std::ssize(by_seq)) return;
    for (const Record* r : by_seq) {
        if (!is_judged(r) || -delay_ms(r) <= most) continue;
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
