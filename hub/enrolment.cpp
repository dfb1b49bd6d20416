// Joining by a one-time code, and renewing a certificate while it still holds.
#include "hub/enrolment.hpp"

#include <openssl/rand.h>

#include <boost/asio/post.hpp>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "journal/join_code.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"

namespace imloop::hub {

using nlohmann::json;

namespace {

constexpr loop::Moment minute = 60'000;

std::string kept(std::string_view secret) { return journal::to_hex(journal::sha256(secret)); }

void forget_before(std::deque<loop::Moment>& times, loop::Moment then) {
    while (!times.empty() && times.front() <= then) times.pop_front();
}

}  // namespace

bool Guesses::note(const std::string& address, loop::Moment now) {
    const std::lock_guard guard(mutex_);
    forget_before(all_, now - minute);
    for (auto& [who, times] : by_address_) forget_before(times, now - minute);
    std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
    if (all_.size() >= guesses_of_all_max) return false;
    auto& own = by_address_[address];
    if (own.size() >= guesses_max) return false;
    own.push_back(now);
    all_.push_back(now);
    return true;
}

/// `{id, name?, county?, valid_from?, hours, host, port}`: registers the station where it is not, and makes the code.
Answer Hub::Impl::station_invite(const json& in) {
    const std::string station = in.at("id");
    const auto now = options.now();
    bool filed = false;
    {
        const std::shared_lock guard(lock);
        const auto view = state.projection.stations().at(station, now);
        filed = view && view->filed && view->status == loop::StationStatus::filed;
    }
    if (!filed) {
        json registration = in;
        registration.erase("spki");
        if (auto added = station_add(registration); added.status != 200) return added;
    }
    journal::JoinCode code;
    code.secret.resize(journal::join_secret_bytes);
    RAND_bytes(reinterpret_cast<unsigned char*>(code.secret.data()), static_cast<int>(code.secret.size()));
    code.fingerprint = journal::fingerprint_of(service::read_file(options.data / "ca.cert.pem")).value();
    code.host = in.at("host");
    code.port = in.at("port");
    const auto expires_at = now + in.value("hours", join_code_hours) * 60 * minute;
    {
        const std::unique_lock guard(lock);
        store.put_invite(kept(journal::secret_text(code.secret)), station, expires_at);
    }
    return json_answer(
        {{"id", station}, {"code", journal::format_join_code(code)}, {"expires_at", loop::format_moment(expires_at)}});
}

std::optional<std::string> Hub::Impl::young_certificate(const std::string& kid) {
    const std::unique_lock guard(lock);
    const auto held = store.certificate(kid);
    if (!held) return std::nullopt;
    const auto age = options.now() - held->issued_at;  // below 0: given by a clock that was ahead
    return age >= 0 && age < station_certificate_days * loop::day_ms / 3 ? std::optional(held->pem) : std::nullopt;
}

Answer Hub::Impl::certify(const std::string& station, const std::string& request_pem, const char* status) {
    std::string spki;
    try {
        spki = spki_of_request(request_pem);
    } catch (const StoreError& e) {
        return problem(422, "bad_request_signature", e.what());
    }
    const auto own_key = journal::PublicKey::from_spki(spki);
    if (!own_key) return problem(422, own_key.error().code, own_key.error().detail);
    if (own_key->algorithm() != journal::Algorithm::es256)
        return problem(422, "unsupported_key", "证书的钥匙要用 P-256 / a certificate is of a P-256 key");
    const auto now = options.now();
    {
        const std::shared_lock guard(lock);
        const auto held = state.keys.find(own_key->kid());
        if (held && (held->source != station || held->status == "revoked"))
            return problem(403, "key_refused",
                           "这把钥匙是另一个站点的或已停用，请换一个目录重新加入 / this key is another station's or "
                           "has been revoked: join in another folder");
    }
    const bool renews = std::string_view(status) == "renewed";
    auto certificate = renews ? young_certificate(own_key->kid()) : std::nullopt;
    if (!certificate) {
        auto credential = own_record("credential");
        credential.update({{"source_id", station},
                           {"kid", own_key->kid()},
                           {"alg", journal::name_of(own_key->algorithm())},
                           {"spki", journal::base64(spki)},
                           {"status", status},
                           {"valid_from", loop::format_day(loop::day_of(now))},
                           {"until", loop::format_day(loop::day_of(now) + station_certificate_days)}});
        if (auto written = write_own({credential}); written.status != 200) return written;
        certificate = issue_client_certificate(options.data, station, spki, now);
        const std::unique_lock guard(lock);
        store.put_certificate(own_key->kid(), {now, *certificate});
    }
    std::string name = station;
    {
        const std::shared_lock guard(lock);
        if (const auto view = state.projection.stations().at(station, now)) name = view->name;
    }
    return json_answer({{"station_id", station},
                        {"name", name},
                        {"certificate", *certificate},
                        {"ca", service::read_file(options.data / "ca.cert.pem")},
                        {"hub_key", key.public_key().pem()}});
}

Answer Hub::authority() const {
    return {200, "application/x-pem-file", service::read_file(impl_->options.data / "ca.cert.pem"), {}};
}

/// The code is used up by the certificate, not by the try: what else is wrong can be mended and tried again.
Answer Hub::Impl::enrol(const std::string& body) {
    const json in = loop::json_of(body);
    if (!in.is_object() || !in.contains("code") || !in["code"].is_string() || !in.contains("csr") ||
        !in["csr"].is_string())
        return problem(400, "malformed_request", "要有 code 和 csr / code and csr are needed");
    const auto request = in["csr"].get<std::string>(), code = kept(in["code"].get<std::string>());
    try {
        spki_of_request(request);
    } catch (const StoreError& e) {
        return problem(422, "bad_request_signature", e.what());
    }
    const std::lock_guard one(enrolling);
    const auto now = options.now();
    std::optional<std::string> station;
    {
        const std::unique_lock guard(lock);
        station = store.invited(code, now);
    }
    if (!station)
        return problem(401, "code_refused",
                       "加入码已用过或已过期。请向监管部门要一个新的。 / The code was used or has expired. "
                       "Ask the bureau for a new one.");
    auto answer = certify(*station, request, "issued");
    if (answer.status == 200) {
        const std::unique_lock guard(lock);
        store.use_invite(code, now);
    }
    return answer;
}

void Hub::enrol(std::string address, std::string body, Done done) {
    boost::asio::post(impl_->admission,
                      [this, address = std::move(address), body = std::move(body), done = std::move(done)] {
                          answering(done, [&] {
                              auto answer = impl_->enrol(body);
                              const bool wrong = answer.status >= 400 && answer.status < 500;
                              if (wrong && !impl_->guesses.note(address, impl_->options.now()))
                                  answer = too_many_guesses();
                              done(std::move(answer));
                          });
                      });
}

void Hub::renew(const Caller& caller, std::string body, Done done) {
    boost::asio::post(impl_->admission, [this, caller, body = std::move(body), done = std::move(done)] {
        answering(done, [&] {
            const json in = loop::json_of(body);
            if (!in.is_object() || !in.contains("csr") || !in["csr"].is_string())
                return done(problem(400, "malformed_request", "要有 csr / csr is needed"));
            done(impl_->certify(caller.source, in["csr"].get<std::string>(), "renewed"));
        });
    });
}

}  // namespace imloop::hub
