#include "hub/arriving.hpp"

#include <fmt/format.h>

#include <cassert>

#include "hub/hub.hpp"
#include "loop/admission.hpp"

namespace imloop::hub {

bool is_hub(std::string_view source) { return source.starts_with('H'); }

Answer foreign_hub(std::string_view source) {
    return problem(
        403,
        {"foreign_hub",
         fmt::format(
             "{0} 是另一个监管中心的日志，不收。空的监管中心要成为它的副本：hub import 目录 --restore 它的钥匙编号",
             source),
         fmt::format("{0}: the journal of another hub, not taken. An empty hub becomes its copy with `hub import DIR "
                     "--restore KID`",
                     source)});
}

Answer revoked() { return problem(403, {"source_revoked", "这个来源已被停用", "this source has been revoked"}); }

Answer refusal_of(const journal::Error& e) {
    const int status = e.code == "too_large" ? 413 : e.code == "unsupported_encoding" ? 415 : 400;
    return problem(status, e);
}

std::optional<Arrival> framed(std::string bytes, loop::Moment received_at, Answer& refusal) {
    Arrival a;
    a.bytes = std::make_shared<const std::string>(std::move(bytes));
    a.received_at = received_at;
    auto segment = journal::parse_segment(*a.bytes);
    if (!segment) {
        refusal = refusal_of(segment.error());
        return std::nullopt;
    }
    a.segment = std::move(*segment);
    return a;
}

bool sealed(Arrival& a, const journal::PublicKey& seal_key, loop::Moment received_at, Answer& refusal) {
    if (seal_key.algorithm() != journal::Algorithm::es256) {
        refusal = problem(422, {"bad_seal", "暂只接受 ES256", "only ES256 is accepted for now"});
        return false;
    }
    auto digests = journal::check_seal(a.segment, seal_key);
    if (!digests) {
        refusal = problem(422, digests.error());
        return false;
    }
    a.digests = std::move(*digests);
    a.admitted.reserve(a.segment.lines.size());
    for (const auto line : a.segment.lines)
        a.admitted.push_back(loop::admit(line, a.segment.header.source, received_at));
    assert(a.digests.size() == a.segment.lines.size() && a.digests.back() == a.segment.seal.head);
    return true;
}

Answer key_unknown(const KnownKeys& keys, const std::string& source) {
    // Without the key's owner on record a wrong kid in a well-known source's seal is a wrong seal.
    return keys.has_source(source)
               ? problem(422,
                         {"bad_seal", "封签的钥匙不是这个来源的", "the seal names a key that is not this source's"})
               : problem(401, {"unknown_key", "没有登记过这把钥匙", "this key has not been registered"});
}

std::optional<Arrival> arrived(Hub& hub, const Caller& caller, std::string bytes, Answer& refusal) {
    auto a = framed(std::move(bytes), hub.options.now(), refusal);
    if (!a) return std::nullopt;
    const auto refuse = [&](Answer why) {
        refusal = std::move(why);
        return std::nullopt;
    };
    const auto& source = a->segment.header.source;
    if (source != caller.source)
        return refuse(problem(
            403, {"source_mismatch", "段头的来源不是证书的来源", "the header's source is not the certificate's"}));
    if (is_hub(source)) return refuse(foreign_hub(source));
    for (const auto& kid : {caller.kid, a->segment.seal.kid})
        if (hub.status_of(source, kid) == "revoked") return refuse(revoked());
    const auto seal_key = hub.known_keys.of(source, a->segment.seal.kid);
    if (!seal_key) return refuse(key_unknown(hub.known_keys, source));
    if (!sealed(*a, seal_key->key, a->received_at, refusal)) return std::nullopt;
    a->caller_kid = caller.kid;
    return a;
}

}  // namespace imloop::hub
