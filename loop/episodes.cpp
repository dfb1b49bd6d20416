#include "loop/episodes.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <set>
#include <tuple>

#include "loop/names.hpp"

namespace imloop::loop {
namespace {

constexpr std::array<std::string_view, episode_outcomes> outcome_names = {
    "closed_repaired",         "closed_unrepaired",       "passed_elsewhere", "in_time",
    "non_return_not_repaired", "non_return_not_retested", "waived",           "scrapped",
    "transferred_out"};

/// Where a record stands in the walk. `step` parts what one moment holds: 0 the moment itself, 1 right after it, 2 the
/// end of the day (of a moment that is the day's last millisecond).
struct WalkPoint {
    Moment moment = 0;
    int step = 0;
    auto operator<=>(const WalkPoint&) const = default;  // NOLINT(modernize-use-nullptr): the 0 of `<`, not ours
};

struct Walked {
    WalkPoint place;
    const Fact* fact = nullptr;
};

int rank(const Fact& f) { return f.repair ? 0 : f.inspection ? 1 : 2; }

bool walked_before(const Walked& a, const Walked& b) {
    return std::forward_as_tuple(a.place, rank(*a.fact), a.fact->record_id) <
           std::forward_as_tuple(b.place, rank(*b.fact), b.fact->record_id);
}

bool is_failure(const Fact& f) {
    return f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison;
}

bool ends(const Fact& f) {
    return f.event && (f.event->event == Event::scrapped || f.event->event == Event::transferred_out);
}

WalkPoint day_end(Day day) { return {start_of(day + 1) - 1, 2}; }

/// An episode while it is built. Failures, tests and the end come from a first walk; repairs never open or close, so
/// they can be placed into it afterwards.
struct Span {
    std::vector<Walked> failures;
    std::vector<Walked> retests;
    std::optional<Walked> end;
    std::vector<Walked> repairs;
    std::vector<Walked> counting;

    bool open_before(const Walked& s) const {
        return walked_before(failures.front(), s) && (!end || !walked_before(*end, s));
    }
};

std::vector<Span> walk(std::vector<Walked> steps) {
    std::sort(steps.begin(), steps.end(), walked_before);
    std::vector<Span> spans;
    bool open = false;
    for (const Walked& s : steps) {
        const Fact& f = *s.fact;
        if (is_failure(f)) {
            if (!open) spans.emplace_back();
            open = true;
            auto& span = spans.back();
            span.failures.push_back(s);
            if (is_formal(f) && s.place > span.failures.front().place) span.retests.push_back(s);
        } else if (open && is_formal(f)) {
            spans.back().retests.push_back(s);
            spans.back().end = s;
            open = false;
        } else if (open && ends(f)) {
            spans.back().end = s;
            open = false;
        }
    }
    return spans;
}

struct Named {
    std::size_t span = 0;
    Walked failure;
};

/// The failure that `fail_report_no` means: of several, the latest not after the repair (day-only: not after its day),
/// else the earliest.
std::optional<Named> named_failure(const std::vector<Span>& spans, const Fact& repair) {
    const std::string& number = repair.repair->fail_report_no;
    if (number.empty()) return std::nullopt;
    std::optional<Named> earliest, latest;
    const WalkPoint bound = repair.day_only ? day_end(day_of(repair.occurred_at)) : WalkPoint{repair.occurred_at, 0};
    for (std::size_t i = 0; i < spans.size(); ++i)
        for (const Walked& failure : spans[i].failures) {
            const auto& test = *failure.fact->inspection;
            if (test.report_no != number && test.acceptance_no != number) continue;
            if (!earliest) earliest = Named{i, failure};
            if (failure.place <= bound) latest = Named{i, failure};
        }
    return latest ? latest : earliest;
}

/// The place of a repair that is known by its day alone.
WalkPoint day_only_place(const std::vector<Span>& spans, Day day, const std::optional<Named>& named) {
    const WalkPoint beginning{start_of(day), 0};
    if (named && day_of(named->failure.place.moment) == day) return {named->failure.place.moment, 1};
    std::optional<WalkPoint> last_of_day;
    for (const Span& span : spans) {
        if (span.failures.front().place < beginning && (!span.end || span.end->place >= beginning)) return beginning;
        for (const Walked& failure : span.failures)
            if (day_of(failure.place.moment) == day) last_of_day = failure.place;
    }
    return last_of_day ? WalkPoint{last_of_day->moment, 1} : beginning;
}

bool counts(const Span& span, const Walked& s, const Register& stations) {
    if (s.fact->repair->outcome != RepairOutcome::repaired) return false;
    if (s.place <= span.failures.front().place || (span.end && s.place > span.end->place)) return false;
    const auto shop = stations.at(s.fact->station_id, s.fact->repair->settled_at);
    return shop && shop->kind == 'M' && shop->filed;
}

/// Puts repairs into the spans; gives all of them, with their places.
std::vector<Walked> place_repairs(std::vector<Span>& spans, const std::vector<const Fact*>& repairs,
                                  const Register& stations) {
    std::vector<Walked> placed;
    for (const Fact* repair : repairs) {
        const auto named = named_failure(spans, *repair);
        const Walked s{repair->day_only ? day_only_place(spans, day_of(repair->occurred_at), named)
                                        : WalkPoint{repair->occurred_at, 0},
                       repair};
        placed.push_back(s);
        std::optional<std::size_t> at;
        if (named) at = named->span;
        for (std::size_t i = 0; !at && i < spans.size(); ++i)
            if (spans[i].open_before(s)) at = i;
        if (!at) continue;
        spans[*at].repairs.push_back(s);
        if (counts(spans[*at], s, stations)) spans[*at].counting.push_back(s);
    }
    for (Span& span : spans) {
        std::sort(span.repairs.begin(), span.repairs.end(), walked_before);
        std::sort(span.counting.begin(), span.counting.end(), walked_before);
    }
    return placed;
}

/// A vehicle's records of days up to `as_of`.
struct History {
    std::vector<Span> spans;
    std::vector<Walked> steps;  ///< every record at its place
};

History history_of(std::span<const Fact> records, const Register& stations, Day as_of) {
    History out;
    std::vector<const Fact*> repairs;
    std::vector<Walked> others;  // that are not walked
    for (const Fact& f : records) {
        if (day_of(f.occurred_at) > as_of) continue;
        const WalkPoint moment{f.occurred_at, 0};
        if (f.repair)
            repairs.push_back(&f);
        else if (f.inspection)
            out.steps.push_back({moment, &f});
        else if (f.event)
            out.steps.push_back({f.day_only ? day_end(day_of(f.occurred_at)) : moment, &f});
        else
            others.push_back({moment, &f});
    }
    out.spans = walk(out.steps);
    const auto placed = place_repairs(out.spans, repairs, stations);
    out.steps.insert(out.steps.end(), placed.begin(), placed.end());
    out.steps.insert(out.steps.end(), others.begin(), others.end());
    return out;
}

const std::string& registered_county_of(const Fact& f) {
    static const std::string none;
    return f.vehicle ? f.vehicle->registered_county : none;
}

/// Those that say where the vehicle is registered, in the order of the walk.
std::vector<Walked> registering(std::vector<Walked> steps) {
    std::erase_if(steps, [](const Walked& s) { return registered_county_of(*s.fact).empty(); });
    std::ranges::sort(steps, walked_before);
    return steps;
}

std::string registered_county_at(const Walked& step, const std::vector<Walked>& registering) {
    assert(std::ranges::is_sorted(registering, walked_before));
    if (const auto& own = registered_county_of(*step.fact); !own.empty()) return own;
    if (registering.empty()) return {};
    const auto later = std::ranges::upper_bound(registering, step, walked_before);
    return registered_county_of(*(later == registering.begin() ? *later : *std::prev(later)).fact);
}

bool is_waived(const Span& span, std::span<const Fact> decisions, Day as_of) {
    return std::any_of(decisions.begin(), decisions.end(), [&](const Fact& d) {
        if (!d.decision || d.decision->action != "waive" || day_of(d.occurred_at) > as_of) return false;
        if (d.decision->about_kind != "episode_id" && d.decision->about_kind != "record_id") return false;
        if (d.decision->until && *d.decision->until < as_of) return false;
        return std::any_of(span.failures.begin(), span.failures.end(),
                           [&](const Walked& failure) { return failure.fact->record_id == d.decision->about; });
    });
}

std::string county_of(const Register& stations, const std::string& station_id, Moment moment) {
    const auto view = stations.at(station_id, moment);
    return view ? view->county : std::string();
}

EpisodeOutcome outcome_of_ended(const Span& span, bool repaired, const Register& stations, const Policy& policy) {
    const Fact& end = *span.end->fact;
    if (end.event)
        return end.event->event == Event::scrapped ? EpisodeOutcome::scrapped : EpisodeOutcome::transferred_out;
    if (repaired) return EpisodeOutcome::closed_repaired;
    // A station's county is the one in force at the failure, the passing station's too.
    const bool inside = policy.inside(county_of(stations, end.station_id, span.failures.front().fact->occurred_at));
    return inside ? EpisodeOutcome::closed_unrepaired : EpisodeOutcome::passed_elsewhere;
}

std::vector<std::string> ids(const std::vector<Walked>& steps) {
    std::vector<std::string> out;
    out.reserve(steps.size());
    for (const Walked& s : steps) out.push_back(s.fact->record_id);
    return out;
}

Episode finish(const Span& span, std::span<const Fact> decisions, const Register& stations, const Policies& policies,
               Day as_of) {
    const Fact& first = *span.failures.front().fact;
    const Policy& policy = policies.on(day_of(first.occurred_at));
    const Walked& latest = span.failures.back();
    Episode e;
    e.episode_id = first.record_id;
    e.county = county_of(stations, first.station_id, first.occurred_at);
    e.station_id = first.station_id;
    e.first_failure = first.occurred_at;
    e.latest_failure = latest.fact->occurred_at;
    e.failures = ids(span.failures);
    e.repairs = ids(span.repairs);
    e.counting_repairs = ids(span.counting);
    e.retests = ids(span.retests);
    std::set<std::string> shops;
    for (const Walked& s : span.counting) {
        shops.insert(s.fact->station_id);
        const Day day = day_of(s.fact->repair->settled_at);
        if (!e.first_counting_day) e.first_counting_day = day;
        if (s.place > latest.place) e.latest_counting_day = day;
    }
    e.counting_stations.assign(shops.begin(), shops.end());
    if (!span.retests.empty()) e.first_retest_passed = span.retests.front().fact->inspection->verdict == Verdict::pass;
    if (span.end) {
        e.ended_by = span.end->fact->record_id;
        e.ended_at = span.end->fact->occurred_at;
        e.outcome = outcome_of_ended(span, e.latest_counting_day.has_value(), stations, policy);
        return e;
    }
    const auto [repair_days, retest_days] = policy.deadlines(e.county);
    e.due = e.latest_counting_day ? *e.latest_counting_day + retest_days : day_of(e.latest_failure) + repair_days;
    if (is_waived(span, decisions, as_of))
        e.outcome = EpisodeOutcome::waived;
    else if (as_of <= *e.due)
        e.outcome = EpisodeOutcome::in_time;
    else
        e.outcome =
            e.latest_counting_day ? EpisodeOutcome::non_return_not_retested : EpisodeOutcome::non_return_not_repaired;
    return e;
}

}  // namespace

bool is_formal(const Fact& f) {
    if (!f.inspection || f.inspection->verdict == Verdict::aborted) return false;
    const Reason reason = f.inspection->reason;
    return reason == Reason::periodic || reason == Reason::initial || reason == Reason::retest;
}

std::string_view name_of(EpisodeOutcome outcome) { return outcome_names.at(static_cast<std::size_t>(outcome)); }

std::optional<EpisodeOutcome> episode_outcome_named(std::string_view name) {
    return value_named<EpisodeOutcome>(outcome_names, name);
}

std::vector<Episode> episodes(std::span<const Fact> records, std::span<const Fact> decisions, const Register& stations,
                              const Policies& policies, Day as_of) {
    auto history = history_of(records, stations, as_of);
    const auto counties = registering(std::move(history.steps));
    std::vector<Episode> out;
    out.reserve(history.spans.size());
    for (const Span& span : history.spans) {
        out.push_back(finish(span, decisions, stations, policies, as_of));
        out.back().registered_county = registered_county_at(span.failures.front(), counties);
    }
    return out;
}

std::string registered_county(const std::string& record_id, std::span<const Fact> records, const Register& stations,
                              Day as_of) {
    const auto steps = history_of(records, stations, as_of).steps;
    const auto own =
        std::ranges::find(steps, record_id, [](const Walked& s) -> const std::string& { return s.fact->record_id; });
    return own == steps.end() ? std::string() : registered_county_at(*own, registering(steps));
}

}  // namespace imloop::loop
