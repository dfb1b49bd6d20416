#include "station/http_listener.hpp"

#include <algorithm>
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
#include <list>
#include <thread>

#include "loop/vehicle/text.hpp"
#include "service/port_taken.hpp"

namespace imloop::station {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::seconds read_time{30};           ///< for a head, for a body, for an answer to be taken
constexpr std::chrono::milliseconds accept_pause{200};  ///< after an accept that failed
constexpr std::size_t read_away_max = 16 * 1024;        ///< at a time

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

using Parser = http::request_parser<http::string_body>;

HttpCall call_of(http::request<http::string_body>& request, const std::string& address) {
    HttpCall out{address, text(request.method_string()), text(request.target()), {}, std::move(request.body())};
    for (const auto& field : request) out.headers.emplace(loop::lower(text(field.name_string())), text(field.value()));
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

bool names_this_pc(std::string_view host, unsigned short port) {
    for (const std::string_view name : {"127.0.0.1", "localhost", "[::1]"})
        if (host == std::string(name) + ":" + std::to_string(port)) return true;
    return false;
}

struct HttpListener::Impl {
    struct Connection {
        beast::tcp_stream stream;
        std::size_t bytes = 0;  ///< of the body that is coming
        bool sending = true;    ///< a request, or silent before one
    };
    using Connections = std::list<Connection>;  ///< those at the front began earliest

    Impl(const std::string& address, unsigned short port, HttpLimits l, Handler h)
        : limits(l), handler(std::move(h)), acceptor(service::at_port<boost::system::system_error>(port, [&] {
              return tcp::acceptor(context, {asio::ip::make_address(address), port});
          })) {
        co_spawn(context, accept(), asio::detached);
    }

    /// Closes the one that has been longest at sending; its coroutine takes it out.
    void make_room() {
        const auto slow = std::ranges::find_if(connections, [](const auto& c) { return c.sending; });
        if (slow == connections.end()) return;
        slow->sending = false;
        bytes -= slow->bytes;
        slow->bytes = 0;
        slow->stream.close();
    }

    /// False where the head is too large, or no whole request came in time.
    asio::awaitable<bool> read(Connection& connection, beast::flat_buffer& buffer, Parser& parser) {
        beast::error_code error;
        connection.stream.expires_after(read_time);
        co_await http::async_read_header(connection.stream, buffer, parser, asio::redirect_error(awaited, error));
        connection.stream.expires_after(read_time);
        while (!error && !parser.is_done()) {
            co_await http::async_read_some(connection.stream, buffer, parser, asio::redirect_error(awaited, error));
            if (!connection.sending) co_return false;
            bytes += parser.get().body().size() - connection.bytes;
            connection.bytes = parser.get().body().size();
            while (bytes > limits.bytes_max && connection.sending) make_room();
        }
        bytes -= connection.bytes;
        connection.bytes = 0;
        co_return connection.sending && (!error || error == http::error::body_limit);
    }

    HttpReply answer(Parser& parser, const std::string& address) {
        if (!parser.is_done()) return {413, "text/plain; charset=utf-8", "文件太大\nthe file is too large\n", {}};
        try {
            auto request = parser.release();
            return handler(call_of(request, address));
        } catch (const std::exception& e) {
            return {500,
                    "text/plain; charset=utf-8",
                    "没有做成，请再试。\nThis did not work; try again.\n" + std::string(e.what()) + "\n",
                    {}};
        }
    }

    asio::awaitable<void> serve(Connections::iterator connection, std::string address) {
        auto& stream = connection->stream;
        beast::flat_buffer buffer;
        for (;;) {
            Parser parser;
            parser.header_limit(static_cast<std::uint32_t>(limits.head_max));
            parser.body_limit(limits.body_max);
            if (!co_await read(*connection, buffer, parser)) co_return;
            connection->sending = false;
            const bool whole = parser.is_done(), stays = whole && parser.keep_alive();
            const bool is_head = parser.get().method() == http::verb::head;
            const auto version = parser.get().version();
            auto reply = answer(parser, address);
            http::response<http::string_body> response(static_cast<http::status>(reply.status), version);
            response.set(http::field::content_type, reply.type);
            response.set("X-Content-Type-Options", "nosniff");
            for (const auto& [name, value] : reply.headers) response.set(name, value);
            response.keep_alive(stays);
            if (!is_head) response.body() = std::move(reply.body);
            response.prepare_payload();
            beast::error_code error;
            stream.expires_after(read_time);
            co_await http::async_write(stream, response, asio::redirect_error(awaited, error));
            if (!whole && !error) co_await read_away(stream, buffer);
            if (error || !stays) co_return;
            connection->sending = true;
            connections.splice(connections.end(), connections, connection);  // it begins anew
        }
    }

    /// What a connection throws ends that connection alone.
    asio::awaitable<void> keep(Connections::iterator connection) {
        try {
            beast::error_code gone;
            const auto from = connection->stream.socket().remote_endpoint(gone);
            co_await serve(connection, from.address().to_string());
        } catch (const std::exception&) {
            bytes -= connection->bytes;
        }
        connections.erase(connection);
    }

    asio::awaitable<void> accept() {
        for (;;) {
            bool taken = false;
            beast::error_code error;
            try {
                auto socket = co_await acceptor.async_accept(asio::redirect_error(awaited, error));
                if (!error) {
                    connections.push_back(Connection{beast::tcp_stream(std::move(socket))});
                    co_spawn(context, keep(std::prev(connections.end())), asio::detached);
                    if (connections.size() > limits.connections_max) make_room();
                    taken = true;
                }
            } catch (const std::exception&) {
                // No memory for one more: it is closed, and the next one waits a little.
            }
            if (taken) continue;
            asio::steady_timer pause(context, accept_pause);
            co_await pause.async_wait(asio::redirect_error(awaited, error));
        }
    }

    HttpLimits limits;
    Handler handler;
    asio::io_context context{1};
    Connections connections;
    std::size_t bytes = 0;  ///< of all bodies that are coming
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
