#include "loop/rules/inspection/station_days.hpp"

#include <algorithm>
#include <tuple>

#include "loop/rows/key.hpp"
#include "loop/suspects/observed/equipment.hpp"

namespace imloop::loop::rules::station_days {
namespace {

constexpr const char *of_instruments = "instrument", *of_programs = "program";

std::string unit_of(Day day) { return key_of("day", day); }

std::string word_of(const Record& r) {
    const bool is_test = r.is_test();
    return listed_as(r) + key_of(is_test) +
           (is_test ? key_of(r.test().line_id, r.fact.inspection->method, equipment::instrument_of(r),
                             r.test().software_version)
                    : std::string());
}

/// Nothing where it is no test.
std::optional<Test> test_of(std::string_view word) {
    KeyReader parts(word);
    Test out;
    out.listed.at = parts.number();
    out.listed.id = parts.text();
    if (parts.number() == 0) return std::nullopt;
    for (auto* each : {&out.line, &out.method, &out.instrument, &out.software}) *each = parts.text();
    return out;
}

/// What followed what on one day.
struct Turns {
    Uses uses;
    std::string first, last;
    void add(const std::string& what) {
        if (uses.empty()) first = what;
        auto& use = uses[what];
        ++use.tests;
        use.came_at_most += what != last;
        last = what;
    }
};

void add_up_day(Day day, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    std::map<Place, Turns> places;
    each_word([&](std::string_view word, std::int64_t) {
        cells[key_of("day", day)] = 1;
        const auto test = test_of(word);
        if (!test) return true;
        cells[key_of("latest", -day)] = 1;
        if (!test->instrument.empty()) {
            ++cells[key_of("tests")];
            ++cells[key_of("made", day)];
        }
        for (const auto& place : {Place{of_instruments, test->line, test->method}, Place{of_programs, test->line, ""}})
            if (const auto& what = place.what(*test); !what.empty()) places[place].add(what);
        return true;
    });
    for (const auto& [place, turns] : places) {
        for (const auto& [what, use] : turns.uses) {
            cells[key_of("use of " + place.tag, place.line, place.method, what)] = use.tests;
            cells[key_of("came", place.tag, place.line, place.method, what)] = use.came_at_most;
            cells[key_of("on", place.tag, place.line, place.method, what, day)] = 1;
        }
        cells[key_of("turn", place.tag, place.line, place.method, day, turns.first, turns.last)] = 1;
    }
}

}  // namespace

const std::string& Place::what(const Test& test) const {
    return tag == of_instruments ? test.instrument : test.software;
}
bool Place::holds(const Test& test) const { return test.line == line && (tag == of_programs || test.method == method); }
std::string Place::key() const { return key_of(tag, line, method); }

std::string key_of_station(const std::string& station) { return key_of("station", station); }
std::string key_of_instrument(const std::string& instrument) { return key_of("instrument", instrument); }

void words(const Record& r, std::vector<Fold::Word>& out) {
    const std::string station(equipment::station_of(r));
    if (station.empty()) return;
    const auto key = key_of_station(station), instrument = equipment::instrument_of(r);
    const Day day = day_of(r.fact.occurred_at);
    out.push_back({key, unit_of(day), word_of(r)});
    if (const auto& s = r.detail.supervision; s && (s->measure == "suspension" || s->measure == "revocation"))
        out.push_back({key, key_of("measure"), listed_as(r), true});
    if (instrument.empty()) return;
    if (r.detail.calibration) out.push_back({key, key_of("calibrated", instrument, day), ""});
    if (r.is_test()) out.push_back({key_of_instrument(instrument), key_of("used", station, day), ""});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    const auto what = parts.text();
    if (what == "day") return add_up_day(static_cast<Day>(parts.number()), each_word, cells);
    const auto of = parts.text();
    if (what == "calibrated") {
        cells[key_of(what, of)] = 1;
        return;
    }
    each_word([&](std::string_view, std::int64_t tests) {
        cells[key_of("used at", of)] = tests;
        cells[key_of("used on", of, parts.number())] = 1;
        return true;
    });
}

std::map<Place, Uses> places_of(const Sums& sums, const std::string& tag) {
    std::map<Place, Uses> out;
    const auto read = [&](const std::string& beginning, std::int64_t Use::*member) {
        sums.each_cell(beginning, [&](std::string_view cell, std::int64_t count) {
            KeyReader parts(cell);
            Place place{tag, parts.text(), {}};
            place.method = parts.text();
            out[std::move(place)][parts.text()].*member = count;
            return true;
        });
    };
    read(key_of("use of " + tag), &Use::tests);
    read(key_of("came", tag), &Use::came_at_most);
    return out;
}

std::int64_t came(const Sums& sums, const Place& place, const std::string& what, const Use& use) {
    std::int64_t out = use.came_at_most;
    std::string last;
    sums.each_cell(key_of("turn") + place.key(), [&](std::string_view cell, std::int64_t) {
        KeyReader parts(cell);
        (void)parts.number();
        const auto first = parts.text();
        out -= first == what && last == what;
        last = parts.text();
        return true;
    });
    return out;
}

void each_test(const Sums& sums, Day day, const std::function<bool(const Test&)>& visit) {
    sums.each_word(unit_of(day), [&](std::string_view word, std::int64_t) {
        const auto test = test_of(word);
        return !test || visit(*test);
    });
}

void each_use(const Sums& sums, const Place& place, const std::string& what,
              const std::function<bool(const Test&)>& visit) {
    bool goes_on = true;
    sums.each_cell(key_of("on") + place.key() + key_of(what), [&](std::string_view cell, std::int64_t) {
        each_test(sums, static_cast<Day>(KeyReader(cell).number()), [&](const Test& test) {
            if (place.holds(test) && place.what(test) == what) goes_on = visit(test);
            return goes_on;
        });
        return goes_on;
    });
}

std::optional<Record> first_record(const Sums& sums) {
    std::optional<Record> out;
    sums.each_cell(key_of("day"), [&](std::string_view cell, std::int64_t) {
        out = rules::first_record(sums, unit_of(static_cast<Day>(KeyReader(cell).number())));
        return !out;
    });
    return out;
}

std::optional<Day> latest_day(const Sums& sums) {
    std::optional<Day> out;
    sums.each_cell(key_of("latest"), [&](std::string_view cell, std::int64_t) {
        out = -static_cast<Day>(KeyReader(cell).number());
        return false;
    });
    return out;
}

std::int64_t tests(const Sums& sums) { return sums.cell(key_of("tests")); }

std::int64_t tests_after(const Sums& sums, Moment at, std::int64_t enough) {
    std::int64_t out = 0;
    const auto latest = latest_day(sums);
    each_test(sums, day_of(at), [&](const Test& test) {
        out += test.listed.at > at && !test.instrument.empty();
        return true;
    });
    for (Day day = day_of(at) + 1; latest && day <= *latest && out < enough; ++day)
        out += sums.cell(key_of("made", day));
    return out;
}

std::map<std::string, std::int64_t> calibrated(const Sums& sums) {
    std::map<std::string, std::int64_t> out;
    sums.each_cell(key_of("calibrated"), [&](std::string_view cell, std::int64_t days) {
        out[KeyReader(cell).text()] = days;
        return true;
    });
    return out;
}

void each_measure(const Sums& sums, const std::function<bool(const Record&)>& visit) {
    each_record(sums, key_of("measure"), visit);
}

std::map<std::string, std::int64_t> used_at(const Sums& sums) {
    std::map<std::string, std::int64_t> out;
    sums.each_cell(key_of("used at"), [&](std::string_view cell, std::int64_t tests) {
        out[KeyReader(cell).text()] = tests;
        return true;
    });
    return out;
}

bool is_used_on(const Sums& sums, const std::string& station, Day day) {
    return sums.cell(key_of("used on", station, day)) > 0;
}

void each_day_used(const Sums& sums, const std::string& station, const std::function<void(Day)>& visit) {
    sums.each_cell(key_of("used on", station), [&](std::string_view cell, std::int64_t) {
        visit(static_cast<Day>(KeyReader(cell).number()));
        return true;
    });
}

}  // namespace imloop::loop::rules::station_days
