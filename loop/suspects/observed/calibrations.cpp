#include <algorithm>
#include <cassert>
#include <map>
#include <set>

#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/equipment.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::loop::rules::equipment {
namespace {

struct Instrument {
    std::vector<const Record*> tests, calibrations;
};

void check_failed(const Instrument& of, const Context& ctx, Flags& flags) {
    auto tests = of.tests;
    std::ranges::stable_sort(tests, {}, [](const Record* t) { return t->test().started_at; });
    // One failure may have been mended without a record of it; a second in a row says that it was not.
    struct Failed {
        const Record* latest = nullptr;
        Day first = 0;
    };
    std::map<std::string_view, Failed> failed;  // by kind
    std::size_t next = 0;
    for (const Record* test : tests) {
        for (; next < of.calibrations.size() && of.calibrations[next]->fact.occurred_at <= test->test().started_at;
             ++next) {
            const Record* c = of.calibrations[next];
            const auto& kind = c->detail.calibration->kind;
            if (c->detail.calibration->passed)
                failed.erase(kind);
            else
                failed.try_emplace(kind, Failed{nullptr, day_of(c->fact.occurred_at)}).first->second.latest = c;
        }
        for (const auto& [kind, f] : failed) {
            const Record* c = f.latest;
            if (day_of(c->fact.occurred_at) == f.first) continue;
            const double hours = static_cast<double>(test->test().started_at - c->fact.occurred_at) / 3'600'000;
            if (hours > ctx.number("R11", "failed_hours_max", *test)) continue;
            auto flag = flag_of(*test, "after_failed_calibration", Grade::medium, 850,
                                {text("kind", kind), moment("failed_at", c->fact.occurred_at),
                                 text("analyser", test->test().analyser_id)});
            flag.records.push_back(c->fact.record_id);
            flags.push_back(std::move(flag));
            break;
        }
    }
}

/// Days with a passed calibration, ascending.
std::vector<Day> days_of(const Instrument& of) {
    std::vector<Day> days;
    for (const Record* c : of.calibrations)
        if (c->detail.calibration->passed) days.push_back(day_of(c->fact.occurred_at));
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

/// The median of the days between; of two at least.
double usual_interval(const std::vector<Day>& days) {
    assert(days.size() >= 2);
    std::vector<Day> between;
    for (std::size_t i = 1; i < days.size(); ++i) between.push_back(days[i] - days[i - 1]);
    std::ranges::nth_element(between, between.begin() + std::ssize(between) / 2);
    return between[between.size() / 2];
}

void check_lapse(const Instrument& of, const Context& ctx, Flags& flags) {
    const auto days = days_of(of);
    const auto setting = [&](const char* name) { return ctx.number("R11", name, *of.tests.front()); };
    if (days.size() < 2 || static_cast<double>(days.size()) < setting("calibration_days_min")) return;
    const double usual = usual_interval(days);
    const double most = std::max(setting("lapse_factor") * usual, setting("lapse_days_min"));
    for (const Record* r : of.tests) {
        const Day day = day_of(r->fact.occurred_at);
        const auto next = std::ranges::upper_bound(days, day);
        if (next == days.begin() || day - *(next - 1) <= most) continue;
        flags.push_back(flag_of(*r, "calibration_lapsed", Grade::medium, 700,
                                {number("days", day - *(next - 1), 0), number("usual_days", usual, 0),
                                 text("analyser", r->test().analyser_id)}));
    }
}

/// What a test says of its instrument's last calibration, beside the calibrations on record.
struct Named {
    const Record* test = nullptr;
    Moment at = 0;
    const Record* borne_by = nullptr;
    bool is_held() const { return borne_by && day_of(test->test().started_at) - day_of(at) >= 2; }
};

std::vector<Named> named_of(const Instrument& of, double near_days) {
    std::vector<Named> out;
    for (const Record* test : of.tests) {
        const auto at = test->test().calibrated_at;
        // What was calibrated before the first record came is not known.
        if (!at || day_of(*at) + near_days < day_of(of.calibrations.front()->fact.occurred_at)) continue;
        const Record* nearest = nullptr;
        const auto next =
            std::ranges::lower_bound(of.calibrations, *at, {}, [](auto* c) { return c->fact.occurred_at; });
        for (const auto it : {next, next == of.calibrations.begin() ? next : std::prev(next)})
            if (it != of.calibrations.end() && std::abs(day_of((*it)->fact.occurred_at) - day_of(*at)) <= near_days)
                nearest = *it;
        out.push_back({test, *at, nearest});
    }
    std::ranges::stable_sort(out, {}, [](const Named& n) { return n.test->test().started_at; });
    return out;
}

/// Times of calibrations that stand in tests alone. Some programs write the morning's check of themselves there, which
/// is no calibration and on no record: judged only where the same instrument's tests named what is on record before,
/// all of them, and for days on end.
void check_named(const Instrument& of, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R11", name, *of.tests.front()); };
    const auto named = named_of(of, setting("named_near_days_max"));
    const auto first_odd = std::ranges::find(named, nullptr, &Named::borne_by);
    if (first_odd == named.end()) return;
    const auto held = std::count_if(named.begin(), first_odd, [](const Named& n) { return n.is_held(); });
    std::set<Day> borne_days;
    for (auto it = named.begin(); it != first_odd; ++it) borne_days.insert(day_of(it->at));
    if (static_cast<double>(held) < setting("held_tests_min") &&
        static_cast<double>(borne_days.size()) < setting("named_days_min"))
        return;
    for (auto from = first_odd; from != named.end();) {
        const auto to = std::find_if(from, named.end(), [](const Named& n) { return n.borne_by != nullptr; });
        std::set<Day> days;
        for (auto it = from; it != to; ++it) days.insert(day_of(it->at));
        if (static_cast<double>(days.size()) >= setting("named_days_min"))
            for (auto it = from; it != to; ++it)
                flags.push_back(
                    flag_of(*it->test, "calibration_not_on_record", Grade::medium, 800,
                            {moment("calibrated_at", it->at), text("analyser", it->test->test().analyser_id),
                             number("named", static_cast<double>(days.size()), 0),
                             number("calibrations", static_cast<double>(of.calibrations.size()), 0)}));
        from = std::ranges::find(to, named.end(), nullptr, &Named::borne_by);
    }
}

/// By the test's own word and the record's, the gas was not asked for long: for this instrument, or for any. A yearly
/// verification by a metrology office is no check against gas, and where a later calibration is on record the tests
/// name something else.
void check_old(const Instrument& of, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R11", name, *of.tests.front()); };
    const auto calibrated = days_of(of);
    double most = setting("gas_days_max");
    if (calibrated.size() >= 2 && static_cast<double>(calibrated.size()) >= setting("named_days_min"))
        most = std::min(most, std::max(setting("gas_days_min"), setting("gas_factor") * usual_interval(calibrated)));
    static const std::set<std::string_view> gas_checks{"span", "zero", "opacity"};
    for (const Named& n : named_of(of, 0)) {
        if (!n.borne_by || !gas_checks.contains(n.borne_by->detail.calibration->kind)) continue;
        const auto next = std::ranges::upper_bound(calibrated, day_of(n.at));
        if (next != calibrated.end() && *next <= day_of(n.test->test().started_at)) continue;
        const double days = static_cast<double>(n.test->test().started_at - n.at) / day_ms;
        if (days <= most || days > setting("calibrated_days_max")) continue;
        auto flag = flag_of(*n.test, "gas_check_expired", Grade::medium, 800,
                            {number("days", days, 0), text("analyser", n.test->test().analyser_id),
                             text("kind", n.borne_by->detail.calibration->kind)});
        flag.records.push_back(n.borne_by->fact.record_id);
        flags.push_back(std::move(flag));
    }
}

/// Gas that is not consumed: a real instrument differs from the bottle's label by its last digit now and then.
void check_exact(const std::string& station, const Instrument& of, const Context& ctx, Flags& flags) {
    std::size_t count = 0;
    std::set<Day> days;
    for (const Record* c : of.calibrations) {
        const auto& d = *c->detail.calibration;
        if (!d.nominal || !d.measured || *d.nominal == 0) continue;
        if (*d.nominal != *d.measured || !d.passed) return;
        ++count;
        days.insert(day_of(c->fact.occurred_at));
    }
    const auto least = ctx.number("R11", "exact_calibrations_min");
    if (static_cast<double>(count) < least || static_cast<double>(days.size()) < least / 2) return;
    const auto& equipment = of.calibrations.front()->detail.calibration->equipment_id;
    flags.push_back({.claim = "never_deviates",
                     .grade = Grade::weak,
                     .score_permille = 600,
                     .station_id = station,
                     .day = *days.rbegin(),
                     .values = {text("analyser", equipment), number("calibrations", static_cast<double>(count), 0)},
                     .key = "exact|" + station + "|" + normal_text(equipment)});
}

}  // namespace

void check_calibrations(std::span<const Record> records, const Context& ctx, Flags& flags) {
    Instrument of;
    for (const Record& r : records) (r.is_test() ? of.tests : of.calibrations).push_back(&r);
    if (of.calibrations.empty()) return;
    check_exact(records.front().fact.station_id, of, ctx, flags);
    if (of.tests.empty()) return;
    check_failed(of, ctx, flags);
    check_lapse(of, ctx, flags);
    check_named(of, ctx, flags);
    check_old(of, ctx, flags);
}

}  // namespace imloop::loop::rules::equipment
