// Joining by the one-time code of an invitation.
#include <openssl/rand.h>

#include "hub/ca.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/certificates.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/join_code.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

constexpr loop::Moment hour_ms = 3'600'000;

std::string kept(std::string_view secret) { return journal::to_hex(journal::sha256(secret)); }

/// The code is used up by the certificate, not by the try: what else is wrong can be mended and tried again.
Answer enrolled(Context& c) {
    const json in = loop::json_of(c.request.body);
    if (!in.is_object() || !in.contains("code") || !in["code"].is_string() || !in.contains("csr") ||
        !in["csr"].is_string())
        return problem(400, {"malformed_request", "要有 code 和 csr", "code and csr are needed"});
    const auto request = in["csr"].get<std::string>(), code = kept(in["code"].get<std::string>());
    try {
        spki_of_request(request);
    } catch (const StoreError& e) {
        return problem(422, {"bad_request_signature", e.what()});
    }
    const std::lock_guard one(c.hub.enrolling);
    const auto station = c.reader().store.invited(code, c.now);
    c.release();
    if (!station)
        return problem(401, {"code_refused", "加入码已用过或已过期。请向监管部门要一个新的。",
                             "The code was used or has expired. Ask the bureau for a new one."});
    auto answer = certify(c, *station, request, "issued");
    if (answer.status != 200) return answer;
    const auto used = c.hub.writer->done([&](Store& to, LoopState&) {
        to.use_invite(code, c.now);
        return Answer{};
    });
    return used.status == 200 ? answer : used;
}

}  // namespace

Answer authority(Context& c) {
    return {200, "application/x-pem-file", service::read_file(c.hub.options.data / "ca.cert.pem"), {}};
}

Answer enrol(Context& c) {
    auto answer = enrolled(c);
    const bool wrong = answer.status >= 400 && answer.status < 500;
    return wrong && !c.hub.guesses.note(c.request.peer_address, c.now) ? too_many_guesses() : answer;
}

Answer station_invite(Context& c, const json& in) {
    const std::string station = in.at("id");
    const auto now = c.now;
    const auto view = c.reader().loop.projection.stations().at(station, now);
    c.release();
    if (!view || !view->filed || view->status != loop::StationStatus::filed) {
        json registration = in;
        registration.erase("spki");
        if (auto added = station_add(c, registration); added.status != 200) return added;
    }
    journal::JoinCode code;
    code.secret.resize(journal::join_secret_bytes);
    RAND_bytes(reinterpret_cast<unsigned char*>(code.secret.data()), static_cast<int>(code.secret.size()));
    code.fingerprint = journal::fingerprint_of(service::read_file(c.hub.options.data / "ca.cert.pem")).value();
    code.host = in.at("host");
    code.port = in.at("port");
    const auto expires_at = now + in.value("hours", join_code_hours) * hour_ms;
    const auto noted = c.hub.writer->done([&](Store& to, LoopState&) {
        to.put_invite(kept(journal::secret_text(code.secret)), station, expires_at);
        return Answer{};
    });
    if (noted.status != 200) return noted;
    return json_answer(
        {{"id", station}, {"code", journal::format_join_code(code)}, {"expires_at", loop::format_moment(expires_at)}});
}

}  // namespace imloop::hub::calls
