// The proof of one record, for whoever does not trust the hub: its line, the digests of the lines around it, the
// station's seal over the chain, and the hub's receipt. Other lines stand as digests alone: they are other people's.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "journal/key.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {

/// `{line, source, epoch, first, seq, prev, digests[], last, head, alg, kid, sig, spki, receipt, receipt_spki}`: bytes
/// of the line and of the receipt as they are, digests in hex, keys in base64. With them anyone recomputes h(first) …
/// h(last) = head (docs/contract.md, "Chain and seal") and checks both signatures. Nothing where the segment has no
/// such line.
std::optional<nlohmann::json> proof_of(const journal::Segment&, std::uint64_t seq, const journal::PublicKey& seal_key,
                                       const std::string& receipt, const journal::PublicKey& receipt_key);

/// Whether such a proof holds by itself.
bool proof_holds(const nlohmann::json& proof);

}  // namespace imloop::hub
