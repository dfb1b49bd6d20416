#include "hub/ca.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "engine/errors.hpp"
#include "service/files.hpp"

namespace imloop::hub {

using engine::StoreError;
namespace {

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* p) const {
        free(p);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

void must(bool ok, const char* what) {
    if (!ok) throw StoreError(std::string("证书操作失败 / certificate operation failed: ") + what);
}

Memory memory(std::string_view text) { return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

template <typename Write>
std::string pem(Write write) {
    const Memory out(BIO_new(BIO_s_mem()));
    must(write(out.get()) == 1, "PEM");
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}
std::string pem_of(EVP_PKEY* key) {
    return pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

struct Subject {
    std::string common_name;
    EVP_PKEY* key = nullptr;
    int days = 0;
    std::vector<std::pair<int, std::string>> extensions;
};

/// `issuer` missing: signed by itself.
Certificate sign(const Subject& subject, X509* issuer, EVP_PKEY* issuer_key, loop::Moment now) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    std::uint8_t serial[16];
    must(RAND_bytes(serial, sizeof serial) == 1, "serial");
    serial[0] &= 0x7F;
    const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    // A day back: clocks of stations are off by hours, and the hub takes records of a day ahead too.
    const std::time_t seconds = now / 1000;
    ASN1_TIME_adj(X509_getm_notBefore(certificate.get()), seconds, -1, 0);
    ASN1_TIME_adj(X509_getm_notAfter(certificate.get()), seconds, subject.days, 0);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    must(
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(subject.common_name.c_str()), -1, -1, 0) == 1,
        "CN");
    X509* by = issuer == nullptr ? certificate.get() : issuer;
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(by));
    must(X509_set_pubkey(certificate.get(), subject.key) == 1, "public key");
    extend(certificate.get(), by, NID_subject_key_identifier, "hash");
    extend(certificate.get(), by, NID_authority_key_identifier, "keyid:always");
    for (const auto& [nid, value] : subject.extensions) extend(certificate.get(), by, nid, value);
    must(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0, "signature");
    return certificate;
}

struct Authority {
    Key key;
    Certificate certificate;
};

Authority authority(const std::filesystem::path& data) {
    const auto key = service::read_file(data / "ca.key.pem"), certificate = service::read_file(data / "ca.cert.pem");
    Authority out{Key(PEM_read_bio_PrivateKey(memory(key).get(), nullptr, nullptr, nullptr)),
                  Certificate(PEM_read_bio_X509(memory(certificate).get(), nullptr, nullptr, nullptr))};
    must(out.key && out.certificate, "ca.key.pem, ca.cert.pem");
    return out;
}

bool is_address(const std::string& host) {
    return host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
}

}  // namespace

void make_ca(const std::filesystem::path& data, const std::string& hub_id, loop::Moment now) {
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate =
        sign({hub_id + " CA",
              key.get(),
              ca_days,
              {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}}},
             nullptr, key.get(), now);
    service::replace_file(data / "ca.key.pem", pem_of(key.get()));
    service::replace_file(data / "ca.cert.pem", pem_of(certificate.get()), service::everyone_reads);
}

void make_server_certificate(const std::filesystem::path& data, const std::vector<std::string>& hosts,
                             loop::Moment now) {
    const auto ca = authority(data);
    const Key key(EVP_EC_gen("P-256"));
    std::string names;
    for (const auto& host : hosts)
        names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
    const auto certificate = sign({hosts.at(0),
                                   key.get(),
                                   certificate_days,
                                   {{NID_subject_alt_name, names},
                                    {NID_key_usage, "critical,digitalSignature"},
                                    {NID_ext_key_usage, "serverAuth"}}},
                                  ca.certificate.get(), ca.key.get(), now);
    service::replace_file(data / "tls.key.pem", pem_of(key.get()));
    service::replace_file(data / "tls.cert.pem", pem_of(certificate.get()), service::everyone_reads);
}

std::string issue_client_certificate(const std::filesystem::path& data, const std::string& source,
                                     std::string_view spki, loop::Moment now, int days) {
    const auto ca = authority(data);
    const auto* bytes = reinterpret_cast<const unsigned char*>(spki.data());
    const Key key(d2i_PUBKEY(nullptr, &bytes, static_cast<long>(spki.size())));
    must(key != nullptr, "spki");
    const auto certificate = sign({source,
                                   key.get(),
                                   days,
                                   {{NID_subject_alt_name, "URI:urn:imloop:source:" + source},
                                    {NID_key_usage, "critical,digitalSignature"},
                                    {NID_ext_key_usage, "clientAuth"}}},
                                  ca.certificate.get(), ca.key.get(), now);
    return pem_of(certificate.get());
}

std::string spki_of_request(std::string_view text) {
    const std::unique_ptr<X509_REQ, Free<X509_REQ_free>> request(
        PEM_read_bio_X509_REQ(memory(text).get(), nullptr, nullptr, nullptr));
    must(request != nullptr, "证书请求读不出来 / no certificate request");
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    must(key != nullptr && X509_REQ_verify(request.get(), key) == 1,
         "证书请求的签名不对 / the request's own signature is wrong");
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    must(size > 0, "spki");
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

}  // namespace imloop::hub
