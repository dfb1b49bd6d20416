// Certificates of stations, for those who join and those who renew.
#pragma once

#include <string>

#include "hub/api/context.hpp"

namespace imloop::hub::calls {

/// Writes the credential and answers the certificate; `status` is issued or renewed. 422 bad_request_signature,
/// unsupported_key, 403 key_refused.
Answer certify(Context&, const std::string& station, const std::string& request_pem, const char* status);

/// 403: the key is another station's, or was revoked, which holds for good.
Answer key_refused();

}  // namespace imloop::hub::calls
