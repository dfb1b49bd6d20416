#include "station/http_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>

#include "station/files.hpp"

namespace imloop::station {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;

namespace {
/// A page of the feed holds whole segments.
constexpr std::size_t answer_body_max = 64 * 1024 * 1024;
}  // namespace

struct HttpClient::Impl {
    using Stream = beast::ssl_stream<beast::tcp_stream>;

    Impl(Peer p, std::chrono::milliseconds t) : peer(std::move(p)), time_out(t), tls(ssl::context::tls_client) {
        SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
        if (!peer.ca.empty()) tls.add_certificate_authority(asio::buffer(peer.ca));
        if (!peer.certificate.empty()) {
            tls.use_certificate_chain_file(peer.certificate.string());
            tls.use_private_key_file(peer.key.string(), ssl::context::pem);
        }
        tls.set_verify_mode(peer.ca.empty() ? ssl::verify_none : ssl::verify_peer);
    }

    asio::awaitable<void> connect() {
        asio::ip::tcp::resolver resolver(context);
        const auto found = co_await resolver.async_resolve(peer.host, peer.port, asio::use_awaitable);
        stream.emplace(context, tls);
        if (!peer.ca.empty()) stream->set_verify_callback(ssl::host_name_verification(peer.host));
        SSL_set_tlsext_host_name(stream->native_handle(), peer.host.c_str());
        auto& socket = stream->next_layer();
        socket.expires_after(time_out);
        co_await socket.async_connect(found, asio::use_awaitable);
        socket.socket().set_option(asio::ip::tcp::no_delay(true));
        co_await stream->async_handshake(ssl::stream_base::client, asio::use_awaitable);
    }

    asio::awaitable<Response> exchange(http::request<http::string_body> request) {
        if (!stream) co_await connect();
        stream->next_layer().expires_after(time_out);
        co_await http::async_write(*stream, request, asio::use_awaitable);
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(answer_body_max);
        co_await http::async_read(*stream, buffer, parser, asio::use_awaitable);
        auto answer = parser.release();
        Response out{static_cast<int>(answer.result_int()), std::move(answer.body()), {}};
        for (const auto& field : answer) {
            std::string name(field.name_string());
            for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            out.headers[name] = std::string(field.value());
        }
        if (!answer.keep_alive()) stream.reset();
        co_return out;
    }

    Response run(http::request<http::string_body> request) {
        context.restart();
        auto answer = asio::co_spawn(context, exchange(std::move(request)), asio::use_future);
        context.run();
        return answer.get();
    }

    Peer peer;
    std::chrono::milliseconds time_out;
    asio::io_context context;
    ssl::context tls;
    std::optional<Stream> stream;
};

Peer peer_of(const Config& config) {
    return {config.hub.host, config.hub.port, read_file(config.hub.ca), config.hub.certificate, config.hub.key};
}

HttpClient::HttpClient(Peer peer, std::chrono::milliseconds time_out)
    : impl_(std::make_unique<Impl>(std::move(peer), time_out)) {}
HttpClient::~HttpClient() = default;

journal::Result<Response> HttpClient::request(const std::string& method, const std::string& target,
                                              const std::map<std::string, std::string>& headers, std::string body) {
    http::request<http::string_body> request(http::string_to_verb(method), target, 11, std::move(body));
    request.set(http::field::host, impl_->peer.host);
    for (const auto& [name, value] : headers) request.set(name, value);
    request.prepare_payload();
    // A kept connection may have been closed meanwhile: then a fresh one is tried once. Requests repeat safely.
    for (bool fresh = !impl_->stream;; fresh = true) {
        try {
            return impl_->run(request);
        } catch (const std::exception& e) {
            impl_->stream.reset();
            if (fresh)
                return journal::Error("unreachable", "连不上监管中心 " + impl_->peer.host + ":" + impl_->peer.port +
                                                         " / the hub can't be reached: " + e.what());
        }
    }
}

}  // namespace imloop::station
