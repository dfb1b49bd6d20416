// Typed rows say what the packed ones say: figures reckoned from the records alone by another program's SQL are the
// hub's, and a row that is not what the journals say is found and mended.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "hub/store/place.hpp"
#include "journal/json.hpp"
#include "postgres/postgres.hpp"
#include "service/files.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

/// Empty for SQLite.
std::vector<std::string> engines() {
    const auto& server = test::PostgresServer::one();
    if (server.is_there()) return {"", "PostgreSQL"};
    std::cerr << "PostgreSQL: skipped, " << server.missing() << '\n';
    return {""};
}

std::string new_store(const std::string& engine) {
    if (engine.empty()) return {};
    static int number = 0;
    const auto name = "typed" + std::to_string(++number);
    postgres::Database(test::PostgresServer::one().url("postgres"), postgres::Role::reader)
        .execute("CREATE DATABASE " + name + " TEMPLATE template0");
    return test::PostgresServer::one().url(name);
}

std::string place_of(const test::TestHub& t) { return hub::place_in(t.folder.path() / "hub", ""); }

/// County rows as tests/oracle/by_sql.py finds them.
json by_sql(const test::TestHub& t, const std::string& as_of, const std::string& view) {
    const char* python = std::getenv("IMLOOP_PYTHON");
    const auto command =
        fmt::format("{} -B '{}' '{}' --as-of {} --view {} 2>&1", python != nullptr ? python : "python3",
                    (test::source_dir() / "tests/oracle/by_sql.py").string(), place_of(t), as_of, view);
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
    INFO(out);
    REQUIRE(::pclose(pipe) == 0);
    return journal::parsed(out).at("rows");
}

bool is_same(const json& a, const json& b) {
    return a.is_number_float() && b.is_number_float() ? std::abs(a.get<double>() - b.get<double>()) <= 1e-12 : a == b;
}

void check_figures(test::TestHub& t, const std::string& as_of) {
    for (const std::string view : {"station", "registered"}) {
        INFO(view);
        const auto found = by_sql(t, as_of, view);
        const auto report =
            t.admin("report", {{"report", "counties"}, {"form", "json"}, {"as_of", as_of}, {"view", view}});
        // A place without failures is listed for its flags, which are none of the records'.
        std::vector<json> rows;
        const auto told = journal::parsed(report.body);
        for (const auto& row : told.at("rows"))
            if (row.at("failed") != 0 ||
                std::ranges::any_of(found, [&](const json& own) { return own.at("county") == row.at("county"); }))
                rows.push_back(row);
        REQUIRE(rows.size() == found.size());
        for (std::size_t n = 0; n < rows.size(); ++n)
            for (const auto& [name, value] : found[n].items()) {
                INFO(rows[n].at("county") << " " << name << ": " << rows[n].at(name) << ", by SQL " << value);
                CHECK(is_same(rows[n].at(name), value));
            }
    }
}

/// The stations of a vector and the bureau.
struct Sources {
    explicit Sources(test::TestHub& t)
        : hub(t),
          bureau{"H610400-01",
                 journal::PrivateKey::from_pem(test::read_file(t.folder.path() / "hub" / "hub.key.pem")).value()} {}
    void join(const std::string& station, const std::string& county) {
        by_station.emplace(station, test::Source{station}).first->second.join(hub, {{"county", county}});
    }
    void send(const std::string& station, const std::vector<json>& records) {
        if (station != bureau.id) {
            CHECK(by_station.at(station).send(hub, records) == std::vector<std::string>(records.size(), "accepted"));
            return;
        }
        std::vector<std::string> lines;
        for (const auto& r : records) lines.push_back(r.dump());
        const auto file = hub.folder.path() / "H610400-01.ndjson";
        service::replace_file(file, bureau.segment(lines));
        REQUIRE(hub.admin("import", {{"path", file.string()}}).status == 200);
    }
    test::TestHub& hub;
    test::Source bureau;
    std::map<std::string, test::Source> by_station;
};

std::int64_t count(const test::TestHub& t, const std::string& select) {
    const auto database = hub::connect(place_of(t), hub::Use::reading);
    auto s = database->prepare(select);
    s.step();
    return s.integer(0);
}

}  // namespace

TEST_CASE("figures by SQL from the records alone are the hub's, for each episode vector on either engine") {
    const auto engine = GENERATE(from_range(engines()));
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::vectors() / "episodes")) {
        INFO(engine << " " << entry.path().filename());
        const auto vector = journal::parsed(test::read_file(entry.path()));
        const std::string as_of = vector["as_of"];
        const auto end = loop::start_of(loop::parse_day(as_of).value() + 1);
        test::TestHub t(end - 1, new_store(engine));
        Sources sources(t);
        for (const auto& s : vector["stations"]) sources.join(s["id"], s["county"]);
        std::map<std::string, std::vector<json>> records;
        for (const auto& r : vector["records"])
            if (loop::parse_moment(r["occurred_at"].get<std::string>()).value() < end)
                records[r["station_id"]].push_back(r);
        for (const auto& [station, own] : records) sources.send(station, own);
        check_figures(t, as_of);
        CHECK(count(t, "SELECT COUNT(*) FROM episodes") == static_cast<std::int64_t>(vector["episodes"].size()));
        CHECK(count(t, "SELECT COUNT(*) FROM v_episodes WHERE outcome IS NULL") == 0);
        ++seen;
    }
    CHECK(seen == 42);
}

TEST_CASE(
    "typed rows follow what is corrected, joined and registered later, and what is not as the journals say is found") {
    const auto engine = GENERATE(from_range(engines()));
    INFO(engine);
    test::TestHub t(loop::parse_moment("2026-03-10T00:00:00+08:00").value(), new_store(engine));
    Sources sources(t);
    sources.join("I610404-01", "610404");
    auto pass = test::inspection(2, "I610404-01", "2026-03-05T09:00:00+08:00", "pass", "retest");
    pass["vehicle"].erase("vin");
    sources.send("I610404-01", {test::inspection(1, "I610404-01", "2026-03-02T09:00:00+08:00", "fail"), pass});
    const std::string one_vehicle = "SELECT COUNT(DISTINCT vehicle_id) FROM records WHERE vehicle_id IS NOT NULL";
    CHECK(count(t, one_vehicle) == 1);
    CHECK(count(t, "SELECT COUNT(*) FROM episodes WHERE ended_on IS NOT NULL AND retest_passed = 1") == 1);
    CHECK(count(t, "SELECT COUNT(*) FROM records WHERE county = 610404 AND number = 'R1'") == 1);
    CHECK(t.clean());

    sources.send("I610404-01", {test::voiding(3, "I610404-01", "2026-03-06T09:00:00+08:00", test::record_id(1))});
    CHECK(count(t, "SELECT COUNT(*) FROM episodes") == 0);
    CHECK(count(t, "SELECT COUNT(*) FROM records WHERE number = 'R1'") == 0);
    CHECK(count(t, one_vehicle) == 1);
    CHECK(t.clean());

    const auto change = [&](const std::string& sql) {
        t.hub.reset();
        hub::connect(place_of(t), hub::Use::writing)->execute(sql);
        t.open();
    };
    change("UPDATE records SET county = 610428 WHERE number = 'R2'");
    const auto verified = journal::parsed(t.admin("verify").body);
    CHECK_FALSE(verified.at("clean").get<bool>());
    REQUIRE(verified.at("errors").size() == 1);
    CHECK(verified["errors"][0].at("table") == "records");
    CHECK_FALSE(journal::parsed(t.admin("rebuild").body).at("same").get<bool>());
    CHECK(t.clean());
    CHECK(count(t, "SELECT COUNT(*) FROM records WHERE county = 610404 AND number = 'R2'") == 1);
    check_figures(t, "2026-03-10");
}

TEST_CASE("a number with a NUL in it is taken on either engine, and a typed table that is missing is made anew") {
    const auto engine = GENERATE(from_range(engines()));
    INFO(engine);
    test::TestHub t(loop::parse_moment("2026-03-10T00:00:00+08:00").value(), new_store(engine));
    Sources sources(t);
    sources.join("I610404-01", "610404");
    auto odd = test::inspection(1, "I610404-01", "2026-03-02T09:00:00+08:00", "fail");
    odd["report_no"] = std::string("R\0X", 3);
    sources.send("I610404-01", {odd});
    const std::string of_it = "SELECT COUNT(*) FROM records WHERE number = 'R\xEF\xBF\xBDX'";
    CHECK(count(t, of_it) == 1);
    CHECK(t.clean());
    t.hub.reset();
    hub::connect(place_of(t), hub::Use::writing)->execute("DROP TABLE records");
    t.open();
    CHECK(count(t, of_it) == 1);
    CHECK(t.clean());
}
