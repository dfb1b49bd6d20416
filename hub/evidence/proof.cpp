#include "hub/evidence/proof.hpp"

#include "journal/digest.hpp"
#include "journal/receipt.hpp"

namespace imloop::hub {
namespace {

using journal::Algorithm;
using nlohmann::json;

journal::Digest hash(Algorithm algorithm, std::string_view bytes) {
    return algorithm == Algorithm::es256 ? journal::sha256(bytes) : journal::sm3(bytes);
}

std::string_view bytes_of(const journal::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::optional<json> proof_of(const journal::Segment& segment, std::uint64_t seq, const journal::PublicKey& seal_key,
                             const std::string& receipt, const journal::PublicKey& receipt_key) {
    const auto& [source, epoch, first, prev] = segment.header;
    if (seq < first || seq - first >= segment.lines.size()) return std::nullopt;
    json digests = json::array();
    for (const auto line : segment.lines) digests.push_back(journal::to_hex(hash(segment.seal.algorithm, line)));
    return json{{"line", segment.lines[seq - first]},
                {"source", source},
                {"epoch", epoch},
                {"first", first},
                {"seq", seq},
                {"prev", journal::to_hex(prev)},
                {"digests", digests},
                {"last", segment.seal.last},
                {"head", journal::to_hex(segment.seal.head)},
                {"alg", journal::name_of(segment.seal.algorithm)},
                {"kid", segment.seal.kid},
                {"sig", journal::base64url(segment.seal.signature)},
                {"spki", journal::base64(seal_key.spki())},
                {"receipt", receipt},
                {"receipt_spki", journal::base64(receipt_key.spki())}};
}

bool proof_holds(const json& p) {
    const auto algorithm = journal::algorithm_named(p.at("alg").get<std::string>());
    const auto prev = journal::digest_from_hex(p.at("prev").get<std::string>());
    const auto head = journal::digest_from_hex(p.at("head").get<std::string>());
    const auto key = journal::PublicKey::from_spki(journal::from_base64(p.at("spki").get<std::string>()).value_or(""));
    const auto hub =
        journal::PublicKey::from_spki(journal::from_base64(p.at("receipt_spki").get<std::string>()).value_or(""));
    if (!algorithm || !prev || !head || !key || !hub) return false;
    const auto first = p.at("first").get<std::uint64_t>(), seq = p.at("seq").get<std::uint64_t>();
    auto h = *prev;
    std::uint64_t n = first;
    for (const auto& hex : p.at("digests")) {
        const auto digest = journal::digest_from_hex(hex.get<std::string>());
        if (!digest || (n == seq && *digest != hash(*algorithm, p.at("line").get<std::string>()))) return false;
        h = hash(*algorithm, std::string(bytes_of(h)) + std::string(bytes_of(*digest)));
        ++n;
    }
    const auto last = p.at("last").get<std::uint64_t>();
    const auto signature = journal::from_base64url(p.at("sig").get<std::string>());
    const auto message =
        journal::seal_message(p.at("source").get<std::string>(), p.at("epoch").get<std::string>(), last, *head);
    const auto receipt = journal::check_receipt(p.at("receipt").get<std::string>(), *hub);
    return seq >= first && seq < n && n == last + 1 && h == *head && signature && key->verify(message, *signature) &&
           receipt && receipt->head == *head;
}

}  // namespace imloop::hub
