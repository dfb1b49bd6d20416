// The judgements of doctor and of a configuration, without a machine to judge.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "loop/time.hpp"
#include "service/checks.hpp"
#include "station/config.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::service;

TEST_CASE("a clock up to a minute off is fine, up to five is looked at, more is broken, in both directions") {
    const std::int64_t there = loop::parse_moment("2026-03-10T00:00:00Z").value();
    for (const int sign : {1, -1}) {
        CHECK(judge_clock(there + sign * 60'000, there).verdict == Verdict::fine);
        CHECK(judge_clock(there + sign * 60'001, there).verdict == Verdict::look);
        CHECK(judge_clock(there + sign * 300'000, there).verdict == Verdict::look);
        CHECK(judge_clock(there + sign * 300'001, there).verdict == Verdict::broken);
    }
    CHECK(judge_clock(there + 90'000, there).what.en == "90 s ahead of the hub's");
    CHECK(judge_clock(there - 90'000, there).what.zh == "比监管中心慢 90 秒");
    CHECK_FALSE(judge_clock(there - 90'000, there).todo.zh.empty());
    CHECK(moment_of_http("Tue, 10 Mar 2026 00:00:00 GMT") == there);
    CHECK_FALSE(moment_of_http("10 March 2026"));
    CHECK_FALSE(moment_of_http(""));
}

TEST_CASE("disk space is told in records") {
    constexpr std::uintmax_t mebi = 1024 * 1024;
    const auto fine = judge_space(1024 * mebi, 8192);
    CHECK(fine.verdict == Verdict::fine);
    CHECK(fine.what.en == "1024 MiB left, about 131072 more records");
    CHECK(judge_space(511 * mebi, 8192).verdict == Verdict::look);
    CHECK(judge_space(31 * mebi, 8192).verdict == Verdict::broken);
    CHECK(judge_space(0, 0).verdict == Verdict::broken);
}

TEST_CASE("a certificate's time: not yet, fine, a successor is due, over") {
    Certificate c;
    c.name = "I610404-01";
    c.from = 1'000;
    c.until = 9'000;
    const Words todo{"续期", "renew"};
    CHECK(judge_time(c, 999, 7'000, todo).verdict == Verdict::broken);
    CHECK(judge_time(c, 1'000, 7'000, todo).verdict == Verdict::fine);
    CHECK(judge_time(c, 7'000, 7'000, todo).verdict == Verdict::look);
    CHECK(judge_time(c, 9'000, 7'000, todo).verdict == Verdict::broken);
    CHECK(judge_time(c, 9'000, 7'000, todo).todo.en == "renew");
    CHECK(day_and_time(loop::parse_moment("2026-03-10T23:59:59+08:00").value()) == "2026-03-10 23:59 +08:00");
    CHECK_FALSE(Certificate::from_pem("no certificate"));
    CHECK_FALSE(Certificate::from_pem(""));
}

TEST_CASE("the exit code is that of the worst finding") {
    const Finding fine{"a", Verdict::fine, {}, {}, {}}, look{"b", Verdict::look, {}, {}, {}},
        broken{"c", Verdict::broken, {}, {}, {}};
    CHECK(exit_code({}) == 0);
    CHECK(exit_code({fine}) == 0);
    CHECK(exit_code({fine, look}) == 4);
    CHECK(exit_code({broken, look, fine}) == 1);
}

TEST_CASE("every member of a configuration is judged, in the order of its lines") {
    const test::TempDir folder;
    const auto file = folder.path() / "station.toml";
    for (const auto* name : {"ca.pem", "station.cert.pem", "station.key.pem", "hub.pub.pem"})
        std::ofstream(folder.path() / name) << "x";
    const auto judge = [&](const std::string& text) {
        std::ofstream(file) << text;
        return station::judge_config(file).findings;
    };
    CHECK(judge("station_id = \"I610404-01\"\nname = \"渭城一站\"\n[hub]\nurl = \"https://h:1\"\n").empty());
    const auto found = judge(
        "station_id = \"Z1\"\ndata = 5\nstaton = \"x\"\n[hub]\nurl = \"https://h:port\"\nkey = "
        "\"other.pem\"\n[intake]\n"
        "time_offset = \"8\"\n");
    REQUIRE(found.size() == 6);
    const std::tuple<const char*, std::size_t, Verdict> expected[] = {
        {"station_id", 1, Verdict::broken}, {"data", 2, Verdict::broken},  {"staton", 3, Verdict::look},
        {"hub.url", 5, Verdict::broken},    {"hub.key", 6, Verdict::look}, {"intake.time_offset", 8, Verdict::broken}};
    for (std::size_t i = 0; i < found.size(); ++i)
        CHECK(std::tuple(found[i].member, found[i].line, found[i].verdict) ==
              std::tuple(std::string(std::get<0>(expected[i])), std::get<1>(expected[i]), std::get<2>(expected[i])));
    const auto words = station::words_of(file, found[1]);
    CHECK(words.zh == file.string() + "：第 2 行的 data：应是加引号的文字");
    CHECK(words.en == file.string() + ": line 2: data: must be text in quotes");
    CHECK(judge("station_id = \"I610404-01\"\n")[0].member == "hub.url");
    CHECK_FALSE(judge("station_id = \"I610404-01\"\n[hub]\nurl = \"https://a@h:1\"\n").empty());

    std::ofstream(file) << "station_id = \"I610404-01\"\n[hub]\nurl = \"https://h\"\n";
    std::ostringstream shown;
    station::show_config(station::read_config(file).value(), shown);
    CHECK(shown.str().find("url = \"https://h:8443\"") != std::string::npos);
    CHECK(shown.str().find("data = \"" + (folder.path() / "data").string() + "\"") != std::string::npos);
    std::ofstream(file) << shown.str();
    CHECK(station::judge_config(file).findings.empty());
}

TEST_CASE("watched folders: judged by member, shown after defaults, those of the page go before those of the file") {
    const test::TempDir folder;
    const auto file = folder.path() / "station.toml";
    for (const auto* name : {"ca.pem", "station.cert.pem", "station.key.pem", "hub.pub.pem", "map.json"})
        std::ofstream(folder.path() / name) << "x";
    const std::string head = "station_id = \"I610404-01\"\n[hub]\nurl = \"https://h:1\"\n";
    const auto judge = [&](const std::string& text) {
        std::ofstream(file) << head << text;
        return station::judge_config(file);
    };
    auto judged = judge(
        "[[intake.folder]]\npath = \"nha\"\n[[intake.folder]]\npath = \"/data/csv\"\nmapping = "
        "\"map.json\"\nsettle_seconds = 0\npoll_seconds = 600\n");
    CHECK(judged.findings.empty());
    auto& folders = judged.config.intake.folders;
    REQUIRE(folders.size() == 2);
    CHECK(folders[0].path == folder.path() / "nha");
    CHECK(folders[0].settle.count() == 5);
    CHECK(folders[0].poll.count() == 2);
    CHECK(folders[1].path == "/data/csv");
    CHECK(folders[1].mapping == folder.path() / "map.json");
    CHECK(folders[1].settle.count() == 0);

    folders[0].of_page = true;
    folders[0].settle = std::chrono::seconds(9);
    station::write_folders(judged.config);
    const auto again = station::judge_config(file);
    CHECK(again.findings.empty());
    REQUIRE(again.config.intake.folders.size() == 2);
    CHECK(again.config.intake.folders[1].path == folder.path() / "nha");
    CHECK(again.config.intake.folders[1].settle.count() == 9);
    std::ostringstream shown;
    station::show_config(again.config, shown);
    CHECK(shown.str().find("[[intake.folder]]\npath = \"/data/csv\"\nmapping = ") != std::string::npos);
    CHECK(shown.str().find("settle_seconds = 9\npoll_seconds = 2\n") != std::string::npos);

    std::ofstream(station::folders_file(again.config)) << "[[folder]\n";
    judged = judge("");
    REQUIRE(judged.findings.size() == 1);
    CHECK(judged.findings[0].verdict == Verdict::look);
    CHECK(judged.config.intake.folders.empty());
    std::filesystem::remove(station::folders_file(judged.config));
    for (const auto* wrong : {"[[intake.folder]]\nmapping = \"map.json\"\n", "[[intake.folder]]\npath = \"\"\n",
                              "[[intake.folder]]\npath = \"a\"\nsettle_seconds = -1\n",
                              "[[intake.folder]]\npath = \"a\"\npoll_seconds = 0\n",
                              "[[intake.folder]]\npath = \"a\"\npoll_seconds = \"2\"\n",
                              "[[intake.folder]]\npath = \"a\"\n[[intake.folder]]\npath = \"./a\"\n"}) {
        INFO(wrong);
        const auto found = judge(wrong).findings;
        REQUIRE(found.size() == 1);
        CHECK(found[0].verdict == Verdict::broken);
        CHECK(found[0].member.starts_with("intake.folder["));
    }
}
