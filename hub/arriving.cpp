// How a segment comes in: its frame, whose key may seal it, its chain and seal, and each of its lines admitted. What
// comes on a stick has a judgement of its own (stick.cpp) that ends in the same steps.
#include <algorithm>
#include <cassert>

#include "hub/hub_impl.hpp"
#include "loop/admission.hpp"

namespace imloop::hub {

std::optional<Arrival> Hub::Impl::framed(std::string bytes, Answer& refusal) const {
    Arrival a;
    a.bytes = std::make_shared<const std::string>(std::move(bytes));
    a.received_at = options.now();
    auto segment = journal::parse_segment(*a.bytes);
    if (!segment) {
        refusal = refusal_of(segment.error());
        return std::nullopt;
    }
    a.segment = std::move(*segment);
    return a;
}

bool Hub::Impl::sealed(Arrival& a, const journal::PublicKey& seal_key, loop::Moment received_at, Answer& refusal) {
    if (seal_key.algorithm() != journal::Algorithm::es256) {
        refusal = problem(422, "bad_seal", "暂只接受 ES256 / only ES256 is accepted for now");
        return false;
    }
    auto digests = journal::check_seal(a.segment, seal_key);
    if (!digests) {
        refusal = problem(422, digests.error().code, digests.error().detail);
        return false;
    }
    a.digests = std::move(*digests);
    a.admitted.reserve(a.segment.lines.size());
    for (const auto line : a.segment.lines)
        a.admitted.push_back(loop::admit(line, a.segment.header.source, received_at));
    assert(a.digests.size() == a.segment.lines.size() && a.digests.back() == a.segment.seal.head);
    return true;
}

Answer Hub::Impl::key_unknown(const std::string& source) const {
    // Without the key's owner on record a wrong kid in a well-known source's seal is a wrong seal.
    return known_keys.has_source(source)
               ? problem(422, "bad_seal", "封签的钥匙不是这个来源的 / the seal names a key that is not this source's")
               : problem(401, "unknown_key", "没有登记过这把钥匙 / this key has not been registered");
}

std::optional<Arrival> Hub::Impl::arrive(const Caller& caller, std::string bytes, Answer& refusal) {
    auto a = framed(std::move(bytes), refusal);
    if (!a) return std::nullopt;
    const auto refuse = [&](Answer why) {
        refusal = std::move(why);
        return std::nullopt;
    };
    const auto& source = a->segment.header.source;
    if (source != caller.source)
        return refuse(
            problem(403, "source_mismatch", "段头的来源不是证书的来源 / the header's source is not the certificate's"));
    if (is_hub(source)) return refuse(foreign_hub(source));
    if (known_keys.status(caller.source, caller.kid) == "revoked")
        return refuse(problem(403, "source_revoked", "这个来源已被停用 / this source has been revoked"));
    const auto seal_key = known_keys.of(source, a->segment.seal.kid);
    if (!seal_key) return refuse(key_unknown(source));
    if (seal_key->status == "revoked")
        return refuse(problem(403, "source_revoked", "这把钥匙已被停用 / this key has been revoked"));
    if (!sealed(*a, seal_key->key, a->received_at, refusal)) return std::nullopt;
    return a;
}

}  // namespace imloop::hub
