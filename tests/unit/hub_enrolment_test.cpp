// The hub's side of joining and renewing: what uses a code up, who is shut out, and what is given again.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <memory>

#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/join_code.hpp"
#include "journal/json.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key p256() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

/// PKCS #10; of another signer its own signature does not hold.
std::string request_of(const Key& key, const Key& signer) {
    const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(X509_REQ_new(), X509_REQ_free);
    X509_REQ_set_pubkey(request.get(), key.get());
    X509_REQ_sign(request.get(), signer.get(), EVP_sha256());
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509_REQ(memory.get(), request.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}
std::string request_of(const Key& key) { return request_of(key, key); }

struct Joining : test::TestHub {
    std::string invite(const std::string& station) {
        const auto made = journal::parsed(
            admin("station_invite",
                  {{"id", station}, {"name", station}, {"host", "h"}, {"port", "1"}, {"valid_from", "2020-01-01"}})
                .body);
        return journal::secret_text(journal::parse_join_code(made.at("code").get<std::string>()).value().secret);
    }
    hub::Answer enrol(const std::string& body, const std::string& address = "10.0.0.1") {
        auto request = to_send("POST", "enrolments", body);
        request.peer_address = address;
        return ask({}, std::move(request));
    }
    hub::Answer enrol(const std::string& code, const Key& key, const std::string& address = "10.0.0.1") {
        return enrol(json{{"code", code}, {"csr", request_of(key)}}.dump(), address);
    }
    hub::Answer renew(const std::string& station, const Key& key) {
        return ask({station, ""}, to_send("POST", "certificates", json{{"csr", request_of(key)}}.dump()));
    }
    std::uint64_t own_lines() {
        for (const auto& station : journal::parsed(admin("station_list").body))
            if (station.at("id") == "H610400-01") return station.at("lines");
        return 0;
    }
};

std::string certificate_in(const hub::Answer& answer) { return journal::parsed(answer.body).at("certificate"); }

}  // namespace

TEST_CASE("a code is used up by the certificate, not by a request that is wrong") {
    Joining t;
    const auto code = t.invite("I610404-01");
    const auto key = p256(), other = p256();
    const auto with = [&](const std::string& csr) {
        return code_of(t.enrol(json{{"code", code}, {"csr", csr}}.dump()));
    };
    CHECK(with("x") == "422 bad_request_signature");
    CHECK(with(request_of(key, other)) == "422 bad_request_signature");
    const Key rsa(EVP_RSA_gen(2048), EVP_PKEY_free), p384(EVP_EC_gen("P-384"), EVP_PKEY_free);
    CHECK(with(request_of(rsa)) == "422 unsupported_key");
    CHECK(with(request_of(p384)) == "422 unsupported_key");
    const auto taken = t.invite("I610404-02");
    REQUIRE(t.enrol(taken, other).status == 200);
    CHECK(with(request_of(other)) == "403 key_refused");
    CHECK(t.enrol(code, key).status == 200);
    CHECK(code_of(t.enrol(code, key)) == "401 code_refused");
}

TEST_CASE("a right code works however many wrong ones came from its address, or from all") {
    Joining t;
    const auto code = t.invite("I610404-01");
    const auto key = p256();
    for (std::size_t n = 0; n < hub::guesses_max; ++n) CHECK(code_of(t.enrol("WRONG", key)) == "401 code_refused");
    const auto refused = t.enrol("WRONG", key);
    CHECK(code_of(refused) == "429 too_many_attempts");
    CHECK(refused.headers.at(0) == std::pair<std::string, std::string>("Retry-After", "60"));
    CHECK(code_of(t.enrol("{}")) == "429 too_many_attempts");
    CHECK(code_of(t.enrol("WRONG", key, "10.0.0.2")) == "401 code_refused");
    CHECK(t.enrol(code, key).status == 200);
}

TEST_CASE("one code, asked with at once by many, makes one certificate") {
    Joining t;
    const auto code = t.invite("I610404-01");
    constexpr int many = 8;
    std::vector<std::promise<int>> answered(many);
    for (auto& one : answered)
        t.ask({}, t.to_send("POST", "enrolments", json{{"code", code}, {"csr", request_of(p256())}}.dump()),
              [&one](const hub::Answer& a) { one.set_value(a.status); });
    int made = 0;
    for (auto& one : answered) made += one.get_future().get() == 200;
    CHECK(made == 1);
}

TEST_CASE("what a disk changed of a certificate or an invitation is not trusted, and an alarm names it") {
    Joining t;
    const auto key = p256();
    const auto code = t.invite("I610404-02");
    const auto first = certificate_in(t.enrol(t.invite("I610404-01"), key));
    const auto change = [&](const char* sql) { sqlite::Database(t.data / "hub.sqlite").execute(sql); };
    const auto kid = [&] {
        sqlite::Database database(t.data / "hub.sqlite");
        auto s = database.prepare("SELECT kid FROM certificates");
        return s.step() ? s.text(0) : "";
    }();
    change("UPDATE certificates SET pem = replace(pem, 'M', 'N')");
    const auto second = certificate_in(t.renew("I610404-01", key));
    CHECK(second != first);
    CHECK_THAT(second, Catch::Contains("BEGIN CERTIFICATE"));
    CHECK(certificate_in(t.renew("I610404-01", key)) == second);
    change("UPDATE invites SET expires_at = expires_at + 1 WHERE source_id = 'I610404-02'");
    const auto refused = t.enrol(code, p256());
    CHECK(code_of(refused) == "500 damaged");
    const auto digest = journal::to_hex(journal::sha256(code));
    CHECK_THAT(refused.body, Catch::Contains("invites") && Catch::Contains(digest));
    t.hub->writer->done([](hub::Store&, hub::LoopState&) { return hub::Answer{}; });  // behind what was noted
    std::vector<std::string> raised;
    for (const auto& one : hub::Store(t.data / "hub.sqlite").alarms({}, 0, 10))
        raised.push_back(one.source + " " + one.code + " " + one.epoch);
    std::ranges::sort(raised);
    CHECK(raised ==
          std::vector{t.hub->id + " damaged_row certificates " + kid, t.hub->id + " damaged_row invites " + digest});
}

TEST_CASE("a certificate that is young is given again, byte for byte, and nothing is written") {
    Joining t;
    const auto key = p256();
    const auto first = certificate_in(t.enrol(t.invite("I610404-01"), key));
    const auto lines = t.own_lines();
    for (int look = 0; look < 8; ++look) {
        t.now += loop::day_ms / 8;
        CHECK(certificate_in(t.renew("I610404-01", key)) == first);
    }
    t.reopen();
    CHECK(certificate_in(t.renew("I610404-01", key)) == first);
    CHECK(t.own_lines() == lines);
    t.now += 120 * loop::day_ms;
    const auto second = certificate_in(t.renew("I610404-01", key));
    CHECK(second != first);
    CHECK(t.own_lines() == lines + 1);
    CHECK(certificate_in(t.renew("I610404-01", key)) == second);
    // One from a clock that was ahead is replaced, once.
    t.now -= 60 * loop::day_ms;
    t.reopen();
    const auto third = certificate_in(t.renew("I610404-01", key));
    CHECK(third != second);
    CHECK(certificate_in(t.renew("I610404-01", key)) == third);
    // Who joins again is given a new one.
    CHECK(certificate_in(t.enrol(t.invite("I610404-01"), key)) != third);
    CHECK(t.clean());
}
