// Statistics of stations whose rows lie elsewhere: equal to those held in memory, whatever order things came in and
// wherever a program was started anew.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "loop/stations/measured.hpp"
#include "tests/support/rows.hpp"
#include "tests/support/station_figures.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::Reason;
using loop::Verdict;
using loop::rules::Record;
using loop::rules::Statistics;

namespace {

void holds(const std::function<void()>& property) { REQUIRE(rc::check(property)); }

int below(int n) { return *rc::gen::inRange(0, n); }
template <typename T>
T one_of(std::initializer_list<T> all) {
    return *rc::gen::elementOf(std::vector<T>(all));
}

/// Few stations, days and values, so that much falls together.
Record a_record() {
    auto r = made({below(3), last_day - one_of({0, 1, 7, 100, 400}),
                   one_of({Verdict::pass, Verdict::fail, Verdict::aborted}), 0.1 * below(8),
                   one_of({Reason::periodic, Reason::retest, Reason::roadside}), one_of<std::string>({"", "A", "B"}),
                   one_of<std::string>({"1", "2"})});
    auto& test = *r.detail.inspection;
    const double value = 0.12 * below(3);
    if (below(2)) test.readings.push_back({"hc", "5025", "ppm", 120 + value, 150, {}, {}});
    if (below(2))
        for (const auto* phase : {"5025", "2540"}) test.readings.push_back({"no", phase, "ppm", value, 900, {}, {}});
    test.software_version = one_of<std::string>({"", "7.1"});
    if (below(2)) test.temperature_c = below(3);
    if (below(3) == 0) test.obd = loop::ObdDetail{};
    if (below(3) == 0) r.fact.kind = loop::Kind::correction;
    r.arrival = loop::rules::Arrival{"", "", 0, r.fact.occurred_at + below(2) * 2 * loop::day_ms, {}};
    return r;
}

/// A vehicle's records, and its failures.
loop::rules::History a_history(int vehicle) {
    loop::rules::History out{std::to_string(vehicle), {}, {}};
    for (int i = below(4); i > 0; --i) out.records.push_back(a_record());
    std::ranges::sort(out.records, {}, [](const Record& r) { return r.fact.occurred_at; });
    for (const auto& r : out.records) {
        auto& e = out.episodes.emplace_back();
        e.station_id = r.fact.station_id;
        e.county = one_of<std::string>({"610403", "610404"});
        e.first_failure = r.fact.occurred_at;
        e.retests = {out.records.back().fact.record_id};
        if (below(2)) e.counting_repairs = {out.records.front().fact.record_id};
        if (below(2)) e.due = last_day - below(3);
    }
    return out;
}

using Lines = std::vector<loop::rules::Arrival>;  // of one journal

Lines a_journal(int n) {
    Lines out;
    for (std::uint64_t seq = 1, last = static_cast<std::uint64_t>(below(8)); seq <= last; ++seq)
        out.push_back({station_id(n % 2), std::to_string(n), seq, loop::start_of(last_day - 20 + below(20)), {}});
    for (auto& line : out)
        if (below(3) == 0) line.rejected_for = {"unknown_member"};
    return out;
}

/// What there is in the end, however it came.
struct Everything {
    std::vector<Record> records;
    std::vector<loop::rules::History> histories;
    std::vector<Lines> journals;
    std::vector<loop::Day> forks;
};

Everything everything() {
    Everything out;
    for (int i = below(20); i > 0; --i) out.records.push_back(a_record());
    for (int i = below(6); i > 0; --i) out.histories.push_back(a_history(i));
    for (int i = below(4); i > 0; --i) out.journals.push_back(a_journal(i));
    for (int i = below(3); i > 0; --i) out.forks.push_back(last_day - i);
    return out;
}

Statistics in_memory(const Everything& all) {
    Statistics out;
    for (const auto& r : all.records) out.add(r);
    for (const auto& h : all.histories) out.put(h);
    for (const auto& journal : all.journals)
        for (const auto& line : journal) out.came(line);
    for (const auto day : all.forks) out.forked(station_id(1), 7, day);
    return out;
}

/// Statistics over rows, which are written and let go of, and begun anew now and then.
struct Live {
    MapRows rows;
    std::unique_ptr<Statistics> statistics = std::make_unique<Statistics>(&rows);

    void settle() {
        statistics->write(rows.take());
        if (below(2)) statistics->forget();
        if (below(4) == 0) statistics = std::make_unique<Statistics>(&rows);
    }
};

using Steps = std::vector<std::function<void(Statistics&)>>;

/// Records twice with others between them, histories after what was said of them before, lines again and again.
std::vector<Steps> steps_to(const Everything& all) {
    std::vector<Steps> out;  // each in its order, any of them beside the others
    for (const auto& r : all.records) {
        auto added = std::make_shared<Statistics::Added>();
        const auto add = [&r, added](Statistics& s) { *added = s.add(r); };
        out.push_back({add});
        for (int i = below(3); i > 0; --i) {
            // As a program does that was started anew: what was added is read again.
            out.back().push_back(
                [added](Statistics& s) { s.remove(loop::unpacked<Statistics::Added>(loop::packed(*added))); });
            out.back().push_back(add);
        }
    }
    for (const auto& h : all.histories) {
        Steps steps;
        if (below(2)) steps.push_back([other = a_history(std::stoi(h.vehicle_id))](Statistics& s) { s.put(other); });
        if (below(2)) steps.push_back([&h](Statistics& s) { s.put(h); });
        if (below(3) == 0) steps.push_back([&h](Statistics& s) { s.drop(h.vehicle_id); });
        steps.push_back([&h](Statistics& s) { s.put(h); });
        out.push_back(std::move(steps));
    }
    for (const auto& journal : all.journals) {
        Steps steps;
        for (std::size_t i = 0; i < journal.size(); ++i) {
            steps.push_back([&journal, i](Statistics& s) { s.came(journal[i]); });
            if (below(3) == 0)
                steps.push_back([again = journal[i / 2]](Statistics& s) mutable {
                    again.received_at += 5 * loop::day_ms;
                    s.came(again);
                });
        }
        out.push_back(std::move(steps));
    }
    for (const auto day : all.forks) out.push_back(Steps(2, [day](Statistics& s) { s.forked(station_id(1), 7, day); }));
    return out;
}

void take(std::vector<Steps> steps, Live& live) {
    std::vector<std::size_t> next(steps.size());
    for (;;) {
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < steps.size(); ++i)
            if (next[i] < steps[i].size()) left.push_back(i);
        if (left.empty()) break;
        const auto i = *rc::gen::elementOf(left);
        steps[i][next[i]++](*live.statistics);
        if (below(3) == 0) live.settle();
    }
    live.settle();
}

/// What the sweep rules flag, whether or not by chance.
loop::rules::Flags flags_in(const Statistics& statistics) {
    static const loop::Projection projection{loop::default_policy()};
    static const loop::rules::Traces traces;
    static const loop::rules::Parameters parameters{
        {{"S01", {{"parameters", {{"false_discoveries", 1}, {"expected_min", 0}}}}},
         {"S02", {{"parameters", {{"false_discoveries", 1}, {"expected_min", 0}}}}},
         {"S05", {{"parameters", {{"hours_max", 0}}}}},
         {"S12", {{"parameters", {{"false_discoveries", 1}, {"expected_min", 0}}}}}}};
    loop::rules::Flags out;
    for (const auto& rule : loop::rules::all())
        if (rule.sweep)
            rule.sweep({statistics, projection, last_day},
                       {projection.stations(), parameters, traces}, out);
    return out;
}

}  // namespace

TEST_CASE("statistics of stations are those of what there is, however it came and wherever rows lie") {
    holds([] {
        const auto all = everything();
        auto held = in_memory(all);
        Live live;
        take(steps_to(all), live);
        const auto flags = flags_in(held);
        RC_ASSERT(flags_in(*live.statistics) == flags);
        RC_ASSERT(live.rows.tables == rows_of(held));
        RC_CLASSIFY(!flags.empty(), "flagged");
    });
}

TEST_CASE("what was added is taken out, and nothing is left") {
    holds([] {
        const auto all = everything();
        Live live;
        std::vector<Statistics::Added> added;
        for (const auto& r : all.records) {
            added.push_back(live.statistics->add(r));
            if (below(3) == 0) live.settle();
        }
        for (const auto& h : all.histories) live.statistics->put(h);
        live.settle();
        for (const auto& a : added) live.statistics->remove(a);
        for (const auto& h : all.histories) live.statistics->drop(h.vehicle_id);
        live.settle();
        RC_ASSERT(live.rows.tables.empty());
    });
}

TEST_CASE("one test more costs a handful of small rows, however long its station has been at work") {
    MapRows rows;
    Statistics statistics(&rows);
    const auto a_test = [](int i) {
        auto r = made({1, last_day - i / 4, i % 9 ? Verdict::pass : Verdict::fail, 0.01 * (i % 60)});
        for (const auto* item : {"hc", "no"})
            for (const auto* phase : {"5025", "2540"})
                r.detail.inspection->readings.push_back({item, phase, "ppm", 100.0 + i % 50, 200, {}, {}});
        r.detail.inspection->temperature_c = i % 30;
        return r;
    };
    for (int i = 0; i < 6000; ++i) statistics.add(a_test(i));
    statistics.write(rows.take());
    statistics.forget();
    rows.reads = 0;
    statistics.add(a_test(10));
    CHECK(rows.reads <= 12);
    std::size_t written = 0, largest = 0;
    statistics.write([&](std::string_view, std::string_view key, const std::optional<std::string>& bytes) {
        ++written;
        largest = std::max(largest, key.size() + bytes.value_or("").size());
    });
    CHECK(written <= 12);
    CHECK(largest < 1000);
}

TEST_CASE("a history that grew by a test changes its own row and what that test says") {
    MapRows rows;
    Statistics statistics(&rows);
    loop::rules::History history{"v", {}, {}};
    for (int year = 20; year > 0; --year) history.records.push_back(made({1, last_day - year * 365}));
    statistics.put(history);
    statistics.write(rows.take());
    CHECK(rows.tables.at("watch_later").size() == 19);
    history.records.push_back(made({1, last_day, Verdict::fail}));
    statistics.put(history);
    std::vector<std::string> written;
    statistics.write([&](std::string_view table, std::string_view, const auto&) { written.emplace_back(table); });
    CHECK(written == std::vector<std::string>{"watch_journeys", "watch_later"});
}
