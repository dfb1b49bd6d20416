// The hub's receipt for a segment: two lines, the receipt and the hub's seal over its bytes.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/segment.hpp"

namespace imloop::journal {

struct Problem {
    std::string pointer;  ///< JSON pointer into the line; empty: the whole line
    std::string code;
    std::string detail;  ///< zh first, then en
};

struct LineAddress {
    std::string source;
    std::string epoch;
    std::uint64_t seq = 0;
};

enum class Status { accepted, duplicate, rejected };
std::string_view name_of(Status);
std::optional<Status> status_named(std::string_view);

struct Outcome {
    std::uint64_t seq = 0;
    std::optional<std::string> record_id;
    Status status{};
    std::vector<Problem> problems;          ///< of a rejected line
    std::optional<LineAddress> first_seen;  ///< of a duplicate
};

struct Receipt {
    std::string source;
    std::string epoch;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    Digest head{};
    std::string received_at;  ///< RFC 3339
    std::vector<Outcome> outcomes;
};

/// The two lines, each ended by a newline.
std::string build_receipt(const PrivateKey& hub_key, const Receipt&);
/// Frame only (`malformed_receipt`).
Result<Receipt> parse_receipt(std::string_view bytes);
/// Frame and the hub's seal (`bad_seal`, `unknown_key`).
Result<Receipt> check_receipt(std::string_view bytes, const PublicKey& hub_key);
/// The kid of the key that sealed it, without checking it.
Result<std::string> receipt_kid(std::string_view bytes);

/// Also used to store outcomes: the member names of docs/contract.md, "Receipts".
void to_json(nlohmann::json&, const Outcome&);
void from_json(const nlohmann::json&, Outcome&);

}  // namespace imloop::journal
