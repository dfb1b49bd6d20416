// The console's calls, asked as the listener asks them: who is let in, what each sees, what stands in the audit log.
#include <catch2/catch.hpp>
#include <future>
#include <numeric>

#include "hub/accounts/second_factor.hpp"
#include "hub/api/problems.hpp"
#include "hub/console/routes.hpp"
#include "hub/report/suspects.hpp"
#include "journal/json.hpp"
#include "schemas/embedded.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/pdf.hpp"
#include "tests/support/source.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using hub::Answer;
using nlohmann::json;
using test::code_of;

namespace {

constexpr const char* password = "correct horse battery staple";

std::string unbase32(const std::string& text) {
    std::string out;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        held = (held << 5U) | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
        if ((bits += 5) >= 8) out += static_cast<char>(held >> (bits -= 8) & 0xFFU);
    }
    return out;
}

std::string cookie_of(const Answer& answer) {
    for (const auto& [name, value] : answer.headers)
        if (name == "Set-Cookie") return value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
    return {};
}

/// A hub with its console, and people who sign in at it.
struct Bureau : test::TestHub {
    struct Visitor {
        std::string account, token, csrf, secret;
        std::vector<std::string> codes;
    };

    std::future<Answer> begin_asking(const Visitor& who, const std::string& method, const std::string& target,
                                     const json& body = nullptr, const std::string& match = {}) {
        hub::ConsoleRequest request;
        request.http.method = method;
        request.http.target = "/api/v1" + target;
        REQUIRE(hub::read_target(request.http));
        request.path = target.substr(0, target.find('?'));
        request.token = who.token;
        request.http.csrf = who.csrf;
        request.http.peer_address = "127.0.0.1";
        request.http.if_match = match;
        if (!body.is_null()) request.http.body = body.dump();
        const auto answered = std::make_shared<std::promise<Answer>>();
        console->answer(std::move(request), [answered](Answer a) { answered->set_value(std::move(a)); });
        return answered->get_future();
    }
    Answer ask(const Visitor& who, const std::string& method, const std::string& target, const json& body = nullptr,
               const std::string& match = {}) {
        return hub::as_sent(begin_asking(who, method, target, body, match).get());
    }
    Answer enter(const std::string& account, const std::string& code, const std::string& with = password) {
        return ask({}, "POST", "/sessions", {{"account", account}, {"password", with}, {"otp", code}});
    }
    /// Ten wrong tries in a day.
    void lock_for_good(const std::string& account) {
        for (int i = 0; i < 10; ++i) {
            if (i == 5) now += hub::lock_ms;
            enter(account, "1", "x");
        }
    }
    json read(const Visitor& who, const std::string& target) {
        const auto answer = ask(who, "GET", target);
        INFO(target << " " << answer.body);
        REQUIRE(answer.status == 200);
        return journal::parsed(answer.body);
    }
    json items(const Visitor& who, const std::string& target) { return read(who, target).at("items"); }
    void take_session(Visitor& who, const Answer& answer) {
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        who.token = cookie_of(answer);
        who.csrf = console->csrf_of(who.token);
    }
    std::string code(const Visitor& who) { return hub::otp(who.secret, hub::otp_step(now)); }
    Visitor begin(const std::string& account, const std::string& link) {
        Visitor who;
        who.account = account;
        take_session(who, ask(who, "POST", "/setup",
                              {{"token", link}, {"account", account}, {"name", "某人"}, {"password", password}}));
        who.secret = unbase32(journal::parsed(ask(who, "POST", "/me/second-factor").body).at("secret"));
        const auto bound = ask(who, "PUT", "/me/second-factor", {{"otp", code(who)}});
        REQUIRE(bound.status == 200);
        who.codes = journal::parsed(bound.body).at("recovery_codes").get<std::vector<std::string>>();
        return who;
    }
    Visitor first_admin() { return begin("ligong", journal::parsed(admin("console_setup_link").body).at("token")); }
    Visitor invited(const Visitor& by, const std::string& account, const std::string& unit = "") {
        const auto made = ask(by, "POST", "/accounts", {{"account", account}, {"name", "某人"}, {"unit", unit}});
        INFO(made.body);
        REQUIRE(made.status == 200);
        return begin(account, journal::parsed(made.body).at("token"));
    }
    std::string granted(const Visitor& by, const std::string& account, const json& rights) {
        const auto made = ask(by, "POST", "/accounts/" + account + "/grants", rights);
        INFO(made.body);
        REQUIRE(made.status == 200);
        return journal::parsed(made.body).at("grant_id");
    }
    void three_admins() {
        system = first_admin();
        security = invited(system, "chenan");
        granted(system, "chenan", {{"role", "security_admin"}});
        auditor = invited(system, "auditor");
        const auto grant = granted(system, "auditor", {{"role", "auditor"}});
        REQUIRE(ask(security, "POST", "/grants/" + grant + "/confirm").status == 200);
    }
    Visitor person(const std::string& account, const json& rights, const std::string& unit = "") {
        auto who = invited(system, account, unit);
        REQUIRE(ask(security, "POST", "/grants/" + granted(system, account, rights) + "/confirm").status == 200);
        return who;
    }
    /// What the audit log says last.
    json last(const std::string& filter = "") { return read(auditor, "/audit?limit=1" + filter).at("items").at(0); }

    Visitor system, security, auditor;
    std::optional<hub::Console> console{std::in_place, *hub};
};

json failed(int n, const std::string& station) {
    auto out = test::inspection(n, station, "2026-03-02T09:00:00+08:00", "fail");
    out["vehicle"] = test::a_vehicle(n);
    return out;
}

/// Failed vehicles in two counties.
struct Counties : Bureau {
    Counties() {
        here.join(*this);
        there.join(*this);
        for (int n = 1; n <= 6; ++n)
            REQUIRE(here.send(*this, {failed(n, here.id)}) == std::vector<std::string>{"accepted"});
        for (int n = 11; n <= 13; ++n)
            REQUIRE(there.send(*this, {failed(n, there.id)}) == std::vector<std::string>{"accepted"});
        now = loop::parse_moment("2026-05-10T09:00:00+08:00").value();
        three_admins();
    }
    const std::string all = "?from=2026-01-01&to=2026-05-01";
    test::Source here{"I610404-01"}, there{"I610423-01"};
};

}  // namespace

TEST_CASE("who holds a damaged account, grant or session has no rights by it, an alarm names it, others work on") {
    Bureau b;
    b.three_admins();
    const auto officer = b.person("zhaomin", {{"role", "officer"}});
    const auto other = b.person("wangfang", {{"role", "officer"}});
    const auto change = [&](const std::string& sql) { sqlite::Database(b.data / "hub.sqlite").execute(sql); };
    std::string row;
    SECTION("the account") {
        row = "accounts zhaomin";
        change("UPDATE accounts SET name = '某某' WHERE account = 'zhaomin'");
        CHECK(code_of(b.enter("zhaomin", b.code(officer))) == "500 damaged");
    }
    SECTION("a grant") {
        sqlite::Database database(b.data / "hub.sqlite");
        auto s = database.prepare("SELECT grant_id FROM grants WHERE account = 'zhaomin'");
        REQUIRE(s.step());
        row = "grants " + s.text(0);
        s.run();
        change("UPDATE grants SET role = 'checker' WHERE account = 'zhaomin'");
    }
    SECTION("a session") {
        row = "sessions " + hub::token_kept(officer.token);
        change("UPDATE sessions SET began_at = began_at + 1 WHERE account = 'zhaomin'");
        CHECK(code_of(b.ask(officer, "GET", "/alarms")) == "401 session_over");
        auto again = officer;
        b.now += hub::otp_step_ms;
        b.take_session(again, b.enter("zhaomin", b.code(officer)));
        CHECK(b.ask(again, "GET", "/alarms").status == 200);
    }
    if (!row.starts_with("sessions")) {
        const auto refused = b.ask(officer, "GET", "/alarms");
        CHECK(code_of(refused) == "500 damaged");
        CHECK_THAT(refused.body, Catch::Contains("hub verify") && Catch::Contains("与写入时不同"));
        const auto said = b.read(b.system, "/accounts").at("damaged");
        REQUIRE(said.size() == 1);
        CHECK(said[0].at("table").get<std::string>() + " " + said[0].at("key").get<std::string>() == row);
    }
    b.hub->writer->done([](hub::Store&, hub::LoopState&) { return hub::Answer{}; });  // behind what was noted
    const auto alarms = b.items(other, "/alarms");
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].at("code") == "damaged_row");
    CHECK(alarms[0].at("epoch") == row);
    CHECK(alarms[0].at("source_id") == b.hub->id);
    CHECK(b.ask(b.system, "GET", "/accounts").status == 200);
    // And can be shut out, where it can be told who it is.
    if (row.starts_with("accounts")) return;
    CHECK(b.ask(b.system, "PATCH", "/accounts/zhaomin", {{"action", "end"}}).status == 200);
}

TEST_CASE("the first administrator comes by a link that works once; there is no second first one") {
    Bureau b;
    const auto token = journal::parsed(b.admin("console_setup_link").body).at("token").get<std::string>();
    CHECK(journal::parsed(b.ask({}, "POST", "/setup", {{"token", token}}).body).at("account") == "");
    CHECK(code_of(b.ask({}, "POST", "/setup",
                        {{"token", token}, {"account", "ligong"}, {"name", "x"}, {"password", "ligong-12345"}})) ==
          "422 password_unfit");
    const auto admin = b.begin("ligong", token);
    CHECK(code_of(b.ask({}, "POST", "/setup", {{"token", token}})) == "410 link_over");
    CHECK(code_of(b.admin("console_setup_link")) == "409 admin_exists");
    CHECK(b.read(admin, "/me").at("roles").at(0).at("role") == "system_admin");
    CHECK(code_of(b.ask(admin, "GET", "/overview")) == "403 role_missing");
    CHECK(code_of(b.ask(admin, "POST", "/accounts/ligong/grants", {{"role", "auditor"}})) == "409 roles_conflict");
}

TEST_CASE("an account signs in with password and code, each code once; a recovery code goes in its place, once") {
    Bureau b;
    auto admin = b.first_admin();
    const auto enter = [&](const std::string& code) { return b.enter("ligong", code); };
    CHECK(code_of(enter(b.code(admin))) == "401 sign_in_failed");  // it set the second factor up
    b.now += hub::otp_step_ms;
    const auto entered = enter(b.code(admin));
    CHECK(entered.status == 200);
    CHECK(cookie_of(entered) != admin.token);
    for (const auto& [name, value] : entered.headers)
        if (name == "Set-Cookie") CHECK(value.find("; Path=/; Secure; HttpOnly; SameSite=Strict") != std::string::npos);
    CHECK(code_of(enter(b.code(admin))) == "401 sign_in_failed");
    CHECK(enter(admin.codes[3]).status == 200);
    CHECK(code_of(enter(admin.codes[3])) == "401 sign_in_failed");
    CHECK(b.read(admin, "/me").at("recovery_codes_left") == hub::recovery_codes - 1);
}

TEST_CASE("five wrong tries lock, and a name that is no account's is answered the same") {
    Bureau b;
    const auto admin = b.first_admin();
    const auto wrong = [&](const std::string& account) {
        const auto answer = b.ask({}, "POST", "/sessions", {{"account", account}, {"password", "x"}, {"otp", "1"}});
        auto body = journal::parsed(answer.body);
        return std::pair(code_of(answer), body);
    };
    for (int left = 4; left >= 1; --left) {
        const auto known = wrong("ligong"), unknown = wrong("nobody");
        CHECK(known.first == "401 sign_in_failed");
        CHECK(known.second.at("tries_left") == left);
        CHECK(known == unknown);
    }
    CHECK(wrong("ligong").first == "423 locked");
    CHECK(wrong("nobody").first == "423 locked");
    b.now += hub::otp_step_ms;
    CHECK(code_of(b.ask({}, "POST", "/sessions",
                        {{"account", "ligong"}, {"password", password}, {"otp", b.code(admin)}})) == "423 locked");
    b.now += hub::lock_ms;
    CHECK(b.ask({}, "POST", "/sessions", {{"account", "ligong"}, {"password", password}, {"otp", b.code(admin)}})
              .status == 200);
}

TEST_CASE("who is locked for good is opened from the shell, also where it is all who could open") {
    Bureau b;
    b.three_admins();
    for (const auto* account : {"ligong", "chenan"}) b.lock_for_good(account);
    b.now += hub::lock_ms;
    CHECK(code_of(b.enter("chenan", b.code(b.security))) == "423 locked");
    CHECK(code_of(b.admin("console_setup_link")) == "409 admin_exists");
    REQUIRE(b.admin("console_unlock").status == 200);
    CHECK(b.enter("chenan", b.code(b.security)).status == 200);
    CHECK(b.enter("ligong", b.code(b.system)).status == 200);
    b.take_session(b.auditor, b.enter("auditor", b.code(b.auditor)));
    CHECK(b.last("&what=unlock").at("who") == "shell");
}

TEST_CASE("what is locked costs nothing, and its tries are entered so often a minute at most") {
    Bureau b;
    b.three_admins();
    b.lock_for_good("nobody");
    for (std::size_t i = 0; i < hub::guesses_max; ++i) CHECK(code_of(b.enter("nobody", "1", "x")) == "423 locked");
    CHECK(code_of(b.enter("nobody", "1", "x")) == "429 too_many_attempts");
    b.now += 60'000;
    CHECK(code_of(b.enter("nobody", "1", "x")) == "423 locked");
    CHECK(b.ask(b.auditor, "GET", "/audit").status == 200);
}

TEST_CASE("who is not signed in waits for a place of few, and keeps nobody waiting who is") {
    Bureau b;
    const auto admin = b.first_admin();
    std::vector<std::future<Answer>> asked;
    for (int i = 0; i < 40; ++i)
        asked.push_back(b.begin_asking({}, "POST", "/sessions",
                                       {{"account", "nobody" + std::to_string(i)}, {"password", "x"}, {"otp", "1"}}));
    CHECK(b.ask(admin, "GET", "/me").status == 200);
    int refused = 0;
    for (auto& one : asked) {
        const auto code = code_of(one.get());
        if (code != "503 busy") CHECK(code == "401 sign_in_failed");
        refused += code == "503 busy" ? 1 : 0;
    }
    CHECK(refused > 0);
    CHECK(refused < 40);
}

TEST_CASE("a wrong present password counts, and a right one forgives") {
    Bureau b;
    const auto admin = b.first_admin();
    const auto change = [&](const std::string& from, const std::string& to) {
        return b.ask(admin, "POST", "/me/password", {{"password", from}, {"new_password", to}});
    };
    for (int i = 0; i < 4; ++i) CHECK(code_of(change("x", "another horse battery")) == "422 password_wrong");
    CHECK(change(password, "another horse battery").status == 200);
    for (int i = 0; i < 4; ++i) CHECK(code_of(change("x", "a third horse battery")) == "422 password_wrong");
    const auto locked = change("x", "a third horse battery");
    CHECK(code_of(locked) == "423 locked");
    CHECK(journal::parsed(locked.body).at("until") == loop::format_moment(b.now + hub::lock_ms));
}

TEST_CASE("a one-time link gives a password alone: who has a second factor signs in with it") {
    Bureau b;
    b.three_admins();
    const auto made = b.ask(b.system, "PATCH", "/accounts/chenan", {{"action", "link"}});
    REQUIRE(made.status == 200);
    const std::string other = "another horse battery";
    const auto set =
        b.ask({}, "POST", "/setup", {{"token", journal::parsed(made.body).at("token")}, {"password", other}});
    CHECK(set.status == 200);
    CHECK(journal::parsed(set.body) == json({{"account", "chenan"}, {"second_factor", true}}));
    for (const auto& [name, value] : set.headers) CHECK(name != "Set-Cookie");
    CHECK(code_of(b.ask(b.security, "GET", "/me")) == "401 session_over");
    b.now += hub::otp_step_ms;
    CHECK(code_of(b.enter("chenan", "1", other)) == "401 sign_in_failed");
    CHECK(b.enter("chenan", b.code(b.security), other).status == 200);
}

TEST_CASE("a link for a first administrator is void once there is one") {
    Bureau b;
    Bureau::Visitor first;
    const auto token = journal::parsed(b.admin("console_setup_link").body).at("token").get<std::string>();
    b.take_session(first, b.ask({}, "POST", "/setup",
                                {{"token", token}, {"account", "ligong"}, {"name", "x"}, {"password", password}}));
    const auto second = journal::parsed(b.admin("console_setup_link").body).at("token").get<std::string>();
    first.secret = unbase32(journal::parsed(b.ask(first, "POST", "/me/second-factor").body).at("secret"));
    REQUIRE(b.ask(first, "PUT", "/me/second-factor", {{"otp", b.code(first)}}).status == 200);
    CHECK(code_of(b.ask({}, "POST", "/setup",
                        {{"token", second}, {"account", "other"}, {"name", "x"}, {"password", password}})) ==
          "410 link_over");
}

TEST_CASE("a session ends idle, on leaving, and writes nothing without its CSRF token") {
    Bureau b;
    auto admin = b.first_admin();
    CHECK(code_of(b.ask({}, "GET", "/me")) == "401 session_over");
    auto forged = admin;
    forged.csrf = "";
    CHECK(code_of(b.ask(forged, "POST", "/accounts", {{"account", "x1"}, {"name", "x"}})) == "403 csrf");
    forged.csrf = b.console->csrf_of("other");
    CHECK(code_of(b.ask(forged, "POST", "/accounts", {{"account", "x1"}, {"name", "x"}})) == "403 csrf");
    CHECK(b.read(admin, "/sessions").at("items").size() == 1);
    b.now += hub::session_idle_ms - 1;
    CHECK(b.ask(admin, "GET", "/me").status == 200);
    b.now += hub::session_idle_ms;
    CHECK(code_of(b.ask(admin, "GET", "/me")) == "401 session_over");
    b.take_session(
        admin, b.ask({}, "POST", "/sessions", {{"account", "ligong"}, {"password", password}, {"otp", b.code(admin)}}));
    CHECK(b.ask(admin, "DELETE", "/sessions/this").status == 200);
    CHECK(code_of(b.ask(admin, "GET", "/me")) == "401 session_over");
}

TEST_CASE("without its second factor a session can do nothing but set it up") {
    Bureau b;
    Bureau::Visitor who;
    const auto token = journal::parsed(b.admin("console_setup_link").body).at("token").get<std::string>();
    b.take_session(who, b.ask({}, "POST", "/setup",
                              {{"token", token}, {"account", "ligong"}, {"name", "x"}, {"password", password}}));
    CHECK(b.ask(who, "GET", "/me").status == 200);
    CHECK(code_of(b.ask(who, "GET", "/accounts")) == "403 second_factor_missing");
    CHECK(code_of(b.ask(who, "PUT", "/me/second-factor", {{"otp", "000000"}})) == "422 otp_wrong");
}

TEST_CASE("rights need a second person, and the three administrators come first") {
    Bureau b;
    b.system = b.first_admin();
    const auto officer = b.invited(b.system, "zhaomin");
    CHECK(code_of(b.ask(b.system, "POST", "/accounts/zhaomin/grants", {{"role", "officer"}})) == "409 admins_missing");
    b.security = b.invited(b.system, "chenan");
    b.granted(b.system, "chenan", {{"role", "security_admin"}});
    b.auditor = b.invited(b.system, "auditor");
    const auto audit = b.granted(b.system, "auditor", {{"role", "auditor"}});
    CHECK(code_of(b.ask(b.system, "POST", "/grants/" + audit + "/confirm")) == "403 second_person");
    CHECK(b.ask(b.security, "POST", "/grants/" + audit + "/confirm").status == 200);
    const auto grant = b.granted(b.system, "zhaomin", {{"role", "officer"}, {"counties", {"610404"}}});
    CHECK(code_of(b.ask(officer, "GET", "/overview")) == "403 role_missing");
    CHECK(b.ask(b.security, "POST", "/grants/" + grant + "/confirm").status == 200);
    CHECK(b.ask(officer, "GET", "/overview").status == 200);
    CHECK(code_of(b.ask(b.system, "POST", "/accounts/zhaomin/grants", {{"role", "auditor"}})) == "409 roles_conflict");
    CHECK(code_of(b.ask(b.system, "POST", "/accounts/zhaomin/grants",
                        {{"role", "viewer"}, {"counties", {"999999"}}})) == "422 county_unfit");
    CHECK(code_of(b.ask(b.system, "POST", "/accounts/zhaomin/grants",
                        {{"role", "viewer"}, {"counties", json::array()}})) == "422 county_unfit");
    CHECK(b.ask(b.security, "POST", "/grants/" + grant + "/end").status == 200);
    CHECK(code_of(b.ask(officer, "GET", "/overview")) == "403 role_missing");
    CHECK(journal::parsed(b.admin("audit_verify").body).at("clean") == true);
}

TEST_CASE("a security administrator after the last one is confirmed from the shell, not by who proposes") {
    Bureau b;
    b.three_admins();
    REQUIRE(b.ask(b.system, "PATCH", "/accounts/chenan", {{"action", "end"}}).status == 200);
    const auto next = b.invited(b.system, "mallory");
    const auto made = b.ask(b.system, "POST", "/accounts/mallory/grants", {{"role", "security_admin"}});
    CHECK(journal::parsed(made.body).at("waits") == true);
    CHECK(code_of(b.ask(next, "GET", "/accounts")) == "403 role_missing");
    REQUIRE(b.admin("console_confirm", {{"account", "mallory"}}).status == 200);
    CHECK(b.ask(next, "GET", "/accounts").status == 200);
    CHECK(b.last("&who=shell").at("about") == journal::parsed(made.body).at("grant_id"));
    CHECK(code_of(b.admin("console_confirm", {{"account", "mallory"}})) == "404 grant_not_found");
}

TEST_CASE("the console gives the figures that the command line gives") {
    Counties b;
    const auto viewer = b.person("viewer", {{"role", "viewer"}});
    const auto seen = b.read(viewer, "/overview" + b.all);
    const auto printed = journal::parsed(
        b.admin("report", {{"report", "counties"}, {"form", "json"}, {"from", "2026-01-01"}, {"to", "2026-05-01"}})
            .body);
    for (const auto& row : printed.at("rows")) {
        const auto& counties = seen.at("counties");
        const auto same =
            std::ranges::find_if(counties, [&](const json& one) { return one["county"] == row["county"]; });
        if (row["county"] != "all") REQUIRE(same != counties.end());
        const auto& one = row["county"] == "all" ? seen.at("all") : *same;
        for (const auto& [name, value] : row.items())
            if (name != "name" && name != "county" && name != "low" && name != "zero") CHECK(one.at(name) == value);
    }
    CHECK(seen.at("all").at("failed") == 9);
    const auto missing = journal::parsed(
        b.admin("report", {{"report", "non-returns"}, {"form", "json"}, {"from", "2026-01-01"}, {"to", "2026-05-01"}})
            .body);
    const auto officer = b.person("officer", {{"role", "officer"}});
    const auto listed = b.read(officer, "/non-returns" + b.all);
    CHECK(listed.at("total") == missing.at("count"));
    REQUIRE(listed.at("items").size() == missing.at("rows").size());
    for (std::size_t i = 0; i < listed.at("items").size(); ++i)
        for (const auto& [name, value] : missing.at("rows")[i].items()) CHECK(listed.at("items")[i].at(name) == value);
}

TEST_CASE("an officer of one county sees nothing of another by any call") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}, {"counties", {"610404"}}});
    const auto city = b.person("city", {{"role", "officer"}});
    const auto seen = b.read(officer, "/overview" + b.all);
    CHECK(seen.at("all").at("failed") == 6);
    REQUIRE(seen.at("counties").size() == 1);
    CHECK(seen.at("counties")[0].at("county") == "610404");
    CHECK(b.read(officer, "/counties" + b.all).at("items").size() == 1);
    for (const auto& rule : b.items(officer, "/rules")) CHECK(rule.at("flags").is_null());
    for (const auto& rule : b.items(city, "/rules")) CHECK(rule.at("flags").is_number());
    for (const auto& one : b.items(officer, "/stations" + b.all)) CHECK(one.at("county") == "610404");
    CHECK(b.read(officer, "/non-returns" + b.all).at("total") == 6);
    CHECK(b.read(city, "/non-returns" + b.all).at("total") == 9);

    const auto refused = [&](const std::string& target) {
        CHECK(code_of(b.ask(officer, "GET", target)) == "403 out_of_scope");
        const auto entry = b.last("&who=officer");
        CHECK(entry.at("what") == "refused");
        CHECK(entry.at("result") == "out_of_scope");
    };
    refused("/counties/610423" + b.all);
    refused("/non-returns" + b.all + "&county=610423");
    refused("/flags?county=610423");
    refused("/stations" + b.all + "&county=610423");
    refused("/non-returns" + b.all + "&county=outside");
    const auto other = b.read(city, "/non-returns" + b.all + "&county=610423").at("items").at(0).at("episode_id");
    refused("/records/" + other.get<std::string>() + "/vehicle");
    CHECK(code_of(b.ask(officer, "POST", "/reveals",
                        {{"record_id", other}, {"reason_code", "other"}, {"reason", "看一看吧"}})) ==
          "403 out_of_scope");
    CHECK(journal::parsed(b.ask(officer, "POST", "/vehicle-searches", {{"text", other}}).body).at("items").empty());
    for (const auto* target : {"/audit", "/accounts"})
        CHECK(code_of(b.ask(officer, "GET", target)) == "403 role_missing");
    CHECK(b.last("&who=officer").at("result") == "role_missing");
}

TEST_CASE("a number opens a list of as many") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}});
    const auto both = b.person("both", {{"role", "officer"}, {"counties", {"610404"}}});
    REQUIRE(
        b.ask(b.security, "POST", "/grants/" + b.granted(b.system, "both", {{"role", "viewer"}}) + "/confirm").status ==
        200);
    for (const auto* view : {"station", "registered"}) {
        const auto filter = b.all + "&view=" + view;
        for (const auto& row : b.items(officer, "/counties" + filter)) {
            INFO(view << " " << row.at("county"));
            CHECK(b.read(officer, "/non-returns" + filter + "&county=" + row.at("county").get<std::string>())
                      .at("total") == row.at("non_returns"));
        }
    }
    for (const auto& who : {officer, both})
        CHECK(b.read(who, "/overview" + b.all).at("open_flags") == b.read(who, "/flags").at("total"));
    CHECK(b.read(both, "/overview" + b.all).at("all").at("failed") == 9);
    CHECK(code_of(b.ask(officer, "GET", "/counties/610400" + b.all)) == "404 county_not_found");
    CHECK(code_of(b.ask(officer, "GET", "/overview?as_of=0000-02-01")) == "400 bad_day");
}

TEST_CASE("an export holds the rows of its list under its filter, and is audited") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}, {"counties", {"610404"}}});
    const auto viewer = b.person("viewer", {{"role", "viewer"}});
    const auto file = [&](const Bureau::Visitor& who, const std::string& target) {
        const auto answer = b.ask(who, "GET", target);
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        CHECK(answer.content_type == "text/csv; charset=utf-8");
        std::vector<std::string> lines;
        std::istringstream text(answer.body);
        for (std::string line; std::getline(text, line);) lines.push_back(line);
        return lines;
    };
    const auto listed = b.read(officer, "/non-returns" + b.all + "&limit=1").at("total").get<std::size_t>();
    REQUIRE(listed == 6);
    const auto lines = file(officer, "/exports/non-returns.csv" + b.all);
    REQUIRE(lines.size() == 1 + listed + 6);
    CHECK(lines[0].find("已逾天数,号牌,VIN,县区") != std::string::npos);
    CHECK(lines[1].find("渭城区") != std::string::npos);
    CHECK(lines[1].find("***") != std::string::npos);
    CHECK(lines[1 + listed] == "\r");
    CHECK(lines[2 + listed] == "行数,6\r");
    CHECK(lines[3 + listed].find("from=2026-01-01 to=2026-05-01") != std::string::npos);
    CHECK(file(officer, "/exports/non-returns.csv" + b.all + "&language=en")[0].find("days overdue,plate") !=
          std::string::npos);
    CHECK(file(viewer, "/exports/stations.csv" + b.all).size() > 2);
    CHECK(file(officer, "/exports/counties.csv" + b.all)[1].find("渭城区") != std::string::npos);
    CHECK(code_of(b.ask(viewer, "GET", "/exports/non-returns.csv")) == "403 role_missing");
    CHECK(code_of(b.ask(viewer, "GET", "/exports/flags.csv")) == "403 role_missing");
    CHECK(code_of(b.ask(officer, "GET", "/exports/non-returns.csv?county=610423")) == "403 out_of_scope");
    const auto book = b.ask(officer, "GET", "/exports/counties.xlsx" + b.all);
    CHECK(book.status == 200);
    CHECK(book.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    CHECK(book.body.starts_with("PK"));
    CHECK(code_of(b.ask(viewer, "GET", "/exports/flags.xlsx")) == "403 role_missing");
    const auto document = b.ask(officer, "GET", "/exports/non-returns.pdf" + b.all);
    CHECK(document.status == 200);
    CHECK(document.content_type == "application/pdf");
    CHECK(b.last("&who=officer&what=export").at("about").get<std::string>().starts_with("non-returns 6 rows "));
    const auto pages = test::pdf_pages(document.body);
    const auto said = std::accumulate(pages.begin(), pages.end(), std::string());
    for (const auto* words :
         {"逾期未返回的车辆", "from=2026-01-01 to=2026-05-01", "渭城区", "行数", "负责人：", "H610400-01"}) {
        INFO(words);
        CHECK(said.find(words) != std::string::npos);
    }
    // A row's masked plate, once for each that the CSV has.
    std::size_t plates = 0;
    for (auto at = said.find("陕D"); at != std::string::npos; at = said.find("陕D", at + 1)) ++plates;
    CHECK(plates == listed);
    CHECK(code_of(b.ask(viewer, "GET", "/exports/flags.pdf")) == "403 role_missing");
    CHECK(code_of(b.ask(officer, "GET", "/exports/non-returns.pdf?county=610423")) == "403 out_of_scope");
    CHECK(b.ask(officer, "GET", "/exports/counties.pdf" + b.all).status == 200);
    const auto entry = b.last("&who=officer&what=export");
    CHECK(entry.at("about").get<std::string>().starts_with("counties 1 rows "));
    CHECK(entry.at("result") == "ok");
}

TEST_CASE("suspect records come page by page, each once, in the order of the whole list") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}});
    const auto whole = b.read(officer, "/flags?state=all&limit=500");
    std::vector<std::string> ids, paged;
    for (const auto& one : whole.at("items")) ids.push_back(one.at("flag_id"));
    REQUIRE(ids.size() == whole.at("total").get<std::size_t>());
    std::string cursor;
    for (std::size_t pages = 0; pages <= ids.size(); ++pages) {
        const auto page = b.read(officer, "/flags?state=all&limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const auto& one : page.at("items")) paged.push_back(one.at("flag_id"));
        if (page.at("next").is_null()) break;
        cursor = page.at("next");
    }
    CHECK(paged == ids);
}

namespace {

/// A passed result of a watched station, which a strong flag speaks against.
struct Held : Bureau {
    Held() {
        here.join(*this);
        three_admins();
        REQUIRE(set_policy({{"watched_stations", json::array({here.id})}, {"hold_minutes", 15}}).status == 200);
        REQUIRE(admin("holds").status == 200);
        REQUIRE(here.send(*this, {test::inspection(2, here.id, "2026-03-09T23:58:00+08:00", "pass")}) ==
                std::vector<std::string>{"accepted"});
    }
    Answer decide(const Visitor& who, const std::string& action) {
        return ask(who, "POST", "/holds/" + id + "/decisions",
                   {{"action", action}, {"reason", "录像正常，车和探头都在位"}});
    }
    const std::string id = test::record_id(2);
    test::Source here{"I610404-01"};
};

}  // namespace

TEST_CASE("a held result is released by an officer of its county, once; another county's is not shown it") {
    Held b;
    const auto officer = b.person("officer", {{"role", "officer"}, {"counties", {"610404"}}});
    const auto other = b.person("other", {{"role", "officer"}, {"counties", {"610423"}}});
    const auto held = b.read(officer, "/holds").at("items");
    REQUIRE(held.size() == 1);
    CHECK(held[0].at("record_id") == b.id);
    CHECK(held[0].at("state") == "waiting");
    CHECK(b.read(other, "/holds").at("items").empty());
    CHECK(code_of(b.decide(other, "release")) == "403 out_of_scope");
    CHECK(code_of(b.decide(officer, "delete")) == "400 unknown_action");
    CHECK(b.decide(officer, "release").status == 200);
    const auto entry = b.last("&who=officer");
    CHECK(entry.at("what") == "hold release");
    CHECK(entry.at("result") == "ok");
    const auto released = b.read(officer, "/holds").at("items");
    REQUIRE(released.size() == 1);
    CHECK(released[0].at("state") == "released");
    CHECK(released[0].at("officer_id") == "officer");
    CHECK(code_of(b.decide(officer, "refuse")) == "412 someone_was_first");
    b.now += 8 * loop::day_ms;
    auto later = officer;
    b.take_session(later, b.enter("officer", b.code(officer)));
    CHECK(b.read(later, "/holds").at("items").empty());
}

TEST_CASE("of two decisions at the same moment one is written") {
    Held b;
    const auto first = b.person("first", {{"role", "officer"}}), second = b.person("second", {{"role", "officer"}});
    const auto flag = b.read(first, "/flags").at("items").at(0).at("flag_id").get<std::string>();
    const auto decide = [&](const Bureau::Visitor& who) {
        return b.begin_asking(who, "POST", "/flags/" + flag + "/decisions",
                              {{"action", "dismiss"}, {"reason", "录像正常，车和探头都在位"}}, "open");
    };
    auto one = decide(first), two = decide(second);
    const std::set<std::string> codes{code_of(one.get()), code_of(two.get())};
    CHECK(codes == std::set<std::string>{"200 ", "412 someone_was_first"});
    CHECK(b.read(first, "/flags/" + flag).at("decisions").size() == 1);
}

TEST_CASE("a page goes on where it ended, for its own person and filter alone") {
    Counties b;
    const auto first = b.person("first", {{"role", "officer"}}), second = b.person("second", {{"role", "officer"}});
    std::vector<std::string> ids;
    std::string cursor;
    for (int pages = 0; pages < 9; ++pages) {
        const auto page =
            b.read(first, "/non-returns" + b.all + "&limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        CHECK(page.at("total") == 9);
        for (const auto& one : page.at("items")) ids.push_back(one.at("episode_id"));
        if (page.at("next").is_null()) break;
        cursor = page.at("next");
        CHECK(code_of(b.ask(second, "GET", "/non-returns" + b.all + "&limit=2&cursor=" + cursor)) ==
              "400 cursor_not_yours");
        CHECK(b.last("&who=second").at("result") == "cursor_not_yours");
        CHECK(code_of(b.ask(first, "GET", "/non-returns?from=2026-01-02&to=2026-05-01&cursor=" + cursor)) ==
              "400 cursor_not_yours");
    }
    CHECK(ids.size() == 9);
    CHECK(std::set(ids.begin(), ids.end()).size() == 9);
}

TEST_CASE(
    "plates and VINs are masked until a reason stands in the audit log; what is searched stands there as a digest") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}}),
               police = b.person("police", {{"role", "receiver"}});
    const auto item = b.read(officer, "/non-returns" + b.all).at("items").at(0);
    const std::string id = item.at("episode_id"), masked = item.at("plate");
    CHECK(masked.find("***") != std::string::npos);
    const auto story = b.read(officer, "/records/" + id + "/vehicle");
    CHECK(story.at("plate") == masked);
    CHECK(code_of(b.ask(officer, "POST", "/reveals",
                        {{"record_id", id}, {"reason_code", "other"}, {"reason", "看"}})) == "422 text_unfit");
    const auto shown = b.ask(officer, "POST", "/reveals",
                             {{"record_id", id}, {"reason_code", "contact_owner"}, {"reason", "通知车主"}});
    REQUIRE(shown.status == 200);
    const std::string plate = journal::parsed(shown.body).at("plate");
    CHECK(plate.find('*') == std::string::npos);
    auto entry = b.last("&who=officer");
    CHECK(entry.at("what") == "reveal");
    CHECK(entry.at("about") == id);
    CHECK(entry.at("reason") == "contact_owner 通知车主");
    CHECK(b.read(police, "/records/" + id + "/vehicle").at("plate") == plate);
    CHECK(b.last("&who=police").at("what") == "reveal");
    // A browser keeps what it may ask again with an ETag.
    for (const auto& who : {officer, police})
        for (const auto& [name, value] : b.ask(who, "GET", "/records/" + id + "/vehicle").headers)
            CHECK(name != "ETag");
    CHECK(journal::parsed(b.ask(police, "POST", "/vehicle-searches", {{"text", plate}}).body)
              .at("items")
              .at(0)
              .at("plate") == plate);
    entry = b.last("&who=police");
    CHECK(entry.at("what") == "reveal");
    CHECK(entry.at("reason") == "logged search");

    const auto found = journal::parsed(b.ask(officer, "POST", "/vehicle-searches", {{"text", plate}}).body);
    REQUIRE(found.at("items").size() == 1);
    CHECK(found.at("items")[0].at("plate") == masked);
    const auto all = b.read(b.auditor, "/audit?limit=500").dump();
    CHECK(all.find(plate) == std::string::npos);
    CHECK(b.last("&who=officer").at("what") == "search");
}

TEST_CASE("a policy is proposed by one person and confirmed by another") {
    Counties b;
    const auto proposer = b.person("proposer", {{"role", "policy"}});
    const auto approver = b.person("approver", {{"role", "policy_approver"}});
    const auto viewer = b.person("viewer", {{"role", "viewer"}, {"counties", {"610404"}}});
    const auto propose = [&](json values, const std::string& day = "2026-06-01") {
        return b.ask(proposer, "POST", "/policy-changes",
                     {{"values", std::move(values)}, {"valid_from", day}, {"reason", "省厅通知，全省统一期限"}});
    };
    CHECK(code_of(propose(json::object())) == "422 values_unfit");
    CHECK(code_of(propose({{"days", 20}})) == "422 unknown_member");
    CHECK(code_of(propose({{"repair_days", 20}}, "2026-01-01")) == "422 policy_dated_back");
    CHECK(code_of(propose({{"repair_days", -1}})).starts_with("422 "));
    CHECK(code_of(b.ask(proposer, "POST", "/policy-changes", {{"values", {{"repair_days", 20}}}, {"reason", "短"}})) ==
          "422 text_unfit");
    const auto made = propose({{"repair_days", 20}, {"counties.610404.retest_days", 9}});
    INFO(made.body);
    REQUIRE(made.status == 200);
    const auto waiting = b.read(approver, "/policy-changes").at("rows");
    REQUIRE(waiting.size() == 2);
    const std::string at = "/policy-changes/" + waiting[0].at("id").get<std::string>();
    CHECK(waiting[0].at("officer_id") == "proposer");
    CHECK(code_of(b.ask(proposer, "POST", at + "/confirm")) == "403 role_missing");
    CHECK(code_of(b.ask(viewer, "POST", at + "/confirm")) == "403 role_missing");
    CHECK(code_of(b.ask(approver, "POST", at + "/sign")) == "404 not_found");
    REQUIRE(b.ask(approver, "POST", at + "/confirm").status == 200);
    CHECK(code_of(b.ask(approver, "POST", at + "/confirm")) == "404 proposal_not_found");
    CHECK(b.read(approver, "/policy-changes").at("rows").empty());
    const auto words = b.read(viewer, "/policy?on=2026-06-01").at("words");
    CHECK(words.at("repair_days") == 20);
    CHECK(words.at("counties").at("610404").at("retest_days") == 9);
    CHECK(b.read(viewer, "/policy?on=2026-05-31").at("words").at("repair_days") == 30);
    CHECK(b.read(proposer, "/policy/history").at("rows")[0].at("state") == "scheduled");
    CHECK(code_of(b.ask(viewer, "GET", "/policy/history")) == "403 role_missing");
    const auto entry = b.last("&who=approver&result=ok");
    CHECK(entry.at("what") == "policy confirm");

    const auto watched = propose({{"watched_stations", {b.there.id}}}, "2026-05-10");
    REQUIRE(watched.status == 200);
    const auto id = b.read(approver, "/policy-changes").at("rows")[0].at("id").get<std::string>();
    REQUIRE(b.ask(approver, "POST", "/policy-changes/" + id + "/confirm").status == 200);
    CHECK(b.read(viewer, "/policy").dump().find(b.there.id) == std::string::npos);
    CHECK(b.read(approver, "/policy").at("words").at("watched_stations") == json::array({b.there.id}));
    REQUIRE(propose({{"repair_days", 25}}).status == 200);
    const auto back = b.read(proposer, "/policy-changes").at("rows")[0].at("id").get<std::string>();
    CHECK(b.ask(proposer, "POST", "/policy-changes/" + back + "/return").status == 200);
    CHECK(b.read(approver, "/policy-changes").at("rows").empty());
}

TEST_CASE("one damaged alarm hides none of those behind it, however many there are") {
    Bureau b;
    b.three_admins();
    const auto officer = b.person("officer", {{"role", "officer"}});
    constexpr int raised = 230;
    for (int n = 0; n < raised; ++n)
        b.hub->raise_alarm({b.hub->id, "epoch " + std::to_string(n), 1, {}}, "journal_fork", "");
    REQUIRE(b.items(officer, "/alarms?limit=500").size() == raised);
    sqlite::Database(b.data / "hub.sqlite").execute("UPDATE alarms SET times = 7 WHERE epoch = 'epoch 30'");
    CHECK(b.items(officer, "/alarms?limit=500").size() == raised - 1);
}

TEST_CASE("a forked journal is an alarm that officers of its county see, and the system's page counts it") {
    Counties b;
    const auto officer = b.person("officer", {{"role", "officer"}, {"counties", {"610404"}}});
    const auto other = b.person("other", {{"role", "officer"}, {"counties", {"610423"}}});
    const auto state = [&](const std::string& check) {
        for (const auto& one : b.items(b.system, "/system"))
            if (one.at("check") == check) return one.at("state").get<std::string>();
        return std::string("is not there");
    };
    CHECK(state("alarms") == "fine");
    CHECK(b.read(officer, "/alarms").at("items").empty());
    const auto before_here = b.here, before_there = b.there;
    REQUIRE(b.here.send(b, {failed(21, b.here.id)}) == std::vector<std::string>{"accepted"});
    REQUIRE(b.there.send(b, {failed(22, b.there.id)}) == std::vector<std::string>{"accepted"});
    for (int n = 23; n <= 25; ++n) {
        auto forked = before_here;
        REQUIRE(forked.send(b, {failed(n, b.here.id)}) == std::vector<std::string>{"409 journal_fork"});
    }
    auto forked = before_there;
    REQUIRE(forked.send(b, {failed(26, b.there.id)}) == std::vector<std::string>{"409 journal_fork"});

    std::set<std::string> seen;
    std::string page = "/alarms?limit=2";
    for (int pages = 1; !page.empty(); ++pages) {
        REQUIRE(pages <= 2);
        const auto answer = b.read(officer, page);
        for (const auto& one : answer.at("items")) {
            CHECK(one.at("source_id") == b.here.id);
            CHECK(one.at("code") == "journal_fork");
            CHECK(one.at("first") == 7);
            seen.insert(one.dump());
        }
        page = answer.at("next").is_null() ? "" : "/alarms?limit=2&cursor=" + answer.at("next").get<std::string>();
    }
    CHECK(b.read(officer, "/alarms").at("items").size() == 3);
    CHECK(b.read(other, "/alarms").at("items").size() == 1);
    CHECK(code_of(b.ask(officer, "GET", "/alarms?days=0")) == "400 bad_days");
    CHECK(code_of(b.ask(officer, "GET", "/alarms?days=-1")) == "400 bad_days");
    CHECK(code_of(b.ask(b.system, "GET", "/alarms")) == "403 role_missing");
    CHECK(code_of(b.ask(officer, "GET", "/system")) == "403 role_missing");
    CHECK(state("alarms") == "look");
    CHECK(state("administrators") == "fine");
    CHECK(state("rule_failures") == "fine");
    b.now += 40 * loop::day_ms;
    auto later = officer;
    b.take_session(later, b.enter("officer", b.code(officer)));
    CHECK(b.read(later, "/alarms").at("items").empty());
    CHECK(b.read(later, "/alarms?days=60").at("items").size() == 3);
}

namespace {

/// Cases of two counties; officers of one, of the other and of the city; the ecology bureau accepts.
struct Ledger : Counties {
    json to_open(const std::string& county) {
        return {{"county", county},
                {"problem", "没有一辆不合格车进站维修"},
                {"lead_unit", "transport"},
                {"person", "here"},
                {"deadline", "2026-05-31"},
                {"acceptance_unit", "ecology"},
                {"measures", {"逐辆联系车主"}},
                {"joint_units", {"police"}}};
    }
    std::string opened(const Visitor& who, const json& of) {
        const auto answer = ask(who, "POST", "/cases", of);
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        return journal::parsed(answer.body).at("case_no");
    }
    Answer step(const Visitor& who, const std::string& no, const std::string& action, json more = json::object()) {
        more["action"] = action;
        const auto seen = ask(city, "GET", "/cases/" + no);
        return ask(who, "POST", "/cases/" + no + "/actions", more, journal::parsed(seen.body).at("mark"));
    }
    /// What a person may do next, and why not.
    std::map<std::string, std::string> possible(const Visitor& who, const std::string& no) {
        std::map<std::string, std::string> out;
        const auto seen = read(who, "/cases/" + no);
        for (const auto& one : seen.at("possible"))
            out[one.at("action")] = one.contains("why") ? one.at("why").at("code").get<std::string>() : "may";
        return out;
    }
    Visitor officer = person("here", {{"role", "officer"}, {"counties", {"610404"}}}, "transport"),
            other = person("there", {{"role", "officer"}, {"counties", {"610423"}}}, "transport"),
            city = person("city", {{"role", "officer"}}, "ecology"),
            acceptor = person("acceptor", {{"role", "acceptor"}}, "ecology"),
            police = person("police", {{"role", "receiver"}}, "police");
};

}  // namespace

TEST_CASE(
    "a case goes its way: the same person does not accept it, another of the acceptance unit does and closes it") {
    Ledger b;
    const auto no = b.opened(b.officer, b.to_open("610404"));
    CHECK(no == "2026-610404-0001");
    CHECK(b.last("&who=here").at("what") == "case open");
    CHECK(b.possible(b.officer, no) ==
          std::map<std::string, std::string>{
              {"begin", "may"}, {"assign", "may"}, {"evidence", "may"}, {"comment", "may"}, {"hand_over", "may"}});
    CHECK(b.step(b.officer, no, "begin").status == 200);
    CHECK(code_of(b.step(b.city, no, "submit")) == "409 not_responsible");
    CHECK(b.last("&who=city").at("result") == "not_responsible");
    CHECK(b.step(b.officer, no, "hand_over", {{"to_department", "police"}, {"step", "given"}}).status == 200);
    CHECK(code_of(b.step(b.officer, no, "hand_over", {{"to_department", "police"}, {"step", "received"}})) ==
          "409 not_that_department");
    CHECK(b.step(b.police, no, "hand_over", {{"to_department", "police"}, {"step", "received"}}).status == 200);
    CHECK(b.step(b.police, no, "hand_over",
                 {{"to_department", "police"}, {"step", "done"}, {"text", "已处罚一辆，见文书"}})
              .status == 200);
    CHECK(code_of(b.step(b.police, no, "submit")) == "403 role_missing");
    CHECK(b.step(b.officer, no, "submit").status == 200);

    const auto both = b.granted(b.system, "here", {{"role", "acceptor"}});
    REQUIRE(b.ask(b.security, "POST", "/grants/" + both + "/confirm").status == 200);
    CHECK(b.possible(b.officer, no).at("accept") == "accepted_by_doer");
    CHECK(b.possible(b.city, no).at("accept") == "role_missing");
    CHECK(b.possible(b.acceptor, no).at("accept") == "may");
    CHECK(code_of(b.step(b.officer, no, "accept")) == "409 accepted_by_doer");
    CHECK(code_of(b.step(b.city, no, "accept")) == "403 role_missing");
    CHECK(code_of(b.step(b.acceptor, no, "return", {{"text", "短"}})) == "422 text_unfit");
    CHECK(b.step(b.acceptor, no, "accept").status == 200);
    CHECK(code_of(b.step(b.officer, no, "publish")) == "409 not_acceptance_unit");
    CHECK(b.step(b.acceptor, no, "publish").status == 200);
    CHECK(b.step(b.acceptor, no, "close").status == 200);
    CHECK(b.last("&who=acceptor").at("what") == "case close");
    CHECK(b.last("&who=acceptor").at("about") == no);
    CHECK(b.read(b.city, "/cases").at("total") == 0);
    CHECK(b.read(b.city, "/cases?state=closed").at("items")[0].at("case_no") == no);
    const auto stale = b.ask(b.city, "POST", "/cases/" + no + "/actions",
                             {{"action", "reopen"}, {"text", "复查发现没有整改到位"}}, "another");
    CHECK(code_of(stale) == "412 someone_was_first");

    // The command line says the same.
    const auto printed = journal::parsed(b.admin("cases", {{"form", "json"}, {"state", "all"}}).body).at("rows");
    const auto listed = b.read(b.city, "/cases?state=all").at("items");
    CHECK(printed == listed);
    auto story = b.read(b.city, "/cases/" + no);
    story.erase("possible");
    CHECK(journal::parsed(b.admin("case_show", {{"case_no", no}, {"form", "json"}}).body) == story);
    CHECK(b.clean());
}

TEST_CASE("an officer of one county sees nothing of another county's cases by list, number, cursor, file or step") {
    Ledger b;
    const auto own = b.opened(b.officer, b.to_open("610404"));
    b.opened(b.officer, b.to_open("610404"));
    auto of_other = b.to_open("610423");
    of_other["person"] = "there";
    const auto foreign = b.opened(b.other, of_other);
    CHECK(b.read(b.city, "/cases").at("total") == 3);
    CHECK(b.read(b.officer, "/cases").at("total") == 2);
    for (const auto& one : b.items(b.officer, "/cases?state=all")) CHECK(one.at("county") == "610404");
    CHECK(b.read(b.officer, "/cases").at("counts").at("states").at("open") == 2);

    const auto refused = [&](const std::string& method, const std::string& target, const json& body = nullptr) {
        CHECK(code_of(b.ask(b.officer, method, target, body)) == "403 out_of_scope");
        CHECK(b.last("&who=here").at("result") == "out_of_scope");
    };
    refused("GET", "/cases?county=610423");
    refused("GET", "/cases/" + foreign);
    refused("GET", "/cases/2026-610423-0099");
    refused("POST", "/cases/" + foreign + "/actions", {{"action", "comment"}, {"text", "看一看"}});
    refused("POST", "/cases", of_other);
    refused("GET", "/officers?county=610423");
    refused("GET", "/exports/cases.csv?county=610423");
    CHECK(code_of(b.ask(b.officer, "GET", "/cases/2026-610404-0099")) == "404 case_not_found");
    const auto page = b.read(b.city, "/cases?limit=1");
    REQUIRE(page.at("next").is_string());
    CHECK(code_of(b.ask(b.officer, "GET", "/cases?limit=1&cursor=" + page.at("next").get<std::string>())) ==
          "400 cursor_not_yours");
    const auto file = b.ask(b.officer, "GET", "/exports/cases.csv?state=all");
    REQUIRE(file.status == 200);
    CHECK(file.body.find(own) != std::string::npos);
    CHECK(file.body.find("610423") == std::string::npos);
    CHECK(file.body.find("三原") == std::string::npos);
    CHECK(b.last("&who=here&what=export").at("about").get<std::string>().starts_with("cases 2 rows"));
    const auto viewer = b.person("viewer", {{"role", "viewer"}});
    CHECK(code_of(b.ask(viewer, "GET", "/cases")) == "403 role_missing");
    CHECK(code_of(b.ask(b.acceptor, "POST", "/cases", b.to_open("610404"))) == "403 role_missing");
}

TEST_CASE("cases come page by page, each once, those due first; and filtered by what is asked") {
    Ledger b;
    auto of = b.to_open("610404");
    std::vector<std::string> due;
    for (const auto* day : {"2026-05-20", "2026-05-12", "2026-06-30", "2026-05-12"}) {
        of["deadline"] = day;
        due.push_back(b.opened(b.officer, of));
    }
    of["about"] = {{"complaint_no", "12345-7"}};
    of["deadline"] = "2026-07-31";
    const auto complaint = b.opened(b.officer, of);
    CHECK(code_of(b.ask(b.officer, "POST", "/cases", of)) == "409 case_exists");
    REQUIRE(b.step(b.officer, due[1], "begin").status == 200);
    REQUIRE(b.step(b.officer, due[1], "submit").status == 200);
    const std::vector<std::string> order{due[3], due[0], due[2], complaint, due[1]};
    std::vector<std::string> paged;
    std::string cursor;
    for (std::size_t pages = 0; pages < 5; ++pages) {
        const auto page = b.read(b.city, "/cases?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        CHECK(page.at("total") == 5);
        for (const auto& one : page.at("items")) paged.push_back(one.at("case_no"));
        if (page.at("next").is_null()) break;
        cursor = page.at("next");
    }
    CHECK(paged == order);
    const auto found = [&](const Bureau::Visitor& who, const std::string& filter) {
        std::vector<std::string> out;
        for (const auto& one : b.items(who, "/cases" + filter)) out.push_back(one.at("case_no"));
        return out;
    };
    CHECK(found(b.city, "?due=soon") == std::vector<std::string>{due[3]});
    CHECK(found(b.city, "?state=submitted") == std::vector<std::string>{due[1]});
    CHECK(found(b.city, "?source=complaint_no") == std::vector<std::string>{complaint});
    CHECK(found(b.city, "?about=12345-7") == std::vector<std::string>{complaint});
    CHECK(found(b.city, "?source=hand").size() == 4);
    CHECK(found(b.city, "?mine=1").empty());
    CHECK(found(b.officer, "?mine=1").size() == 5);
    b.now = loop::parse_moment("2026-05-13T00:00:00+08:00").value();
    auto later = b.city;
    b.take_session(later, b.enter("city", b.code(b.city)));
    CHECK(found(later, "?due=overdue") == std::vector<std::string>{due[3]});
    const auto counts = b.read(later, "/cases?county=610404").at("counts");
    CHECK(counts.at("overdue") == 1);
    CHECK(counts.at("soon") == 1);
    CHECK(counts.at("states").at("open") == 4);
    CHECK(counts.at("states").at("submitted") == 1);
}

TEST_CASE("who is responsible is an officer of the county, and what it is opened for is within one's scope") {
    Ledger b;
    const auto open = [&](const json& changed) {
        auto of = b.to_open("610404");
        of.update(changed);
        return code_of(b.ask(b.officer, "POST", "/cases", of));
    };
    CHECK(open({{"person", "there"}}) == "422 person_unfit");
    CHECK(open({{"person", "acceptor"}}) == "422 person_unfit");
    CHECK(open({{"person", "nobody"}}) == "422 person_unfit");
    CHECK(open({{"problem", "太短"}}) == "422 text_unfit");
    CHECK(open({{"about", {{"flag_id", "R03-0000000000000000"}}}}) == "404 flag_not_found");
    std::vector<std::string> officers;
    for (const auto& one : b.items(b.officer, "/officers?county=610404")) officers.push_back(one.at("account"));
    CHECK(officers == std::vector<std::string>{"city", "here"});
    // The unit that rights were confirmed for stays while they hold.
    const auto change = [&] {
        return code_of(b.ask(b.system, "PATCH", "/accounts/here", {{"action", "unit"}, {"unit", "ecology"}}));
    };
    CHECK(change() == "409 grant_in_force");
    CHECK(code_of(b.ask(b.system, "POST", "/accounts", {{"account", "x1"}, {"name", "x"}, {"unit", "army"}})) ==
          "422 unit_unknown");
    b.invited(b.system, "idle");
    CHECK(b.ask(b.system, "PATCH", "/accounts/idle", {{"action", "unit"}, {"unit", "ecology"}}).status == 200);
}

TEST_CASE("every call that reads business data has roles, and none of an administrator's does") {
    for (const auto& route : hub::console_routes()) {
        INFO(route.method << " " << route.path);
        if (route.asker != hub::ConsoleAsker::role) continue;
        const bool is_admins = route.path.starts_with("/accounts") || route.path.starts_with("/grants") ||
                               route.path.starts_with("/audit") || route.path.starts_with("/system");
        for (const auto role : hub::all_roles)
            if (route.roles.has(role)) CHECK(hub::is_business(role) != is_admins);
    }
    CHECK(hub::console_match("GET", "/flags/V02-1/decisions").is_path);
    CHECK(hub::console_match("GET", "/flags/V02-1/decisions").route == nullptr);
    CHECK(hub::console_match("GET", "/flags/V02-1").parts == std::vector<std::string>{"V02-1"});
    CHECK_FALSE(hub::console_match("GET", "/flags//decisions").is_path);
    CHECK_FALSE(hub::console_match("GET", "/nothing").is_path);
}

TEST_CASE("console.yaml names every call of the console and no other") {
    std::set<std::string> written, there;
    std::string path, line;
    for (std::istringstream text{std::string(schemas::embedded("console.yaml"))}; std::getline(text, line);) {
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        for (const auto* method : {"get", "post", "put", "patch", "delete"})
            if (line.starts_with("    " + std::string(method) + ":")) written.insert(std::string(method) + " " + path);
    }
    for (const auto& route : hub::console_routes()) {
        std::string method(route.method);
        for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
        there.insert(method + " " + std::string(route.path));
    }
    CHECK(written == there);
}

TEST_CASE("a text with characters that are none is entered where it can be read, and harms nothing") {
    Bureau b;
    b.three_admins();
    CHECK(code_of(b.ask(b.system, "PATCH", "/accounts/chenan", {{"action", std::string("a\0b\n", 4)}})) ==
          "400 unknown_action");
    const std::string what = b.last("&who=ligong").at("what");
    CHECK(what.find('\0') == std::string::npos);
    CHECK(what.find('\n') == std::string::npos);
    CHECK(code_of(b.ask(b.system, "PATCH", "/accounts/chenan", {{"action", std::string(60'000, 'x')}})) ==
          "400 unknown_action");
    CHECK(b.last("&who=ligong").at("what").get<std::string>().size() < 100);
    CHECK(code_of(b.ask(b.system, "POST", "/accounts", {{"account", "x1"}, {"name", std::string("a\0", 2)}})) ==
          "422 text_unfit");
}
