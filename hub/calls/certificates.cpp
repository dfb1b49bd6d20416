#include "hub/calls/certificates.hpp"

#include "hub/ca.hpp"
#include "hub/calls/calls.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

namespace {

/// The certificate of this key where it is young still. In place of a damaged one another is issued.
std::optional<std::string> young_certificate(Context& c, const std::string& kid) {
    std::optional<Store::IssuedCertificate> held;
    try {
        held = c.reader().store.certificate(kid);
    } catch (const DamagedRow& e) {
        c.hub.tell_damage(e.table, e.key);
    }
    if (!held) return std::nullopt;
    const auto age = c.now - held->issued_at;  // below 0: given by a clock that was ahead
    return age >= 0 && age < station_certificate_days * loop::day_ms / 3 ? std::optional(held->pem) : std::nullopt;
}

}  // namespace

Answer key_refused() {
    return problem(403, {"key_refused", "这把钥匙是另一个站点的或已停用，请换一个目录重新加入",
                         "this key is another station's or has been revoked: join in another folder"});
}

Answer certify(Context& c, const std::string& station, const std::string& request_pem, const char* status) {
    std::string spki;
    try {
        spki = spki_of_request(request_pem);
    } catch (const StoreError& e) {
        return problem(422, {"bad_request_signature", e.what()});
    }
    const auto own_key = journal::PublicKey::from_spki(spki);
    if (!own_key) return problem(422, own_key.error());
    if (own_key->algorithm() != journal::Algorithm::es256)
        return problem(422, {"unsupported_key", "证书的钥匙要用 P-256", "a certificate is of a P-256 key"});
    const auto now = c.now;
    {
        const auto held = c.reader().loop.keys.find(own_key->kid());
        if (held && (held->source != station || held->status == "revoked")) return key_refused();
    }
    const bool renews = std::string_view(status) == "renewed";
    auto certificate = renews ? young_certificate(c, own_key->kid()) : std::nullopt;
    const auto view = c.reader().loop.projection.stations().at(station, now);
    c.release();
    if (!certificate) {
        auto credential = c.hub.own->record("credential");
        credential.update({{"source_id", station},
                           {"kid", own_key->kid()},
                           {"alg", journal::name_of(own_key->algorithm())},
                           {"spki", journal::base64(spki)},
                           {"status", status},
                           {"valid_from", loop::format_day(loop::day_of(now))},
                           {"until", loop::format_day(loop::day_of(now) + station_certificate_days)}});
        if (auto written = c.hub.own->write({credential}); written.status != 200) return written;
        certificate = issue_client_certificate(c.hub.options.data, station, spki, now);
        auto noted = c.hub.writer->done([&](Store& to, LoopState&) {
            to.put_certificate(own_key->kid(), {now, *certificate});
            return Answer{};
        });
        if (noted.status != 200) return noted;
    }
    return json_answer({{"station_id", station},
                        {"name", view ? view->name : station},
                        {"certificate", *certificate},
                        {"ca", service::read_file(c.hub.options.data / "ca.cert.pem")},
                        {"hub_key", c.hub.key.public_key().pem()}});
}

Answer renew(Context& c) {
    const json in = loop::json_of(c.request.body);
    if (!in.is_object() || !in.contains("csr") || !in["csr"].is_string())
        return problem(400, {"malformed_request", "要有 csr", "csr is needed"});
    return certify(c, c.caller.source, in["csr"].get<std::string>(), "renewed");
}

}  // namespace imloop::hub::calls
