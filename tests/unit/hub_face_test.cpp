// The hub's listeners over real TLS: what is judged from the head alone, and the limits in front.
#include <catch2/catch.hpp>
#include <thread>

#include "hub/api/admin_client.hpp"
#include "hub/api/server.hpp"
#include "hub/ca.hpp"
#include "hub/ids.hpp"
#include "hub/limits.hpp"
#include "journal/json.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"
#include "tests/support/tls_client.hpp"

using namespace imloop;
using nlohmann::json;
using test::Identity;
using test::TlsClient;

namespace {

constexpr const char* id = "I610404-01";

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: hub\r\n\r\n"; }
std::string head_of(const std::string& method, const std::string& target, const std::string& more) {
    return method + " " + target + " HTTP/1.1\r\nHost: hub\r\n" + more + "\r\n";
}
std::string upload(const std::string& body) {
    return head_of("POST", "/api/v1/journal", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}
/// A body that is announced and never comes.
std::string announced(std::size_t bytes) {
    return head_of("POST", "/api/v1/journal", "Content-Length: " + std::to_string(bytes) + "\r\n");
}
/// Likewise; the answer 100 says that room was made for it.
std::string announced_expecting(const std::string& length) {
    return head_of("POST", "/api/v1/journal", length + "\r\nExpect: 100-continue\r\n");
}

struct Face : test::TestHub {
    Face() : TestHub(hub::unix_now()) { server.emplace(*hub, hub::ServerOptions{"127.0.0.1", 0, 0, "the token"}); }

    Identity identity(test::Source& source, int days = 180) {
        source.join(*this);
        return shown(source, days);
    }
    Identity shown(const test::Source& source, int days = 180) {
        return {hub::issue_client_certificate(folder.path() / "hub", source.id, source.key.public_key().spki(),
                                              hub::unix_now(), days),
                source.key.pem()};
    }
    TlsClient client(const Identity& identity = {}) { return TlsClient(server->port(), identity); }
    std::string admin_text(const std::string& head) {
        boost::asio::io_context context;
        boost::asio::ip::tcp::socket socket(context);
        socket.connect({boost::asio::ip::address_v4::loopback(), server->admin_port()});
        boost::asio::write(socket, boost::asio::buffer(head));
        std::string out;
        boost::system::error_code error;
        boost::asio::read(socket, boost::asio::dynamic_buffer(out), error);
        return out;
    }
    std::string own_host() { return "127.0.0.1:" + std::to_string(server->admin_port()); }
    /// A figure of /metrics; 0 where it is not there.
    double metric(const std::string& name) {
        const auto text = admin_text("GET /metrics HTTP/1.1\r\nHost: " + own_host() + "\r\nConnection: close\r\n\r\n");
        const auto at = text.find("\n" + name + " ");
        return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
    }
    std::string operate(const std::string& more, const std::string& command = "import_progress") {
        const auto text = admin_text("POST /admin/" + command +
                                     " HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n" + more + "\r\n{}");
        return text.substr(9, 3);
    }

    std::optional<hub::Server> server;
};

}  // namespace

TEST_CASE("a target that is no text is answered 400, and the hub goes on") {
    Face face;
    test::Source source{id};
    const auto own = face.identity(source);
    auto client = face.client(own);
    for (const std::string query :
         {"\xff\xfe", "%ff", "%C0%80", "%ED%A0%80", "%e9%99", "%00", "%1b[2J", "%E2%80%AE", "%4", "%zz"}) {
        INFO(query);
        CHECK(client.ask(get("/api/v1/journal?epoch=" + query)) == "400 bad_request");
    }
    for (const std::string path : {"/\xff", "/api/v1/traces/\xff", "/api/v1/stations?kind=\xe9\x99"})
        CHECK(client.ask(get(path)) == "400 bad_request");
    CHECK(client.ask(get("/api/v1/journal?epoch=%e6%b8%ad")) == "200");
    CHECK(client.ask(head_of("GET", "/api/v1/stations", "If-None-Match: \xff\xfe\r\nX-Other: \xff\r\n")) == "200");
    CHECK(client.ask(head_of("POST", "/api/v1/journal", "Content-Encoding: \xff\xfe\r\nContent-Length: 1\r\n") + "x") ==
          "415 unsupported_encoding");
    CHECK(client.ask(upload("\xff\xfe")) == "400 malformed_segment");
    CHECK(client.ask(head_of("POST", "/api/v1/clearances", "Content-Length: 11\r\n") + "{\"vin\":\"\xff\"}") ==
          "400 malformed_request");
}

TEST_CASE("what is nested too deep is refused, with a certificate or without") {
    Face face;
    test::Source source{id};
    const auto own = face.identity(source);
    const std::string deep = "{\"code\":" + std::string(30'000, '[') + std::string(30'000, ']') + ",\"csr\":\"x\"}";
    const auto post = [&](const std::string& target) {
        return head_of("POST", target, "Content-Length: " + std::to_string(deep.size()) + "\r\n") + deep;
    };
    CHECK(face.client().ask(post("/api/v1/enrolments")) == "400 malformed_request");
    CHECK(face.client(own).ask(post("/api/v1/clearances")) == "400 malformed_request");
    CHECK(face.client(own).ask(post("/api/v1/certificates")) == "400 malformed_request");
}

TEST_CASE("who has no certificate that holds is answered from the head, and no body is read") {
    Face face;
    test::Source source{id}, late{"I610404-02"}, revoked{"I610404-03"}, unknown{"I610404-04"};
    const auto expired = face.identity(late, -1), ended = face.identity(revoked);
    REQUIRE(face.admin("station_status", {{"id", revoked.id}, {"status", "revoked"}}).status == 200);
    const test::TempDir other;
    hub::make_ca(other.path(), "H610400-09", hub::unix_now());
    const Identity foreign{
        hub::issue_client_certificate(other.path(), id, source.key.public_key().spki(), hub::unix_now()),
        source.key.pem()};
    const std::vector<std::pair<Identity, std::string>> all{{{}, "401 certificate_missing"},
                                                            {foreign, "401 certificate_foreign"},
                                                            {expired, "401 certificate_expired"},
                                                            {ended, "403 source_revoked"},
                                                            {face.shown(unknown), "401 unknown_key"}};
    for (const auto& [identity, refusal] : all) {
        INFO(refusal);
        auto client = face.client(identity);
        CHECK(client.ask(announced(8'000'000)) == refusal);
        CHECK(client.head().find("Connection: close") != std::string::npos);
        CHECK(client.read_to("more") == "");
        auto chunked = face.client(identity);
        CHECK(chunked.ask(head_of("POST", "/api/v1/journal", "Transfer-Encoding: chunked\r\n")) == refusal);
        auto expecting = face.client(identity);
        CHECK(expecting.ask(announced_expecting("Content-Length: 100")) == refusal);
        CHECK(face.client(identity).ask(announced(8'000'000) + std::string(2'000'000, 'x')) == refusal);
    }
    CHECK(face.metric("imloop_bytes_in_flight_peak") == 0);
}

TEST_CASE("a hundred unfinished bodies without a certificate take no room") {
    Face face;
    std::vector<std::unique_ptr<TlsClient>> clients;
    for (int n = 0; n < 100; ++n) {
        clients.push_back(std::make_unique<TlsClient>(face.server->port()));
        CHECK(clients.back()->ask(announced(8'000'000) + "begun") == "401 certificate_missing");
    }
    CHECK(face.metric("imloop_bytes_in_flight_peak") == 0);
    CHECK(face.metric("imloop_refusals_total{code=\"certificate_missing\"}") == 100);
}

TEST_CASE("bodies under way have a limit for each source, and beyond it the head is answered 503") {
    Face face;
    test::Source source{id}, other{"I610404-02"};
    const auto own = face.identity(source), others = face.identity(other);
    const std::string whole = "Content-Length: " + std::to_string(hub::bytes_in_flight_of_peer_max / 2);
    {
        auto first = face.client(own), second = face.client(own), third = face.client(own);
        CHECK(first.ask(announced_expecting(whole)) == "100");
        CHECK(second.ask(announced_expecting("Transfer-Encoding: chunked")) == "100");
        CHECK(third.ask(announced(7'000'000)) == "503 busy");
        CHECK(third.head().find("Retry-After: ") != std::string::npos);
        CHECK(third.head().find("Connection: close") != std::string::npos);
        CHECK(face.metric("imloop_bytes_in_flight") == hub::bytes_in_flight_of_peer_max);
        // Others are served meanwhile, and what is small is never in the way.
        CHECK(face.client(others).ask(announced_expecting("Content-Length: 1000")) == "100");
        CHECK(face.client(own).ask(get("/api/v1/stations")) == "200");
    }
    while (face.metric("imloop_bytes_in_flight") > 0) std::this_thread::yield();
    auto client = face.client(own);
    CHECK(client.ask(upload(source.segment({test::inspection(1, id, "2026-03-02T09:00:00+08:00", "fail").dump()}))) ==
          "200");
    CHECK(client.ask(announced(9 * 1024 * 1024)) == "413 too_large");
}

TEST_CASE("a source has so many connections and no more") {
    Face face;
    test::Source source{id};
    const auto own = face.identity(source);
    std::vector<std::unique_ptr<TlsClient>> clients;
    for (std::size_t n = 0; n < hub::connections_of_source_max; ++n) {
        clients.push_back(std::make_unique<TlsClient>(face.server->port(), own));
        REQUIRE(clients.back()->ask(get("/api/v1/stations")) == "200");
    }
    CHECK(face.client(own).ask(get("/api/v1/stations")) == "503 busy");
    clients.front()->send(head_of("GET", "/api/v1/stations", "Connection: close\r\n"));
    CHECK(clients.front()->answer() == "200");
    clients.erase(clients.begin());
    while (face.client(own).ask(get("/api/v1/stations")) != "200") std::this_thread::yield();
}

TEST_CASE("a resumed connection works, and is judged anew") {
    Face face;
    test::Source source{id};
    const auto own = face.identity(source);
    const auto again = [&](const Identity& identity, const std::string& answer) {
        std::shared_ptr<SSL_SESSION> session;
        {
            auto client = face.client(identity);
            CHECK(client.ask(get("/api/v1/stations")) == answer);
            session = client.session();
        }
        TlsClient client(face.server->port(), identity, session.get());
        CHECK(client.resumed());
        return client.ask(get("/api/v1/stations"));
    };
    CHECK(again(own, "200") == "200");
    CHECK(again({}, "401 certificate_missing") == "401 certificate_missing");
    CHECK(again(face.shown(source, -1), "401 certificate_expired") == "401 certificate_expired");
    const test::TempDir other;
    hub::make_ca(other.path(), "H610400-09", hub::unix_now());
    CHECK(again({hub::issue_client_certificate(other.path(), id, source.key.public_key().spki(), hub::unix_now()),
                 source.key.pem()},
                "401 certificate_foreign") == "401 certificate_foreign");
}

TEST_CASE("what fails inside is answered 500 with its id, and the hub goes on") {
    Face face;
    test::Source source{id};
    const auto own = face.identity(source);
    const std::string lines = source.segment({test::inspection(1, id, "2026-03-02T09:00:00+08:00", "fail").dump()});
    REQUIRE(face.client(own).ask(upload(lines)) == "200");
    sqlite::Database(face.folder.path() / "hub" / "hub.sqlite")
        .execute("UPDATE segments SET bytes = x'00'; DROP TABLE traces");
    auto client = face.client(own);
    CHECK(client.ask(get("/api/v1/traces/" + std::string(64, '0'))) == "500 internal_error");
    CHECK(journal::parsed(client.body()).at("request_id").get<std::string>().size() == 36);
    CHECK(client.body().find("traces") == std::string::npos);
    CHECK(client.ask(upload(lines)) == "500 damaged");
    CHECK(client.ask(get("/api/v1/stations")) == "200");
    CHECK(client.ask(get("/api/v1/journal?epoch=" + source.epoch)) == "200");
    CHECK(client.ask(upload(source.segment({"{}"}))) == "200 member_missing");  // in its receipt
    CHECK(face.metric("imloop_refusals_total{code=\"internal_error\"}") == 1);
}

TEST_CASE("operators show the token of their file, from no page and under no other name") {
    Face face;
    const std::string host = "Host: " + face.own_host() + "\r\n", token = "X-Admin-Token: the token\r\n";
    CHECK(face.operate(host + token) == "200");
    CHECK(face.operate("Host: localhost" + face.own_host().substr(9) + "\r\n" + token) == "200");
    CHECK(hub::ask_serving(face.server->admin_port(), "the token", "station_list", "{}").status == 200);
    CHECK(face.operate(host + token + "Origin: http://evil.example\r\n") == "403");
    CHECK(face.operate(host + token + "Origin: null\r\n") == "403");
    CHECK(face.operate("Host: evil.example\r\n" + token) == "421");
    CHECK(face.operate(token) == "421");
    CHECK(face.operate(host + token + "Origin: http://" + face.own_host() + "\r\n") == "200");
    for (const std::string open : {"/livez", "/readyz", "/metrics"})
        CHECK(face.admin_text("GET " + open + " HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n").substr(9, 3) ==
              "200");
    // Guesses are bounded, but who knows it is let in all the same.
    for (std::size_t n = 0; n < hub::guesses_max; ++n)
        CHECK(face.operate(host + "X-Admin-Token: the tokem\r\n") == "403");
    CHECK(face.operate(host) == "429");
    CHECK(face.operate(host + token) == "200");
}

TEST_CASE("without a token of its own a server takes no commands") {
    test::TestHub t;
    hub::Server server(*t.hub, hub::ServerOptions{"127.0.0.1", 0, 0, ""});
    CHECK(hub::ask_serving(server.admin_port(), "", "station_list", "{}").status == 403);
}
