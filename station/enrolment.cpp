#include "station/enrolment.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "journal/join_code.hpp"
#include "journal/key.hpp"
#include "loop/json.hpp"
#include "schemas/station_toml.hpp"
#include "service/certificate.hpp"
#include "station/files.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"
#include "station/outbox.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// PKCS #10 with this subject, signed with its own key.
std::string request_pem(const journal::PrivateKey& key, const std::string& subject) {
    const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(X509_REQ_new(), X509_REQ_free);
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
    X509_REQ_set_pubkey(request.get(), key.handle());
    X509_REQ_sign(request.get(), key.handle(), EVP_sha256());
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509_REQ(memory.get(), request.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

journal::Result<json> answer_of(const journal::Result<Response>& answer) {
    if (!answer) return answer.error();
    auto body = loop::json_of(answer->body);
    if (answer->status == 200 && body.is_object()) return body;
    if (!body.is_object()) return journal::Error("unexpected_answer", fmt::format("HTTP {}", answer->status));
    return journal::Error(body.value("code", ""), body.value("detail", ""));
}

void put_certificates(const fs::path& folder, const json& given) {
    replace_file(folder / "station.cert.pem", given.at("certificate").get<std::string>(), 0644);
    replace_file(folder / "ca.pem", given.at("ca").get<std::string>(), 0644);
    replace_file(folder / "hub.pub.pem", given.at("hub_key").get<std::string>(), 0644);
}

}  // namespace

journal::Result<Config> join(const std::string& text, const fs::path& config_file,
                             const std::function<void(JoinStep)>& done) {
    const auto code = journal::parse_join_code(text);
    if (!code) return code.error();
    HttpClient unproven({code->host, code->port, "", {}, {}});
    const auto authority = unproven.request("GET", "/api/v1/authority", {}, "");
    if (!authority) return authority.error();
    const auto fingerprint = journal::fingerprint_of(authority->body);
    if (authority->status != 200 || !fingerprint || *fingerprint != code->fingerprint)
        return journal::Error(
            "authority_differs", "答话的不是发加入码的监管中心，没有发送任何内容。请核对加入码和网络。",
            "Who answers is not the hub of this code; nothing was sent. Check the code and the network.");
    done(JoinStep::authority_checked);

    const auto folder = fs::absolute(config_file).parent_path();
    fs::create_directories(folder);
    const auto key_file = folder / "station.key.pem";
    if (!fs::exists(key_file))
        replace_file(key_file, journal::PrivateKey::generate(journal::Algorithm::es256).pem(), 0600);
    const auto key = journal::PrivateKey::from_pem(read_file(key_file));
    if (!key) return key.error();
    done(JoinStep::key_made);

    HttpClient hub({code->host, code->port, authority->body, {}, {}});
    const auto given = answer_of(
        hub.request("POST", "/api/v1/enrolments", {{"Content-Type", "application/json"}},
                    json{{"code", journal::secret_text(code->secret)}, {"csr", request_pem(*key, "imloop")}}.dump()));
    if (!given) return given.error();
    const std::string station = given->at("station_id");
    if (const auto before = read_config(config_file); before && before->station_id != station)
        return journal::Error(
            "joined_elsewhere",
            fmt::format("这个目录是 {0} 的，加入码是 {1} 的，请换一个目录", before->station_id, station),
            fmt::format("this folder is {0}'s, the code {1}'s: use another folder", before->station_id, station));
    put_certificates(folder, *given);
    done(JoinStep::certificate_received);
    if (!fs::exists(config_file))
        replace_file(config_file, schemas::station_toml(station, given->value("name", station),
                                                        fmt::format("https://{}:{}", code->host, code->port)));
    auto config = read_config(config_file);
    if (!config) return config.error();
    {
        Outbox begun(config->data, config->station_id, [] { return new_uuid7(unix_now()); });
        begun.retry();  // what stopped with the old certificate goes on with the new one
    }
    done(JoinStep::journal_begun);
    return config;
}

journal::Result<Validity> validity_of(const fs::path& file) {
    const auto certificate = service::Certificate::from_pem(contents(file).value_or(""));
    if (!certificate) return journal::Error("bad_certificate", "证书读不出来", "no certificate: " + file.string());
    return Validity{certificate->from, certificate->until};
}

bool renewal_due(const Validity& v, loop::Moment now) { return now >= v.from + (v.until - v.from) / 3 * 2; }

bool renew(const Config& config, std::string& why) {
    const auto key = journal::PrivateKey::from_pem(contents(config.hub.key).value_or(""));
    if (!key) {
        why = key.error().detail();
        return false;
    }
    HttpClient hub(peer_of(config));
    const auto given = answer_of(hub.request("POST", "/api/v1/certificates", {{"Content-Type", "application/json"}},
                                             json{{"csr", request_pem(*key, config.station_id)}}.dump()));
    if (!given) {
        why = given.error().code + ": " + given.error().detail();
        return false;
    }
    put_certificates(config.hub.certificate.parent_path(), *given);
    return true;
}

}  // namespace imloop::station
