// The table of calls against what is published of it (schemas/openapi.yaml).
#include "hub/api/routes.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "hub/api/problems.hpp"
#include "schemas/embedded.hpp"

using namespace imloop;

namespace {

/// `METHOD path` of every operation, by the two indents that openapi.yaml is written with.
std::set<std::string> published() {
    std::istringstream in{std::string(schemas::embedded("openapi.yaml"))};
    std::set<std::string> out;
    std::string path;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        for (const std::string method : {"get", "put", "post", "delete", "patch", "head"}) {
            if (line != "    " + method + ":") continue;
            std::string name;
            for (const char c : method) name += static_cast<char>(c - 'a' + 'A');
            out.insert(name + " " + path);
        }
    }
    return out;
}

/// As it is asked: something in the place of the braces, and a query.
hub::Request asked(const hub::Route& route) {
    const auto path = std::regex_replace(std::string(route.path), std::regex("\\{[^}]*\\}"), "x");
    return {std::string(route.method), path + "?limit=1"};
}

}  // namespace

TEST_CASE("what stations may call is what the contract publishes, no call more and none less") {
    std::set<std::string> served;
    for (const auto& route : hub::routes())
        if (route.listener == hub::Listener::stations)
            CHECK(served.insert(std::string(route.method) + " " + std::string(route.path)).second);
    CHECK(served == published());
    CHECK(served.size() == 15);
}

TEST_CASE("a route answers at its own listener alone, and no other method") {
    using hub::Listener;
    for (const auto& route : hub::routes()) {
        INFO(route.method << " " << route.path);
        auto request = asked(route);
        CHECK(hub::route_at(route.listener, request).route == &route);
        const auto other = route.listener == Listener::stations ? Listener::operators : Listener::stations;
        CHECK(hub::route_at(other, request).route == nullptr);
        CHECK(hub::route_at(other, request).refusal.status == 404);
        request.method = "DELETE";
        CHECK(hub::route_at(route.listener, request).route == nullptr);
        CHECK(hub::route_at(route.listener, request).refusal.status == 405);
    }
}

TEST_CASE("the administrator's calls are not among the stations', and a certificate is asked for at theirs alone") {
    using hub::Listener;
    using Is = hub::Asker::Is;
    for (const auto& route : hub::routes()) {
        INFO(route.method << " " << route.path);
        CHECK(route.asker.is != (route.listener == Listener::stations ? Is::administrator : Is::source));
    }
}

TEST_CASE("a target is read as RFC 3986 has it: escapes resolved, a plus is a plus, what is no text refused") {
    const auto read = [](const std::string& target) {
        hub::Request request{"GET", target};
        const auto routed = hub::route_at(hub::Listener::stations, request);
        return std::pair(routed.route == nullptr ? routed.refusal.status : 200, std::move(request));
    };
    const auto [status, request] =
        read("/api/v1/st%61tions?id=M61%30404-03&name=%E6%B8%AD%E5%9F%8E&plus=a+b&id=second&empty=&bare");
    CHECK(status == 200);
    CHECK(request.query("id") == "M610404-03");
    CHECK(request.query("name") == "渭城");
    CHECK(request.query("plus") == "a+b");
    for (const auto* key : {"empty", "bare", "none", "ID"}) CHECK(request.query(key).empty());
    for (const auto* target :
         {"", "*", "stations", "/api/v1/stations?id=%", "/api/v1/stations?id=%4", "/api/v1/stations?id=%zz",
          "/api/v1/stations?id=%FF", "/api/v1/stations?id=%0A", "/api/v1/stations%00", "/api/v1/stations?id=\x7f",
          "/api/v1/stations?id=渭", "/api/v1/stations?id=a b"}) {
        INFO(target);
        CHECK(read(target).first == 400);
    }
    for (const auto* target :
         {"/api/v1/stations/", "/api/v1//stations", "/api/v1", "/", "/api/v1/traces", "/api/v1/traces/a/b"}) {
        INFO(target);
        CHECK(read(target).first == 404);
    }
    CHECK(read("/api/v1/traces/ab%63").second.part("sha256") == "abc");
}

TEST_CASE("a route for some kinds of sources refuses the others, and those of no certificate") {
    std::map<std::string, std::string> kinds;
    for (const auto& route : hub::routes()) {
        INFO(route.path);
        if (route.asker.kinds.empty()) continue;
        kinds[std::string(route.path)] = route.asker.kinds;
        CHECK(route.asker.is == hub::Asker::Is::source);
        for (const std::string source : {"I610404-01", "M610404-01", "E610404-01", "B610400-01", "H610400-01", ""}) {
            const bool is_for = !source.empty() && route.asker.kinds.find(source[0]) != std::string_view::npos;
            const auto refusal = hub::not_for(route, {source, ""});
            CHECK(refusal.has_value() == !is_for);
            if (!refusal) continue;
            CHECK(refusal->status == 403);
            CHECK(refusal->error->code == "kind_not_allowed");
        }
    }
    CHECK(kinds == std::map<std::string, std::string>{{"/api/v1/work-orders", "IM"}, {"/api/v1/feed", "B"}});
}

TEST_CASE("a problem is sent as RFC 9457 has it, in both languages, the members of its kind beside") {
    auto gap = hub::problem(409, {"journal_gap", "应从第 5 条接着传", "the next number is 5"});
    gap.expected = 5;
    CHECK(gap.body.empty());
    CHECK(hub::as_sent(gap, "id").body ==
          R"({"code":"journal_gap","detail":"应从第 5 条接着传 / the next number is 5","expected":5,"request_id":"id",)"
          R"("status":409,"title":"journal_gap","type":"about:blank"})");
    CHECK(hub::as_sent(gap).content_type == "application/problem+json");
    // Words that came from elsewhere go on as they came.
    for (const auto* said : {"一 / one", "a / b / c", "one"})
        CHECK(hub::problem(500, {"damaged", said}).error->detail() == said);
    CHECK(hub::as_sent({200, "text/plain", "ok", {}}, "id").body == "ok");
}
