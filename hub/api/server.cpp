#include "hub/api/server.hpp"

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <thread>
#include <vector>

#include "hub/api/connection.hpp"
#include "hub/api/console_door.hpp"
#include "hub/api/judging.hpp"
#include "hub/api/measured.hpp"
#include "hub/console/console.hpp"
#include "hub/ids.hpp"
#include "service/port_taken.hpp"
#include "service/printable.hpp"

namespace imloop::hub {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = asio::ssl;
using asio::ip::tcp;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::milliseconds accept_pause{200};  ///< after an accept that failed
constexpr unsigned char session_context[] = "imloop hub";

/// What ends a coroutine ends nothing else.
void tell_fault(const std::exception_ptr& fault) {
    if (!fault) return;
    try {
        std::rethrow_exception(fault);
    } catch (const std::exception& e) {
        spdlog::error("connection: {}", service::printable(e.what()));
    }
}

tcp::acceptor listening(asio::io_context& context, const tcp::endpoint& at) {
    return service::at_port<boost::system::system_error>(at.port(), [&] { return tcp::acceptor(context, at); });
}

}  // namespace

struct Server::Impl : prometheus::Collectable {
    /// One listener: how many may come, and who serves one of them.
    struct Door {
        Quota& connections;
        tcp::acceptor acceptor;
        asio::awaitable<void> (Impl::*serve_one)(tcp::socket, std::string address, Quota::Held connection);
    };

    Impl(Hub& h, ServerOptions o)
        : hub(h),
          options(std::move(o)),
          tls(ssl::context::tls_server),
          stations{of_stations, listening(context, {asio::ip::make_address(options.address), options.port}),
                   &Impl::station},
          admin{of_operators, listening(context, {asio::ip::address_v4::loopback(), options.admin_port}),
                &Impl::operate},
          operators(admin.acceptor.local_endpoint().port(), options.admin_token) {
        SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
        SSL_CTX_set_session_id_context(tls.native_handle(), session_context, sizeof session_context - 1);
        tls.use_certificate_chain_file((hub.options.data / "tls.cert.pem").string());
        tls.use_private_key_file((hub.options.data / "tls.key.pem").string(), ssl::context::pem);
        tls.load_verify_file((hub.options.data / "ca.cert.pem").string());
        hub.measured.push_back(this);
        co_spawn(context, accept(stations), tell_fault);
        co_spawn(context, accept(admin), tell_fault);
        if (options.console) {
            const auto endpoint = console_endpoint(*options.console);
            is_console_plain = endpoint.address().is_loopback();
            officers.emplace(hub);
            console.emplace(Door{of_console, listening(context, endpoint), &Impl::officer});
            co_spawn(context, accept(*console), tell_fault);
        }
        for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back([this] { run(); });
    }

    void run() {
        for (;;) {
            try {
                context.run();
                return;
            } catch (const std::exception&) {
                tell_fault(std::current_exception());
            }
        }
    }

    /// A certificate that does not hold is let through the handshake and answered with a problem a person can read:
    /// no call of the hub is reached with it, and no body is read.
    asio::awaitable<void> station(tcp::socket socket, std::string address, Quota::Held) {
        TlsStream stream(std::move(socket), tls);
        stream.set_verify_mode(ssl::verify_peer);
        stream.set_verify_callback([](bool, ssl::verify_context&) { return true; });
        stream.next_layer().expires_after(options.head_time);
        beast::error_code error;
        co_await stream.async_handshake(ssl::stream_base::server, asio::redirect_error(awaited, error));
        if (error) co_return;
        const Peer peer = peer_of(stream.native_handle());
        const bool is_known = peer.error.empty();
        const auto place = is_known ? of_sources.take(1, peer.caller.source) : std::nullopt;
        Client client;
        client.who = is_known ? peer.caller.source : "?";
        client.payer = is_known ? peer.caller.source : address;
        client.judge = [&](Request& head) { return judge_station(hub, peer, place.has_value(), head); };
        client.call = [&](const Route& route, Request r, Done done) {
            r.peer_address = address;
            answer(route, {hub, Scope::of_source(peer.caller.source), std::move(r), peer.caller}, std::move(done));
        };
        co_await serve(stream, client, shared);
    }

    asio::awaitable<void> operate(tcp::socket socket, std::string address, Quota::Held) {
        PlainStream stream(std::move(socket));
        Client client;
        client.who = client.payer = "admin";
        client.judge = [&](Request& head) { return operators.judge(address, head); };
        client.call = [&](const Route& route, Request r, Done done) {
            answer(route, {hub, Scope::operator_(), std::move(r)}, std::move(done));
        };
        co_await serve(stream, client, shared);
    }

    /// On this computer alone plain HTTP is enough.
    asio::awaitable<void> officer(tcp::socket socket, std::string address, Quota::Held) {
        Client client;
        client.who = "console";
        client.payer = address;
        client.judge = [&](Request& head) { return judge_console(head, console_host()); };
        client.call = [&](const Route&, Request r, Done done) {
            r.peer_address = address;
            ask_console(*officers, std::move(r), std::move(done));
        };
        if (is_console_plain) {
            PlainStream stream(std::move(socket));
            co_await serve(stream, client, shared);
            co_return;
        }
        TlsStream stream(std::move(socket), tls);
        stream.next_layer().expires_after(options.head_time);
        beast::error_code error;
        co_await stream.async_handshake(ssl::stream_base::server, asio::redirect_error(awaited, error));
        if (!error) co_await serve(stream, client, shared);
    }

    /// The one name under which a page on this computer may come; empty: any, the certificate says which.
    std::string console_host() const {
        return is_console_plain ? fmt::format(":{}", console->acceptor.local_endpoint().port()) : std::string();
    }

    /// What can't be accepted for want of file descriptors waits and is served later; who has too many connections
    /// already is not served.
    asio::awaitable<void> accept(Door& from) {
        for (;;) {
            beast::error_code error;
            auto socket =
                co_await from.acceptor.async_accept(asio::make_strand(context), asio::redirect_error(awaited, error));
            if (error) {
                asio::steady_timer pause(context, accept_pause);
                co_await pause.async_wait(asio::redirect_error(awaited, error));
                continue;
            }
            const auto peer = socket.remote_endpoint(error);
            auto address = error ? std::string() : peer.address().to_string();
            auto place = from.connections.take(1, address);
            if (!place) {
                if (const auto times = shared.refusals.note("?", "too_many_connections", unix_now()))
                    spdlog::warn("too_many_connections ×{}", *times);
                continue;
            }
            const auto executor = socket.get_executor();
            co_spawn(executor, (this->*from.serve_one)(std::move(socket), std::move(address), std::move(*place)),
                     tell_fault);
        }
    }

    std::vector<prometheus::MetricFamily> Collect() const override {
        return {gauge("imloop_connections", "connections of stations", of_stations.held()),
                gauge("imloop_bytes_in_flight", "bytes of bodies, from their head to their answer",
                      shared.bytes_in_flight.held()),
                gauge("imloop_bytes_in_flight_peak", "the most that were in flight at a time",
                      shared.bytes_in_flight.peak()),
                counters("imloop_refusals_total", "requests refused, by the code they were answered", "code",
                         shared.refusals.by_code())};
    }

    Hub& hub;
    ServerOptions options;
    ssl::context tls;
    Shared shared{options, Quota(bytes_in_flight_max, bytes_in_flight_of_peer_max), {}};
    // Connections hold on to these until the context goes.
    Quota of_stations{connections_max, connections_of_address_max};
    Quota of_sources{connections_max, connections_of_source_max};
    Quota of_operators{admin_connections_max};
    Quota of_console{console_connections_max, console_connections_of_address_max};
    asio::io_context context;
    Door stations, admin;
    OperatorsDoor operators;
    std::optional<Door> console;
    std::optional<Console> officers;  ///< what they ask
    bool is_console_plain = false;
    std::vector<std::thread> threads;
};

Server::Server(Hub& hub, ServerOptions options) : impl_(std::make_unique<Impl>(hub, std::move(options))) {}

Server::~Server() {
    impl_->context.stop();
    for (auto& thread : impl_->threads) thread.join();
    impl_->hub.watch->stop();  // officers wait for it
    impl_->officers.reset();
    impl_->hub.close();
    std::erase(impl_->hub.measured, impl_.get());
}

bool Server::answers(std::chrono::milliseconds within) const {
    const auto answered = std::make_shared<std::promise<void>>();
    asio::post(impl_->context, [answered] { answered->set_value(); });
    return answered->get_future().wait_for(within) == std::future_status::ready;
}

unsigned short Server::port() const { return impl_->stations.acceptor.local_endpoint().port(); }
std::string Server::console_url() const {
    if (!impl_->console) return {};
    const auto at = impl_->console->acceptor.local_endpoint();
    const auto address = at.address().is_v6() ? "[" + at.address().to_string() + "]" : at.address().to_string();
    return fmt::format("{}://{}:{}", impl_->is_console_plain ? "http" : "https", address, at.port());
}
unsigned short Server::admin_port() const { return impl_->admin.acceptor.local_endpoint().port(); }

}  // namespace imloop::hub
