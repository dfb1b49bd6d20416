#include "hub/api/routes.hpp"

#include <span>
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
    done((hub.*list)(caller, query_of(r.target), r.if_none_match));
}
template <Answer (Hub::*list)(const Caller&, std::string_view) const>
void listed_whole(Hub& hub, const Caller& caller, Request r, Done done) {
    done((hub.*list)(caller, r.if_none_match));
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
void standing(Hub& hub, const Caller& caller, Request r, Done done) { done(hub.standing(caller, query_of(r.target))); }
void put_trace(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.put_trace(caller, last_part(r.target), std::move(r.content_encoding), std::move(r.body), std::move(done));
}
void get_trace(Hub& hub, const Caller& caller, Request r, Done done) {
    done(hub.get_trace(caller, last_part(r.target)));
}
void renew(Hub& hub, const Caller& caller, Request r, Done done) {
    hub.renew(caller, std::move(r.body), std::move(done));
}
void clearance(Hub& hub, const Caller& caller, Request r, Done done) { hub.clearance(caller, r.body, std::move(done)); }
void feed(Hub& hub, const Caller& caller, Request r, Done done) { done(hub.feed(caller, query_of(r.target))); }

constexpr Route station_routes[] = {
    {"GET", "/api/v1/openapi.yaml", request_bytes_max, true, openapi},
    {"GET", "/api/v1/authority", request_bytes_max, true, authority},
    {"POST", "/api/v1/enrolments", request_bytes_max, true, enrol},
    {"POST", "/api/v1/journal", journal::compressed_bytes_max, false, upload},
    {"GET", "/api/v1/journal", request_bytes_max, false, standing},
    {"PUT", "/api/v1/traces/", trace_bytes_max, false, put_trace},
    {"GET", "/api/v1/traces/", request_bytes_max, false, get_trace},
    {"POST", "/api/v1/certificates", request_bytes_max, false, renew},
    {"POST", "/api/v1/clearances", request_bytes_max, false, clearance},
    {"GET", "/api/v1/stations", request_bytes_max, false, listed<&Hub::stations>},
    {"GET", "/api/v1/work-orders", request_bytes_max, false, listed<&Hub::work_orders>},
    {"GET", "/api/v1/outcomes", request_bytes_max, false, listed<&Hub::outcomes>},
    {"GET", "/api/v1/holds", request_bytes_max, false, listed_whole<&Hub::holds>},
    {"GET", "/api/v1/feedback", request_bytes_max, false, listed_whole<&Hub::feedback>},
    {"GET", "/api/v1/feed", request_bytes_max, false, feed},
};

void live(Hub&, const Caller&, Request, Done done) { done({200, "text/plain", "ok\n", {}}); }
void ready(Hub& hub, const Caller&, Request, Done done) {
    done({hub.ready() ? 200 : 503, "text/plain", hub.ready() ? "ok\n" : "starting\n", {}});
}
void metrics(Hub& hub, const Caller&, Request, Done done) {
    done({200, "text/plain; version=0.0.4", hub.metrics(), {}});
}
void command(Hub& hub, const Caller&, Request r, Done done) {
    hub.admin(last_part(r.target), std::move(r.body), std::move(done));
}

constexpr Route admin_routes[] = {
    {"GET", "/livez", request_bytes_max, true, live},
    {"GET", "/readyz", request_bytes_max, true, ready},
    {"GET", "/metrics", request_bytes_max, true, metrics},
    {"POST", "/admin/", request_bytes_max, false, command},
};

bool is_of(const Route& route, std::string_view path) {
    return route.path.ends_with('/') ? path.starts_with(route.path) : path == route.path;
}

Routed route_among(std::span<const Route> routes, const Request& head) {
    if (!is_text(head.target))
        return {nullptr,
                problem(400, "bad_request", "地址里有不是文字的字节 / the target holds bytes that are no text")};
    const auto path = path_of(head.target);
    bool is_known = false;
    for (const auto& route : routes) {
        if (!is_of(route, path)) continue;
        if (route.method == head.method) return {&route, {}};
        is_known = true;
    }
    return {nullptr,
            is_known ? problem(405, "method_not_allowed", "这个地址不接受这种请求 / this address takes other methods")
                     : problem(404, "not_found", "没有这个地址 / no such address")};
}

}  // namespace

Routed route_station(const Request& head) { return route_among(station_routes, head); }
Routed route_admin(const Request& head) { return route_among(admin_routes, head); }

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
