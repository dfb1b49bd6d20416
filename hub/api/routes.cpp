#include "hub/api/routes.hpp"

#include "hub/calls/calls.hpp"
#include "hub/limits.hpp"
#include "journal/limits.hpp"

namespace imloop::hub {
namespace {

using enum Listener;
using By::sequencer;
using On::admission, On::listener, On::reads;

constexpr Asker anyone{Asker::Is::anyone}, any_source{Asker::Is::source}, administrator{Asker::Is::administrator};
constexpr Asker stations_and_shops{Asker::Is::source, "IM", "只有检验站和维修站可以查", "for I and M stations only"};
constexpr Asker bridges{Asker::Is::source, "B", "只有数据桥可以查", "for bridges only"};

constexpr Route command(std::string_view path, Command call, By by = sequencer) {
    return {Listener::operators, "POST", path, administrator, request_bytes_max, On::operators, call, by};
}
/// One that only reads the store, or is about files that lie here.
constexpr Route command_here(std::string_view path, Command call) { return command(path, call, By::any); }
constexpr Look no_such_command = [](Context&) {
    return problem(404, {"unknown_command", "没有这个命令", "no such command"});
};

const Route table[] = {
    {stations, "GET", "/api/v1/openapi.yaml", anyone, request_bytes_max, listener, calls::openapi},
    {stations, "GET", "/api/v1/authority", anyone, request_bytes_max, listener, calls::authority},
    {stations, "POST", "/api/v1/enrolments", anyone, request_bytes_max, admission, calls::enrol, sequencer},
    {stations, "POST", "/api/v1/journal", any_source, journal::compressed_bytes_max, listener, calls::upload},
    {stations, "GET", "/api/v1/journal", any_source, request_bytes_max, reads, calls::standing},
    {stations, "PUT", "/api/v1/traces/{sha256}", any_source, trace_bytes_max, listener, calls::put_trace},
    {stations, "GET", "/api/v1/traces/{sha256}", any_source, request_bytes_max, reads, calls::get_trace},
    {stations, "POST", "/api/v1/certificates", any_source, request_bytes_max, admission, calls::renew, sequencer},
    {stations, "POST", "/api/v1/clearances", any_source, request_bytes_max, reads, calls::clearance},
    {stations, "GET", "/api/v1/stations", any_source, request_bytes_max, reads, calls::stations},
    {stations, "GET", "/api/v1/work-orders", stations_and_shops, request_bytes_max, reads, calls::work_orders},
    {stations, "GET", "/api/v1/outcomes", any_source, request_bytes_max, reads, calls::outcomes},
    {stations, "GET", "/api/v1/holds", any_source, request_bytes_max, reads, calls::own_holds, sequencer},
    {stations, "GET", "/api/v1/feedback", any_source, request_bytes_max, listener, calls::feedback, sequencer},
    {stations, "GET", "/api/v1/feed", bridges, request_bytes_max, reads, calls::feed},

    {operators, "GET", "/livez", anyone, request_bytes_max, listener, calls::live},
    {operators, "GET", "/readyz", anyone, request_bytes_max, listener, calls::ready},
    {operators, "GET", "/metrics", anyone, request_bytes_max, reads, calls::metrics},
    command("/admin/station_add", calls::station_add),
    command("/admin/station_invite", calls::station_invite),
    command_here("/admin/station_list", calls::station_list),
    command("/admin/station_status", calls::station_status),
    command("/admin/station_describe", calls::station_describe),
    command_here("/admin/policy_show", calls::policy_show),
    command_here("/admin/policy_history", calls::policy_history),
    command("/admin/policy_set", calls::policy_set),
    command_here("/admin/policy_proposals", calls::policy_proposals),
    command("/admin/policy_confirm", calls::policy_confirm),
    command("/admin/policy_drop", calls::policy_drop),
    command_here("/admin/cases", calls::cases),
    command_here("/admin/case_show", calls::case_show),
    command("/admin/case_open", calls::case_open),
    command("/admin/case_step", calls::case_step),
    command("/admin/report", calls::report),
    command("/admin/suspects", calls::suspects),
    command("/admin/suspect", calls::suspect),
    command("/admin/suspect_evidence", calls::suspect_evidence),
    command_here("/admin/suspect_rule", calls::suspect_rule),
    command("/admin/suspect_decide", calls::suspect_decide),
    command("/admin/suspect_dry_run", calls::suspect_dry_run),
    command("/admin/holds", calls::holds),
    command("/admin/hold_decide", calls::hold_decide),
    command("/admin/draw", calls::draw),
    command("/admin/draw_yield", calls::draw_yield),
    command_here("/admin/import", calls::import_),
    command_here("/admin/import_progress", calls::import_progress),
    command_here("/admin/export", calls::export_),
    command_here("/admin/backup", calls::backup),
    command("/admin/console_setup_link", calls::console_setup_link),
    command("/admin/console_unlock", calls::console_unlock),
    command("/admin/console_confirm", calls::console_confirm),
    command_here("/admin/audit_verify", calls::audit_verify),
    command("/admin/verify", calls::verify),
    command("/admin/rebuild", calls::rebuild),
    {operators, "POST", "/admin/{command}", administrator, request_bytes_max, listener, no_such_command},
};

/// Whether the path is one of this route; its parts, by their names.
std::optional<decltype(Request::parts)> parts_of(std::string_view pattern, std::span<const std::string> path) {
    decltype(Request::parts) out;
    for (const auto& given : path) {
        if (pattern.empty()) return std::nullopt;
        pattern.remove_prefix(1);  // the slash
        const auto part = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(part.size());
        if (part.starts_with('{'))
            out.emplace(part.substr(1, part.size() - 2), given);
        else if (part != given)
            return std::nullopt;
    }
    return pattern.empty() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::span<const Route> routes() { return table; }

Routed route_at(Listener listener, Request& request) {
    if (!read_target(request))
        return {nullptr,
                problem(400, {"bad_request", "地址里有不是文字的字节", "the target holds bytes that are no text"})};
    const auto segments = request.url.segments();
    const std::vector<std::string> path(segments.begin(), segments.end());
    bool is_known = false;
    for (const auto& route : table) {
        if (route.listener != listener) continue;
        auto parts = parts_of(route.path, path);
        if (!parts) continue;
        is_known = true;
        if (route.method != request.method) continue;
        request.parts = std::move(*parts);
        return {&route, {}};
    }
    return {nullptr, is_known ? problem(405, {"method_not_allowed", "这个地址不接受这种请求",
                                              "this address takes other methods"})
                              : problem(404, {"not_found", "没有这个地址", "no such address"})};
}

std::optional<Answer> not_for(const Route& route, const Caller& caller) {
    const auto& kinds = route.asker.kinds;
    if (kinds.empty() || (!caller.source.empty() && kinds.find(caller.source[0]) != std::string_view::npos))
        return std::nullopt;
    return problem(403, {"kind_not_allowed", std::string(route.asker.zh), std::string(route.asker.en)});
}

}  // namespace imloop::hub
