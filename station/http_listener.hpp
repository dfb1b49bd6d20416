// The one HTTP listener of a station's programs: plain HTTP for programs and browsers near by, within limits. Who may
// ask what is the handler's to judge.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace imloop::station {

struct HttpCall {
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

/// Beyond `head_max` the connection is closed, beyond `body_max` it is answered 413, and beyond `connections_max` a
/// new one is closed at once. A request with its answer has half a minute.
struct HttpLimits {
    std::size_t head_max = 16 * 1024;
    std::size_t body_max = 16 * 1024 * 1024;
    int connections_max = 200;
};

class HttpListener {
public:
    using Handler = std::function<HttpReply(const HttpCall&)>;

    /// Listens at once; port 0: any free one. The handler runs on one thread of the listener's own and does not throw.
    /// What can't be accepted for want of file descriptors waits and is served later. Throws
    /// boost::system::system_error where the port is taken.
    HttpListener(const std::string& address, unsigned short port, HttpLimits, Handler);
    ~HttpListener();
    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station
