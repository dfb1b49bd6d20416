#include "service/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

namespace imloop::service {
namespace {

std::string common_name(X509* certificate) {
    X509_NAME* name = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    std::string out(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return out;
}

std::optional<std::int64_t> moment(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    return std::int64_t{::timegm(&parts)} * 1000;
}

}  // namespace

std::optional<Certificate> Certificate::from_pem(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                           BIO_free);
    X509* read = PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr);
    auto out = read != nullptr ? of(read) : std::nullopt;
    X509_free(read);
    return out;
}

std::optional<Certificate> Certificate::of(X509* certificate) {
    Certificate out;
    X509_up_ref(certificate);
    out.handle_ = {certificate, X509_free};
    const auto from = moment(X509_get0_notBefore(out.handle_.get()));
    const auto until = moment(X509_get0_notAfter(out.handle_.get()));
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(X509_get0_pubkey(out.handle_.get()), &der);
    if (!from || !until || size <= 0) return std::nullopt;
    out.name = common_name(out.handle_.get());
    out.from = *from;
    out.until = *until;
    out.spki.assign(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

bool Certificate::issued_by(const Certificate& authority) const {
    return X509_verify(handle_.get(), X509_get0_pubkey(authority.handle_.get())) == 1;
}

}  // namespace imloop::service
