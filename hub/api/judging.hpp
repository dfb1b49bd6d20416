// Whether a request is let in, from its head alone: no body is read of one that is not. Knows no sockets.
#pragma once

#include <string>

#include "hub/api/peer.hpp"
#include "hub/api/routes.hpp"
#include "hub/guesses.hpp"

namespace imloop::hub {

/// At the stations' listener: 401 certificate_missing, certificate_expired, certificate_foreign, unknown_key, 403
/// source_revoked, kind_not_allowed, 503 busy (`has_place`: within the limit of its source's connections), or why there
/// is no such route.
Routed judge_station(Hub&, const Peer&, bool has_place, Request&);

/// At the operators', which is on loopback. Whoever runs on this computer reaches it, and so does any page of a browser
/// here, under a name that leads to it: Host and Origin are judged first, then the token, which stands in a file of the
/// hub's own user.
class OperatorsDoor {
public:
    OperatorsDoor(unsigned short port, std::string token);
    /// 421 wrong_host, 403 wrong_origin, forbidden, 429 too_many_attempts, or why there is no such route. Thread safe.
    Routed judge(const std::string& address, Request&);

private:
    const std::string port_, token_;
    Guesses guesses_;
};

}  // namespace imloop::hub
