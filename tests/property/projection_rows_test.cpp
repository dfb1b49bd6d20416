// The projection over rows that lie elsewhere: what it answers, and that the rows are a function of the set of lines.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <random>

#include "journal/json.hpp"
#include "loop/projection.hpp"
#include "tests/support/histories.hpp"
#include "tests/support/rows.hpp"

using namespace imloop;
using test::Line;

namespace {

const loop::Moment received = loop::parse_moment("2026-07-01T00:00:00+08:00").value();
loop::Day day(const char* text) { return loop::parse_day(text).value(); }

void put(loop::Projection& projection, const Line& line) {
    projection.put(loop::admit(line.bytes, line.source, received), line.source, "e", 1);
}

struct Words {
    std::string vehicles;
    std::vector<std::string> records;
    bool operator==(const Words&) const = default;
};

/// Who changed and what counted before.
Words words(const loop::Projection::Changes& changes) {
    Words out;
    for (const auto* ids : {&changes.identity.gone, &changes.identity.present, &changes.touched})
        for (const auto& id : *ids) out.vehicles += id + " ";
    for (const auto& r : changes.records)
        out.records.push_back(r.record_id + (r.before ? " " + r.before->station_id : ""));
    std::ranges::sort(out.records);
    return out;
}

std::string answers(const loop::Projection& projection, const std::vector<Line>& lines, std::mt19937& random) {
    std::string out;
    for (int look = 0; look < 3; ++look) {
        const auto at = day("2026-01-09") + static_cast<loop::Day>(random() % 180);
        out += projection.dump(at);
        const loop::Period period{day("2026-01-11"), day("2026-03-10")};
        for (const auto view : {loop::CohortView::county, loop::CohortView::station})
            for (const auto& [place, measures] : projection.cohorts().sums(view, period, at))
                out += place + " " + std::to_string(measures.failed) + " " + std::to_string(measures.repaired) + "\n";
        for (const auto& id : projection.cohorts().vehicles(period)) out += id + "\n";
    }
    for (const auto& line : lines) {
        const std::string id = journal::parsed(line.bytes).at("record_id");
        const auto fact = projection.fact(id);
        const auto stands = projection.words_line(id);
        out += id + " " + std::string(projection.without_effect(id).value_or("-")) + " " +
               projection.corrected_by(id).value_or("-") + " " + (fact ? fact->station_id : "none") + " " +
               (stands ? stands->line.source : "none") + "\n";
    }
    return out;
}

void write(loop::Projection& projection, test::MapRows& rows) {
    projection.write(rows.take());
    projection.forget();
    RC_ASSERT(projection.held() == 0U);
}

}  // namespace

TEST_CASE("a projection over rows elsewhere says what one in memory says, and any order leaves the same rows") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = test::entangled_history(numbers);
        std::mt19937 random(seed);
        test::MapRows at_once;
        loop::Projection whole({}, &at_once), held({});
        for (const auto& line : lines) put(whole, line);
        whole.settle();
        write(whole, at_once);

        std::ranges::shuffle(lines, random);
        test::MapRows rows;
        rows.comes_in_sets = random() % 2 == 0;
        loop::Projection paged({}, &rows);
        const auto settle = [&] {
            RC_ASSERT(words(paged.settle()) == words(held.settle()));
            write(paged, rows);
            if (random() % 4 == 0) paged = loop::Projection({}, &rows);  // as after a restart
        };
        for (std::size_t i = 0; i < lines.size(); ++i) {
            for (const auto& line : {lines[i], lines[random() % (i + 1)]}) put(paged, line), put(held, line);
            if (random() % 2 == 0) settle();
        }
        settle();
        auto same = random;
        RC_ASSERT(answers(paged, lines, random) == answers(held, lines, same));
        RC_ASSERT(rows.tables == at_once.tables);
        RC_ASSERT(words(paged.everything()) == words(held.everything()));
    }));
}

namespace {

/// Tests that a bridge handed in for many shops, each of a vehicle of its own.
struct Bridged {
    static constexpr auto bridge = "B610400-01";

    explicit Bridged(int of_shops) : shops(of_shops) {
        credential(1, shops);
        for (int n = 0; n < shops; ++n) test_at(shop(n), n, 1000 + n);
        settle();
    }
    static std::string shop(int n) { return fmt::format("I610404-{:03}", n); }
    void credential(unsigned number, int first) {
        nlohmann::json writes_for = nlohmann::json::array();
        for (int n = 0; n < first; ++n) writes_for.push_back(shop(n));
        put(projection, {"H610400-01", nlohmann::json{{"schema", "imloop/credential/1"},
                                                      {"record_id", test::id_of(number)},
                                                      {"station_id", "H610400-01"},
                                                      {"occurred_at", "2026-01-01T08:00:00+08:00"},
                                                      {"source_id", bridge},
                                                      {"kid", std::string(32, 'a')},
                                                      {"alg", "ES256"},
                                                      {"spki", "AA=="},
                                                      {"status", "issued"},
                                                      {"valid_from", fmt::format("2026-01-{:02}", number)},
                                                      {"writes_for", writes_for}}
                                           .dump()});
    }
    void test_at(const std::string& station, int vehicle, int number) {
        const auto vin = fmt::format("LTEST{0:04}{0:04}{0:04}", vehicle);
        put(projection, {bridge, nlohmann::json{{"schema", "imloop/inspection/1"},
                                                {"record_id", test::id_of(static_cast<unsigned>(number))},
                                                {"station_id", station},
                                                {"occurred_at", "2026-02-01T09:00:00+08:00"},
                                                {"vehicle", {{"vin", vin}}},
                                                {"report_no", "R" + std::to_string(number)},
                                                {"line_id", "1"},
                                                {"inspector_id", "1"},
                                                {"reason", "periodic"},
                                                {"started_at", "2026-02-01T09:00:00+08:00"},
                                                {"ended_at", "2026-02-01T09:00:00+08:00"},
                                                {"method", "obd_only"},
                                                {"readings", nlohmann::json::array()},
                                                {"verdict", "fail"},
                                                {"failed_items", {"obd"}}}
                                     .dump()});
    }
    loop::Projection::Changes settle() {
        auto changes = projection.settle();
        write(projection, rows);
        return changes;
    }
    /// How often rows were read, and how many records changed.
    std::pair<std::size_t, std::size_t> cost(const std::function<void()>& act) {
        rows.reads = 0;
        act();
        const auto changed = settle().records.size();
        return {rows.reads, changed};
    }

    int shops;
    test::MapRows rows;
    loop::Projection projection{{}, &rows};
};

}  // namespace

TEST_CASE("a batch reads what its lines and their vehicles touch, however much there is") {
    Bridged few(20), many(600);
    const auto same_cost = [&](const std::function<void(Bridged&)>& act, std::size_t changed) {
        const auto of_few = few.cost([&] { act(few); }), of_many = many.cost([&] { act(many); });
        CHECK(of_many.first <= of_few.first + 2);  // another page
        CHECK(of_few.second == changed);
        CHECK(of_many.second == changed);
    };
    same_cost([](Bridged& b) { b.test_at(Bridged::shop(3), 3, 5000); }, 1);
    same_cost([](Bridged& b) { b.test_at(Bridged::shop(4), 5, 5001); }, 1);
    // A list that is renewed, and one that lacks a shop.
    same_cost([](Bridged& b) { b.credential(2, b.shops); }, 1);
    same_cost([](Bridged& b) { b.credential(3, b.shops - 1); }, 2);
}
