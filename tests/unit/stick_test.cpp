// What an import may bring, and what it may not: the register is written by this hub alone.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "journal/json.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

constexpr const char* at = "2026-03-02T09:00:00+08:00";

json credential(const std::string& by, const std::string& of, const journal::PublicKey& key, int n,
                const std::string& status = "issued") {
    return {{"schema", "imloop/credential/1"},
            {"record_id", test::record_id(n)},
            {"station_id", by},
            {"occurred_at", at},
            {"source_id", of},
            {"kid", key.kid()},
            {"alg", "ES256"},
            {"spki", journal::base64(key.spki())},
            {"status", status},
            {"valid_from", "2024-01-01"}};
}

json registration(const std::string& by, const std::string& of, int n, const std::string& status) {
    return {{"schema", "imloop/registration/1"},
            {"record_id", test::record_id(n)},
            {"station_id", by},
            {"occurred_at", at},
            {"registered_station_id", of},
            {"kind", of.substr(0, 1)},
            {"name", "外来登记"},
            {"county", "610404"},
            {"status", status},
            {"valid_from", "2026-03-01"}};
}

/// A hub with one station, and a folder to put sticks in.
struct Bench {
    test::TestHub t;
    test::Source i{"I610404-01"};
    test::TempDir folder;

    Bench() {
        i.join(t);
        REQUIRE(i.send(t, {test::inspection(1, i.id, at, "fail")}) == std::vector<std::string>{"accepted"});
    }
    hub::Answer load(const std::string& name, const std::string& bytes, json more = json::object()) {
        service::replace_file(folder.path() / name, bytes);
        more["path"] = (folder.path() / name).string();
        return t.admin("import", more);
    }
    std::vector<std::string> alarms() {
        t.hub.reset();  // what waits is written
        std::vector<std::string> out;
        sqlite::Database database(t.folder.path() / "hub" / "hub.sqlite");
        for (auto s = database.prepare("SELECT DISTINCT code, source_id FROM alarms ORDER BY code"); s.step();)
            out.push_back(s.text(0) + " " + s.text(1));
        t.open();
        return out;
    }
    journal::PrivateKey hub_key() {
        return journal::PrivateKey::from_pem(test::read_file(t.folder.path() / "hub" / "hub.key.pem")).value();
    }
    /// A receipt of this hub's for a segment of one line.
    std::string receipt(const journal::PrivateKey& key, const std::string& segment, journal::Outcome outcome) {
        const auto parsed = journal::parse_segment(segment).value();
        return journal::build_receipt(key, {parsed.header.source,
                                            parsed.header.epoch,
                                            parsed.header.first,
                                            parsed.seal.last,
                                            parsed.seal.head,
                                            "2026-03-03T09:00:00+08:00",
                                            {std::move(outcome)}});
    }
};

}  // namespace

TEST_CASE("the journal of another hub on a stick changes nothing, whatever its id and wherever it stands") {
    Bench b;
    const auto id = GENERATE(as<std::string>(), "H999999-99", "H610400-01");
    test::Source foreign{id}, second{"I610404-02"};
    second.join(b.t);
    test::Source forged{"I610404-02"};
    const auto register_line = foreign.segment({credential(id, id, foreign.key.public_key(), 901).dump(),
                                                credential(id, forged.id, forged.key.public_key(), 902).dump(),
                                                registration(id, b.i.id, 903, "suspended").dump(),
                                                registration(id, "M610404-66", 904, "filed").dump()});
    const auto right = b.i.segment({test::inspection(2, b.i.id, at, "fail").dump()});
    const auto wrong = forged.segment({test::inspection(3, forged.id, at, "pass").dump()});
    const auto held = b.t.exported();
    const auto list = b.t.admin("station_list").body;
    CHECK(code_of(b.load("first.ndjson", register_line + wrong)) == "403 foreign_hub");
    CHECK(code_of(b.load("last.ndjson", right + register_line)) == "403 foreign_hub");
    CHECK(code_of(b.load("named-as-a-station.ndjson", register_line)) == "403 foreign_hub");
    CHECK(b.t.exported() == held);
    CHECK(b.t.admin("station_list").body == list);
    CHECK(b.alarms() == std::vector<std::string>{"foreign_hub " + id});
    CHECK(b.t.exported() == held);
    CHECK(b.t.clean());
    CHECK(code_of(b.load("restore.ndjson", register_line, {{"restore", {foreign.key.public_key().kid()}}})) ==
          "409 hub_not_empty");
    // Nor can a key of another hub be registered, to write by it.
    CHECK_THROWS(b.t.add("H999999-99", foreign.key.public_key()));
    CHECK(b.t.exported() == held);
}

TEST_CASE("a stick of a registered station is judged as if it had come over the network") {
    Bench b;
    auto wrong = test::inspection(3, b.i.id, at, "fail");
    wrong["method"] = "asm5025";
    const auto stick = b.i.segment({test::inspection(2, b.i.id, at, "fail").dump(), wrong.dump()});
    REQUIRE(b.load("stick.ndjson", stick).status == 200);
    const auto outcomes = journal::parsed(b.t.get(b.i.caller(), "outcomes").body).at("items");
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].at("seq") == 3);
    CHECK(b.t.clean());
    // One that was never registered, and one whose key is another station's.
    test::Source stranger{"I610404-09"};
    CHECK(code_of(b.load("stranger.ndjson", stranger.segment({test::inspection(4, stranger.id, at, "fail").dump()}))) ==
          "401 unknown_key");
}

TEST_CASE("what is no file to import is named, and nothing of its folder is taken") {
    Bench b;
    const auto held = b.t.exported();
    const auto path = [&](const char* name) { return json{{"path", (b.folder.path() / name).string()}}; };
    CHECK(code_of(b.t.admin("import", path("none"))) == "404 no_such_file");
    REQUIRE(mkfifo((b.folder.path() / "pipe.ndjson").c_str(), 0600) == 0);
    CHECK(code_of(b.t.admin("import", path("pipe.ndjson"))) == "422 not_a_file");
    service::replace_file(b.folder.path() / "a.ndjson",
                          b.i.segment({test::inspection(2, b.i.id, at, "fail").dump()}));
    CHECK(code_of(b.t.admin("import", {{"path", b.folder.path().string()}})) == "422 not_a_file");
    CHECK(b.t.exported() == held);
}

TEST_CASE("a revoked station's stick is refused, and the bureau is told") {
    Bench b;
    const auto stick = b.i.segment({test::inspection(2, b.i.id, at, "fail").dump()});
    REQUIRE(b.t.admin("station_status", {{"id", b.i.id}, {"status", "revoked"}, {"reason", "伪造"}}).status == 200);
    const auto held = b.t.exported();
    const auto flags = [&] {
        return journal::parsed(b.t.admin("suspects", {{"list", "flags"}, {"form", "json"}}).body).at("rows");
    };
    const auto before = flags();
    CHECK(code_of(b.load("stick.ndjson", stick)) == "403 source_revoked");
    CHECK(b.t.exported() == held);
    CHECK(b.alarms() == std::vector<std::string>{"source_revoked " + b.i.id});
    // No fork was seen: that alarm is another.
    CHECK(flags() == before);
}

TEST_CASE("a receipt counts where this hub signed it and it says what admission gives") {
    Bench b;
    const auto line = test::inspection(2, b.i.id, at, "fail");
    const auto segment = b.i.segment({line.dump()});
    const auto id = test::record_id(2);
    const journal::Outcome accepted{2, id, journal::Status::accepted, {}, {}};
    const journal::Outcome rejected{2, id, journal::Status::rejected, {{"/method", "unknown_code", ""}}, {}};
    const auto own = b.hub_key(), others = journal::PrivateKey::generate(journal::Algorithm::es256);
    const auto held = b.t.exported();

    CHECK(code_of(b.load("says-rejected.ndjson", segment + b.receipt(own, segment, rejected))) == "422 bad_receipt");
    auto of_another_line = accepted;
    of_another_line.record_id = test::record_id(9);
    CHECK(code_of(b.load("another.ndjson", segment + b.receipt(own, segment, of_another_line))) == "422 bad_receipt");
    auto forged = b.receipt(own, segment, accepted);
    forged.replace(forged.find("accepted"), 8, "rejected");
    CHECK(code_of(b.load("forged.ndjson", segment + forged)) == "422 bad_receipt");
    CHECK(b.t.exported() == held);

    SECTION("another hub's does not count: the hub gives its own") {
        REQUIRE(b.load("other.ndjson", segment + b.receipt(others, segment, rejected)).status == 200);
        CHECK(journal::parsed(b.t.get(b.i.caller(), "outcomes").body).at("items").empty());
    }
    SECTION("its own is kept byte for byte") {
        const auto receipt = b.receipt(own, segment, accepted);
        REQUIRE(b.load("own.ndjson", segment + receipt).status == 200);
        CHECK(b.t.exported().find(receipt) != std::string::npos);
    }
    SECTION("what depends on other lines the receipt alone knows") {
        const journal::Outcome reused{2, id, journal::Status::rejected, {{"/record_id", "record_id_reused", ""}}, {}};
        CHECK(b.load("reused.ndjson", segment + b.receipt(own, segment, reused)).status == 200);
    }
    CHECK(b.t.clean());
}

TEST_CASE("segments of the hub's own journal go on by import, and begin a new epoch") {
    Bench b;
    test::Source own{"H610400-01", b.hub_key()};
    const auto stick = own.segment({registration(own.id, "M610404-03", 901, "filed").dump()});
    CHECK(b.load("own.ndjson", stick).status == 200);
    CHECK(b.t.admin("station_list").body.find("M610404-03") != std::string::npos);
    CHECK(b.t.clean());
}

TEST_CASE("an empty hub becomes a copy, with what a revoked station sent before its revocation") {
    Bench b;
    REQUIRE(b.t.admin("station_status", {{"id", b.i.id}, {"status", "revoked"}, {"reason", "伪造"}}).status == 200);
    const auto after = b.i.segment({test::inspection(2, b.i.id, at, "fail").dump()});
    test::TempDir out;
    const auto exported = journal::parsed(b.t.admin("export", {{"path", out.path().string()}}).body);
    CHECK(exported.at("kid") == b.hub_key().public_key().kid());
    test::TestHub copy(loop::parse_moment("2027-01-01T00:00:00+08:00").value());
    const auto load = [&](const std::filesystem::path& path, json more = json::object()) {
        more["path"] = path.string();
        return copy.admin("import", more);
    };
    CHECK(code_of(load(out.path())) == "403 foreign_hub");
    CHECK(code_of(load(out.path(), {{"restore", {std::string(32, '0')}}})) == "403 foreign_hub");
    const json restore{{"restore", {exported.at("kid")}}};
    CHECK(load(out.path(), restore).status == 200);
    CHECK(copy.exported().find(test::record_id(1)) != std::string::npos);
    const auto held = copy.exported();
    // Cut short it would go on; through, it changes nothing. Nor does another's journal come in behind it.
    CHECK(load(out.path(), restore).status == 200);
    copy.reopen();
    CHECK(load(out.path()).status == 200);
    CHECK(code_of(load(out.path(), {{"restore", {std::string(32, '0')}}})) == "409 hub_not_empty");
    service::replace_file(out.path() / "late.ndjson", after);
    CHECK(code_of(load(out.path() / "late.ndjson")) == "403 source_revoked");
    CHECK(copy.exported() == held);
    CHECK(copy.clean());
}
