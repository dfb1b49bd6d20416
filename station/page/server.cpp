#include "station/page/server.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>

#include "journal/digest.hpp"
#include "station/page/assets.hpp"

namespace imloop::station::page {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::seconds request_time{30};
constexpr std::size_t head_max = 16 * 1024;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

std::string decoded(std::string_view in) {
    std::string out;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : ((c | 32) >= 'a' && (c | 32) <= 'f') ? (c | 32) - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i] == '%' && i + 2 < in.size() && digit(in[i + 1]) >= 0 && digit(in[i + 2]) >= 0) {
            out += static_cast<char>(digit(in[i + 1]) * 16 + digit(in[i + 2]));
            i += 2;
        } else {
            out += in[i] == '+' ? ' ' : in[i];
        }
    }
    return out;
}

bool same(std::string_view a, std::string_view b) {
    return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Answer refusal(int status, std::string_view zh, std::string_view en) {
    return {status, "text/plain; charset=utf-8", std::string(zh) + "\n" + std::string(en) + "\n", {}};
}

/// A path of this page, and nothing that a browser or a header would take for something else.
bool own_path(std::string_view path) {
    return path.starts_with('/') && !path.starts_with("//") &&
           std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

}  // namespace

std::string Request::value(const std::string& name) const {
    if (const auto it = form.find(name); it != form.end()) return it->second;
    const auto it = query.find(name);
    return it == query.end() ? std::string() : it->second;
}

std::string new_token() {
    std::string bytes(16, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return journal::base64url(bytes);
}

Answer see_other(const std::string& path) { return {303, "text/plain", "", {{"Location", path}}}; }

std::map<std::string, std::string> parse_form(std::string_view in) {
    std::map<std::string, std::string> out;
    while (!in.empty()) {
        const auto pair = in.substr(0, in.find('&'));
        in.remove_prefix(std::min(in.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (!pair.empty())
            out.emplace(decoded(pair.substr(0, equals)),
                        equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1)));
    }
    return out;
}

struct Server::Impl {
    Impl(unsigned short port, std::string k, std::string t, Handler h)
        : key(std::move(k)),
          token(std::move(t)),
          handler(std::move(h)),
          acceptor(context, {asio::ip::address_v4::loopback(), port}) {
        co_spawn(context, accept(), asio::detached);
        thread = std::thread([this] { context.run(); });
    }

    /// Why a request is not taken; nothing where it is.
    std::optional<Answer> barred(const http::request<http::string_body>& request, const Request& r) const {
        const std::string host = text(request[http::field::host]);
        const std::string own = std::to_string(acceptor.local_endpoint().port());
        if (host != "127.0.0.1:" + own && host != "localhost:" + own)
            return refusal(421, "只接受本机地址", "this page answers to the addresses of this PC alone");
        if (r.method == "GET" || r.method == "HEAD" || r.by_key) return std::nullopt;
        const std::string origin = text(request[http::field::origin]);
        if (!origin.empty() && origin != "http://" + host)
            return refusal(403, "请求不是从本页发出的", "the request does not come from this page");
        const std::string shown = r.value("token").empty() ? text(request["X-Token"]) : r.value("token");
        if (!same(shown, token))
            return refusal(403, "页面已过期，请刷新后再试", "the page is out of date: reload it and try again");
        return std::nullopt;
    }

    Answer answer(const http::request<http::string_body>& request) {
        Request r;
        const std::string target = text(request.target());
        const auto mark = target.find('?');
        r.method = text(request.method_string());
        r.path = decoded(target.substr(0, mark));
        if (mark != std::string::npos) r.query = parse_form(std::string_view(target).substr(mark + 1));
        r.content_type = text(request[http::field::content_type]);
        r.body = request.body();
        r.if_none_match = text(request[http::field::if_none_match]);
        if (r.content_type.starts_with("application/x-www-form-urlencoded")) r.form = parse_form(r.body);
        if (r.content_type.starts_with("multipart/form-data")) {
            auto parts = parse_multipart(r.content_type, r.body);
            r.form = std::move(parts.form);
            r.files = std::move(parts.files);
        }
        r.by_key = same(text(request["X-Imloop-Key"]), key);
        if (text(request[http::field::cookie]).find("lang=en") != std::string::npos) r.words.lang = Lang::en;
        if (auto refused = barred(request, r)) return std::move(*refused);
        if (const auto* asset = asset_named(r.path))
            return {200, std::string(asset->type), std::string(asset->text), {{"Cache-Control", "max-age=3600"}}};
        if (r.path == "/lang")
            return {303,
                    "text/plain",
                    "",
                    {{"Location", own_path(r.value("back")) ? r.value("back") : "/"},
                     {"Set-Cookie", std::string("lang=") + (r.value("to") == "en" ? "en" : "zh") +
                                        "; Path=/; SameSite=Strict; Max-Age=31536000"}}};
        try {
            return handler(r);
        } catch (const std::exception& e) {
            return {
                500,
                "text/plain; charset=utf-8",
                std::string("没有做成，填写的内容没有丢，请返回再试。\nThis did not work; go back and try again.\n") +
                    e.what() + "\n",
                {}};
        }
    }

    /// Of a sender that has more to send: it reads no answer before that, and none at all from a closed connection.
    static asio::awaitable<void> read_away(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
        beast::error_code error;
        stream.socket().shutdown(tcp::socket::shutdown_send, error);
        while (!error) {
            buffer.clear();
            co_await stream.async_read_some(buffer.prepare(head_max), asio::redirect_error(awaited, error));
        }
    }

    asio::awaitable<void> serve(tcp::socket socket) {
        beast::tcp_stream stream(std::move(socket));
        beast::flat_buffer buffer;
        for (;;) {
            http::request_parser<http::string_body> parser;
            parser.header_limit(head_max);
            parser.body_limit(page_body_max);
            stream.expires_after(request_time);
            beast::error_code error;
            co_await http::async_read(stream, buffer, parser, asio::redirect_error(awaited, error));
            const bool too_large = error == http::error::body_limit;
            if (error && !too_large) co_return;
            const auto request = parser.release();
            Answer given = too_large ? refusal(413, "文件太大", "the file is too large") : answer(request);
            http::response<http::string_body> response(static_cast<http::status>(given.status), request.version());
            response.set(http::field::content_type, given.type);
            response.set("Content-Security-Policy",
                         "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'");
            response.set("X-Content-Type-Options", "nosniff");
            response.set("Referrer-Policy", "same-origin");
            if (given.type.starts_with("text/html")) response.set(http::field::cache_control, "no-store");
            for (const auto& [name, value] : given.headers) response.set(name, value);
            response.keep_alive(request.keep_alive() && !too_large);
            if (request.method() != http::verb::head) response.body() = std::move(given.body);
            response.prepare_payload();
            co_await http::async_write(stream, response, asio::redirect_error(awaited, error));
            if (too_large && !error) co_await read_away(stream, buffer);
            if (error || !response.keep_alive()) co_return;
        }
    }

    asio::awaitable<void> accept() {
        for (;;) {
            auto socket = co_await acceptor.async_accept(awaited);
            co_spawn(context, serve(std::move(socket)), asio::detached);
        }
    }

    std::string key, token;
    Handler handler;
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::thread thread;
};

Server::Server(unsigned short port, std::string key, std::string token, Handler handler)
    : impl_(std::make_unique<Impl>(port, std::move(key), std::move(token), std::move(handler))) {}

Server::~Server() {
    impl_->context.stop();
    impl_->thread.join();
}

unsigned short Server::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace imloop::station::page
