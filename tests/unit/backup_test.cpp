#include <catch2/catch.hpp>
#include <sstream>

#include "journal/json.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;

TEST_CASE("a hub put back from a backup says how far it holds a journal; places in its feed fall back to the backup") {
    test::TestHub t;
    test::Source i{"I610404-01"}, other{"I610404-02"}, bridge{"B610400-01"};
    i.join(t);
    other.join(t);
    bridge.join(t, {{"writes_for", {"610404"}}});
    const auto standing = [&] {
        return journal::parsed(t.get(i.caller(), "journal?epoch=" + i.epoch).body).at("last").get<int>();
    };
    const auto ids_after = [&](std::string& place) {
        const auto answer = t.get(bridge.caller(), "feed?after=" + place);
        place = answer.headers.at(0).second;
        std::vector<std::string> out;
        std::istringstream lines(answer.body);
        for (std::string line; std::getline(lines, line);)
            if (const auto item = journal::parsed(line); item["source"] != "H610400-01")
                out.push_back(item["record"]["record_id"]);
        return out;
    };
    using Ids = std::vector<std::string>;
    const auto at = "2026-03-02T09:00:00+08:00";
    const auto file = t.folder.path() / "hub" / "hub.sqlite", backup = t.folder.path() / "backup.sqlite";
    const auto put_back = [&] {
        t.hub.reset();
        std::filesystem::copy_file(backup, file, std::filesystem::copy_options::overwrite_existing);
        t.open();
    };
    std::string place;
    CHECK(standing() == 0);
    i.send(t, {test::inspection(1, i.id, at, "fail")});
    CHECK(standing() == 1);
    CHECK(ids_after(place) == Ids{test::record_id(1)});
    const auto at_backup = place;
    REQUIRE(t.admin("backup", {{"path", backup.string()}}).status == 200);
    for (int n = 2; n <= 4; ++n) i.send(t, {test::inspection(n, i.id, at, "fail")});
    CHECK(ids_after(place).size() == 3);
    const auto ahead = place;
    for (int life = 1; life <= 2; ++life) {
        put_back();
        CHECK(standing() == 1);
        // Others come first now, in the places that were given out before.
        test::Source once = other;
        for (int n = 11; n <= 13; ++n) once.send(t, {test::inspection(n, other.id, at, "fail")});
        const Ids fresh{test::record_id(11), test::record_id(12), test::record_id(13)};
        place = ahead;
        CHECK(ids_after(place) == fresh);
        CHECK(ids_after(place).empty());
        place = at_backup;
        CHECK(ids_after(place) == fresh);
        place = at_backup.substr(at_backup.find('.') + 1);
        CHECK(ids_after(place) == fresh);
        place = "01940000-0000-7000-8000-000000000000.99";
        CHECK(ids_after(place).size() == 4);
        // The hub writes into an epoch of its own.
        t.add("I610404-0" + std::to_string(2 + life), test::Source{"x"}.key.public_key());
        CHECK(t.clean());
    }
}
