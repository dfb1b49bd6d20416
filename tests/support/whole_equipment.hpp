// What R11 said of a station and of an instrument when it looked at all their records (whole_looks.hpp).
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/equipment.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::test::whole::r11 {

using namespace imloop::loop;
using namespace imloop::loop::rules;
using equipment::instrument_of;

inline void by_station(const Record& r, std::vector<std::string>& out) {
    if (const auto station = equipment::station_of(r); !station.empty()) out.emplace_back(station);
}

inline void check_suspension(std::span<const Record> records, const Context&, Flags& flags) {
    for (const Record& measure : records) {
        if (!measure.detail.supervision) continue;
        const auto& s = *measure.detail.supervision;
        if (s.measure != "suspension" && s.measure != "revocation") continue;
        // A suspension without an end is one the register ends.
        if (!s.until && s.measure == "suspension") continue;
        const Day from = day_of(measure.fact.occurred_at);
        const auto day = [](const Record& r) { return day_of(r.fact.occurred_at); };
        for (auto it = std::ranges::upper_bound(records, from, {}, day); it != records.end(); ++it) {
            const Record& r = *it;
            if (s.until && day(r) > *s.until) break;
            if (!r.is_test()) continue;
            auto flag = flag_of(r, "while_suspended", Grade::strong, 950,
                                {text("measure", s.measure), moment("since", measure.fact.occurred_at)});
            flag.records.push_back(measure.fact.record_id);
            flags.push_back(std::move(flag));
        }
    }
}

inline void check_strangers(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<const Record*>> uses;
    std::set<std::string> calibrated;
    std::vector<const Record*> tests;
    for (const Record& r : records) {
        const auto id = instrument_of(r);
        if (id.empty()) continue;
        if (r.is_test())
            uses[id].push_back(&r), tests.push_back(&r);
        else
            calibrated.insert(id);
    }
    const auto setting = [&](const char* name) { return ctx.number("R11", name, records[0]); };
    if (static_cast<double>(tests.size()) < setting("station_tests_min")) return;
    std::size_t by_own = 0;
    std::vector<std::string_view> own;
    for (const auto& [id, of] : uses)
        if (static_cast<double>(of.size()) >= setting("own_tests_min")) own.push_back(id), by_own += of.size();
    if (static_cast<double>(by_own) < 0.95 * static_cast<double>(tests.size())) return;
    for (const auto& [id, of] : uses) {
        if (static_cast<double>(of.size()) > setting("stranger_tests_max") || calibrated.contains(id)) continue;
        if (std::ranges::any_of(own, [&, &id = id](auto o) { return loop::one_slip_apart(o, id); })) continue;
        // Many tests later it has not come again: no new instrument.
        const auto after = tests.end() - std::ranges::upper_bound(tests, of.back()->fact.occurred_at, {},
                                                                  [](const Record* t) { return t->fact.occurred_at; });
        if (static_cast<double>(after) < setting("own_tests_min")) continue;
        for (const Record* r : of)
            flags.push_back(
                flag_of(*r, "analyser_unknown", Grade::medium, 750,
                        {text("analyser", r->test().analyser_id), number("uses", static_cast<double>(of.size()), 0),
                         number("tests", static_cast<double>(tests.size()), 0)}));
    }
}

/// Tests of one line in the order of time, by some word of theirs, and how often each came after another.
struct Alternation {
    std::map<std::string, std::vector<const Record*>> uses;
    std::map<std::string, int> came;
    std::size_t tests = 0;

    void add(const Record& r, const std::string& word) {
        if (last_ != word) ++came[word];
        uses[word].push_back(&r);
        last_ = word;
        ++tests;
    }

private:
    std::string last_;
};

inline void check_uncalibrated(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::set<Day>> calibrated;
    std::map<std::pair<std::string, std::string>, Alternation> lines;  // by line and method: each has its instrument
    for (const Record& r : records) {
        const auto id = instrument_of(r);
        if (id.empty()) continue;
        if (r.is_test())
            lines[{r.test().line_id, r.fact.inspection->method}].add(r, id);
        else
            calibrated[id].insert(day_of(r.fact.occurred_at));
    }
    const auto setting = [&](const char* name) { return ctx.number("R11", name, records[0]); };
    for (const auto& [place, line] : lines) {
        const std::string* own = nullptr;
        for (const auto& [id, of] : line.uses)
            if (const auto it = calibrated.find(id);
                it != calibrated.end() && static_cast<double>(it->second.size()) >= setting("calibration_days_min"))
                own = &id;
        if (!own) continue;
        for (const auto& [id, of] : line.uses) {
            const int returns = line.came.at(id) - 1;
            if (calibrated.contains(id) || returns < setting("analyser_returns_min")) continue;
            if (std::ranges::any_of(calibrated,
                                    [&, &id = id](const auto& c) { return loop::one_slip_apart(c.first, id); }))
                continue;
            for (const Record* r : of)
                flags.push_back(
                    flag_of(*r, "analyser_not_of_this_line", Grade::medium, 800,
                            {text("analyser", r->test().analyser_id), text("line", place.first), text("own", *own),
                             number("uses", static_cast<double>(of.size()), 0), number("returns", returns, 0),
                             number("calibrations", static_cast<double>(calibrated.at(*own).size()), 0)}));
        }
    }
}

inline void check_software(std::span<const Record> records, const Context& ctx, Flags& flags) {
    constexpr double run_max = 1.5;
    std::map<std::string, Alternation> lines;
    for (const Record& r : records)
        if (r.is_test() && !r.test().software_version.empty())
            lines[r.test().line_id].add(r, r.test().software_version);
    // Beside the line's own one, on all lines together: whoever has such a program has it on each.
    struct Odd {
        std::vector<const Record*> uses;
        int came = 0;
        std::size_t tests = 0;
    };
    std::map<std::string, Odd> versions;
    for (const auto& [line, tests] : lines)
        for (const auto& [version, of] : tests.uses) {
            if (of.size() * 2 > tests.tests) continue;
            auto& odd = versions[version];
            odd.uses.insert(odd.uses.end(), of.begin(), of.end());
            odd.came += tests.came.at(version), odd.tests += tests.tests;
        }
    for (const auto& [version, odd] : versions) {
        // An update tried, taken back and made again returns once or twice, not at single vehicles; a second computer
        // does its part of the work.
        const auto count = static_cast<double>(odd.uses.size());
        const double share = count / static_cast<double>(odd.tests);
        if (odd.came - 1 < ctx.number("R11", "software_returns_min", *odd.uses.front()) || count > run_max * odd.came ||
            share > ctx.number("R11", "software_share_max", *odd.uses.front()))
            continue;
        for (const Record* r : odd.uses)
            flags.push_back(flag_of(*r, "software_comes_and_goes", Grade::medium, 750,
                                    {text("software", version), text("line", r->test().line_id),
                                     number("uses", count, 0), number("tests", static_cast<double>(odd.tests), 0)}));
    }
}

inline void check_two_stations(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<const Record*>> stations;
    std::size_t tests = 0;
    for (const Record& r : records)
        if (r.is_test()) stations[r.fact.station_id].push_back(&r), ++tests;
    if (stations.size() < 2) return;
    const auto home = std::ranges::max_element(stations, {}, [](const auto& s) { return s.second.size(); });
    // A name that several stations give their analysers, each for itself, says nothing.
    if (static_cast<double>(home->second.size()) < ctx.number("R11", "own_tests_min") ||
        static_cast<double>(home->second.size()) < 0.9 * static_cast<double>(tests))
        return;
    std::set<Day> at_home;
    for (const Record* r : home->second) at_home.insert(day_of(r->fact.occurred_at));
    for (const auto& [station, of] : stations) {
        if (station == home->first) continue;
        for (const Record* r : of)
            if (at_home.contains(day_of(r->fact.occurred_at)))
                flags.push_back(flag_of(*r, "analyser_at_two_stations", Grade::medium, 900,
                                        {text("analyser", r->test().analyser_id), text("home", home->first)}));
    }
}

inline void by_instrument(const Record& r, std::vector<std::string>& out) {
    if (auto id = instrument_of(r); !id.empty()) out.push_back(std::move(id));
}

inline void of_a_station(std::span<const Record> records, const Context& ctx, Flags& flags) {
    check_suspension(records, ctx, flags);
    check_strangers(records, ctx, flags);
    check_uncalibrated(records, ctx, flags);
    check_software(records, ctx, flags);
}

}  // namespace imloop::test::whole::r11
