#include "hub/draw/draw.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace imloop::hub;

namespace {

Draw of_twelve(const std::string& seed, int random_share_percent) {
    Draw out{"2026-11-20", seed, 4, random_share_percent, 2, {}, {}};
    for (int i = 1; i <= 12; ++i)
        out.candidates.push_back({"I610404-" + std::string(i < 10 ? "0" : "") + std::to_string(i), "", "610404",
                                  i == 3 ? 990 : 0, i == 3 ? 991 : 100});
    for (const auto* id : {"A01", "A02", "A03", "A04", "A05"}) out.officers.push_back({id, "", {}});
    return out;
}

std::map<std::string, int> drawn_how_often(int random_share_percent) {
    std::map<std::string, int> out;
    for (int i = 0; i < 2000; ++i)
        for (const auto& d : draw(of_twelve("seed " + std::to_string(i), random_share_percent))) ++out[d.station_id];
    return out;
}

}  // namespace

TEST_CASE("a published draw run again gives the same, and another seed another") {
    const auto one = of_twelve("福彩3D-2026-11-20-417", 30);
    const auto document = published(one, draw(one));
    CHECK(draw(draw_of(document)) == drawn_of(document));
    CHECK(draw(of_twelve("another", 30)) != draw(one));
    CHECK(draw(one).size() == 4);
}

TEST_CASE("the order of candidates and officers has no effect") {
    auto one = of_twelve("x", 50);
    const auto before = draw(one);
    std::reverse(one.candidates.begin(), one.candidates.end());
    std::reverse(one.officers.begin(), one.officers.end());
    CHECK(draw(one) == before);
}

TEST_CASE("the random share is drawn without regard to risk, and is rounded up") {
    auto one = of_twelve("x", 30);
    int random = 0;
    for (const auto& d : draw(one)) random += d.arm == "random" ? 1 : 0;
    CHECK(random == 2);
    // 4 of 12, each alike: 2000 * 4 / 12 = 667 times, give or take 5 standard deviations (21)
    for (const auto& [station, times] : drawn_how_often(100)) {
        CHECK(times > 560);
        CHECK(times < 773);
    }
}

TEST_CASE("what is likelier to be wrong is drawn more often, and nothing is never drawn") {
    const auto times = drawn_how_often(25);
    CHECK(times.at("I610404-03") > 1500);
    CHECK(times.size() == 12);
}

TEST_CASE("no officer checks a station or county of a conflict, and the work is shared") {
    auto one = of_twelve("x", 30);
    one.count = 10;
    one.officers[0].conflicts = {"610404"};
    one.officers[1].conflicts = {"I610404-01", "I610404-02"};
    std::map<std::string, int> load;
    for (const auto& d : draw(one)) {
        CHECK(d.officers.size() == 2);
        for (const auto& officer : d.officers) {
            ++load[officer];
            CHECK(officer != "A01");
            if (officer == "A02") CHECK((d.station_id != "I610404-01" && d.station_id != "I610404-02"));
        }
    }
    CHECK(load.size() == 4);
}

TEST_CASE("where all officers have a conflict the station goes without, and says so by the list") {
    auto one = of_twelve("x", 30);
    for (auto& officer : one.officers) officer.conflicts = {"610404"};
    for (const auto& d : draw(one)) CHECK(d.officers.empty());
}
