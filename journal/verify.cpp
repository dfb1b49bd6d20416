#include "journal/verify.hpp"

#include "journal/exported.hpp"
#include "journal/receipt.hpp"

namespace imloop::journal {
namespace {

class Walk {
public:
    explicit Walk(const Keys& keys) : keys_(keys) {}
    Verification out;

    void piece(const Exported& exported, std::size_t offset) {
        const auto segment = parse_segment(exported.segment).value();
        const auto& header = segment.header;
        const auto say = [&](const Error& e) { out.findings.push_back({offset, header.source, header.first, e}); };
        const auto key = keys_.find(segment.seal.kid);
        if (key == keys_.end()) {
            say({"unknown_key", "没有这把钥匙的公钥：" + segment.seal.kid + " / no public key of this kid"});
        } else if (const auto digests = check_seal(segment, key->second); !digests) {
            say(digests.error());
        }
        ChainChecked& chain = chain_of(header);
        if (chain.segments > 0 && header.first > chain.last + 1)
            say({"journal_gap",
                 "缺第 " + std::to_string(chain.last + 1) + " 条起的内容 / lines are missing from that number on"});
        if (chain.segments > 0 && header.first == chain.last + 1 && to_hex(header.prev) != chain.head)
            say({"journal_fork", "与前一段的链值接不上 / does not follow the segment before"});
        if (chain.segments == 0) chain.first = header.first;
        if (segment.seal.last >= chain.last) {
            chain.last = segment.seal.last;
            chain.head = to_hex(segment.seal.head);
        }
        ++chain.segments;
        if (!exported.receipt.empty()) receipt(exported.receipt, segment, chain, say);
    }

private:
    template <typename Say>
    void receipt(std::string_view bytes, const Segment& segment, ChainChecked& chain, const Say& say) {
        const auto kid = receipt_kid(bytes);
        const auto key = kid ? keys_.find(*kid) : keys_.end();
        if (key == keys_.end()) return say({"unknown_key", "没有回执钥匙的公钥 / no public key of the receipt's kid"});
        const auto checked = check_receipt(bytes, key->second);
        if (!checked) return say({"bad_receipt", checked.error().detail()});
        if (checked->source != segment.header.source || checked->epoch != segment.header.epoch ||
            checked->first != segment.header.first || to_hex(checked->head) != to_hex(segment.seal.head) ||
            checked->outcomes.size() != segment.lines.size())
            return say({"bad_receipt", "回执不是这一段的 / the receipt is of another segment"});
        ++chain.receipts;
    }
    ChainChecked& chain_of(const Header& header) {
        for (auto& chain : out.chains)
            if (chain.source == header.source && chain.epoch == header.epoch) return chain;
        out.chains.push_back({header.source, header.epoch, 0, 0, "", 0, 0});
        return out.chains.back();
    }

    const Keys& keys_;
};

}  // namespace

Verification verify_exported(std::string_view bytes, const Keys& keys) {
    Walk walk(keys);
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::size_t offset = bytes.size() - rest.size();
        const auto piece = take_exported(rest);
        if (!piece) {
            walk.out.findings.push_back({offset, "", 0, piece.error()});
            break;
        }
        walk.piece(*piece, offset);
    }
    return std::move(walk.out);
}

}  // namespace imloop::journal
