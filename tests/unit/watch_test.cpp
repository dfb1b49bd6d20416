// Watched folders as a step function: the clock is passed in, the folder, the outbox and the ledger are real.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "loop/record/text.hpp"
#include "station/ids.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/watch/watching.hpp"
#include "tests/support/equipment.hpp"
#include "tests/support/province_xml.hpp"

using namespace imloop;
using namespace imloop::station;
using namespace imloop::station::watch;
using namespace imloop::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr loop::Moment second = 1000, settle = 5 * second;

json record(int n) {
    auto out = journal::parsed(R"({"schema":"imloop/inspection/1","station_id":"I610404-01",
      "occurred_at":"2026-03-02T09:10:00+08:00","vehicle":{"vin":"LSVAA49J132000017","plate":"陕D·0T001"},
      "line_id":"1","inspector_id":"A017","reason":"periodic","started_at":"2026-03-02T09:00:00+08:00",
      "ended_at":"2026-03-02T09:10:00+08:00","method":"two_speed_idle","verdict":"pass",
      "readings":[{"item":"co","phase":"idle","value":0.5,"unit":"%","limit":0.6,"passed":true}]})");
    out["record_id"] = "01920000-0000-7000-8000-00000000000" + std::to_string(n);
    out["report_no"] = "R" + std::to_string(n);
    return out;
}

json wrong(int n) {
    auto out = record(n);
    out["readings"][0]["value"] = 0.7;
    return out;
}

/// A folder that is watched, with a clock that stands until it is moved.
struct Watched {
    TempDir root;
    fs::path folder = root.path() / "in", data = root.path() / "data";
    WatchedFolder config{folder, {}, std::chrono::seconds(5), std::chrono::seconds(2), false};
    Outbox outbox{data, "I610404-01", [] { return new_uuid7(0); }};
    Ledger ledger{data};
    std::optional<Watcher> watcher;
    loop::Moment clock = now;

    Watched() {
        fs::create_directories(folder);
        restart();
    }
    void restart() { watcher.emplace(config, settings, outbox, ledger); }
    void put(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder / name, std::ios::binary) << bytes;
    }
    FolderState look(loop::Moment after = 0) { return watcher->scan(clock += after); }
    /// Seen, and seen again when the settle time is over.
    FolderState settle_and_look() {
        look();
        return look(settle);
    }
    fs::path processed(const std::string& name) const { return folder / "processed/2026-12-01" / name; }
    fs::path rejected(const std::string& name) const { return folder / "rejected/2026-12-01" / name; }
    bool waits(const std::string& name) const { return fs::exists(folder / name); }
};

}  // namespace

TEST_CASE("a file is taken when it has stood still for the settle time, and moves away when its record is durable") {
    Watched w;
    w.put("r1.json", record(1).dump(2));
    CHECK(w.look().waiting == 1);
    CHECK(w.look(settle - 1).waiting == 1);
    CHECK(w.outbox.last() == 0);
    const auto state = w.look(1);
    CHECK(state.waiting == 0);
    CHECK(state.saved == 1);
    CHECK_FALSE(state.trouble);
    CHECK(journal::parsed(w.outbox.line(1)) == record(1));
    CHECK(fs::exists(w.processed("r1.json")));
    CHECK_FALSE(w.waits("r1.json"));
    const auto entries = w.ledger.recent(false, 10);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].outcome == Outcome::accepted);
    CHECK(entries[0].records == std::vector<std::string>{record(1)["record_id"]});
    CHECK(entries[0].kept_at == w.processed("r1.json"));
    CHECK_FALSE(entries[0].is_open);
    CHECK(w.look(settle).saved == 0);
}

TEST_CASE("a file that is written piece by piece is not taken before its end") {
    Watched w;
    const auto text = record(1).dump();
    for (std::size_t i = 1; i < 4; ++i) {
        w.put("r1.json", text.substr(0, text.size() * i / 4));
        w.look(settle - 1);
    }
    CHECK(w.outbox.last() == 0);
    w.put("r1.json", text);
    w.look(settle - 1);
    CHECK(w.waits("r1.json"));
    w.look(settle);
    CHECK(w.outbox.last() == 1);
    CHECK(w.ledger.open_count() == 0);
}

TEST_CASE("a clock that is set back delays a file by no more than the settle time") {
    Watched w;
    w.put("r1.json", record(1).dump());
    w.look();
    w.look(-3'600 * second);
    w.look(settle);
    CHECK(w.outbox.last() == 1);
}

TEST_CASE("files of every kind are told by their names; what is of none is left alone") {
    CHECK(kind_of("a.XML") == Kind::message);
    CHECK(kind_of("a.ndjson") == Kind::message);
    CHECK(kind_of("a.CSV") == Kind::table);
    CHECK(kind_of("a.xlsx") == Kind::table);
    CHECK(kind_of("TestLog.ini") == Kind::equipment);
    CHECK(kind_of("a.JPG") == Kind::attachment);
    CHECK(kind_of("a.tmp") == Kind::other);
    Watched w;
    w.put("a.tmp", "x");
    w.put(".hidden.json", record(1).dump());
    CHECK(w.settle_and_look().other == 1);
    CHECK(w.waits("a.tmp"));
    CHECK(w.waits(".hidden.json"));
    CHECK(w.ledger.recent(false, 10).empty());
}

TEST_CASE(
    "a rejected file moves away with a text that says where, why and what to do, and counts until someone looks") {
    Watched w;
    w.put("r1.json", wrong(1).dump(2));
    w.settle_and_look();
    CHECK(w.outbox.last() == 0);
    CHECK(fs::exists(w.rejected("r1.json")));
    const auto said = read_file(w.rejected("r1.json.txt"));
    CHECK(said.starts_with("r1.json 没有收下。\n"));
    CHECK(said.find("/readings/0") != std::string::npos);
    CHECK(said.find("怎么办：") < said.find("What to do: "));
    REQUIRE(w.ledger.open_count() == 1);
    const auto entry = w.ledger.recent(true, 10).at(0);
    REQUIRE(entry.problems.size() == 1);
    CHECK(entry.problems[0].code == "verdict_contradicts_readings");
    CHECK(entry.problems[0].record.empty());
    w.ledger.acknowledge(entry.id);
    CHECK(w.ledger.open_count() == 0);
    CHECK(w.ledger.recent(false, 10).size() == 1);
}

TEST_CASE(
    "a rejected file that is mended under the same name no longer counts; one that is read again is judged anew") {
    Watched w;
    w.put("r1.json", wrong(1).dump());
    w.settle_and_look();
    w.put("r1.json", record(1).dump());
    w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    CHECK(w.ledger.open_count() == 0);

    w.put("r2.json", wrong(2).dump());
    w.settle_and_look();
    const auto entry = w.ledger.recent(true, 10).at(0);
    CHECK(read_again(w.ledger, entry));
    CHECK(w.waits("r2.json"));
    CHECK(w.ledger.open_count() == 0);
    CHECK_FALSE(fs::exists(w.rejected("r2.json.txt")));
    CHECK_FALSE(read_again(w.ledger, entry));
    w.settle_and_look();
    CHECK(w.ledger.open_count() == 1);
}

TEST_CASE("records one a line: the right ones are taken, the wrong ones named by their line") {
    Watched w;
    w.put("day.ndjson", record(1).dump() + "\n" + wrong(2).dump() + "\n" + record(3).dump() + "\n");
    w.settle_and_look();
    CHECK(w.outbox.last() == 2);
    const auto entry = w.ledger.recent(true, 10).at(0);
    CHECK(entry.records.size() == 2);
    REQUIRE(entry.problems.size() == 1);
    CHECK(entry.problems[0].line == 2);
    CHECK(read_file(w.rejected("day.ndjson.txt")).starts_with("day.ndjson 里有 2 条记录已收下，其余没有。\n"));
}

TEST_CASE("a file that can't be moved is counted once, says so, and moves when it can, also after a restart") {
    Watched w;
    w.put("processed", "a file where the folder should be");
    w.put("r1.json", record(1).dump());
    auto state = w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    REQUIRE(state.trouble);
    CHECK(w.waits("r1.json"));
    CHECK(w.look(settle).trouble);
    w.restart();
    CHECK(w.settle_and_look().saved == 0);
    CHECK(w.outbox.last() == 1);
    CHECK(w.ledger.recent(false, 10).size() == 1);
    fs::remove(w.folder / "processed");
    state = w.look(second);
    CHECK_FALSE(state.trouble);
    CHECK(fs::exists(w.processed("r1.json")));
    CHECK(w.outbox.last() == 1);
}

TEST_CASE("the same content again is accepted and counts once; other content under its id is explained") {
    Watched w;
    w.put("r1.json", record(1).dump());
    w.settle_and_look();
    w.put("r1.json", record(1).dump());
    CHECK(w.settle_and_look().saved == 0);
    CHECK(fs::exists(w.processed("r1-2.json")));
    auto other = record(1);
    other["readings"][0]["value"] = 0.4;
    w.put("other.json", other.dump());
    w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    CHECK(w.ledger.recent(true, 10).at(0).problems.at(0).code == "record_id_reused");
}

TEST_CASE("a folder that is missing or can't be read says so and is watched again when it is back") {
    Watched w;
    fs::remove(w.folder);
    auto state = w.look();
    CHECK(state.is_down);
    REQUIRE(state.trouble);
    CHECK_FALSE(state.trouble->zh.empty());
    CHECK_FALSE(state.trouble->en.empty());
    w.put("in", "");
    fs::remove(w.folder);
    std::ofstream(w.folder) << "a file by the folder's name";
    CHECK(w.look(second).is_down);
    fs::remove(w.folder);
    fs::create_directories(w.folder);
    w.put("r1.json", record(1).dump());
    state = w.settle_and_look();
    CHECK_FALSE(state.trouble);
    CHECK(w.outbox.last() == 1);
}

TEST_CASE("XML of one test in two files is one record; a part whose test does not come is rejected in the end") {
    Watched w;
    w.put("t.xml", file_of(head + idle));
    w.put("broken.xml", "<result><result_data><plate>");
    w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    CHECK(fs::exists(w.processed("t.xml")));
    CHECK(fs::exists(w.rejected("broken.xml")));
    w.put("obd.xml", file_of("<check_id>9</check_id>\n<plate>陕D0T009</plate>\n<obdzsq>1</obdzsq>\n<communication>0</"
                             "communication>\n<isready>0</isready>\n<odometer>1</odometer>\n"));
    const auto state = w.settle_and_look();
    if (state.waiting == 1) {
        CHECK(w.waits("obd.xml"));
        w.look(partner_ms);
    }
    CHECK(fs::exists(w.rejected("obd.xml")));
}

TEST_CASE("files that are still written keep a finished one waiting for a minute and no longer") {
    Watched w;
    w.put("r1.json", record(1).dump());
    w.look();
    for (int i = 0; i < 14; ++i) {
        w.put("r2.json", std::string(static_cast<std::size_t>(i + 1), ' '));
        w.look(settle - 1);
        if (w.outbox.last() == 1) break;
    }
    CHECK(w.outbox.last() == 1);
    CHECK(w.clock - now >= together_ms);
    CHECK(w.waits("r2.json"));
}

TEST_CASE("an equipment folder is rewritten in place: each test is taken once, and what is wrong is kept as it was") {
    Watched w;
    const auto put_test = [&](const std::string& report, const std::string& members) {
        const auto log = replaced(lugdown_log, "610404990000000002", report);
        w.put("TestLog.ini", utf16(log));
        w.put("ResultOfLUGDOWN.ini", utf16(result("LUGDOWN", members)));
        w.put("RealTimeDataOfLUGDOWN.ini", utf16(lugdown_rows));
    };
    put_test("610404990000000002", lugdown_members);
    CHECK(w.look().waiting == 3);
    CHECK(w.look(settle).saved == 1);
    CHECK(w.look(settle).saved == 0);
    CHECK(w.outbox.counts().traces_waiting == 1);
    CHECK(w.waits("TestLog.ini"));
    w.restart();
    CHECK(w.settle_and_look().saved == 0);
    CHECK(w.ledger.recent(false, 10).size() == 1);

    put_test("610404990000000003", replaced(lugdown_members, "K100=1.48", "K100=l.48"));
    w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    REQUIRE(w.ledger.open_count() == 1);
    const auto entry = w.ledger.recent(true, 10).at(0);
    CHECK(entry.name == "TestLog.ini 610404990000000003");
    CHECK(fs::exists(fs::path(entry.kept_at) / "ResultOfLUGDOWN.ini"));
    CHECK(fs::exists(entry.kept_at + ".txt"));
    w.ledger.acknowledge(entry.id);
    w.restart();
    w.settle_and_look();
    CHECK(w.ledger.open_count() == 0);

    put_test("610404990000000003", lugdown_members);
    w.settle_and_look();
    CHECK(w.outbox.last() == 2);
}

TEST_CASE("tables wait for a mapping, then their rows are taken, the wrong ones named by line and column") {
    Watched w;
    const std::string table =
        "no,plate,from,to,co,result\n"
        "R1,陕D0T001,2026-03-02 10:00,2026-03-02 10:04,0.3,pass\n"
        "R2,陕D0T002,2026-03-02 11:00,2026-03-02 11:04,0.3,perhaps\n";
    w.put("tests.csv", table);
    auto state = w.settle_and_look();
    REQUIRE(state.trouble);
    CHECK(state.waiting == 1);
    CHECK(w.waits("tests.csv"));

    w.config.mapping = w.root.path() / "map.json";
    w.restart();
    CHECK(w.settle_and_look().trouble);
    std::ofstream(w.config.mapping) << R"({"head":{"report_no":"no","vehicle.plate":"plate","started_at":"from",
      "ended_at":"to","reason":{"constant":"periodic"},"method":{"constant":"two_speed_idle"},
      "verdict":{"column":"result","codes":{"pass":"pass","fail":"fail"}}},
      "readings":[{"item":"co","phase":"idle","unit":"%","value":"co"}]})";
    state = w.look(second);
    CHECK_FALSE(state.trouble);
    CHECK(w.outbox.last() == 1);
    const auto entry = w.ledger.recent(true, 10).at(0);
    REQUIRE(entry.problems.size() == 1);
    CHECK(entry.problems[0].line == 3);
    CHECK(entry.problems[0].place == "result");
    CHECK(entry.problems[0].value == "perhaps");
    CHECK(read_file(w.rejected("tests.csv.txt")).find("第 3 行 result “perhaps”：") != std::string::npos);
}

TEST_CASE(
    "photos named by the report number are named in the record and stay; one that is still written is waited for") {
    Watched w;
    w.put("R1-1.jpg", "abc");
    w.put("R2.jpg", "of another test");
    w.put("r1.json", record(1).dump());
    w.look();
    w.put("R1-1.jpg", "abcd");
    CHECK(w.look(settle).saved == 0);
    CHECK(w.waits("r1.json"));
    CHECK(w.look(settle).saved == 1);
    const auto saved = journal::parsed(w.outbox.line(1));
    REQUIRE(saved["attachments"].size() == 1);
    CHECK(saved["attachments"][0]["name"] == "R1-1.jpg");
    CHECK(saved["attachments"][0]["bytes"] == 4);
    CHECK(w.waits("R1-1.jpg"));

    w.put("R1-2.jpg", "came late");
    w.put("r1.json", record(1).dump());
    w.settle_and_look();
    CHECK(w.outbox.last() == 1);
    CHECK(w.ledger.open_count() == 0);
}

TEST_CASE("a file that is no part of the test may change for ever; one that is keeps the test waiting for a minute") {
    Watched w;
    w.put("TestLog.ini", utf16(lugdown_log));
    w.put("ResultOfLUGDOWN.ini", utf16(result("LUGDOWN", lugdown_members)));
    w.put("RealTimeDataOfLUGDOWN.ini", utf16(lugdown_rows));
    std::string tick = "[LineState]\n";
    w.look();
    w.put("LineState.ini", tick += "Tick=1\n");
    w.look(settle - second);
    w.put("LineState.ini", tick += "Tick=2\n");
    CHECK(w.look(second).saved == 1);
    CHECK(w.outbox.counts().traces_waiting == 1);

    Watched busy;
    busy.put("TESTLOG.INI", utf16(lugdown_log));
    busy.put("ResultOfLUGDOWN.INI", utf16(result("LUGDOWN", lugdown_members)));
    std::string rows = lugdown_rows;
    std::uint64_t saved = 0;
    for (; saved == 0 && busy.clock < now + 10 * together_ms; saved = busy.look(second).saved)
        busy.put("RealTimeDataOfLUGDOWN.INI", rows += " ");
    CHECK(saved == 1);
    CHECK(busy.clock - now == together_ms + second);
}

TEST_CASE("what is no regular file is named and stops nothing; a stop ends a look before its next file") {
    Watched w;
    REQUIRE(mkfifo((w.folder / "x.ini").c_str(), 0600) == 0);
    REQUIRE(mkfifo((w.folder / "y.json").c_str(), 0600) == 0);
    w.put("TestLog.ini", "[TestLog]\nReportNumber=1\n");
    w.put("r1.json", record(1).dump());
    auto state = w.settle_and_look();
    REQUIRE(state.trouble);
    CHECK(state.trouble->en.find("is no regular file") != std::string::npos);
    CHECK(state.saved == 1);

    std::stop_source stop;
    auto stopping = settings;
    stopping.stop = stop.get_token();
    w.put("r2.json", record(2).dump());
    w.put("TestLog.ini", utf16(lugdown_log));
    w.put("ResultOfLUGDOWN.ini", utf16(result("LUGDOWN", lugdown_members)));
    w.watcher.emplace(w.config, stopping, w.outbox, w.ledger);
    w.look();
    stop.request_stop();
    CHECK(w.look(settle).saved == 0);
    CHECK(w.waits("r2.json"));
    w.restart();
    CHECK(w.settle_and_look().saved == 2);
}

TEST_CASE("an INI file that is too large is named and not read, the others are") {
    Watched w;
    w.put("TestLog.ini", utf16(lugdown_log));
    w.put("ResultOfLUGDOWN.ini", utf16(result("LUGDOWN", lugdown_members)));
    w.put("RealTimeDataOfASM.ini", "[1]\n");
    fs::resize_file(w.folder / "RealTimeDataOfASM.ini", intake::message_bytes_max + 1);
    CHECK(w.settle_and_look().saved == 1);
    REQUIRE(w.ledger.open_count() == 1);
    const auto entry = w.ledger.recent(true, 10).at(0);
    CHECK(entry.problems.at(0).code == "too_large");
    CHECK_FALSE(fs::exists(fs::path(entry.kept_at) / "RealTimeDataOfASM.ini"));
}

TEST_CASE("a file of two messages is done when both are") {
    Watched w;
    const auto first = file_of(test::head + idle);
    const auto second = file_of(replaced(test::head, "61040026030211", "61040026030212") + idle);
    w.put("both.xml", first + second);
    CHECK(w.settle_and_look().saved == 2);
    CHECK(fs::exists(w.processed("both.xml")));
    w.put("half.xml", replaced(first, "61040026030211", "61040026030213") + second.substr(0, 300));
    CHECK(w.settle_and_look().saved == 1);
    CHECK(fs::exists(w.rejected("half.xml")));
}

TEST_CASE("what an older reader made otherwise is listed once, and no file asks for a correction") {
    Watched w;
    const auto at = [](int n) { return replaced(test::head, "61040026030211", "6104002603021" + std::to_string(n)); };
    const auto old = [&](int n) { return file_of(at(n) + replaced(idle, "<low_hc>5", "<low_hc>6")); };
    const auto name = [](int n) { return "t" + std::to_string(n) + ".xml"; };
    for (int n = 1; n <= 3; ++n) w.put(name(n), old(n));
    CHECK(w.settle_and_look().saved == 3);
    // As if these lines had been written before this reader was there.
    fs::remove(w.data / "intake.sqlite");
    Ledger later(w.data);
    w.watcher.emplace(w.config, settings, w.outbox, later);
    for (int n = 1; n <= 3; ++n) w.put(name(n), file_of(at(n) + idle));
    w.look();
    CHECK(w.look(settle).saved == 0);
    CHECK(later.open_count() == 0);
    CHECK(later.read_better(10).size() == 3);
    std::size_t notices = 0;
    for (const auto& entry : later.recent(false, 20))
        for (const auto& problem : entry.problems) {
            CHECK(problem.code == "read_better");
            CHECK(problem.why.en.starts_with("3 records"));
            ++notices;
        }
    CHECK(notices == 1);
    // What this reader has made itself and is other now is a change of the file.
    w.put("t4.xml", old(4));
    w.look();
    w.look(settle);
    w.put("t4.xml", file_of(at(4) + idle));
    w.look();
    w.look(settle);
    CHECK(later.recent(true, 1).at(0).problems.at(0).code == "record_id_reused");
}

TEST_CASE("where process data comes in files of its own a result waits a minute for it, whichever comes first") {
    Watched w;
    const auto of = [](int n) { return replaced(test::head, "61040026030211", "6104002603021" + std::to_string(n)); };
    const auto rows = [](int n) {
        return file_of("<check_id>6104002603021" + std::to_string(n) + "</check_id>\n",
                       "<process_data><time_no>1</time_no><rpm>800</rpm></process_data>\n");
    };
    w.put("p1.xml", rows(1));
    CHECK(w.settle_and_look().waiting == 1);
    w.put("r1.xml", file_of(of(1) + idle));
    CHECK(w.settle_and_look().saved == 1);
    w.put("r2.xml", file_of(of(2) + idle));
    CHECK(w.settle_and_look().saved == 0);
    w.put("p2.xml", rows(2));
    CHECK(w.settle_and_look().saved == 1);
    CHECK(w.outbox.counts().traces_waiting == 1);
    for (int n = 1; n <= 2; ++n) CHECK(journal::parsed(w.outbox.line(static_cast<std::uint64_t>(n))).contains("trace"));
    w.put("r3.xml", file_of(of(3) + idle));
    w.settle_and_look();
    CHECK(w.look(together_ms).saved == 1);
}

TEST_CASE("the number of another vehicle's test is another record, the same every time it is read") {
    Watched w;
    const auto first = file_of(test::head + idle);
    const auto other = replaced(replaced(first, "LSVAA49J132000017", "LFVBA11G0F3000026"), "陕D0T001", "陕D0T002");
    w.put("a.xml", first);
    CHECK(w.settle_and_look().saved == 1);
    w.put("b.xml", other);
    CHECK(w.settle_and_look().saved == 1);
    w.put("c.xml", other);
    CHECK(w.settle_and_look().saved == 0);
    CHECK(w.ledger.open_count() == 0);
    CHECK(w.outbox.last() == 2);
    CHECK(journal::parsed(w.outbox.line(1))["record_id"] != journal::parsed(w.outbox.line(2))["record_id"]);
}
