// Who is at the other end of a TLS connection: judged by the certificate itself after every handshake, a resumed one
// too.
#pragma once

#include <string_view>

#include "hub/caller.hpp"
#include "loop/time.hpp"

struct ssl_st;

namespace imloop::hub {

struct Peer {
    Caller caller;           ///< empty where there is no certificate
    std::string_view error;  ///< certificate_missing, certificate_foreign, certificate_expired; empty where it holds
    loop::Moment until = 0;  ///< it holds no longer

    /// As of now: a connection may outlive its certificate.
    std::string_view error_at(loop::Moment now) const {
        return error.empty() && now > until ? std::string_view("certificate_expired") : error;
    }
};

/// Held against the authorities of the connection's context, by the system's clock.
Peer peer_of(ssl_st*);

}  // namespace imloop::hub
