// The projection over rows that lie elsewhere: what it answers, and that the rows are a function of the set of lines.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <random>

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
        const std::string id = nlohmann::json::parse(line.bytes).at("record_id");
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
        loop::Projection paged({}, &rows);
        const auto settle = [&] {
            RC_ASSERT(words(paged.settle()) == words(held.settle()));
            write(paged, rows);
            RC_ASSERT(paged.held() == 0U);
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
