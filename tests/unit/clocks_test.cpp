#include "station/clocks.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "station/enrolment.hpp"
#include "station/page/situation.hpp"

using namespace imloop;
using namespace imloop::station;

namespace {

constexpr loop::Moment hour = 3600 * 1000, day = 24 * hour;
const loop::Moment first = 0, last = loop::parse_moment("2100-01-01T00:00:00+08:00").value();

/// A station's hours: how often it looked at its hub and renewed, under clocks that may stand anywhere.
struct Course {
    int looks = 0, renewals = 0;
    loop::Moment mark = never;
    Validity certificate;
    loop::Moment renewed_at = never;

    void step(loop::Moment here, loop::Moment hub) {
        if (!is_due(mark, here, hour)) return;
        ++looks;
        mark = here;
        if (!renewal_due(certificate, hub)) return;
        ++renewals;
        CHECK(is_due(renewed_at, hub, day));
        renewed_at = hub;
        certificate = {hub, hub + 180 * day};
    }
};

}  // namespace

TEST_CASE("what is done every hour is done within an hour of any clock, wherever the clock before stood") {
    const loop::Moment step = (last - first) / 130;
    for (loop::Moment mark = first; mark <= last; mark += step)
        for (loop::Moment now = first; now <= last; now += step) {
            CHECK(is_due(mark, now, hour) == (now != mark));
            CHECK_FALSE(is_due(now, now + hour - 1, hour));
            CHECK(is_due(now, now + hour, hour));
            CHECK(is_due(now + 1, now, hour));  // a mark of the future
            CHECK(is_due(never, now, hour));
        }
}

TEST_CASE(
    "under any jumps from 1970 to 2100 a station looks every hour and renews twice in the hub's year and a half") {
    std::mt19937_64 engine(7);
    std::uniform_int_distribution<loop::Moment> anywhere(first, last);
    std::uniform_int_distribution<int> one_in(0, 199);
    for (int round = 0; round < 50; ++round) {
        auto hub = anywhere(engine) / 2 + last / 4;
        auto here = anywhere(engine);
        Course course;
        course.certificate = {hub, hub + 180 * day};
        int jumps = 0;
        const int hours = 24 * 300;
        for (int i = 0; i < hours; ++i, hub += hour, here += hour) {
            if (one_in(engine) == 0) {
                here = anywhere(engine);
                ++jumps;
            }
            course.step(here, hub);
        }
        CHECK(course.looks == hours);
        CHECK(course.renewals == 2);  // after 120 and 240 days
        CHECK(jumps > 0);
    }
}

TEST_CASE("a clock that is off is said with by how much, in a unit a person would use") {
    page::Situation s;
    const auto said = [&](loop::Moment ahead, page::Lang lang) {
        s.clock_ahead_ms = ahead;
        return page::state_of(s, page::Language{lang}).reason;
    };
    using page::Lang;
    CHECK(said(6 * 60'000, Lang::zh) == "这台电脑的时钟快了 6 分钟。");
    CHECK(said(-(3 * hour - 1), Lang::zh) == "这台电脑的时钟慢了 179 分钟。");
    CHECK(said(3 * hour, Lang::zh) == "这台电脑的时钟快了 3 小时。");
    CHECK(said(-20'000 * day, Lang::en) == "This PC's clock is 20000 days slow.");
}
