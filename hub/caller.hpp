// Who asks over TLS: told by the certificate alone.
#pragma once

#include <string>

namespace imloop::hub {

struct Caller {
    std::string source;  ///< whose certificate it is
    std::string kid;     ///< of the certificate's key
};

}  // namespace imloop::hub
