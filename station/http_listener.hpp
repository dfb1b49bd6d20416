// The one HTTP listener of a station's programs: plain HTTP for programs and browsers near by, within limits. Who may
// ask what is the handler's to judge.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imloop::station {

struct HttpCall {
    std::string address;  ///< of who asks, without its port
    std::string method;
    std::string target;                          ///< with its query
    std::map<std::string, std::string> headers;  ///< names in lower case; of one that comes twice the first
    std::string body;

    /// Empty where it has none.
    std::string header(const std::string& name) const;
};

struct HttpReply {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Beyond `head_max` a connection is closed, beyond `body_max` a request is answered 413. Where there are more than
/// `connections_max`, or more than `bytes_max` of bodies that are still coming, the connection that has been longest at
/// sending a request is closed: who is slow makes room for who is not. Head and body have half a minute each.
struct HttpLimits {
    std::size_t head_max = 16 * 1024;
    std::size_t body_max = 16 * 1024 * 1024;
    std::size_t connections_max = 200;
    std::size_t bytes_max = 64 * 1024 * 1024;
};

/// Whether a `Host` names this PC itself at this port: 127.0.0.1, localhost or [::1]. A name that was made to lead here
/// (DNS rebinding) does not.
bool names_this_pc(std::string_view host, unsigned short port);

class HttpListener {
public:
    using Handler = std::function<HttpReply(const HttpCall&)>;

    /// Listens at once; port 0: any free one. The handler runs on one thread of the listener's own; what it throws is
    /// answered 500. What can't be accepted for want of file descriptors waits and is served later. Throws
    /// service::PortTaken.
    HttpListener(const std::string& address, unsigned short port, HttpLimits, Handler);
    ~HttpListener();
    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station
