// The console's listener: what is judged from the head alone, and the page's files.
#include "hub/api/console_door.hpp"

#include <catch2/catch.hpp>

#include "hub/api/problems.hpp"
#include "hub/api/site.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;
using hub::Request;

namespace {

std::string judged(const std::string& method, const std::string& target, const std::string& host,
                   const std::string& origin = "", const std::string& cookie = "", const std::string& local = ":8480") {
    Request head;
    head.method = method;
    head.target = target;
    head.host = host;
    head.origin = origin;
    head.cookie = cookie;
    const auto routed = hub::judge_console(head, local);
    return routed.route != nullptr ? "taken" : test::code_of(hub::as_sent(routed.refusal));
}

std::string header(const hub::Answer& answer, const std::string& wanted) {
    for (const auto& [name, value] : answer.headers)
        if (name == wanted) return value;
    return "";
}

}  // namespace

TEST_CASE("a page of another name or origin is not answered, and no call without a session") {
    const std::string here = "127.0.0.1:8480", session = "imloop=token";
    CHECK(judged("GET", "/suspects?state=all", here) == "taken");
    CHECK(judged("GET", "/", "localhost:8480") == "taken");
    CHECK(judged("GET", "/", "evil.example:8480") == "421 wrong_host");
    CHECK(judged("GET", "/", "127.0.0.1:9999") == "421 wrong_host");
    CHECK(judged("POST", "/", here) == "405 method_not_allowed");
    CHECK(judged("POST", "/api/v1/sessions", here, "http://127.0.0.1:8480") == "taken");
    CHECK(judged("POST", "/api/v1/sessions", here, "http://evil.example") == "403 wrong_origin");
    CHECK(judged("POST", "/api/v1/sessions", here, "null") == "403 wrong_origin");
    CHECK(judged("GET", "/api/v1/overview", here) == "401 session_over");
    CHECK(judged("GET", "/api/v1/overview", here, "", session) == "taken");
    CHECK(judged("PUT", "/api/v1/overview", here, "", session) == "405 method_not_allowed");
    CHECK(judged("GET", "/api/v1/journal", here, "", session) == "404 not_found");
    CHECK(judged("GET", "/a%00b", here) == "400 bad_request");
    const std::string there = "hub.example.cn:8480";
    CHECK(judged("GET", "/api/v1/overview", there, "", session, "") == "401 session_over");
    CHECK(judged("GET", "/api/v1/overview", there, "", "__Host-imloop=token", "") == "taken");
    CHECK(judged("POST", "/api/v1/sessions", there, "https://" + there, "", "") == "taken");
    CHECK(judged("POST", "/api/v1/sessions", there, "http://" + there, "", "") == "403 wrong_origin");
}

TEST_CASE("the session's token is found among other cookies; the plain name counts on this computer alone") {
    for (const bool is_plain : {false, true}) {
        CHECK(hub::session_in("__Host-imloop=abc", is_plain) == "abc");
        CHECK(hub::session_in("a=1; __Host-imloop=abc; b=2", is_plain) == "abc");
        CHECK(hub::session_in("imloopy=abc; x__Host-imloop=d", is_plain).empty());
        CHECK(hub::session_in("", is_plain).empty());
    }
    CHECK(hub::session_in("imloop=abc; x__Host-imloop=d", false).empty());
    CHECK(hub::session_in("__Host-imloop=old; imloop=abc", true) == "abc");
    CHECK(hub::session_in("__Host-imloop=abc; imloop=put", false) == "abc");
}

TEST_CASE("the console's address is an address and a port") {
    CHECK(hub::console_endpoint("127.0.0.1:8480").port() == 8480);
    CHECK(hub::console_endpoint("localhost:0").address().is_loopback());
    CHECK(hub::console_endpoint("[::1]:8480").address().is_v6());
    for (const auto* wrong : {"", "8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1",
                              "127.0.0.2:8480", "hub.example.cn:1", "127.0.0.1:8x"})
        CHECK_THROWS_AS(hub::console_endpoint(wrong), std::invalid_argument);
}

TEST_CASE("the page comes for every address that is none of its files; a file that is not there is said so") {
    const auto page = hub::site("/suspects/V02-1", "gzip, br"), plain = hub::site("/", "");
    CHECK(page.status == 200);
    CHECK(header(page, "Content-Encoding") == "gzip");
    CHECK(header(page, "Cache-Control") == "no-store");
    CHECK(header(plain, "Content-Encoding").empty());
    CHECK(plain.body.find("<div id=\"app\">") != std::string::npos);
    CHECK(plain.body.find("<style") == std::string::npos);
    CHECK(plain.body.find("<script type=\"module\" crossorigin src=\"/assets/") != std::string::npos);
    CHECK(test::code_of(hub::as_sent(hub::site("/assets/none.js", "gzip"))) == "404 not_found");
    const auto at = plain.body.find("/assets/index-");
    const auto script = hub::site(plain.body.substr(at, plain.body.find('"', at) - at), "gzip");
    CHECK(script.status == 200);
    CHECK(header(script, "Cache-Control") == "public, max-age=31536000, immutable");
    const auto by_name = hub::site("/index.html", "gzip");  // it names scripts, which an upgrade replaces
    CHECK(by_name.status == 200);
    CHECK(header(by_name, "Cache-Control") == "no-store");
}
