#include "hub/api/routes.hpp"

#include <utility>

#include "hub/limits.hpp"
#include "hub/query.hpp"
#include "journal/limits.hpp"
#include "schemas/embedded.hpp"

namespace imloop::hub {
namespace {

using Done = Hub::Done;

std::string_view path_of(const std::string& target) { return std::string_view(target).substr(0, target.find('?')); }
std::string_view query_of(const std::string& target) {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}
std::string last_part(const std::string& target) {
    const auto path = path_of(target);
    return std::string(path.substr(path.rfind('/') + 1));
}

template <Answer (Hub::*list)(const Caller&, std::string_view, std::string_view) const>
void listed(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return (hub.*list)(caller, query_of(r.target), r.if_none_match); },
             std::move(done));
}
template <Answer (Hub::*list)(const Caller&, std::string_view) const>
void listed_whole(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return (hub.*list)(caller, r.if_none_match); }, std::move(done));
}

void openapi(Hub&, const Caller&, Request, Done done) {
    done({200, "application/yaml", std::string(schemas::embedded("openapi.yaml")), {}});
}
void authority(Hub& hub, const Caller&, Request, Done done) { done(hub.authority()); }
void enrol(Hub& hub, const Caller&, Request r, Done done) {
    hub.enrol(std::move(r.peer_address), std::move(r.body), std::move(done));
}
void upload(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.journal(caller, std::move(r.content_encoding), std::move(r.body), std::move(done));
}
void standing(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return hub.standing(caller, query_of(r.target)); }, std::move(done));
}
void put_trace(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.put_trace(caller, last_part(r.target), std::move(r.content_encoding), std::move(r.body), std::move(done));
}
void get_trace(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return hub.get_trace(caller, last_part(r.target)); }, std::move(done));
}
void renew(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.renew(caller, std::move(r.body), std::move(done));
}
void clearance(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return hub.clearance(caller, r.body); }, std::move(done));
}
void feed(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.read([&hub, caller, r = std::move(r)] { return hub.feed(caller, query_of(r.target)); }, std::move(done));
}
void feedback(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.feedback(caller, r.if_none_match, std::move(done));
}

void live(Hub&, const Caller&, Request, Done done) { done({200, "text/plain", "ok\n", {}}); }
void ready(Hub& hub, const Caller&, Request, Done done) {
    done({hub.ready() ? 200 : 503, "text/plain", hub.ready() ? "ok\n" : "starting\n", {}});
}
void metrics(Hub& hub, const Caller&, Request, Done done) {
    hub.read([&hub] { return Answer{200, "text/plain; version=0.0.4", hub.metrics(), {}}; }, std::move(done));
}
void command(Hub& hub, const Caller&, Request r, Done done) {
    hub.admin(last_part(r.target), std::move(r.body), std::move(done));
}

using enum Listener;
using enum Asker;

constexpr Route table[] = {
    {stations, "GET", "/api/v1/openapi.yaml", anyone, request_bytes_max, openapi},
    {stations, "GET", "/api/v1/authority", anyone, request_bytes_max, authority},
    {stations, "POST", "/api/v1/enrolments", anyone, request_bytes_max, enrol},
    {stations, "POST", "/api/v1/journal", certificate, journal::compressed_bytes_max, upload},
    {stations, "GET", "/api/v1/journal", certificate, request_bytes_max, standing},
    {stations, "PUT", "/api/v1/traces/{sha256}", certificate, trace_bytes_max, put_trace},
    {stations, "GET", "/api/v1/traces/{sha256}", certificate, request_bytes_max, get_trace},
    {stations, "POST", "/api/v1/certificates", certificate, request_bytes_max, renew},
    {stations, "POST", "/api/v1/clearances", certificate, request_bytes_max, clearance},
    {stations, "GET", "/api/v1/stations", certificate, request_bytes_max, listed<&Hub::stations>},
    {stations, "GET", "/api/v1/work-orders", certificate, request_bytes_max, listed<&Hub::work_orders>},
    {stations, "GET", "/api/v1/outcomes", certificate, request_bytes_max, listed<&Hub::outcomes>},
    {stations, "GET", "/api/v1/holds", certificate, request_bytes_max, listed_whole<&Hub::holds>},
    {stations, "GET", "/api/v1/feedback", certificate, request_bytes_max, feedback},
    {stations, "GET", "/api/v1/feed", certificate, request_bytes_max, feed},
    {operators, "GET", "/livez", anyone, request_bytes_max, live},
    {operators, "GET", "/readyz", anyone, request_bytes_max, ready},
    {operators, "GET", "/metrics", anyone, request_bytes_max, metrics},
    {operators, "POST", "/admin/{command}", administrator, request_bytes_max, command},
};

bool is_of(const Route& route, std::string_view path) {
    const auto brace = route.path.find('{');
    return brace == std::string_view::npos ? path == route.path : path.starts_with(route.path.substr(0, brace));
}

}  // namespace

std::span<const Route> routes() { return table; }

Routed route_at(Listener listener, const Request& head) {
    if (!is_text(head.target))
        return {nullptr,
                problem(400, "bad_request", "地址里有不是文字的字节 / the target holds bytes that are no text")};
    const auto path = path_of(head.target);
    bool is_known = false;
    for (const auto& route : table) {
        if (route.listener != listener || !is_of(route, path)) continue;
        if (route.method == head.method) return {&route, {}};
        is_known = true;
    }
    return {nullptr,
            is_known ? problem(405, "method_not_allowed", "这个地址不接受这种请求 / this address takes other methods")
                     : problem(404, "not_found", "没有这个地址 / no such address")};
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

}  // namespace imloop::hub
