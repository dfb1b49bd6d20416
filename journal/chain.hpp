// The hash chain of one source's journal:
//   h(0) = H("imloop/journal/v1\n" source "\n" epoch "\n"),  h(n) = H(h(n-1) || H(line n))
// with H = SHA-256 for ES256 and SM3 for SM2-SM3; line bytes stand without their newline.
#pragma once

#include "journal/digest.hpp"
#include "journal/key.hpp"

namespace imloop::journal {

Digest chain_start(Algorithm, std::string_view source, std::string_view epoch);
Digest chain_next(Algorithm, const Digest& previous, std::string_view line);

}  // namespace imloop::journal
