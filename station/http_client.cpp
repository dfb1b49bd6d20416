#include "station/http_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>
#include <utility>

#include "loop/vehicle/text.hpp"
#include "service/certificate.hpp"
#include "service/checks.hpp"
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
    using Steady = std::chrono::steady_clock;

    Impl(Peer p, std::chrono::milliseconds t)
        : peer(std::move(p)), time_out(t), tls(context_of(peer)), unnamed(context_of(peer)) {
        if (peer.certificate.empty()) return;
        tls.use_certificate_chain_file(peer.certificate.string());
        tls.use_private_key_file(peer.key.string(), ssl::context::pem);
        if (const auto own = service::Certificate::from_pem(read_file(peer.certificate))) issued_at = own->from;
    }

    static ssl::context context_of(const Peer& peer) {
        ssl::context out(ssl::context::tls_client);
        SSL_CTX_set_min_proto_version(out.native_handle(), TLS1_3_VERSION);
        if (!peer.ca.empty()) out.add_certificate_authority(asio::buffer(peer.ca));
        out.set_verify_mode(peer.ca.empty() ? ssl::verify_none : ssl::verify_peer);
        return out;
    }

    /// By which clock the other side's certificate is judged.
    void judge_dates(X509_VERIFY_PARAM* how) const {
        if (asks_time)
            X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_NO_CHECK_TIME);
        else if (their_time)
            X509_VERIFY_PARAM_set_time(how,
                                       std::chrono::system_clock::to_time_t(*their_time + (Steady::now() - told_at)));
    }

    asio::awaitable<void> connect() {
        asio::ip::tcp::resolver resolver(context);
        const auto found = co_await resolver.async_resolve(peer.host, peer.port, asio::use_awaitable);
        stream.emplace(context, asks_time ? unnamed : tls);
        if (!peer.ca.empty()) stream->set_verify_callback(ssl::host_name_verification(peer.host));
        SSL_set_tlsext_host_name(stream->native_handle(), peer.host.c_str());
        judge_dates(SSL_get0_param(stream->native_handle()));
        auto& socket = stream->next_layer();
        socket.expires_after(time_out);
        co_await socket.async_connect(found, asio::use_awaitable);
        socket.socket().set_option(asio::ip::tcp::no_delay(true));
        beast::error_code error;
        co_await stream->async_handshake(ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
        const auto found_wrong = SSL_get_verify_result(stream->native_handle());
        dates_refused =
            error && (found_wrong == X509_V_ERR_CERT_NOT_YET_VALID || found_wrong == X509_V_ERR_CERT_HAS_EXPIRED);
        if (error) throw beast::system_error(error);
    }

    /// Their clock, asked of them in a connection of its own: authority and name are held as ever, dates alone are not,
    /// and nothing is shown or sent but the question. No time before this station's certificate is believed, for it was
    /// issued by their clock.
    bool learn_time() {
        asks_time = true;
        stream.reset();
        std::optional<std::int64_t> said;
        try {
            http::request<http::string_body> question(http::verb::get, "/api/v1/authority", 11);
            question.set(http::field::host, peer.host);
            const auto answer = run(std::move(question));
            if (const auto date = answer.headers.find("date"); date != answer.headers.end())
                said = service::moment_of_http(date->second);
        } catch (const std::exception&) {
            said.reset();
        }
        stream.reset();
        asks_time = false;
        if (!said || *said < issued_at) return false;
        their_time.emplace(std::chrono::milliseconds(*said));
        told_at = Steady::now();
        return true;
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
        for (const auto& field : answer)
            out.headers[loop::lower(std::string_view(field.name_string()))] = std::string(field.value());
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
    ssl::context tls, unnamed;  ///< `unnamed` shows no certificate
    std::optional<Stream> stream;
    std::int64_t issued_at = 0;  ///< this station's certificate; milliseconds since 1970
    bool asks_time = false, dates_refused = false;
    std::optional<std::chrono::system_clock::time_point> their_time;  ///< as of `told_at`
    Steady::time_point told_at;
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
    bool asked_time = false;
    for (bool fresh = !impl_->stream;; fresh = true) {
        try {
            return impl_->run(request);
        } catch (const std::exception& e) {
            impl_->stream.reset();
            if (std::exchange(impl_->dates_refused, false) && !std::exchange(asked_time, true) && impl_->learn_time())
                continue;
            if (fresh)
                return journal::Error("unreachable", "连不上监管中心 " + impl_->peer.host + ":" + impl_->peer.port,
                                      std::string("the hub can't be reached: ") + e.what());
        }
    }
}

}  // namespace imloop::station
