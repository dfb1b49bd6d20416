// Joining by a one-time code, and renewing a certificate while it still holds.
#include "hub/enrolment.hpp"

#include <openssl/rand.h>

#include <boost/asio/post.hpp>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "hub/limits.hpp"
#include "journal/join_code.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"

namespace imloop::hub {

using nlohmann::json;

namespace {

constexpr loop::Moment minute = 60'000;

std::string kept(std::string_view secret) { return journal::to_hex(journal::sha256(secret)); }

/// What fails inside, as on a full disk, is answered.
Answer guarded(const std::function<Answer()>& work) {
    try {
        return work();
    } catch (const std::exception& e) {
        return problem(503, "failed", e.what());
    }
}

void forget_before(std::deque<loop::Moment>& times, loop::Moment then) {
    while (!times.empty() && times.front() <= then) times.pop_front();
}

}  // namespace

bool Attempts::allow(const std::string& address, loop::Moment now) {
    const std::lock_guard guard(mutex_);
    forget_before(all_, now - minute);
    for (auto& [who, times] : by_address_) forget_before(times, now - minute);
    std::erase_if(by_address_, [](const auto& entry) { return entry.second.empty(); });
    auto& own = by_address_[address];
    if (own.size() >= join_attempts_max || all_.size() >= join_attempts_of_all_max) return false;
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
    const json out{
        {"id", station}, {"code", journal::format_join_code(code)}, {"expires_at", loop::format_moment(expires_at)}};
    return {200, "application/json", out.dump(), {}};
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
    const auto now = options.now();
    {
        const std::shared_lock guard(lock);
        const auto it = state.keys.find(own_key->kid());
        if (it != state.keys.end() && (it->second.source != station || it->second.status == "revoked"))
            return problem(403, "key_refused",
                           "这把钥匙是另一个站点的或已停用，请换一个目录重新加入 / this key is another station's or "
                           "has been revoked: join in another folder");
    }
    auto credential = own_record("credential");
    credential.update({{"source_id", station},
                       {"kid", own_key->kid()},
                       {"alg", journal::name_of(own_key->algorithm())},
                       {"spki", journal::base64(spki)},
                       {"status", status},
                       {"valid_from", loop::format_day(loop::day_of(now))},
                       {"until", loop::format_day(loop::day_of(now) + station_certificate_days)}});
    if (auto written = write_own({credential}); written.status != 200) return written;
    std::string name = station;
    {
        const std::shared_lock guard(lock);
        if (const auto view = state.projection.stations().at(station, now)) name = view->name;
    }
    const json out{{"station_id", station},
                   {"name", name},
                   {"certificate", issue_client_certificate(options.data, station, spki, now)},
                   {"ca", service::read_file(options.data / "ca.cert.pem")},
                   {"hub_key", key.public_key().pem()}};
    return {200, "application/json", out.dump(), {}};
}

Answer Hub::authority() const {
    return {200, "application/x-pem-file", service::read_file(impl_->options.data / "ca.cert.pem"), {}};
}

void Hub::enrol(std::string address, std::string body, Done done) {
    boost::asio::post(
        impl_->admission, [this, address = std::move(address), body = std::move(body), done = std::move(done)] {
            const auto now = impl_->options.now();
            if (!impl_->attempts.allow(address, now))
                return done(problem(429, "too_many_attempts",
                                    "试得太频繁，请一分钟后再试 / too many attempts, try again in a minute"));
            const json in = loop::json_of(body);
            if (!in.is_object() || !in.value("code", json()).is_string() || !in.value("csr", json()).is_string())
                return done(problem(400, "malformed_request", "要有 code 和 csr / code and csr are needed"));
            try {
                spki_of_request(in["csr"].get<std::string>());  // before the code is used up
            } catch (const StoreError& e) {
                return done(problem(422, "bad_request_signature", e.what()));
            }
            done(guarded([&] {
                std::optional<std::string> station;
                {
                    const std::unique_lock guard(impl_->lock);
                    station = impl_->store.take_invite(kept(in["code"].get<std::string>()), now);
                }
                if (!station)
                    return problem(401, "code_refused",
                                   "加入码已用过或已过期。请向监管部门要一个新的。 / The code was used or has expired. "
                                   "Ask the bureau for a new one.");
                return impl_->certify(*station, in["csr"].get<std::string>(), "issued");
            }));
        });
}

void Hub::renew(const Caller& caller, std::string body, Done done) {
    boost::asio::post(impl_->admission, [this, caller, body = std::move(body), done = std::move(done)] {
        const json in = loop::json_of(body);
        if (!in.is_object() || !in.value("csr", json()).is_string())
            return done(problem(400, "malformed_request", "要有 csr / csr is needed"));
        done(guarded([&] { return impl_->certify(caller.source, in["csr"].get<std::string>(), "renewed"); }));
    });
}

}  // namespace imloop::hub
