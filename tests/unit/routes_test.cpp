// The table of calls against the contract that is published for it.
#include "hub/api/routes.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

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

/// As it is asked: with a query, or something in the place of the braces.
hub::Request asked(const hub::Route& route) {
    hub::Request out;
    out.method = route.method;
    const auto brace = route.path.find('{');
    out.target = std::string(route.path.substr(0, brace)) + (brace == std::string_view::npos ? "?limit=1" : "x");
    return out;
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
    using hub::Asker, hub::Listener;
    for (const auto& route : hub::routes()) {
        INFO(route.method << " " << route.path);
        CHECK(route.asker != (route.listener == Listener::stations ? Asker::administrator : Asker::certificate));
    }
}
