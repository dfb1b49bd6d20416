// Access tokens of the archive's interface: random, for one company, gone after their time or with the program. Not
// thread safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "loop/time.hpp"

namespace imloop::station::archive {

class Tokens {
public:
    std::string issue(const std::string& company_code, loop::Moment now);
    /// The company it was issued to; nothing where it is unknown or its time is over.
    std::optional<std::string> company_of(const std::string& token, loop::Moment now);

private:
    struct Issued {
        std::string company_code;
        loop::Moment at = 0;
    };
    std::map<std::string, Issued> by_digest_;
};

}  // namespace imloop::station::archive
