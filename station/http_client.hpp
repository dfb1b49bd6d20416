// Requests to the hub: TLS 1.3 with the station's certificate, the hub's name checked, one connection kept. Where the
// hub's certificate does not hold by this PC's clock, its dates are judged by the hub's own clock, which is asked of
// the hub first: a wrong clock here keeps no record back.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "station/config.hpp"

namespace imloop::station {

struct Response {
    int status = 0;
    std::string body;
    std::map<std::string, std::string> headers;  ///< names in lower case
};

/// The other side, and who we are to it.
struct Peer {
    std::string host;
    std::string port;
    std::string ca;  ///< PEM; empty: whoever answers is talked to, for what is checked otherwise
    std::filesystem::path certificate, key;  ///< empty: none is shown
};
Peer peer_of(const Config&);

class HttpClient {
public:
    /// Throws std::runtime_error where a certificate or key can't be read.
    explicit HttpClient(Peer, std::chrono::milliseconds time_out = std::chrono::seconds(60));
    ~HttpClient();

    /// `unreachable` where no answer came: nothing is known about what the hub did.
    journal::Result<Response> request(const std::string& method, const std::string& target,
                                      const std::map<std::string, std::string>& headers, std::string body);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station
