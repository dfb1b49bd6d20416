#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "journal/chain.hpp"
#include "journal/encoding.hpp"
#include "journal/verify.hpp"
#include "loop/admission.hpp"
#include "schemas/station_toml.hpp"
#include "station/config.hpp"
#include "station/ids.hpp"
#include "station/outbox.hpp"
#include "station/uploader.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using nlohmann::json;

namespace {

const std::string epoch = "0192a1b2-0000-7000-8000-00000000aaaa";

Outbox open(const std::filesystem::path& folder) {
    return Outbox(folder, "I610404-01", [] { return epoch; });
}

std::string id_of(int n) {
    char id[40];
    std::snprintf(id, sizeof id, "01940000-0000-7000-8000-%012d", n);
    return id;
}

std::string line_of(int n) { return "{\"record_id\":\"" + id_of(n) + "\"}"; }

/// Answers as a hub would: a receipt for every segment.
struct FakeHub {
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    std::vector<std::string> segments;
    std::vector<journal::Result<Response>> before;  ///< answers given first

    Response receipt(const std::string& bytes) {
        const auto segment = journal::parse_segment(bytes).value();
        journal::Receipt out{segment.header.source,
                             segment.header.epoch,
                             segment.header.first,
                             segment.seal.last,
                             segment.seal.head,
                             "2026-03-10T00:00:00+08:00",
                             {}};
        for (std::uint64_t seq = segment.header.first; seq <= segment.seal.last; ++seq)
            out.outcomes.push_back({seq, id_of(static_cast<int>(seq)), journal::Status::accepted, {}, {}});
        return {200, journal::build_receipt(key, out), {}};
    }
};

}  // namespace

TEST_CASE("what is appended is there, once") {
    const test::TempDir folder;
    auto outbox = open(folder.path());
    CHECK(outbox.append(line_of(1), id_of(1)).value().seq == 1);
    const auto again = outbox.append(line_of(1), id_of(1)).value();
    CHECK(again.seq == 1);
    CHECK_FALSE(again.is_new);
    CHECK(outbox.append(line_of(1) + " ", id_of(1)).error().code == "record_id_reused");
    CHECK(outbox.append("", id_of(2)).error().code == "malformed_line");
    CHECK(outbox.append("{\n}", id_of(2)).error().code == "malformed_line");
    CHECK(outbox.append(std::string(256 * 1024 + 1, 'x'), id_of(2)).error().code == "too_large");
    CHECK(outbox.append(std::string(256 * 1024, 'x'), id_of(2)).value().seq == 2);
    CHECK(outbox.last() == 2);
    auto other = Outbox(folder.path(), "I610404-01", [] { return "other"; });
    CHECK(other.epoch() == epoch);
    CHECK_THROWS(Outbox(folder.path(), "I610404-02", [] { return "other"; }));
}

TEST_CASE("an outbox survives SIGKILL at any instruction: what was acknowledged is there once, the chain is whole") {
    const test::TempDir folder;
    std::mt19937 random(7);
    int acknowledged = 0;
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    for (int round = 0; round < 40; ++round) {
        int out[2];
        REQUIRE(::pipe(out) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto outbox = open(folder.path());
            for (int n = acknowledged + 1;; ++n) {
                if (!outbox.append(line_of(n), id_of(n))) _exit(1);
                if (::write(out[1], &n, sizeof n) != sizeof n) _exit(1);
                if (n % 3 == 0) outbox.next_cut(key);
            }
        }
        ::close(out[1]);
        const int stop_at = acknowledged + 1 + static_cast<int>(random() % 15);
        for (int n = 0; n < stop_at && ::read(out[0], &n, sizeof n) == sizeof n;) acknowledged = n;
        ::kill(child, SIGKILL);
        for (int n = 0; ::read(out[0], &n, sizeof n) == sizeof n;) acknowledged = n;
        ::close(out[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        acknowledged = std::max(acknowledged, static_cast<int>(open(folder.path()).last()));
    }
    auto outbox = open(folder.path());
    REQUIRE(outbox.last() == static_cast<std::uint64_t>(acknowledged));
    for (int n = 1; n <= acknowledged; ++n) CHECK(outbox.line(static_cast<std::uint64_t>(n)) == line_of(n));
    std::string exported;
    outbox.each_cut(key, [&](const std::string& segment, const std::string&) { exported += segment; });
    const auto verified = journal::verify_exported(exported, {{key.public_key().kid(), key.public_key()}});
    CHECK(verified.findings.empty());
    CHECK(verified.chains.at(0).last == static_cast<std::uint64_t>(acknowledged));
}

TEST_CASE("what an answer means") {
    using Kind = Decision::Kind;
    const auto problem = [](int status, const std::string& code, json more = json::object()) {
        more.update({{"code", code}, {"detail", "…"}});
        return journal::Result<Response>(Response{status, more.dump(), {}});
    };
    CHECK(decide(journal::Error("unreachable", ""), 1).kind == Kind::wait);
    CHECK(decide(Response{200, "", {}}, 1).kind == Kind::done);
    CHECK(decide(Response{502, "<html>", {}}, 1).kind == Kind::wait);
    const auto busy = decide(Response{503, "", {{"retry-after", "7"}}}, 1);
    CHECK(busy.kind == Kind::wait);
    CHECK(busy.at_least == std::chrono::seconds(7));
    CHECK(decide(problem(409, "journal_gap", {{"expected", 3}}), 5).kind == Kind::send_again);
    CHECK(decide(problem(409, "journal_gap", {{"expected", 3}}), 5).from == 3);
    CHECK(decide(problem(409, "journal_gap", {{"expected", 9}}), 5).kind == Kind::stop);
    for (const auto& [status, code] : {std::pair(400, "malformed_segment"),
                                       {401, "unknown_key"},
                                       {403, "source_revoked"},
                                       {413, "too_large"},
                                       {422, "bad_seal"}})
        CHECK(decide(problem(status, code), 1).kind == Kind::stop);
    CHECK(decide(problem(409, "journal_fork"), 1).kind == Kind::new_epoch);
    const Backoff backoff{std::chrono::milliseconds(1000), std::chrono::milliseconds(60'000)};
    CHECK(backoff.after(0, 0).count() == 1000);
    CHECK(backoff.after(3, 0).count() == 8000);
    CHECK(backoff.after(3, 0.5).count() == 6000);
    CHECK(backoff.after(60, 0).count() == 60'000);
}

TEST_CASE("the uploader waits, repeats the same bytes, goes back where the hub lost something, stops for a person") {
    const test::TempDir folder;
    auto outbox = open(folder.path());
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    FakeHub hub;
    std::vector<std::chrono::milliseconds> waits;
    const Uploader::Shell shell{[&](const std::string&, const std::string&, const std::map<std::string, std::string>&,
                                    std::string body) -> journal::Result<Response> {
                                    hub.segments.push_back(journal::decode("zstd", body, 1 << 24).value());
                                    if (!hub.before.empty()) {
                                        auto answer = hub.before.front();
                                        hub.before.erase(hub.before.begin());
                                        return answer;
                                    }
                                    return hub.receipt(hub.segments.back());
                                },
                                [&](std::chrono::milliseconds time, const std::string&) {
                                    if (time.count() > 0) waits.push_back(time);
                                    return true;
                                },
                                [] { return 0.0; }, [](const std::string&) {}};
    Uploader uploader(outbox, key, hub.key.public_key(), shell);
    for (int n = 1; n <= 3; ++n) REQUIRE(outbox.append(line_of(n), id_of(n)).has_value());
    hub.before = {journal::Error("unreachable", "down"), journal::Error("unreachable", "down"),
                  Response{503, "", {{"retry-after", "9"}}}};
    CHECK(uploader.run() == Uploader::End::empty);
    REQUIRE(hub.segments.size() == 4);
    CHECK(hub.segments[0] == hub.segments[3]);
    CHECK(waits == std::vector<std::chrono::milliseconds>{std::chrono::seconds(1), std::chrono::seconds(2),
                                                          std::chrono::seconds(9)});
    CHECK(outbox.counts().accepted == 3);

    REQUIRE(outbox.append(line_of(4), id_of(4)).has_value());
    hub.before = {Response{409, R"({"code":"journal_gap","detail":"","expected":1})", {}}};
    CHECK(uploader.run() == Uploader::End::empty);
    REQUIRE(hub.segments.size() == 7);
    CHECK(hub.segments[5] == hub.segments[0]);
    CHECK(hub.segments[6] == hub.segments[4]);

    REQUIRE(outbox.append(line_of(5), id_of(5)).has_value());
    hub.before = {Response{403, R"({"code":"source_revoked","detail":"停用"})", {}}};
    CHECK(uploader.run() == Uploader::End::stopped);
    CHECK(outbox.stopped().value().find("source_revoked") == 0);
    CHECK(uploader.run() == Uploader::End::stopped);
    CHECK(hub.segments.size() == 8);
    outbox.retry();
    CHECK(uploader.run() == Uploader::End::empty);
    CHECK(outbox.counts().acknowledged == 5);

    // A receipt with another key's seal is no receipt.
    REQUIRE(outbox.append(line_of(6), id_of(6)).has_value());
    FakeHub forger;
    hub.before = {forger.receipt(
        journal::build_segment(key, "I610404-01", epoch, 6, journal::Digest{}, std::vector<std::string>{line_of(6)}))};
    CHECK(uploader.run() == Uploader::End::stopped);
    CHECK(outbox.counts().acknowledged == 5);
}

TEST_CASE("what a hub has lost is found by asking, and sent again with its process data") {
    const test::TempDir folder;
    auto outbox = open(folder.path());
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    FakeHub hub;
    std::vector<std::string> asked;
    journal::Result<Response> standing = Response{200, R"({"last":0})", {}};
    const Uploader::Shell shell{
        [&](const std::string& method, const std::string& target, const std::map<std::string, std::string>&,
            std::string body) -> journal::Result<Response> {
            asked.push_back(method + " " + target.substr(0, target.find_first_of("?0123456789", 8)));
            if (method == "GET") return standing;
            if (method == "PUT") return Response{200, "{}", {}};
            return hub.receipt(journal::decode("zstd", body, 1 << 24).value());
        },
        [](std::chrono::milliseconds, const std::string&) { return true; }, [] { return 0.0; },
        [](const std::string&) {}};
    Uploader uploader(outbox, key, hub.key.public_key(), shell);
    const auto with_trace = [](int n, const std::string& sha) {
        return R"({"record_id":")" + id_of(n) + R"(","trace":{"sha256":")" + sha + R"("}})";
    };
    for (int n = 1; n <= 3; ++n) {
        const std::string sha(64, static_cast<char>('0' + n));
        REQUIRE(outbox.append(with_trace(n, sha), id_of(n), Trace{sha, "time_s\n"}).has_value());
        CHECK(uploader.run() == Uploader::End::empty);
    }
    const auto count = [&] { return std::pair(outbox.counts().acknowledged, outbox.counts().traces_waiting); };
    CHECK(count() == std::pair<std::uint64_t, std::uint64_t>(3, 0));
    const auto look_back = [&](journal::Result<Response> answer) {
        standing = std::move(answer);
        asked.clear();
        uploader.look_back();
        return count();
    };
    const std::pair<std::uint64_t, std::uint64_t> all(3, 0);
    CHECK(look_back(Response{200, R"({"last":3})", {}}) == all);
    CHECK(asked == std::vector<std::string>{"GET /api/v1/journal"});
    CHECK(look_back(Response{200, "a hub of before", {}}) == all);
    CHECK(look_back(Response{404, R"({"code":"not_found"})", {}}) == all);
    CHECK(look_back(journal::Error("unreachable", "")) == all);
    CHECK(look_back(Response{200, R"({"last":1})", {}}) == std::pair<std::uint64_t, std::uint64_t>(1, 2));
    CHECK(uploader.run() == Uploader::End::empty);
    CHECK(std::ranges::count(asked, "PUT /api/v1/traces/") == 2);
    CHECK(std::ranges::count(asked, "POST /api/v1/journal") == 2);
    CHECK(count() == all);
    CHECK_FALSE(outbox.stopped());
    look_back(Response{401, R"({"code":"certificate_expired","detail":"过期"})", {}});
    CHECK(outbox.stopped().value() == "certificate_expired: 过期");
    look_back(Response{200, R"({"last":0})", {}});
    CHECK(asked.empty());
}

TEST_CASE("an outbox that is an older copy of itself begins a new epoch and sends every line again") {
    const test::TempDir folder;
    int epochs = 0;
    const auto open_one = [&] {
        return Outbox(folder.path(), "I610404-01", [&] { return "epoch-" + std::to_string(++epochs); });
    };
    auto outbox = open_one();
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    FakeHub hub;
    bool forks = false;
    std::vector<std::string> said;
    const Uploader::Shell shell{
        [&](const std::string& method, const std::string& target, const std::map<std::string, std::string>&,
            std::string body) -> journal::Result<Response> {
            if (method == "GET")
                return Response{200, target.ends_with("epoch-1") ? R"({"last":9})" : R"({"last":0})", {}};
            hub.segments.push_back(journal::decode("zstd", body, 1 << 24).value());
            if (std::exchange(forks, false)) return Response{409, R"({"code":"journal_fork","detail":"分叉"})", {}};
            return hub.receipt(hub.segments.back());
        },
        [](std::chrono::milliseconds, const std::string&) { return true; }, [] { return 0.0; },
        [&](const std::string& words) { said.push_back(words); }};
    Uploader uploader(outbox, key, hub.key.public_key(), shell);
    for (int n = 1; n <= 3; ++n) REQUIRE(outbox.append(line_of(n), id_of(n)).has_value());
    CHECK(uploader.run() == Uploader::End::empty);
    const auto first = hub.segments.at(0);
    const auto all_again = [&](const std::string& name) {
        const auto segment = journal::parse_segment(hub.segments.back()).value();
        CHECK(segment.header.epoch == name);
        CHECK(segment.header.first == 1);
        CHECK(segment.lines.size() == outbox.last());
        CHECK(outbox.epoch() == name);
        CHECK(outbox.counts().accepted == outbox.last());
        CHECK_FALSE(outbox.stopped());
    };
    SECTION("told by how far the hub is") {
        uploader.look_back();
        CHECK(outbox.counts().acknowledged == 0);
        CHECK(uploader.run() == Uploader::End::empty);
        all_again("epoch-2");
        uploader.look_back();
        CHECK(outbox.epoch() == "epoch-2");
    }
    SECTION("told by other lines in the place of its own") {
        REQUIRE(outbox.append(line_of(4), id_of(4)).has_value());
        forks = true;
        CHECK(uploader.run() == Uploader::End::empty);
        all_again("epoch-2");
    }
    CHECK(std::ranges::any_of(said, [](const auto& words) { return words.find("旧副本") != std::string::npos; }));
    CHECK(open_one().epoch() == "epoch-2");
    // The old chain and its receipts stay.
    const auto kept = folder.path() / "outbox-epoch-1.sqlite";
    REQUIRE(std::filesystem::exists(kept));
    const test::TempDir aside;
    std::filesystem::copy(kept, aside.path() / "outbox.sqlite");
    Outbox old(aside.path(), "I610404-01", [] { return "none"; });
    CHECK(old.epoch() == "epoch-1");
    CHECK(old.counts().acknowledged == 3);
    old.each_cut(key, [&](const std::string& segment, const std::string& receipt) {
        if (!receipt.empty()) CHECK(segment == first);
    });
}

TEST_CASE("a station begins with the same configuration by a bundle and by joining; any name may stand in it") {
    const test::TempDir folder;
    const auto file = folder.path() / "station.toml";
    std::ofstream(file) << schemas::station_toml("M610404-03", "渭城\"一\\二\"\n厂 @HUB_URL@",
                                                 "https://hub.example.cn:8443");
    const auto judged = judge_config(file);
    CHECK(std::ranges::count(judged.findings, service::Verdict::broken, &ConfigFinding::verdict) == 0);
    CHECK(judged.config.station_id == "M610404-03");
    CHECK(judged.config.name == "渭城\"一\\二\"厂 @HUB_URL@");
    CHECK(judged.config.hub.host == "hub.example.cn");
    CHECK(judged.config.data == folder.path() / "data");
}

TEST_CASE("a full disk is said in words, and what was not written can be written later") {
    const test::TempDir folder;
    sqlite::Database database(folder.path() / "small.sqlite");
    database.execute("PRAGMA max_page_count = 4; CREATE TABLE t (x)");
    auto put = database.prepare("INSERT INTO t VALUES (randomblob(100000))");
    CHECK_THROWS_WITH(put.run(),
                      Catch::Matchers::Contains("磁盘已满") && Catch::Matchers::Contains("the disk is full"));
    database.execute("PRAGMA max_page_count = 1000");
    put.run();
    CHECK_THROWS_WITH(database.execute("nonsense"), Catch::Matchers::Contains("syntax error"));
}

TEST_CASE("an exported journal is checked without a hub; parts say so; what is bad is named") {
    const auto file = [](const std::string& name) { return test::read_file(test::vectors() / "journal" / name); };
    journal::Keys keys;
    for (const auto* name : {"es256.pub.pem", "sm2.pub.pem", "hub.pub.pem"}) {
        const auto key = journal::PublicKey::from_pem(file(name)).value();
        keys.emplace(key.kid(), key);
    }
    const auto whole = journal::verify_exported(
        file("es256-segment1.ndjson") + file("receipt1.ndjson") + file("es256-segment2.ndjson"), keys);
    CHECK(whole.findings.empty());
    CHECK(whole.chains.at(0).receipts == 1);
    CHECK(whole.chains.at(0).last == 5);
    CHECK(journal::verify_exported(file("sm2-segment1.ndjson") + file("sm2-segment2.ndjson"), keys).findings.empty());
    const auto part = journal::verify_exported(file("es256-segment2.ndjson"), keys);
    CHECK(part.findings.empty());
    CHECK(part.chains.at(0).first == 3);
    for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / "journal/bad")) {
        const auto name = entry.path().filename().string();
        const auto bytes = test::read_file(entry.path());
        if (bytes.empty() || name.find("gap") != std::string::npos || name.find("fork") != std::string::npos) continue;
        const auto code = name.substr(name.find('.') + 1, name.find('.', name.find('.') + 1) - name.find('.') - 1);
        INFO(name);
        const auto found = journal::verify_exported(bytes, keys).findings;
        REQUIRE(!found.empty());
        // A key that is not at hand can't be told from a wrong one.
        CHECK((found[0].error.code == code || found[0].error.code == "unknown_key"));
    }
    auto changed = file("es256-segment1.ndjson") + file("receipt1.ndjson");
    changed[changed.find("accepted")] = 'x';
    CHECK(journal::verify_exported(changed, keys).findings.at(0).error.code == "bad_receipt");
}

TEST_CASE("a configuration that is wrong names file, line and member") {
    const test::TempDir folder;
    const auto file = folder.path() / "station.toml";
    const auto error = [&](const std::string& text) {
        std::ofstream(file) << text;
        const auto config = read_config(file);
        return config ? std::string() : config.error().detail();
    };
    CHECK(read_config(folder.path() / "none.toml").error().code == "bad_config");
    CHECK(error("station_id = \"I610404-01\"\n").find("hub.url") != std::string::npos);
    CHECK(error("station_id = 5\n[hub]\nurl = \"https://h:1\"\n").find("第 1 行") != std::string::npos);
    CHECK(error("station_id = \n").find("第 1 行") != std::string::npos);
    CHECK(error("station_id = \"I610404-01\"\n[hub]\nurl = \"http://h\"\n").find("https://") != std::string::npos);
    CHECK(error("station_id = \"I610404-01\"\n[hub]\nurl = \"https://h:1\"\n").empty());
    CHECK(read_config(file).value().data == folder.path() / "data");
}
