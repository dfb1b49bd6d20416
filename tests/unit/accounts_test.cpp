// Accounts of the console: passwords, codes, roles, scope, the audit chain, on both engines where they are stored.
#include "hub/accounts/accounts.hpp"

#include <catch2/catch.hpp>
#include <iostream>

#include "hub/accounts/audit.hpp"
#include "hub/accounts/password.hpp"
#include "hub/accounts/second_factor.hpp"
#include "hub/accounts/sessions.hpp"
#include "hub/store/copy.hpp"
#include "hub/store/store.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;
using hub::Grant;
using hub::Role;
using hub::scope_of;

namespace {

const loop::Moment nine = loop::parse_moment("2026-03-02T09:00:00+08:00").value();

Grant grant(Role role, std::vector<std::string> counties = {}) {
    return {"g", "a", role, std::move(counties), "p", "c", nine, nine, 0};
}

void put(engine::Connection& database, const std::string& who, const std::string& what) {
    hub::AuditEntry entry;
    entry.at = nine;
    entry.who = who;
    entry.what = what;
    entry.result = "ok";
    hub::put_audit(database, entry);
}

}  // namespace

TEST_CASE("a password is known again, another is not, and what is kept differs each time") {
    const auto kept = hub::password_kept("四个不相关的词 horse");
    CHECK(kept.starts_with("scrypt$15$8$1$"));
    CHECK(hub::is_password("四个不相关的词 horse", kept));
    CHECK_FALSE(hub::is_password("四个不相关的词 horsf", kept));
    CHECK(hub::password_kept("四个不相关的词 horse") != kept);
    for (const auto* bad : {"", "scrypt$15$8$1$x", "scrypt$99$8$1$AAAA$AAAA", "plain$15$8$1$AAAA$AAAA"})
        CHECK_FALSE(hub::is_password("x", bad));
}

TEST_CASE("scrypt is that of RFC 7914") {
    // Section 12: "pleaseletmein", "SodiumChloride", N 16384, r 8, p 1; its first 32 bytes.
    const auto hash = journal::digest_from_hex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    const std::string bytes(hash->begin(), hash->end());
    CHECK(hub::is_password("pleaseletmein", "scrypt$14$8$1$U29kaXVtQ2hsb3JpZGU$" + journal::base64url(bytes)));
}

TEST_CASE("passwords that are easy to guess are refused with why") {
    CHECK(hub::too_easy("short", "zhaomin", "赵敏") == "too_short");
    CHECK(hub::too_easy("aaaaaaaaaaaab", "zhaomin", "赵敏") == "too_few_kinds");
    CHECK(hub::too_easy("my-ZhaoMin-2026", "zhaomin", "赵敏") == "holds_name");
    CHECK(hub::too_easy("IMLoop is my pass", "zhaomin", "赵敏") == "holds_program");
    CHECK(hub::too_easy("correct horse battery", "zhaomin", "赵敏") == std::nullopt);
    CHECK(hub::too_easy("苹果河流椅子月亮钥匙春天信", "zhaomin", "赵敏") == std::nullopt);
}

TEST_CASE("codes are those of RFC 6238, appendix B") {
    const std::string secret = "12345678901234567890";
    for (const auto& [second, code] : {std::pair(59LL, "94287082"), std::pair(1111111109LL, "07081804"),
                                       std::pair(1111111111LL, "14050471"), std::pair(1234567890LL, "89005924"),
                                       std::pair(2000000000LL, "69279037"), std::pair(20000000000LL, "65353130")})
        CHECK(hub::otp(secret, hub::otp_step(second * 1000), 8) == code);
    CHECK(hub::base32("foobar") == "MZXW6YTBOI");
    CHECK(hub::base32("f") == "MY");
}

TEST_CASE("a code counts for its step and its neighbours, and once") {
    const std::string secret = "12345678901234567890";
    const auto step = hub::otp_step(nine);
    auto code = hub::otp(secret, step);
    CHECK(hub::step_of_otp(secret, code, nine, 0) == step);
    CHECK(hub::step_of_otp(secret, code.substr(0, 3) + " " + code.substr(3), nine, 0) == step);
    CHECK(hub::step_of_otp(secret, code, nine + hub::otp_step_ms, 0) == step);
    CHECK(hub::step_of_otp(secret, code, nine - hub::otp_step_ms, 0) == step);
    CHECK_FALSE(hub::step_of_otp(secret, code, nine + 2 * hub::otp_step_ms, 0));
    CHECK_FALSE(hub::step_of_otp(secret, code, nine, step));
    CHECK_FALSE(hub::step_of_otp(secret, "", nine, 0));
}

TEST_CASE("the three administrators are apart from each other and from all business") {
    for (const auto a : hub::all_roles)
        for (const auto b : hub::all_roles) {
            const bool apart = a != b && (!hub::is_business(a) || !hub::is_business(b));
            CHECK(hub::conflict(a, b) == apart);
            CHECK(hub::conflict(b, a) == apart);
        }
    for (const auto role : hub::all_roles) CHECK(hub::role_named(hub::name_of(role)) == role);
    CHECK_FALSE(hub::role_named("root"));
}

TEST_CASE("a scope holds the counties of the roles a call is for, and of no others") {
    const std::vector grants{grant(Role::officer, {"610423"}), grant(Role::viewer)};
    const auto lists = scope_of(grants, {Role::officer}), totals = scope_of(grants, {Role::officer, Role::viewer});
    CHECK(lists.holds("610423"));
    CHECK_FALSE(lists.holds("610404"));
    CHECK_FALSE(lists.holds(""));
    CHECK(lists.personal() == hub::Personal::reason);
    CHECK(totals.holds("610404"));
    CHECK(totals.is_city());
    CHECK_FALSE(scope_of(grants, {Role::receiver}).holds("610423"));
    auto waits = grants;
    waits[0].confirmed_at = 0;
    CHECK_FALSE(scope_of(waits, {Role::officer}).holds("610423"));
    waits = grants;
    waits[0].ended_at = nine;
    CHECK_FALSE(scope_of(waits, {Role::officer}).holds("610423"));
    CHECK(hub::scope_name(lists) != hub::scope_name(totals));
}

TEST_CASE("of persons a scope shows what its roles show in all its counties, not what one of them shows in some") {
    const hub::RoleSet vehicles{Role::officer, Role::receiver};
    const auto personal = [&](const std::vector<Grant>& grants) { return scope_of(grants, vehicles).personal(); };
    CHECK(personal({}) == hub::Personal::none);
    CHECK(personal({grant(Role::receiver, {"610404"})}) == hub::Personal::logged);
    CHECK(personal({grant(Role::receiver, {"610404"}), grant(Role::officer, {"610423"})}) == hub::Personal::reason);
    CHECK(personal({grant(Role::receiver, {"610404"}), grant(Role::officer)}) == hub::Personal::reason);
    CHECK(personal({grant(Role::receiver), grant(Role::officer, {"610423"})}) == hub::Personal::logged);
    const std::vector both{grant(Role::officer, {"610404"}), grant(Role::checker, {"610423"})};
    CHECK(scope_of(both, {Role::officer, Role::checker}).personal() == hub::Personal::none);
    CHECK(scope_of(both, {Role::officer}).personal() == hub::Personal::reason);
}

TEST_CASE("accounts, links, grants and codes are stored and used up") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    hub::put_account(database, "zhaomin", "赵敏", nine);
    const auto first = hub::put_link(database, "zhaomin", nine), second = hub::put_link(database, "zhaomin", nine);
    CHECK_FALSE(hub::link_of(database, first, nine));
    REQUIRE(hub::link_of(database, second, nine));
    CHECK(hub::link_of(database, second, nine)->account == "zhaomin");
    CHECK_FALSE(hub::link_of(database, second, nine + hub::link_ms));
    hub::set_password(database, "zhaomin", "kept");
    hub::begin_second_factor(database, "zhaomin", std::string("\0secret", 7));
    auto account = hub::account_named(database, "zhaomin").value();
    CHECK(account.otp_secret == std::string("\0secret", 7));
    CHECK_FALSE(account.is_bound());
    {
        engine::Transaction transaction(database);
        hub::bind_second_factor(database, account, 7, {"one", "two"});
        transaction.commit();
    }
    CHECK(hub::account_named(database, "zhaomin")->is_bound());
    CHECK(hub::use_recovery_code(database, "zhaomin", "one"));
    CHECK_FALSE(hub::use_recovery_code(database, "zhaomin", "one"));
    CHECK(hub::recovery_codes_left(database, "zhaomin") == 1);

    hub::propose(database, {"g1", "zhaomin", Role::officer, {"610404", "610423"}, "ligong", {}, nine});
    CHECK_FALSE(hub::grants_of(database, "zhaomin").at(0).is_in_force());
    CHECK(hub::confirm_grant(database, "g1", "chenan", nine) == "zhaomin");
    CHECK_FALSE(hub::confirm_grant(database, "g1", "chenan", nine));
    const auto held = hub::grants_of(database, "zhaomin").at(0);
    CHECK(held.is_in_force());
    CHECK(held.counties == std::vector<std::string>{"610404", "610423"});
    CHECK(hub::conflicts({held}, Role::auditor));
    CHECK_FALSE(hub::conflicts({held}, Role::acceptor));
    hub::end_account(database, "zhaomin", nine);
    CHECK_FALSE(hub::grants_of(database, "zhaomin").at(0).is_in_force());
    CHECK_FALSE(hub::account_named(database, "nobody"));
}

TEST_CASE("accounts and grants go into a copy as they are, short-lived rows do not") {
    ON_BOTH_ENGINES;
    const test::StorePlace to(is_server);
    {
        hub::Store store(place.url);
        store.put_meta("hub_id", "H610400-01");
        store.put_segment("I610404-01", "e", 1, 1, "one", "receipt");
        auto& database = store.database();
        hub::put_account(database, "zhaomin", "赵敏", nine);
        for (const auto* id : {"g1", "g2", "g3"})
            hub::propose(database, {id, "zhaomin", Role::officer, {"610404"}, "ligong", {}, nine});
        hub::confirm_grant(database, "g1", "chenan", nine + 2);
        hub::confirm_grant(database, "g2", "chenan", nine + 2);
        hub::end_grant(database, "g2", nine + 3);
        hub::put_account(database, "former", "某人", nine);
        hub::end_account(database, "former", nine + 1);
        hub::put_link(database, "zhaomin", nine);
        hub::begin_session(database, "token", "zhaomin", "10.0.0.1", nine);
        hub::note_failure(database, "d", nine);
    }
    CHECK(hub::copy_store(place.url, to.url, [](const char*, std::int64_t) {}).damaged == 0);
    hub::Store copy(to.url);
    auto& database = copy.database();
    CHECK(hub::account_named(database, "zhaomin")->name == "赵敏");
    CHECK(hub::account_named(database, "former")->ended_at == nine + 1);
    const auto grants = hub::grants(database);
    REQUIRE(grants.size() == 3);
    CHECK(grants[0].confirmed_at == nine + 2);
    CHECK(grants[0].is_in_force());
    CHECK(grants[1].ended_at == nine + 3);
    CHECK(grants[2].confirmed_at == 0);
    CHECK(hub::confirm_grant(database, "g3", "chenan", nine) == "zhaomin");
    for (const auto* table : {"account_links", "sessions", "sign_ins_failed"}) {
        auto s = database.prepare("SELECT COUNT(*) FROM " + std::string(table));
        REQUIRE(s.step());
        CHECK(s.integer(0) == 0);
    }
}

TEST_CASE("a damaged row of accounts gives no right and stops no other") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    for (const auto* name : {"zhaomin", "chenan"}) {
        hub::put_account(database, name, "某人", nine);
        hub::propose(database, {std::string("g-") + name, name, Role::officer, {"610404"}, "ligong", {}, nine});
        hub::confirm_grant(database, std::string("g-") + name, "shell", nine);
        hub::begin_session(database, name, name, "10.0.0.1", nine);
        hub::note_failure(database, name, nine);
    }
    const auto link = hub::put_link(database, "zhaomin", nine);
    {
        engine::Transaction transaction(database);
        hub::bind_second_factor(database, hub::account_named(database, "zhaomin").value(), 7, {"one", "two"});
        transaction.commit();
    }
    const auto of = [](const std::function<void()>& work) {
        try {
            work();
        } catch (const hub::DamagedRow& e) {
            return e.table + " " + e.key;
        }
        return std::string("whole");
    };
    SECTION("the account") {
        database.execute("UPDATE accounts SET otp_used = 0 WHERE account = 'zhaomin'");
        CHECK(of([&] { hub::account_named(database, "zhaomin"); }) == "accounts zhaomin");
        CHECK(of([&] { hub::set_password(database, "zhaomin", "kept"); }) == "accounts zhaomin");
        CHECK(hub::accounts(database).size() == 1);
        CHECK(hub::damaged_rights(database) ==
              std::vector<std::pair<std::string, std::string>>{{"accounts", "zhaomin"}});
    }
    SECTION("a grant, of more counties, of another, or with its end undone") {
        database.execute(GENERATE("UPDATE grants SET counties = '' WHERE grant_id = 'g-zhaomin'",
                                  "UPDATE grants SET role = 'checker' WHERE grant_id = 'g-zhaomin'",
                                  "UPDATE grants SET confirmed_at = 1 WHERE grant_id = 'g-zhaomin'"));
        CHECK(of([&] { hub::grants_of(database, "zhaomin"); }) == "grants g-zhaomin");
        CHECK(hub::grants(database).size() == 1);
        CHECK(hub::damaged_rights(database) ==
              std::vector<std::pair<std::string, std::string>>{{"grants", "g-zhaomin"}});
        // Who holds one can be shut out all the same.
        hub::end_account(database, "zhaomin", nine);
        CHECK(hub::account_named(database, "zhaomin")->ended_at == nine);
    }
    SECTION("a grant that became another person's") {
        database.execute("UPDATE grants SET account = 'chenan' WHERE grant_id = 'g-zhaomin'");
        CHECK(of([&] { hub::grants_of(database, "chenan"); }) == "grants g-zhaomin");
        CHECK(hub::grants_of(database, "zhaomin").empty());
        CHECK(of([&] { hub::account_named(database, "chenan"); }) == "whole");
        return;
    }
    SECTION("a session, a link, a recovery code") {
        database.execute("UPDATE sessions SET account = 'ligong' WHERE account = 'zhaomin'");
        database.execute("UPDATE account_links SET account = 'ligong'");
        database.execute("UPDATE recovery_codes SET code_digest = 'three' WHERE code_digest = 'two'");
        CHECK(of([&] { hub::session_of(database, "zhaomin", nine); }) == "sessions " + hub::token_kept("zhaomin"));
        CHECK(hub::sessions_of(database, "ligong", nine).empty());
        CHECK(of([&] { hub::link_of(database, link, nine); }) == "account_links " + hub::token_kept(link));
        CHECK(of([&] { hub::use_recovery_code(database, "zhaomin", "three"); }) == "recovery_codes zhaomin three");
        CHECK(hub::recovery_codes_left(database, "zhaomin") == 1);
        CHECK(hub::use_recovery_code(database, "zhaomin", "one"));
    }
    SECTION("how often a name was tried is not known: locked until it is opened") {
        database.execute("UPDATE sign_ins_failed SET in_a_row = 0 WHERE name_digest = 'zhaomin'");
        CHECK(hub::tries_of(database, "zhaomin", nine).locked_until == hub::for_good);
        hub::forget_failures(database, "zhaomin");
        CHECK(hub::tries_of(database, "zhaomin", nine).left == 5);
    }
    CHECK(hub::account_named(database, "chenan")->name == "某人");
    CHECK(hub::grants_of(database, "chenan").at(0).is_in_force());
    CHECK(hub::session_of(database, "chenan", nine));
    CHECK(hub::tries_of(database, "chenan", nine).left == 4);
}

TEST_CASE("a first administrator is there once the second factor is set up") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    hub::put_account(database, "ligong", "李工", nine);
    hub::propose(database, {"g1", "ligong", Role::system_admin, {}, "shell", {}, nine});
    hub::confirm_grant(database, "g1", "shell", nine);
    CHECK_FALSE(hub::has_bound_admin(database));
    hub::begin_second_factor(database, "ligong", "secret");
    {
        engine::Transaction transaction(database);
        hub::bind_second_factor(database, hub::account_named(database, "ligong").value(), 7, {"one"});
        transaction.commit();
    }
    CHECK(hub::has_bound_admin(database));
    hub::end_account(database, "ligong", nine);
    CHECK_FALSE(hub::has_bound_admin(database));
}

TEST_CASE("a session ends after half an hour without a request and after twelve hours") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    hub::begin_session(database, "token", "zhaomin", "10.0.0.1", nine);
    REQUIRE(hub::session_of(database, "token", nine + hub::session_idle_ms - 1));
    CHECK_FALSE(hub::session_of(database, "token", nine + hub::session_idle_ms));
    CHECK_FALSE(hub::session_of(database, "other", nine));
    auto at = nine;
    const auto session = hub::session_of(database, "token", nine)->session;
    CHECK(session != "token");
    while (at + hub::session_idle_ms / 2 < nine + hub::session_ms) {
        at += hub::session_idle_ms / 2;
        hub::note_seen(database, session, at);
        CHECK(hub::session_of(database, "token", at));
    }
    CHECK_FALSE(hub::session_of(database, "token", nine + hub::session_ms));
    CHECK(hub::sessions_of(database, "zhaomin", at).size() == 1);
    hub::end_sessions(database, "zhaomin");
    CHECK(hub::sessions_of(database, "zhaomin", at).empty());
}

TEST_CASE("five failures in a row lock for a quarter of an hour, ten in a day for good") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    for (const int left : {4, 3, 2, 1}) CHECK(hub::note_failure(database, "d", nine).left == left);
    CHECK(hub::note_failure(database, "d", nine).locked_until == nine + hub::lock_ms);
    CHECK(hub::tries_of(database, "d", nine + hub::lock_ms - 1).locked_until != 0);
    const auto again = nine + hub::lock_ms;
    CHECK(hub::tries_of(database, "d", again).locked_until == 0);
    CHECK(hub::tries_of(database, "d", again).left == 5);
    for (int i = 0; i < 4; ++i) hub::note_failure(database, "d", again);
    CHECK(hub::note_failure(database, "d", again).locked_until == hub::for_good);
    CHECK(hub::tries_of(database, "d", again + 365 * loop::day_ms).locked_until == hub::for_good);
    CHECK(hub::tries_of(database, "other", again).left == 5);
    hub::forget_failures(database, "d");
    CHECK(hub::tries_of(database, "d", again).left == 5);
    for (const auto* name : {"d", "e"})
        for (int i = 0; i < 10; ++i) hub::note_failure(database, name, again);
    hub::forget_all_failures(database);
    for (const auto* name : {"d", "e"}) CHECK(hub::tries_of(database, name, again).locked_until == 0);
}

TEST_CASE("what a clock that was ahead has marked lasts no longer than what is marked now") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    const auto ahead = nine + 365 * loop::day_ms;
    for (int i = 0; i < 5; ++i) hub::note_failure(database, "d", ahead);
    CHECK(hub::tries_of(database, "d", ahead).locked_until == ahead + hub::lock_ms);
    CHECK(hub::tries_of(database, "d", nine).locked_until == 0);
    hub::begin_session(database, "token", "zhaomin", "10.0.0.1", ahead);
    CHECK(hub::session_of(database, "token", ahead));
    CHECK_FALSE(hub::session_of(database, "token", nine));
    const auto link = hub::put_link(database, "zhaomin", ahead);
    CHECK(hub::link_of(database, link, ahead));
    CHECK_FALSE(hub::link_of(database, link, nine));
    hub::drop_over(database, nine);
    for (const auto* table : {"sessions", "sign_ins_failed"}) {
        INFO(table);
        auto left = database.prepare(std::string("SELECT COUNT(*) FROM ") + table);
        left.step();
        CHECK(left.integer(0) == 0);
    }
    // Clocks of two hubs are never quite the same.
    hub::begin_session(database, "token", "zhaomin", "10.0.0.1", nine + 60'000);
    CHECK(hub::session_of(database, "token", nine));
}

TEST_CASE("whatever is done to the audit log is found where it was done") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    CHECK(hub::verify_audit(database).entries == 0);
    for (int i = 0; i < 600; ++i) put(database, i % 2 == 0 ? "zhaomin" : "chenan", "search");
    const auto whole = hub::verify_audit(database);
    CHECK(whole.entries == 600);
    CHECK_FALSE(whole.broken_at);
    hub::AuditWanted wanted;
    wanted.who = "chenan";
    const auto page = hub::audit_entries(database, wanted, 2);
    REQUIRE(page.size() == 2);
    CHECK(page[0].n == 600);
    CHECK(page[1].n == 598);
    CHECK(page[0].head == whole.head);
    for (const auto* change : {"UPDATE audit SET result = 'no' WHERE n = 311",
                               "UPDATE audit SET head = (SELECT head FROM audit WHERE n = 310) WHERE n = 311",
                               "DELETE FROM audit WHERE n = 311", "UPDATE audit SET at = at + 1 WHERE n = 311"}) {
        engine::Transaction undone(database);
        database.execute(change);
        const auto broken = hub::verify_audit(database);
        CHECK(broken.broken_at == 311);
        CHECK(broken.entries == 310);
    }
    CHECK(hub::verify_audit(database).head == whole.head);

    // What is cut off at the end leaves a chain that holds: a noted number and head tell.
    CHECK(hub::verify_audit(database, 600).noted_head == whole.head);
    CHECK(hub::verify_audit(database, 598).noted_head == page[1].head);
    CHECK(hub::verify_audit(database, 601).noted_head.empty());
    database.execute("DELETE FROM audit WHERE n > 599");
    CHECK_FALSE(hub::verify_audit(database).broken_at);
    CHECK(hub::verify_audit(database, 600).noted_head.empty());
    put(database, "chenan", "other");
    CHECK(hub::verify_audit(database, 600).noted_head != whole.head);
}
