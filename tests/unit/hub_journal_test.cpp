#include <catch2/catch.hpp>

#include "journal/chain.hpp"
#include "journal/encoding.hpp"
#include "journal/json.hpp"
#include "journal/receipt.hpp"
#include "journal/segment.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

std::string vector_file(const std::string& name) { return test::read_file(test::vectors() / "journal" / name); }

journal::PrivateKey vector_key() { return journal::PrivateKey::from_pem(vector_file("es256.key.pem")).value(); }

json inspection(int n, const std::string& verdict = "fail") {
    char id[40];
    std::snprintf(id, sizeof id, "01940000-0000-7000-8000-%012d", n);
    const std::string at = "2026-03-02T09:00:00+08:00";
    json r{{"schema", "imloop/inspection/1"},
           {"record_id", id},
           {"station_id", "I610404-01"},
           {"occurred_at", at},
           {"vehicle", {{"plate", "陕D0T00" + std::to_string(n % 10)}, {"plate_kind", "02"}}},
           {"report_no", "R" + std::to_string(n)},
           {"line_id", "1"},
           {"inspector_id", "A1"},
           {"reason", "periodic"},
           {"started_at", at},
           {"ended_at", at},
           {"method", "obd_only"},
           {"readings", json::array()},
           {"verdict", verdict}};
    if (verdict == "fail") r["failed_items"] = {"obd"};
    return r;
}

/// A station with its chain.
struct Source {
    journal::PrivateKey key;
    std::string id, epoch = "0192a1b2-0000-7000-8000-00000000aaaa";
    std::uint64_t last = 0;
    journal::Digest head = journal::chain_start(journal::Algorithm::es256, id, epoch);

    std::string segment(const std::vector<std::string>& lines, bool advance = true) {
        const auto bytes = journal::build_segment(key, id, epoch, last + 1, head, lines);
        if (advance) {
            const auto parsed = journal::parse_segment(bytes).value();
            last = parsed.seal.last;
            head = parsed.seal.head;
        }
        return bytes;
    }
};

std::vector<std::string> statuses(const hub::Answer& answer) {
    std::vector<std::string> out;
    for (const auto& o : journal::parse_receipt(answer.body).value().outcomes) {
        std::string text(journal::name_of(o.status));
        for (const auto& p : o.problems) text += " " + p.code;
        out.push_back(text);
    }
    return out;
}

}  // namespace

TEST_CASE("the vectors' journal is taken; what is bad is refused with the code its name says and leaves no trace") {
    test::TestHub t;
    const auto caller = t.add("I610404-01", vector_key().public_key());
    const auto before = t.exported();
    const auto refused = [&](const std::string& when) {
        const auto held = t.exported();
        for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / "journal/bad")) {
            const auto name = entry.path().filename().string();
            const bool is_fork = name.find("journal_fork") != std::string::npos;
            const bool is_gap = name.find("journal_gap") != std::string::npos;
            if (is_fork != (when == "after segment 1") && is_fork) continue;
            if (is_gap && when != "before") continue;
            const auto dot = name.find('.');
            const auto code = name.substr(dot + 1, name.find('.', dot + 1) - dot - 1);
            const auto answer = t.send(caller, test::read_file(entry.path()));
            INFO(name << ' ' << when << ' ' << answer.body);
            CHECK(journal::parsed(answer.body).at("code") == code);
            CHECK(answer.status == (code == "malformed_segment" ? 400 : code == "bad_seal" ? 422 : 409));
            if (is_gap) CHECK(journal::parsed(answer.body).at("expected") == 1);
        }
        CHECK(t.exported() == held);
    };
    refused("before");
    CHECK(t.exported() == before);
    const auto first = t.send(caller, vector_file("es256-segment1.ndjson"));
    CHECK(statuses(first) == std::vector<std::string>{"accepted", "accepted"});
    refused("after segment 1");
    const auto second = t.send(caller, vector_file("es256-segment2.ndjson"));
    CHECK(statuses(second) == std::vector<std::string>{"accepted", "rejected member_missing member_missing",
                                                       "rejected member_missing member_missing"});
    CHECK(t.send(caller, vector_file("es256-segment1.ndjson")).body == first.body);
    CHECK(t.clean());
}

TEST_CASE("other cuts of known lines, and a segment that goes on") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto caller = t.add(s.id, s.key.public_key());
    const std::vector<std::string> lines{inspection(1).dump(), inspection(2).dump(), "{}", inspection(3).dump()};
    const auto start = s.head;
    const auto first = t.send(caller, s.segment({lines[0], lines[1]}));
    REQUIRE(first.status == 200);

    Source again{s.key, s.id};
    const auto one = t.send(caller, again.segment({lines[0]}));
    CHECK(statuses(one) == std::vector<std::string>{"accepted"});
    CHECK(t.send(caller, again.segment({lines[1], lines[2], lines[3]})).status == 200);
    Source whole{s.key, s.id};
    CHECK(statuses(t.send(caller, whole.segment(lines))) ==
          std::vector<std::string>{"accepted", "accepted", "rejected member_missing member_missing", "accepted"});
    Source other{s.key, s.id};
    CHECK(code_of(t.send(caller, other.segment({lines[0], inspection(9).dump()}))) == "409 journal_fork");
    other.last = 2;
    other.head = start;
    CHECK(code_of(t.send(caller, other.segment({lines[2]}))) == "409 journal_fork");
    other.last = 7;
    const auto gap = t.send(caller, other.segment({lines[2]}));
    CHECK(code_of(gap) == "409 journal_gap");
    CHECK(journal::parsed(gap.body).at("expected") == 5);
    const auto held = t.exported();
    t.reopen();
    CHECK(t.exported() == held);
    CHECK(t.clean());
}

TEST_CASE("one record id: the same bytes are a duplicate, others are rejected, mended ones are taken") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto caller = t.add(s.id, s.key.public_key());
    auto wrong = inspection(2);
    wrong["method"] = "asm5025";
    const auto other = [](json r) {
        r["report_no"] = "other";
        return r.dump();
    };
    const auto answer = t.send(caller, s.segment({inspection(1).dump(), inspection(1).dump(), other(inspection(1)),
                                                  wrong.dump(), inspection(2).dump(), inspection(2).dump()}));
    CHECK(statuses(answer) == std::vector<std::string>{"accepted", "duplicate", "rejected record_id_reused",
                                                       "rejected unknown_code", "accepted", "duplicate"});
    const auto outcomes = journal::parse_receipt(answer.body).value().outcomes;
    CHECK(outcomes[1].first_seen->seq == 1);
    // A reinstalled station sends the same record in a new epoch.
    Source fresh{s.key, s.id, "0192a1b2-0000-7000-8000-00000000bbbb"};
    const auto resent = t.send(caller, fresh.segment({inspection(1).dump(), other(inspection(2))}));
    CHECK(statuses(resent) == std::vector<std::string>{"duplicate", "rejected record_id_reused"});
    t.reopen();
    CHECK(t.clean());
    CHECK(t.send(caller, fresh.segment({inspection(1).dump()})).status == 200);
}

TEST_CASE("who may write: unknown keys, other sources, revoked ones") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    Source stranger{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-09"};
    const auto segment = s.segment({inspection(1).dump()}, false);
    CHECK(code_of(t.send({s.id, s.key.public_key().kid()}, segment)) == "401 unknown_key");
    const auto caller = t.add(s.id, s.key.public_key());
    CHECK(code_of(t.send({stranger.id, stranger.key.public_key().kid()}, segment)) == "403 source_mismatch");
    CHECK(t.send(caller, s.segment({inspection(1).dump()})).status == 200);
    CHECK(t.admin("station_status", {{"id", s.id}, {"status", "revoked"}, {"reason", "伪造"}}).status == 200);
    const auto held = t.exported();
    CHECK(code_of(t.send(caller, s.segment({inspection(2).dump()}))) == "403 source_revoked");
    CHECK(t.hub->barred(caller)->status == 403);
    CHECK(t.exported() == held);
}

TEST_CASE("a clock that was ahead is put right: what the hub writes is taken, and a revocation counts") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto right = t.now.load();
    t.now = right + 400 * loop::day_ms;
    const auto caller = t.add(s.id, s.key.public_key());
    t.now = right;
    const auto holds = [&] {
        CHECK(t.admin("station_describe", {{"id", s.id}, {"phone", "1"}}).status == 200);
        CHECK(t.admin("station_status", {{"id", s.id}, {"status", "revoked"}, {"reason", "伪造"}}).status == 200);
        CHECK(code_of(t.send(caller, s.segment({inspection(1).dump()}, false))) == "403 source_revoked");
    };
    SECTION("while it runs") { holds(); }
    SECTION("after a restart") {
        t.reopen();
        holds();
    }
    t.reopen();
    CHECK(code_of(t.send(caller, s.segment({inspection(1).dump()}, false))) == "403 source_revoked");
    // A key that was revoked is given to nobody again.
    CHECK(code_of(t.admin("station_add", {{"id", s.id}, {"spki", journal::base64(s.key.public_key().spki())}})) ==
          "403 key_refused");
    CHECK(t.clean());
}

TEST_CASE("too large, cut short, bombs") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto caller = t.add(s.id, s.key.public_key());
    const auto held = t.exported();
    auto fat = inspection(1);
    fat["note"] = std::string(300 * 1024, 'x');
    CHECK(code_of(t.send(caller, s.segment({fat.dump()}, false))) == "413 too_large");
    const auto whole = s.segment({inspection(1).dump()}, false);
    const auto gzip = journal::gzip_encode(whole), zstd = journal::zstd_encode(whole);
    CHECK(code_of(t.send(caller, gzip.substr(0, gzip.size() / 2), "gzip")) == "400 malformed_segment");
    CHECK(code_of(t.send(caller, zstd.substr(0, zstd.size() / 2), "zstd")) == "400 malformed_segment");
    CHECK(code_of(t.send(caller, journal::gzip_encode(std::string(20'000'000, '\0')), "gzip")) == "413 too_large");
    CHECK(code_of(t.send(caller, journal::zstd_encode(std::string(20'000'000, '\0')), "zstd")) == "413 too_large");
    CHECK(code_of(t.send(caller, whole, "br")) == "415 unsupported_encoding");
    CHECK(t.exported() == held);
    CHECK(t.send(caller, gzip, "gzip").status == 200);
}

TEST_CASE("an export into an empty hub gives the same outcomes and the same figures; so does a rebuild") {
    test::TestHub t;
    Source s{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto caller = t.add(s.id, s.key.public_key());
    for (int n = 0; n < 20; ++n)
        REQUIRE(
            t.send(caller, s.segment({inspection(n).dump(), n % 3 == 0 ? "{}" : inspection(100 + n, "pass").dump()}))
                .status == 200);
    const auto report = [](test::TestHub& h) {
        return h.admin("report", {{"report", "counties"}, {"form", "csv"}, {"as_of", "2026-03-09"}}).body;
    };
    CHECK(journal::parsed(t.admin("rebuild").body).at("same") == true);

    test::TempDir out;
    REQUIRE(t.admin("export", {{"path", out.path().string()}}).status == 200);
    test::TestHub copy(loop::parse_moment("2027-01-01T00:00:00+08:00").value());
    const auto kid =
        journal::PublicKey::from_pem(test::read_file(t.folder.path() / "hub" / "hub.pub.pem")).value().kid();
    const auto imported = copy.admin("import", {{"path", out.path().string()}, {"restore", {kid}}});
    INFO(imported.body);
    CHECK(imported.status == 200);
    CHECK(report(copy) == report(t));
    CHECK(copy.clean());
    // Again, nothing changes; the receipts are the first hub's, byte for byte.
    const auto held = copy.exported();
    CHECK(copy.admin("import", {{"path", out.path().string()}}).status == 200);
    CHECK(copy.exported() == held);
    test::TempDir second;
    copy.admin("export", {{"path", second.path().string()}, {"source", s.id}});
    CHECK(test::read_file(second.path() / "journals" / (s.id + ".ndjson")) ==
          test::read_file(out.path() / "journals" / (s.id + ".ndjson")));

    // A part of a journal can't begin a new one; a changed byte is found.
    test::TestHub empty;
    empty.add(s.id, s.key.public_key());
    auto bytes = test::read_file(out.path() / "journals" / (s.id + ".ndjson"));
    const auto file = out.path() / "part.ndjson";
    std::ofstream(file) << bytes.substr(bytes.find("{\"source\"", 1));
    CHECK(code_of(empty.admin("import", {{"path", file.string()}})) == "409 journal_gap");
    bytes[bytes.find("periodic")] = 'P';
    std::ofstream(file) << bytes;
    CHECK(code_of(empty.admin("import", {{"path", file.string()}})) == "422 bad_seal");
}

TEST_CASE("the retest gate") {
    test::TestHub t;
    Source i{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    Source m{journal::PrivateKey::generate(journal::Algorithm::es256), "M610404-03"};
    const auto at_i = t.add(i.id, i.key.public_key()), at_m = t.add(m.id, m.key.public_key());
    const json vehicle{{"plate", "陕D·0T001"}};
    const auto ask = [&] {
        return journal::parsed(t.clearance(at_i, vehicle).body).at("clearance").get<std::string>();
    };
    CHECK(ask() == "no_open_episode");
    REQUIRE(t.send(at_i, i.segment({inspection(1).dump()})).status == 200);
    CHECK(ask() == "repair_required");
    const json repair{{"schema", "imloop/repair/1"},
                      {"record_id", "01940000-0000-7000-8000-0000000000ff"},
                      {"station_id", m.id},
                      {"occurred_at", "2026-03-05T15:00:00+08:00"},
                      {"vehicle", {{"plate", "陕D0T001"}}},
                      {"work_order_no", "W1"},
                      {"received_at", "2026-03-05T10:00:00+08:00"},
                      {"settled_at", "2026-03-05T15:00:00+08:00"},
                      {"items", {{{"code", "EMI-CAT"}}}},
                      {"total_fee", 800},
                      {"outcome", "repaired"}};
    REQUIRE(t.send(at_m, m.segment({repair.dump()})).status == 200);
    CHECK(ask() == "cleared");
    CHECK(t.clean());
    CHECK(code_of(t.clearance(at_i, json::object())) == "400 vehicle_missing");
}

TEST_CASE("the gate answers of the vehicle as it would be with the words that are asked") {
    test::TestHub t(loop::parse_moment("2026-11-28T12:00:00+08:00").value());
    Source i{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    Source m{journal::PrivateKey::generate(journal::Algorithm::es256), "M610404-03"};
    const auto at_i = t.add(i.id, i.key.public_key()), at_m = t.add(m.id, m.key.public_key());
    const auto ask = [&](const json& vehicle) {
        return journal::parsed(t.clearance(at_i, vehicle).body).at("clearance").get<std::string>();
    };
    // The VIN without plate, then a failure under the plate with one place of the VIN mistyped.
    json earlier = inspection(1, "pass"), failure = inspection(2);
    earlier["vehicle"] = {{"vin", "LTESTAAA9T0000017"}};
    failure["vehicle"] = {{"vin", "LTESTAAA9T0030017"}, {"plate", "陕D10T07"}, {"plate_kind", "02"}};
    failure["occurred_at"] = failure["started_at"] = failure["ended_at"] = "2026-11-12T09:00:00+08:00";
    REQUIRE(t.send(at_i, i.segment({earlier.dump(), failure.dump()})).status == 200);
    const json right{{"vin", "LTESTAAA9T0000017"}, {"plate", "陕D10T07"}, {"plate_kind", "02"}};
    CHECK(ask(right) == "repair_required");
    CHECK(ask({{"plate", "陕D10T07"}, {"plate_kind", "02"}}) == "repair_required");
    // Look-alike letters are the same plate; a VIN that stands for none is none.
    CHECK(ask({{"plate", "陕DI0TO7"}, {"plate_kind", "02"}, {"vin", "00000000000000000"}}) == "repair_required");
    CHECK(ask({{"vin", "00000000000000000"}, {"plate", "陕D10T08"}}) == "no_open_episode");
    CHECK(ask({{"vin", "00000000000000000"}, {"plate", "无牌"}}) == "review");
    json repair{{"schema", "imloop/repair/1"},
                {"record_id", "01940000-0000-7000-8000-0000000000fe"},
                {"station_id", m.id},
                {"occurred_at", "2026-11-15T15:00:00+08:00"},
                {"vehicle", {{"plate", "陕DIOT07"}}},
                {"work_order_no", "W1"},
                {"received_at", "2026-11-15T10:00:00+08:00"},
                {"settled_at", "2026-11-15T15:00:00+08:00"},
                {"items", {{{"code", "EMI-CAT"}}}},
                {"total_fee", 800},
                {"outcome", "repaired"}};
    REQUIRE(t.send(at_m, m.segment({repair.dump()})).status == 200);
    CHECK(ask(right) == "cleared");
    CHECK(t.clean());
}

TEST_CASE("a test dated before 1990 is rejected on arrival, by place and code alone") {
    test::TestHub t(loop::parse_moment("2026-11-28T12:00:00+08:00").value());
    Source i{journal::PrivateKey::generate(journal::Algorithm::es256), "I610404-01"};
    const auto at_i = t.add(i.id, i.key.public_key());
    json early = inspection(1);
    early["occurred_at"] = early["started_at"] = early["ended_at"] = "1899-12-31T00:00:00+08:00";
    early["vehicle"]["class"] = "陕D0T777";
    const auto answer = t.send(at_i, i.segment({early.dump()}));
    REQUIRE(answer.status == 200);
    CHECK(answer.body.find("\"/occurred_at\"") != std::string::npos);
    CHECK(answer.body.find("\"occurred_too_early\"") != std::string::npos);
    CHECK(answer.body.find("1899") == std::string::npos);
    CHECK(answer.body.find("陕D0T777") == std::string::npos);
    CHECK(t.clean());
}
