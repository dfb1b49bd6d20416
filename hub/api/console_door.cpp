#include "hub/api/console_door.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "hub/api/site.hpp"
#include "hub/console/routes.hpp"
#include "hub/limits.hpp"

namespace imloop::hub {
namespace {

constexpr std::string_view api = "/api/v1/", plain_scheme = "http://", tls_scheme = "https://";

/// What all requests of the console have in common.
const Route console_route{
    Listener::console,          "", "console", {Asker::Is::anyone}, request_bytes_max, On::listener,
    Begin{[](Context, Done) {}}};  // NOLINT(performance-unnecessary-value-param): a function of this type

/// Nothing is loaded from elsewhere, nothing runs that the page does not bring as a file, and nobody frames it.
Answer kept_apart(Answer answer) {
    answer.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
                                "'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    answer.headers.emplace_back("Referrer-Policy", "no-referrer");
    answer.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    return answer;
}

/// Nothing where it is not one as a whole.
std::optional<unsigned short> port_in(std::string_view text) {
    unsigned short port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return port;
}

std::string value_in(std::string_view cookie, std::string_view name) {
    while (!cookie.empty()) {
        const auto pair = cookie.substr(0, cookie.find(';'));
        cookie.remove_prefix(std::min(cookie.size(), pair.size() + 1));
        while (cookie.starts_with(' ')) cookie.remove_prefix(1);
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return std::string(pair.substr(name.size() + 1));
    }
    return {};
}

}  // namespace

boost::asio::ip::tcp::endpoint console_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    boost::system::error_code error;
    const auto port = port_in(std::string_view(text).substr(colon == std::string::npos ? text.size() : colon + 1));
    std::string host = colon == std::string::npos ? "" : text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error || !port)
        throw std::invalid_argument(
            "--console 应写成 地址:端口，如 127.0.0.1:8480 / --console is ADDRESS:PORT, as "
            "127.0.0.1:8480: " +
            text);
    if (address.is_loopback() && address.to_string() != "127.0.0.1" && address.to_string() != "::1")
        throw std::invalid_argument(
            "--console 在本机只用 127.0.0.1 或 [::1] / on this computer --console is 127.0.0.1 or [::1]: " + text);
    return {address, *port};
}

std::string session_in(std::string_view cookie, bool is_plain) {
    auto plain = is_plain ? value_in(cookie, plain_cookie) : std::string();
    return plain.empty() ? value_in(cookie, session_cookie) : plain;
}

Routed judge_console(Request& head, const std::string& local) {
    const auto refused = [](Answer why) { return Routed{nullptr, kept_apart(std::move(why))}; };
    if (!read_target(head) || !head.target.starts_with('/'))
        return refused(
            problem(400, {"bad_request", "地址里有不是文字的字节", "the target holds bytes that are no text"}));
    if (!local.empty() && head.host != "127.0.0.1" + local && head.host != "localhost" + local &&
        head.host != "[::1]" + local)
        return refused(problem(421, {"wrong_host", "只接受本机地址", "only addresses of this computer are answered"}));
    const auto own = std::string(local.empty() ? tls_scheme : plain_scheme) + head.host;
    if (head.method != "GET" && !head.origin.empty() && head.origin != own)
        return refused(problem(403, {"wrong_origin", "请求来自别的网页", "the request comes from another page"}));
    head.origin = own;
    const std::string path = head.url.path();
    if (!path.starts_with(api)) {
        if (head.method == "GET") return {&console_route, {}};
        return refused(
            problem(405, {"method_not_allowed", "这个地址不接受这种请求", "this address takes other methods"}));
    }
    const auto match = console_match(head.method, std::string_view(path).substr(api.size() - 1));
    if (match.route == nullptr)
        return refused(match.is_path ? problem(405, {"method_not_allowed", "这个地址不接受这种请求",
                                                     "this address takes other methods"})
                                     : problem(404, {"not_found", "没有这个地址", "no such address"}));
    if (match.route->asker != ConsoleAsker::anyone && session_in(head.cookie, !local.empty()).empty())
        return refused(problem(401, {"session_over", "请登录", "sign in"}));
    return {&console_route, {}};
}

void ask_console(Console& console, Request r, Done done) {
    const std::string path = r.url.path();
    if (!path.starts_with(api)) return done(kept_apart(site(path, r.accept_encoding)));
    // Sign-ins, searches and decisions are rows, flags are asked of the watch: both are the writer's.
    if (console.hub().is_front())
        return done(kept_apart(problem(503, {"not_the_sequencer", "这个监管中心在待命，请打开负责写入的那一个的网页",
                                             "this hub stands by: open the page of the one that writes"})));
    ConsoleRequest asked;
    asked.path = path.substr(api.size() - 1);
    asked.is_plain = r.origin.starts_with(plain_scheme);
    asked.token = session_in(r.cookie, asked.is_plain);
    asked.http = std::move(r);
    console.answer(std::move(asked), [done = std::move(done)](Answer answer) {
        bool is_kept = false;
        for (const auto& [name, value] : answer.headers) is_kept = is_kept || name == "ETag";
        answer.headers.emplace_back("Cache-Control", is_kept ? "private, no-cache" : "no-store");
        done(kept_apart(std::move(answer)));
    });
}

}  // namespace imloop::hub
