// A segment: consecutive journal lines between a header and a seal, as it goes over the wire and lies in an export.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/chain.hpp"
#include "journal/error.hpp"

namespace imloop::journal {

struct Header {
    std::string source;
    std::string epoch;
    std::uint64_t first = 0;  ///< number of the first line, from 1
    Digest prev{};            ///< h(first-1)
};

struct Seal {
    std::uint64_t last = 0;
    Digest head{};  ///< h(last)
    Algorithm algorithm{};
    std::string kid;
    std::string signature;  ///< r || s, 64 bytes
};

/// `header_line`, `lines` and `seal_line` point into the bytes that were parsed, without newlines.
struct Segment {
    Header header;
    Seal seal;
    std::string_view header_line;
    std::vector<std::string_view> lines;
    std::string_view seal_line;
};

/// Frame only: errors `too_large` (line, count, size) and `malformed_segment`.
Result<Segment> parse_segment(std::string_view bytes);

/// Chain and signature: the digests h(first) … h(last), or `bad_seal`. A seal whose kid is not the key's: `bad_seal`.
Result<std::vector<Digest>> check_seal(const Segment&, const PublicKey&);

/// The message a seal signs.
std::string seal_message(std::string_view source, std::string_view epoch, std::uint64_t last, const Digest& head);

/// The sealed bytes of `lines` (at least one), numbered from `first`, following h(first-1) = `prev`.
std::string build_segment(const PrivateKey&, std::string_view source, std::string_view epoch, std::uint64_t first,
                          const Digest& prev, std::span<const std::string> lines);

}  // namespace imloop::journal
