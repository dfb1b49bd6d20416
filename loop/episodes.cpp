#include "loop/episodes.hpp"

#include <algorithm>
#include <compare>
#include <tuple>

namespace imloop::loop {
namespace {

constexpr std::string_view names[episode_outcomes] = {
    "closed_repaired", "closed_unrepaired",       "passed_elsewhere",
    "in_time",         "non_return_not_repaired", "non_return_not_retested",
    "waived",          "scrapped",                "transferred_out"};

/// Where a record stands in the walk. `rank` -1 is the end of the day before the moment, 1 right after what has 0.
struct Place {
    Moment moment = 0;
    int rank = 0;
    auto operator<=>(const Place&) const = default;
};

/// The order of the walk: place, kind (repair before inspection before all others), record_id.
struct Position {
    Place place;
    int kind = 0;
    std::string_view record_id;
    auto operator<=>(const Position&) const = default;
};

struct Step {
    Position position;
    const Fact* fact;
};

int kind_order(Kind kind) { return kind == Kind::repair ? 0 : kind == Kind::inspection ? 1 : 2; }

bool is_failure(const Fact& f) {
    return f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison;
}

/// Periodic, initial or retest, passed or failed.
bool is_formal(const Fact& f) {
    if (!f.inspection || f.inspection->verdict == Verdict::aborted) return false;
    const auto reason = f.inspection->reason;
    return reason == Reason::periodic || reason == Reason::initial || reason == Reason::retest;
}

bool ends_episode(const Fact& f) {
    return f.event && (f.event->event == Event::scrapped || f.event->event == Event::transferred_out);
}

Place place_of_test_or_event(const Fact& f) {
    if (f.day_only && f.event) return {start_of(day_of(f.occurred_at) + 1), -1};
    return {f.occurred_at, 0};
}

/// An episode while the vehicle's history is walked.
struct Walked {
    std::vector<Step> failures;
    std::vector<Step> retests;
    std::vector<Step> repairs;
    std::optional<Step> end;

    const Position& begin() const { return failures.front().position; }
    bool open_at(const Position& p) const { return begin() < p && (!end || p < end->position); }
};

std::vector<Step> tests_and_events(std::span<const Fact> records, Day as_of) {
    std::vector<Step> steps;
    for (const auto& f : records) {
        if (day_of(f.occurred_at) > as_of || (!f.inspection && !f.event)) continue;
        steps.push_back({{place_of_test_or_event(f), kind_order(f.kind), f.record_id}, &f});
    }
    std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
    return steps;
}

std::vector<Walked> walk(const std::vector<Step>& steps) {
    std::vector<Walked> out;
    bool open = false;
    for (const auto& step : steps) {
        const Fact& f = *step.fact;
        const bool fails = is_failure(f);
        if (fails && !open) {
            out.push_back({{step}, {}, {}, {}});
            open = true;
            continue;
        }
        if (!open) continue;
        Walked& episode = out.back();
        if (fails) episode.failures.push_back(step);
        if (is_formal(f)) episode.retests.push_back(step);
        if ((is_formal(f) && !fails) || ends_episode(f)) {
            episode.end = step;
            open = false;
        }
    }
    return out;
}

/// The failure that a repair names by report or acceptance number.
const Step* named_failure(std::vector<Walked>& episodes, const Fact& repair, Walked** holder) {
    const auto& number = repair.repair->fail_report_no;
    if (number.empty()) return nullptr;
    const Step* earliest = nullptr;
    const Step* latest = nullptr;
    Walked *earliest_holder = nullptr, *latest_holder = nullptr;
    for (auto& episode : episodes) {
        for (const auto& failure : episode.failures) {
            const auto& test = *failure.fact->inspection;
            if (test.report_no != number && test.acceptance_no != number) continue;
            if (earliest == nullptr) earliest = &failure, earliest_holder = &episode;
            const Moment at = failure.fact->occurred_at;
            const bool not_after = repair.day_only ? day_of(at) <= day_of(repair.occurred_at) : at <= repair.occurred_at;
            if (not_after) latest = &failure, latest_holder = &episode;
        }
    }
    *holder = latest != nullptr ? latest_holder : earliest_holder;
    return latest != nullptr ? latest : earliest;
}

Place place_of_repair(const std::vector<Walked>& episodes, const Fact& repair, const Step* named) {
    if (!repair.day_only) return {repair.occurred_at, 0};
    const Day day = day_of(repair.occurred_at);
    if (named != nullptr && day_of(named->fact->occurred_at) == day) return {named->fact->occurred_at, 1};
    const Place morning{start_of(day), 0};
    const Position then{morning, kind_order(Kind::repair), repair.record_id};
    const Step* last_of_day = nullptr;
    for (const auto& episode : episodes) {
        if (episode.open_at(then)) return morning;
        for (const auto& failure : episode.failures)
            if (day_of(failure.fact->occurred_at) == day) last_of_day = &failure;
    }
    return last_of_day != nullptr ? Place{last_of_day->fact->occurred_at, 1} : morning;
}

void give_out_repairs(std::vector<Walked>& episodes, std::span<const Fact> records, Day as_of) {
    for (const auto& f : records) {
        if (!f.repair || day_of(f.occurred_at) > as_of) continue;
        Walked* holder = nullptr;
        const Step* named = named_failure(episodes, f, &holder);
        const Step step{{place_of_repair(episodes, f, named), kind_order(f.kind), f.record_id}, &f};
        for (auto& episode : episodes)
            if (holder == nullptr && episode.open_at(step.position)) holder = &episode;
        if (holder != nullptr) holder->repairs.push_back(step);
    }
    for (auto& episode : episodes)
        std::sort(episode.repairs.begin(), episode.repairs.end(),
                  [](const auto& a, const auto& b) { return a.position < b.position; });
}

bool counts(const Walked& episode, const Step& repair, const Register& stations) {
    const auto& f = *repair.fact;
    if (f.repair->outcome != RepairOutcome::repaired) return false;
    const auto station = stations.at(f.station_id, f.repair->settled_at);
    return station && station->filed && station->kind == 'M' && repair.position.place > episode.begin().place &&
           (!episode.end || repair.position.place <= episode.end->position.place);
}

/// A station without registration has the county that its id names.
std::string county_of(const Register& stations, const std::string& station_id, Moment at) {
    if (const auto station = stations.at(station_id, at)) return station->county;
    return station_id.size() >= 7 ? station_id.substr(1, 6) : std::string();
}

/// The latest `waive` about one of the episode's failures that is seen on the day, if it is in force then.
bool waived(const Walked& episode, std::span<const Fact> decisions, Day as_of) {
    const Fact* latest = nullptr;
    for (const auto& f : decisions) {
        if (!f.decision || f.decision->action != "waive" || day_of(f.occurred_at) > as_of) continue;
        const bool about_it = std::any_of(episode.failures.begin(), episode.failures.end(),
                                          [&](const auto& s) { return s.fact->record_id == f.decision->about; });
        if (!about_it) continue;
        if (latest == nullptr ||
            std::tie(latest->occurred_at, latest->record_id) < std::tie(f.occurred_at, f.record_id))
            latest = &f;
    }
    return latest != nullptr && (!latest->decision->until || as_of <= *latest->decision->until);
}

EpisodeOutcome closed_outcome(const Walked& walked, const Episode& e, const Register& stations, const Policy& policy) {
    const Fact& end = *walked.end->fact;
    if (end.event)
        return end.event->event == Event::scrapped ? EpisodeOutcome::scrapped : EpisodeOutcome::transferred_out;
    if (e.latest_counting_day) return EpisodeOutcome::closed_repaired;
    return policy.inside(county_of(stations, end.station_id, end.occurred_at)) ? EpisodeOutcome::closed_unrepaired
                                                                                : EpisodeOutcome::passed_elsewhere;
}

Episode describe(const Walked& walked, std::span<const Fact> decisions, const Register& stations, const Policy& policy,
                 Day as_of) {
    const Fact& first = *walked.failures.front().fact;
    const Step& latest = walked.failures.back();
    Episode e;
    e.episode_id = first.record_id;
    e.county = county_of(stations, first.station_id, first.occurred_at);
    if (first.vehicle) e.registered_county = first.vehicle->registered_county;
    e.station_id = first.station_id;
    e.first_failure = first.occurred_at;
    e.latest_failure = latest.fact->occurred_at;
    for (const auto& s : walked.failures) e.failures.push_back(s.fact->record_id);
    for (const auto& s : walked.retests) e.retests.push_back(s.fact->record_id);
    if (!walked.retests.empty())
        e.first_retest_passed = walked.retests.front().fact->inspection->verdict == Verdict::pass;
    for (const auto& s : walked.repairs) {
        e.repairs.push_back(s.fact->record_id);
        if (!counts(walked, s, stations)) continue;
        const Day day = day_of(s.fact->occurred_at);
        if (e.counting_repairs.empty()) e.first_counting_day = day;
        e.counting_repairs.push_back(s.fact->record_id);
        e.counting_stations.push_back(s.fact->station_id);
        if (s.position.place > latest.position.place) e.latest_counting_day = day;
    }
    std::sort(e.counting_stations.begin(), e.counting_stations.end());
    e.counting_stations.erase(std::unique(e.counting_stations.begin(), e.counting_stations.end()),
                              e.counting_stations.end());
    if (walked.end) {
        e.ended_by = walked.end->fact->record_id;
        e.ended_at = walked.end->fact->occurred_at;
        e.outcome = closed_outcome(walked, e, stations, policy);
        return e;
    }
    e.due = e.latest_counting_day ? *e.latest_counting_day + policy.retest_days
                                  : day_of(e.latest_failure) + policy.repair_days;
    if (waived(walked, decisions, as_of))
        e.outcome = EpisodeOutcome::waived;
    else if (as_of <= *e.due)
        e.outcome = EpisodeOutcome::in_time;
    else
        e.outcome = e.latest_counting_day ? EpisodeOutcome::non_return_not_retested
                                          : EpisodeOutcome::non_return_not_repaired;
    return e;
}

}  // namespace

std::string_view name_of(EpisodeOutcome outcome) { return names[static_cast<int>(outcome)]; }

std::optional<EpisodeOutcome> episode_outcome_named(std::string_view name) {
    const auto at = std::find(std::begin(names), std::end(names), name);
    if (at == std::end(names)) return std::nullopt;
    return static_cast<EpisodeOutcome>(at - std::begin(names));
}

std::vector<Episode> episodes(std::span<const Fact> records, std::span<const Fact> decisions, const Register& stations,
                              const Policy& policy, Day as_of) {
    auto walked = walk(tests_and_events(records, as_of));
    give_out_repairs(walked, records, as_of);
    std::vector<Episode> out;
    out.reserve(walked.size());
    for (const auto& w : walked) out.push_back(describe(w, decisions, stations, policy, as_of));
    return out;
}

}  // namespace imloop::loop
