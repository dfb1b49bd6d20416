#include "loop/rules/inspection/station_equipment.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "loop/rows/key.hpp"
#include "loop/rules/inspection/station_days.hpp"
#include "loop/rules/parameters.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

using station_days::Place;
using station_days::Test;
using station_days::Uses;

/// Tests while an authority's suspension or revocation held.
void check_suspension(const Sums& sums, Flags& flags) {
    const auto latest = station_days::latest_day(sums);
    if (!latest) return;
    station_days::each_measure(sums, [&](const Record& measure) {
        const auto& s = *measure.detail.supervision;
        // A suspension without an end is one the register ends.
        if (!s.until && s.measure == "suspension") return true;
        const Day to = std::min(s.until.value_or(*latest), *latest);
        for (Day day = day_of(measure.fact.occurred_at) + 1; day <= to; ++day)
            station_days::each_test(sums, day, [&](const Test& test) {
                const auto r = sums.record(test.listed.id);
                if (!r || !r->is_test()) return true;
                auto flag = flag_of(*r, "while_suspended", Grade::strong, 950,
                                    {text("measure", s.measure), moment("since", measure.fact.occurred_at)});
                flag.records.push_back(measure.fact.record_id);
                flags.push_back(std::move(flag));
                return true;
            });
        return true;
    });
}

using Places = std::map<Place, Uses>;
using Calibrated = std::map<std::string, std::int64_t>;  ///< days, by instrument

/// Its tests at all lines, in their order.
std::vector<Listed> tests_by(const std::string& instrument, const Sums& sums, const Places& places) {
    std::vector<Listed> out;
    for (const auto& [place, uses] : places)
        if (uses.contains(instrument))
            station_days::each_use(sums, place, instrument, [&](const Test& t) {
                out.push_back(t.listed);
                return true;
            });
    std::ranges::sort(out, {}, [](const Listed& l) { return std::tie(l.at, l.id); });
    return out;
}

/// An analyser seen a time or two among a station's own.
void check_strangers(const Sums& sums, const Places& places, const Calibrated& calibrated, const Record& first,
                     const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R11", name, first); };
    const auto tests = static_cast<double>(station_days::tests(sums));
    if (tests < setting("station_tests_min")) return;
    std::map<std::string, double> uses;
    for (const auto& [place, of] : places)
        for (const auto& [id, use] : of) uses[id] += static_cast<double>(use.tests);
    double by_own = 0;
    std::vector<std::string_view> own;
    for (const auto& [id, of] : uses)
        if (of >= setting("own_tests_min")) own.push_back(id), by_own += of;
    if (by_own < 0.95 * tests) return;
    const auto own_min = setting("own_tests_min");
    for (const auto& [id, of] : uses) {
        if (of > setting("stranger_tests_max") || calibrated.contains(id)) continue;
        if (std::ranges::any_of(own, [&, &id = id](auto o) { return loop::one_slip_apart(o, id); })) continue;
        const auto used = tests_by(id, sums, places);
        // Many tests later it has not come again: no new instrument.
        const auto enough = static_cast<std::int64_t>(std::ceil(own_min));
        if (used.empty() || static_cast<double>(station_days::tests_after(sums, used.back().at, enough)) < own_min)
            continue;
        for (const Listed& listed : used)
            if (const auto r = sums.record(listed.id); r && r->is_test())
                flags.push_back(flag_of(
                    *r, "analyser_unknown", Grade::medium, 750,
                    {text("analyser", r->test().analyser_id), number("uses", of, 0), number("tests", tests, 0)}));
    }
}

/// An analyser that comes and goes on one line and was never calibrated there, beside one that is.
void check_uncalibrated(const Sums& sums, const Places& places, const Calibrated& calibrated, const Record& first,
                        const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R11", name, first); };
    for (const auto& [place, uses] : places) {
        const std::string* own = nullptr;
        for (const auto& [id, use] : uses)
            if (const auto it = calibrated.find(id);
                it != calibrated.end() && static_cast<double>(it->second) >= setting("calibration_days_min"))
                own = &id;
        if (!own) continue;
        for (const auto& [id, use] : uses) {
            if (calibrated.contains(id) || static_cast<double>(use.came_at_most - 1) < setting("analyser_returns_min"))
                continue;
            if (std::ranges::any_of(calibrated,
                                    [&, &id = id](const auto& c) { return loop::one_slip_apart(c.first, id); }))
                continue;
            const auto returns = static_cast<double>(station_days::came(sums, place, id, use) - 1);
            if (returns < setting("analyser_returns_min")) continue;
            station_days::each_use(sums, place, id, [&, &place = place, &use = use](const Test& test) {
                if (const auto r = sums.record(test.listed.id); r && r->is_test())
                    flags.push_back(
                        flag_of(*r, "analyser_not_of_this_line", Grade::medium, 800,
                                {text("analyser", r->test().analyser_id), text("line", place.line), text("own", *own),
                                 number("uses", static_cast<double>(use.tests), 0), number("returns", returns, 0),
                                 number("calibrations", static_cast<double>(calibrated.at(*own)), 0)}));
                return true;
            });
        }
    }
}

/// Beside the lines' own ones, on all lines together: whoever has such a program has it on each.
struct Odd {
    std::vector<const Place*> lines;
    std::int64_t uses = 0, came = 0, tests = 0;
};

/// An update tried, taken back and made again returns once or twice, not at single vehicles; a second computer does its
/// part of the work.
bool comes_and_goes(const Odd& odd, double returns_min) {
    constexpr double run_max = 1.5;
    return static_cast<double>(odd.came - 1) >= returns_min &&
           static_cast<double>(odd.uses) <= run_max * static_cast<double>(odd.came);
}

/// A program beside the lines' own ones that comes and goes, over all lines together.
void check_software(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto lines = station_days::places_of(sums, "program");
    std::map<std::string, Odd> versions;
    for (const auto& [line, uses] : lines) {
        std::int64_t tests = 0;
        for (const auto& [version, use] : uses) tests += use.tests;
        for (const auto& [version, use] : uses) {
            if (use.tests * 2 > tests) continue;
            auto& odd = versions[version];
            odd.lines.push_back(&line);
            odd.uses += use.tests, odd.came += use.came_at_most, odd.tests += tests;
        }
    }
    for (auto& [version, odd] : versions) {
        if (!comes_and_goes(odd, ctx.parameters.least("R11", "software_returns_min"))) continue;
        odd.came = 0;
        for (const Place* line : odd.lines)
            odd.came += station_days::came(sums, *line, version, lines.at(*line).at(version));
        const double share = static_cast<double>(odd.uses) / static_cast<double>(odd.tests);
        bool is_judged = false, is_odd = false;  // by the first of its tests
        for (const Place* line : odd.lines)
            station_days::each_use(sums, *line, version, [&, &version = version, &odd = odd](const Test& test) {
                const auto r = sums.record(test.listed.id);
                if (!r || !r->is_test()) return true;
                if (!std::exchange(is_judged, true))
                    is_odd = comes_and_goes(odd, ctx.number("R11", "software_returns_min", *r)) &&
                             share <= ctx.number("R11", "software_share_max", *r);
                if (is_odd)
                    flags.push_back(flag_of(*r, "software_comes_and_goes", Grade::medium, 750,
                                            {text("software", version), text("line", r->test().line_id),
                                             number("uses", static_cast<double>(odd.uses), 0),
                                             number("tests", static_cast<double>(odd.tests), 0)}));
                return is_odd;
            });
    }
}

/// An instrument of one station in use at another on the same day.
void check_two_stations(const Sums& sums, const std::string& instrument, const Context& ctx, Flags& flags) {
    const auto stations = station_days::used_at(sums);
    if (stations.size() < 2) return;
    double tests = 0;
    for (const auto& [station, of] : stations) tests += static_cast<double>(of);
    const auto& [home, of_home] = *std::ranges::max_element(stations, {}, [](const auto& s) { return s.second; });
    // A name that several stations give their analysers, each for itself, says nothing.
    if (static_cast<double>(of_home) < ctx.number("R11", "own_tests_min") || static_cast<double>(of_home) < 0.9 * tests)
        return;
    for (const auto& [station, of] : stations) {
        if (station == home) continue;
        const auto days = sums.of(station_days::key_of_station(station));
        station_days::each_day_used(sums, station, [&, &home = home](Day day) {
            if (!station_days::is_used_on(sums, home, day)) return;
            station_days::each_test(*days, day, [&](const Test& test) {
                if (test.instrument != instrument) return true;
                if (const auto r = sums.record(test.listed.id); r && r->is_test())
                    flags.push_back(flag_of(*r, "analyser_at_two_stations", Grade::medium, 900,
                                            {text("analyser", r->test().analyser_id), text("home", home)}));
                return true;
            });
        });
    }
}

void check_station(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto first = station_days::first_record(sums);
    if (!first) return;
    check_suspension(sums, flags);
    const auto places = station_days::places_of(sums, "instrument");
    const auto calibrated = station_days::calibrated(sums);
    check_strangers(sums, places, calibrated, *first, ctx, flags);
    check_uncalibrated(sums, places, calibrated, *first, ctx, flags);
    check_software(sums, ctx, flags);
}

void judge(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto key = sums.key();
    KeyReader parts(key);
    if (parts.text() == "station")
        check_station(sums, ctx, flags);
    else
        check_two_stations(sums, parts.text(), ctx, flags);
}

}  // namespace

Fold station_equipment() { return {station_days::words, station_days::add_up, judge}; }

}  // namespace imloop::loop::rules
