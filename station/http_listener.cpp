#include "station/http_listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>

namespace imloop::station {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::seconds request_time{30};
constexpr std::chrono::milliseconds accept_pause{200};  ///< after an accept that failed
constexpr std::size_t read_away_max = 16 * 1024;        ///< at a time

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

HttpCall call_of(http::request<http::string_body>& request) {
    HttpCall out{text(request.method_string()), text(request.target()), {}, std::move(request.body())};
    for (const auto& field : request) {
        std::string name = text(field.name_string());
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        out.headers.emplace(std::move(name), text(field.value()));
    }
    return out;
}

/// Of a sender that has more to send: it reads no answer before that, and none at all from a closed connection.
asio::awaitable<void> read_away(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
    beast::error_code error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    while (!error) {
        buffer.clear();
        co_await stream.async_read_some(buffer.prepare(read_away_max), asio::redirect_error(awaited, error));
    }
}

}  // namespace

std::string HttpCall::header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? std::string() : it->second;
}

struct HttpListener::Impl {
    Impl(const std::string& address, unsigned short port, HttpLimits l, Handler h)
        : limits(l), handler(std::move(h)), acceptor(context, {asio::ip::make_address(address), port}) {
        co_spawn(context, accept(), asio::detached);
    }

    asio::awaitable<void> serve(tcp::socket socket) {
        const struct Counted {
            int& count;
            explicit Counted(int& c) : count(c) { ++count; }
            ~Counted() { --count; }
        } counted(connections);
        beast::tcp_stream stream(std::move(socket));
        beast::flat_buffer buffer;
        for (bool more = connections <= limits.connections_max; more;) {
            http::request_parser<http::string_body> parser;
            parser.header_limit(static_cast<std::uint32_t>(limits.head_max));
            parser.body_limit(limits.body_max);
            stream.expires_after(request_time);
            beast::error_code error;
            co_await http::async_read(stream, buffer, parser, asio::redirect_error(awaited, error));
            const bool too_large = error == http::error::body_limit;
            if (error && !too_large) co_return;
            auto request = parser.release();
            HttpReply reply{413, "text/plain; charset=utf-8", "文件太大\nthe file is too large\n", {}};
            if (!too_large) reply = handler(call_of(request));
            http::response<http::string_body> response(static_cast<http::status>(reply.status), request.version());
            response.set(http::field::content_type, reply.type);
            response.set("X-Content-Type-Options", "nosniff");
            for (const auto& [name, value] : reply.headers) response.set(name, value);
            response.keep_alive(request.keep_alive() && !too_large);
            if (request.method() != http::verb::head) response.body() = std::move(reply.body);
            response.prepare_payload();
            co_await http::async_write(stream, response, asio::redirect_error(awaited, error));
            if (too_large && !error) co_await read_away(stream, buffer);
            more = !error && response.keep_alive();
        }
    }

    asio::awaitable<void> accept() {
        for (;;) {
            beast::error_code error;
            auto socket = co_await acceptor.async_accept(asio::redirect_error(awaited, error));
            if (!error) {
                co_spawn(context, serve(std::move(socket)), asio::detached);
                continue;
            }
            asio::steady_timer pause(context, accept_pause);
            co_await pause.async_wait(asio::redirect_error(awaited, error));
        }
    }

    HttpLimits limits;
    Handler handler;
    int connections = 0;  ///< goes after the context, whose coroutines count it down
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::thread thread;
};

HttpListener::HttpListener(const std::string& address, unsigned short port, HttpLimits limits, Handler handler)
    : impl_(std::make_unique<Impl>(address, port, limits, std::move(handler))) {
    // Only now: the handler may ask for port().
    impl_->thread = std::thread([this] { impl_->context.run(); });
}

HttpListener::~HttpListener() {
    impl_->context.stop();
    impl_->thread.join();
}

unsigned short HttpListener::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace imloop::station
