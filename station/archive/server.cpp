#include "station/archive/server.hpp"

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

namespace imloop::station::archive {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::seconds request_time{30};
/// A whole message may stand in the query.
constexpr std::uint32_t head_max = 256 * 1024;
constexpr std::size_t body_max = 2 * 1024 * 1024;
constexpr int connections_max = 200;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

}  // namespace

struct Server::Impl {
    Impl(const std::string& address, unsigned short port, std::function<Reply(const Call&)> h)
        : handler(std::move(h)), acceptor(context, {asio::ip::make_address(address), port}) {
        co_spawn(context, accept(), asio::detached);
        thread = std::thread([this] { context.run(); });
    }

    asio::awaitable<void> serve(tcp::socket socket) {
        const struct Counted {
            int& count;
            explicit Counted(int& c) : count(c) { ++count; }
            ~Counted() { --count; }
        } counted(connections);
        beast::tcp_stream stream(std::move(socket));
        beast::flat_buffer buffer;
        for (bool more = connections <= connections_max; more;) {
            http::request_parser<http::string_body> parser;
            parser.header_limit(head_max);
            parser.body_limit(body_max);
            stream.expires_after(request_time);
            beast::error_code error;
            co_await http::async_read(stream, buffer, parser, asio::redirect_error(awaited, error));
            if (error) co_return;
            const auto request = parser.release();
            auto reply = handler({text(request.method_string()), text(request.target()),
                                  text(request[http::field::content_type]), request.body()});
            http::response<http::string_body> response(static_cast<http::status>(reply.status), request.version());
            response.set(http::field::content_type, reply.type);
            response.set(http::field::cache_control, "no-store");
            response.set("X-Content-Type-Options", "nosniff");
            response.keep_alive(request.keep_alive());
            response.body() = std::move(reply.body);
            response.prepare_payload();
            co_await http::async_write(stream, response, asio::redirect_error(awaited, error));
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
            asio::steady_timer pause(context, std::chrono::milliseconds(200));
            co_await pause.async_wait(asio::redirect_error(awaited, error));
        }
    }

    std::function<Reply(const Call&)> handler;
    int connections = 0;
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::thread thread;
};

Server::Server(const std::string& address, unsigned short port, std::function<Reply(const Call&)> handler)
    : impl_(std::make_unique<Impl>(address, port, std::move(handler))) {}

Server::~Server() {
    impl_->context.stop();
    impl_->thread.join();
}

unsigned short Server::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace imloop::station::archive
