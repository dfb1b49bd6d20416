// Comparing what is shown with what is known, where the time it takes must tell nothing.
#pragma once

#include <openssl/crypto.h>

#include <string_view>

namespace imloop::service {

/// Never of an empty one.
inline bool is_same_secret(std::string_view shown, std::string_view known) {
    return !shown.empty() && shown.size() == known.size() &&
           CRYPTO_memcmp(shown.data(), known.data(), shown.size()) == 0;
}

}  // namespace imloop::service
