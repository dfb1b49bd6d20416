// Checks an exported journal, or a part of it, without a hub: frames, chains, seals and receipts. Pure and thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "journal/key.hpp"
#include "journal/segment.hpp"

namespace imloop::journal {

struct Finding {
    std::size_t offset = 0;  ///< of the segment, in the exported bytes
    std::string source;      ///< empty where the frame is broken
    std::uint64_t first = 0;
    Error error;  ///< malformed_segment, unknown_key, bad_seal, journal_gap, journal_fork, bad_receipt
};

struct ChainChecked {
    std::string source;
    std::string epoch;
    std::uint64_t first = 0;  ///< above 1: a part; what lies before it is not vouched for
    std::uint64_t last = 0;
    std::string head;  ///< hex
    std::uint64_t segments = 0;
    std::uint64_t receipts = 0;
};

struct Verification {
    std::vector<ChainChecked> chains;  ///< in the order they begin
    std::vector<Finding> findings;     ///< empty: all of it holds
};

/// By kid, of stations and hubs alike.
using Keys = std::map<std::string, PublicKey>;

Verification verify_exported(std::string_view bytes, const Keys&);

}  // namespace imloop::journal
