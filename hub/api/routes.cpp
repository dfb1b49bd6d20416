#include "hub/api/routes.hpp"

#include <utility>

#include "hub/limits.hpp"
#include "journal/limits.hpp"
#include "schemas/embedded.hpp"

namespace imloop::hub {
namespace {

constexpr std::string_view journal_path = "/api/v1/journal";
constexpr std::string_view traces_path = "/api/v1/traces/";

Answer not_found() { return problem(404, "not_found", "没有这个地址 / no such address"); }
Answer wrong_method() {
    return problem(405, "method_not_allowed", "这个地址不接受这种请求 / this address takes other methods");
}

std::string_view path_of(const std::string& target) { return std::string_view(target).substr(0, target.find('?')); }
std::string_view query_of(const std::string& target) {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

Answer certificate_problem(std::string_view code) {
    if (code == "certificate_expired")
        return problem(
            401, code,
            "客户端证书已过期或尚未生效，请检查电脑时钟，必要时重新申请 / the client certificate is outside its "
            "time: check the clock, or renew it");
    if (code == "certificate_missing") return problem(401, code, "没有客户端证书 / no client certificate");
    return problem(401, code, "客户端证书不是本监管中心签发的 / the client certificate is not of this hub's authority");
}

}  // namespace

std::size_t body_max(std::string_view target) {
    if (target.starts_with(journal_path)) return journal::compressed_bytes_max;
    if (target.starts_with(traces_path)) return trace_bytes_max;
    return request_bytes_max;
}

void route_station(Hub& hub, const Caller& caller, std::string_view peer_error, Request r, Hub::Done done) {
    const auto path = path_of(r.target);
    if (path == "/api/v1/openapi.yaml" && !schemas::embedded("openapi.yaml").empty())
        return done({200, "application/yaml", std::string(schemas::embedded("openapi.yaml")), {}});
    if (path == "/api/v1/authority") return done(r.method == "GET" ? hub.authority() : wrong_method());
    if (path == "/api/v1/enrolments")
        return r.method == "POST" ? hub.enrol(std::move(r.peer_address), std::move(r.body), std::move(done))
                                  : done(wrong_method());
    if (!peer_error.empty()) return done(certificate_problem(peer_error));
    if (path == journal_path && r.method != "GET") {
        if (r.method != "POST") return done(wrong_method());
        return hub.journal(caller, std::move(r.content_encoding), std::move(r.body), std::move(done));
    }
    if (auto refusal = hub.barred(caller)) return done(std::move(*refusal));
    if (path == journal_path) return done(hub.standing(caller, query_of(r.target)));
    if (path.starts_with(traces_path)) {
        std::string sha(path.substr(traces_path.size()));
        if (r.method == "GET") return done(hub.get_trace(caller, sha));
        if (r.method != "PUT") return done(wrong_method());
        return hub.put_trace(caller, std::move(sha), std::move(r.content_encoding), std::move(r.body), std::move(done));
    }
    if (path == "/api/v1/certificates")
        return r.method == "POST" ? hub.renew(caller, std::move(r.body), std::move(done)) : done(wrong_method());
    if (path == "/api/v1/clearances")
        return r.method == "POST" ? hub.clearance(caller, r.body, std::move(done)) : done(wrong_method());
    if (path == "/api/v1/stations")
        return done(r.method == "GET" ? hub.stations(caller, query_of(r.target), r.if_none_match) : wrong_method());
    if (path == "/api/v1/work-orders")
        return done(r.method == "GET" ? hub.work_orders(caller, query_of(r.target), r.if_none_match) : wrong_method());
    if (path == "/api/v1/outcomes")
        return done(r.method == "GET" ? hub.outcomes(caller, query_of(r.target), r.if_none_match) : wrong_method());
    if (path == "/api/v1/holds") return done(r.method == "GET" ? hub.holds(caller, r.if_none_match) : wrong_method());
    if (path == "/api/v1/feed") return done(r.method == "GET" ? hub.feed(caller, query_of(r.target)) : wrong_method());
    done(not_found());
}

void route_admin(Hub& hub, std::string_view token, Request r, Hub::Done done) {
    const auto path = path_of(r.target);
    constexpr std::string_view commands = "/admin/";
    if (path == "/livez") return done({200, "text/plain", "ok\n", {}});
    if (path == "/readyz")
        return done({hub.ready() ? 200 : 503, "text/plain", hub.ready() ? "ok\n" : "starting\n", {}});
    if (path == "/metrics") return done({200, "text/plain; version=0.0.4", hub.metrics(), {}});
    if (!path.starts_with(commands)) return done(not_found());
    if (r.method != "POST") return done(wrong_method());
    if (token.empty() || r.admin_token != token) return done(problem(403, "forbidden", "口令不对 / wrong token"));
    const std::string command(path.substr(commands.size()));
    hub.admin(command, std::move(r.body), std::move(done));
}

}  // namespace imloop::hub
