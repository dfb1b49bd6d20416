// A client of the hub's station listener that speaks TLS byte by byte: what a well-behaved one never sends.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/files.hpp"

namespace imloop::test {

/// A certificate and its key, PEM; both empty: none is shown.
struct Identity {
    std::string certificate, key;
};

class TlsClient {
public:
    explicit TlsClient(unsigned short port, const Identity& identity = {}, SSL_SESSION* resume = nullptr)
        : tls_(boost::asio::ssl::context::tls_client) {
        if (!identity.key.empty()) {
            tls_.use_certificate_chain(boost::asio::buffer(identity.certificate));
            tls_.use_private_key(boost::asio::buffer(identity.key), boost::asio::ssl::context::pem);
        }
        stream_.emplace(context_, tls_);
        if (resume != nullptr) SSL_set_session(stream_->native_handle(), resume);
        stream_->next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
        stream_->handshake(boost::asio::ssl::stream_base::client);
    }
    void send(const std::string& bytes) { boost::asio::write(*stream_, boost::asio::buffer(bytes)); }
    /// What comes up to this text and with it; all there is where the other side ends before.
    std::string read_to(const std::string& end) {
        while (received_.find(end) == std::string::npos && receive()) {
        }
        const auto at = received_.find(end);
        return take(at == std::string::npos ? received_.size() : at + end.size());
    }
    /// Status and code of an answer, as "401 certificate_missing"; its head and body are kept.
    std::string answer() {
        head_ = read_to("\r\n\r\n");
        if (head_.size() < 12) return "closed";
        const std::string length = "Content-Length: ", mark = "\"code\":\"";
        const auto at = head_.find(length);
        const std::size_t size = at == std::string::npos ? 0 : std::stoul(head_.substr(at + length.size()));
        while (received_.size() < size && receive()) {
        }
        body_ = take(std::min(size, received_.size()));
        const auto code = body_.find(mark);
        if (code == std::string::npos) return head_.substr(9, 3);
        const auto from = code + mark.size();
        return head_.substr(9, 3) + " " + body_.substr(from, body_.find('"', from) - from);
    }
    std::string ask(const std::string& bytes) {
        send(bytes);
        return answer();
    }
    const std::string& head() const { return head_; }
    const std::string& body() const { return body_; }
    bool resumed() { return SSL_session_reused(stream_->native_handle()) == 1; }
    /// A copy: OpenSSL takes back the session of a connection that is not shut down.
    std::shared_ptr<SSL_SESSION> session() {
        return {SSL_SESSION_dup(SSL_get_session(stream_->native_handle())), SSL_SESSION_free};
    }

private:
    bool receive() {
        char bytes[4096];
        boost::system::error_code error;
        const auto size = stream_->read_some(boost::asio::buffer(bytes), error);
        received_.append(bytes, size);
        return !error;
    }
    std::string take(std::size_t size) {
        auto out = received_.substr(0, size);
        received_.erase(0, size);
        return out;
    }

    boost::asio::io_context context_;
    boost::asio::ssl::context tls_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket>> stream_;
    std::string received_, head_, body_;
};

}  // namespace imloop::test
