// The projection is a function of the set of lines: random small histories in which everything that can interfere does.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "loop/projection.hpp"
#include "loop/tally.hpp"
#include "tests/support/histories.hpp"

using namespace imloop;
using test::history, test::Line;

namespace {

const loop::Day as_of = loop::parse_day("2026-06-30").value();
const loop::Moment received = loop::parse_moment("2026-07-01T00:00:00+08:00").value();

void put(loop::Projection& projection, const Line& line, std::uint64_t seq) {
    projection.put(loop::admit(line.bytes, line.source, received), line.source, "e", seq);
}

std::string fresh(const std::vector<Line>& lines) {
    loop::Projection projection({});
    for (std::size_t i = 0; i < lines.size(); ++i) put(projection, lines[i], 1);
    projection.settle();
    return projection.dump(as_of);
}

}  // namespace

TEST_CASE("any order, any batches, any repeats and questions between give the same bytes") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = history(numbers);
        const auto expected = fresh(lines);
        std::mt19937 random(seed);
        std::shuffle(lines.begin(), lines.end(), random);
        loop::Projection live({});
        for (std::size_t i = 0; i < lines.size(); ++i) {
            put(live, lines[i], 1);
            if (random() % 3 == 0) put(live, lines[random() % (i + 1)], 1);
            if (random() % 2 == 0) live.settle();
            if (random() % 4 == 0) {
                live.settle();
                live.place({"", "陕D0T001", "", "", "", ""}, received);
            }
        }
        live.settle();
        RC_ASSERT(live.dump(as_of) == expected);
    }));
}

TEST_CASE("figures and lists as of any day are what a look at every vehicle of that day gives") {
    loop::Policy policy;
    policy.counties = {"610404", "610400"};
    const auto day = [](const char* text) { return loop::parse_day(text).value(); };
    const loop::Day first = day("2026-01-09"), last = day("2026-07-02");
    CHECK(rc::check([&](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = history(numbers);
        std::mt19937 random(seed);
        std::shuffle(lines.begin(), lines.end(), random);
        loop::Projection live(policy);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            put(live, lines[i], 1);
            if (random() % 2 == 0) live.settle();
        }
        live.settle();
        const loop::Period period{day("2026-01-11"), day("2026-03-10")};
        for (const auto view : {loop::CountyView::station, loop::CountyView::registered})
            for (const auto& within : {period, loop::Period{first, last}})
                for (int look = 0; look < 6; ++look) {
                    const auto at = first + static_cast<loop::Day>(random() % static_cast<unsigned>(last - first + 1));
                    loop::Tally walked(live.policy(within.to), view);
                    std::map<std::string, std::vector<loop::Episode>> expected, listed;
                    live.each_vehicle(at, [&](const std::string& id, const std::vector<loop::Episode>& episodes) {
                        for (const auto& e : episodes)
                            if (within.holds(loop::day_of(e.first_failure))) walked.add(e), expected[id].push_back(e);
                    });
                    live.each_failed(within, at,
                                     [&](const std::string& id, const auto& episodes) { listed[id] = episodes; });
                    RC_ASSERT(listed == expected);
                    const auto summed = loop::tally(live, within, at, view);
                    RC_ASSERT(summed.counties() == walked.counties());
                    RC_ASSERT(summed.stations() == walked.stations());
                    RC_ASSERT(summed.total() == walked.total());
                }
    }));
}
