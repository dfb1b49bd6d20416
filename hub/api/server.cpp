#include "hub/api/server.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/x509v3.h>
#include <spdlog/spdlog.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "hub/api/routes.hpp"
#include "hub/ids.hpp"
#include "hub/limits.hpp"
#include "journal/key.hpp"
#include "service/certificate.hpp"

namespace imloop::hub {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Route = std::function<void(Request, Hub::Done)>;

constexpr auto awaited = asio::use_awaitable;
constexpr std::chrono::milliseconds accept_pause{200};  ///< after an accept that failed

beast::tcp_stream& socket_of(beast::tcp_stream& stream) { return stream; }
beast::tcp_stream& socket_of(TlsStream& stream) { return stream.next_layer(); }

/// Waits for an answer that comes from another thread.
asio::awaitable<Answer> answer_of(const Route& route, Request request) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(
        [&route](auto handler, Request&& r) {
            const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            const auto executor = asio::get_associated_executor(*resume);
            route(std::move(r), [resume, work = asio::make_work_guard(executor)](Answer answer) {
                asio::post(work.get_executor(),
                           [resume, answer = std::move(answer)]() mutable { (*resume)(std::move(answer)); });
            });
        },
        awaited, std::move(request));
}

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

template <typename Parser>
Request request_of(Parser& parser) {
    auto& message = parser.get();
    return {text(message.method_string()),
            text(message.target()),
            text(message[http::field::content_encoding]),
            text(message[http::field::if_none_match]),
            text(message["X-Admin-Token"]),
            "",
            std::move(message.body())};
}

/// What was refused and to whom, never what it held: a query or body may name a person's vehicle.
void log_refusal(std::string_view who, const http::request_header<>& head, const Answer& answer,
                 std::string_view request_id) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const std::string target = text(head.target());
    spdlog::warn("{} {} {}: {} {} {}", who, text(head.method_string()), target.substr(0, target.find('?')),
                 answer.status, body.is_object() ? body.value("code", "") : "", request_id);
}

http::response<http::string_body> response_of(Answer answer, std::string_view request_id, unsigned version,
                                              bool keep_alive) {
    http::response<http::string_body> out(static_cast<http::status>(answer.status), version);
    out.set(http::field::date, fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(unix_now() / 1000)));
    out.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) out.set(name, value);
    if (answer.content_type == "application/problem+json" && answer.body.ends_with('}'))
        answer.body.insert(answer.body.size() - 1, fmt::format(R"(,"request_id":"{}")", request_id));
    out.keep_alive(keep_alive);
    out.body() = std::move(answer.body);
    out.prepare_payload();
    return out;
}

/// One connection: requests one after the other until either side closes, a time runs out or a frame is wrong.
template <typename Stream>
asio::awaitable<void> serve(Stream& stream, const std::string& who, const Route& route, const ServerOptions& options) {
    beast::flat_buffer buffer;
    for (bool open = true; open;) {
        auto& socket = socket_of(stream);
        http::request_parser<http::empty_body> head;
        head.header_limit(request_head_max);
        head.body_limit(boost::none);
        socket.expires_after(options.head_time);
        beast::error_code error;
        co_await http::async_read_header(stream, buffer, head, asio::redirect_error(awaited, error));
        std::optional<Answer> answer;
        unsigned version = 11;
        http::request_header<> first_line;
        if (error == http::error::header_limit) {
            answer = problem(431, "too_large", "请求头过大 / the head of the request is too large");
        } else if (error && error.category() == make_error_code(http::error::bad_target).category() &&
                   error != http::error::end_of_stream && error != http::error::partial_message) {
            answer = problem(400, "bad_request", "不是 HTTP 请求 / no HTTP request");
        } else if (error) {
            co_return;
        } else {
            socket.expires_after(options.body_time);
            version = head.get().version();
            first_line.method_string(head.get().method_string());
            first_line.target(head.get().target());
            const std::string target = text(head.get().target());
            if (beast::iequals(head.get()[http::field::expect], "100-continue")) {
                http::response<http::empty_body> go_on(http::status::continue_, version);
                co_await http::async_write(stream, go_on, asio::redirect_error(awaited, error));
            }
            http::request_parser<http::string_body> whole(std::move(head));
            whole.body_limit(body_max(target));
            co_await http::async_read(stream, buffer, whole, asio::redirect_error(awaited, error));
            if (error == http::error::body_limit)
                answer = problem(413, "too_large", "内容过大 / the body is too large");
            else if (error)
                co_return;
            if (!answer) {
                open = whole.get().keep_alive();
                socket.expires_never();  // the hub answers in its own time
                answer = co_await answer_of(route, request_of(whole));
            } else {
                open = false;
            }
        }
        if (error) open = false;
        const std::string request_id = answer->status >= 400 ? new_uuid7(unix_now()) : "";
        if (answer->status >= 400) log_refusal(who, first_line, *answer, request_id);
        auto response = response_of(std::move(*answer), request_id, version, open);
        socket.expires_after(options.body_time);
        co_await http::async_write(stream, response, asio::redirect_error(awaited, error));
        if (error) co_return;
    }
}

Caller caller_of(SSL* tls) {
    X509* shown = SSL_get0_peer_certificate(tls);
    const auto certificate = shown != nullptr ? service::Certificate::of(shown) : std::nullopt;
    if (!certificate) return {};
    const auto key = journal::PublicKey::from_spki(certificate->spki);
    return {certificate->name, key ? key->kid() : ""};
}

std::string_view peer_error_named(int error) {
    if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) return "certificate_expired";
    return error == X509_V_OK ? "" : "certificate_foreign";
}

}  // namespace

struct Server::Impl {
    Impl(Hub& h, ServerOptions o)
        : hub(h),
          options(std::move(o)),
          tls(ssl::context::tls_server),
          stations(context, {asio::ip::make_address(options.address), options.port}),
          admin(context, {asio::ip::address_v4::loopback(), options.admin_port}) {
        SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
        tls.use_certificate_chain_file((hub.data() / "tls.cert.pem").string());
        tls.use_private_key_file((hub.data() / "tls.key.pem").string(), ssl::context::pem);
        tls.load_verify_file((hub.data() / "ca.cert.pem").string());
        co_spawn(context, accept(stations, &Impl::station), asio::detached);
        co_spawn(context, accept(admin, &Impl::operate), asio::detached);
        for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back([this] { context.run(); });
    }

    /// A certificate that does not hold is let through the handshake and answered with a problem a person can read:
    /// no call of the hub is reached with it.
    asio::awaitable<void> station(tcp::socket socket) {
        TlsStream stream(std::move(socket), tls);
        int verified = X509_V_OK;
        stream.set_verify_mode(ssl::verify_peer);
        stream.set_verify_callback([&verified](bool holds, ssl::verify_context& found) {
            if (!holds && verified == X509_V_OK) verified = X509_STORE_CTX_get_error(found.native_handle());
            return true;
        });
        socket_of(stream).expires_after(options.head_time);
        beast::error_code error;
        co_await stream.async_handshake(ssl::stream_base::server, asio::redirect_error(awaited, error));
        if (error) co_return;
        const Caller caller = caller_of(stream.native_handle());
        const std::string_view peer_error = caller.source.empty() ? "certificate_missing" : peer_error_named(verified);
        const std::string who = caller.source.empty() ? "?" : caller.source;
        const auto peer = socket_of(stream).socket().remote_endpoint(error);
        const std::string peer_address = error ? "" : peer.address().to_string();
        const Route route = [this, &caller, peer_error, &peer_address](Request r, Hub::Done done) {
            r.peer_address = peer_address;
            route_station(hub, caller, peer_error, std::move(r), std::move(done));
        };
        co_await serve(stream, who, route, options);
        socket_of(stream).expires_after(options.head_time);
        co_await stream.async_shutdown(asio::redirect_error(awaited, error));
    }

    asio::awaitable<void> operate(tcp::socket socket) {
        beast::tcp_stream stream(std::move(socket));
        const Route route = [this](Request r, Hub::Done done) {
            route_admin(hub, options.admin_token, std::move(r), std::move(done));
        };
        const std::string who = "admin";
        co_await serve(stream, who, route, options);
    }

    /// What can't be accepted for want of file descriptors waits and is served later.
    asio::awaitable<void> accept(tcp::acceptor& from, asio::awaitable<void> (Impl::*serve_one)(tcp::socket)) {
        for (;;) {
            beast::error_code error;
            auto socket = co_await from.async_accept(asio::make_strand(context), asio::redirect_error(awaited, error));
            if (!error) {
                const auto executor = socket.get_executor();
                co_spawn(executor, (this->*serve_one)(std::move(socket)), asio::detached);
                continue;
            }
            asio::steady_timer pause(context, accept_pause);
            co_await pause.async_wait(asio::redirect_error(awaited, error));
        }
    }

    Hub& hub;
    ServerOptions options;
    ssl::context tls;
    asio::io_context context;
    tcp::acceptor stations, admin;
    std::vector<std::thread> threads;
};

Server::Server(Hub& hub, ServerOptions options) : impl_(std::make_unique<Impl>(hub, std::move(options))) {}

Server::~Server() {
    impl_->context.stop();
    for (auto& thread : impl_->threads) thread.join();
    impl_->hub.close();
}

bool Server::answers(std::chrono::milliseconds within) const {
    const auto answered = std::make_shared<std::promise<void>>();
    asio::post(impl_->context, [answered] { answered->set_value(); });
    return answered->get_future().wait_for(within) == std::future_status::ready;
}

unsigned short Server::port() const { return impl_->stations.local_endpoint().port(); }
unsigned short Server::admin_port() const { return impl_->admin.local_endpoint().port(); }

}  // namespace imloop::hub
