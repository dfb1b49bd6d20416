#include "hub/api/peer.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "journal/key.hpp"
#include "service/certificate.hpp"

namespace imloop::hub {
namespace {

int verified(SSL* tls, X509* shown) {
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> found(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
    if (!found || X509_STORE_CTX_init(found.get(), SSL_CTX_get_cert_store(SSL_get_SSL_CTX(tls)), shown, nullptr) != 1 ||
        X509_STORE_CTX_set_default(found.get(), "ssl_client") != 1)
        return X509_V_ERR_UNSPECIFIED;
    return X509_verify_cert(found.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(found.get());
}

std::string_view named(int error) {
    if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) return "certificate_expired";
    return error == X509_V_OK ? "" : "certificate_foreign";
}

}  // namespace

Peer peer_of(SSL* tls) {
    X509* shown = SSL_get0_peer_certificate(tls);
    if (shown == nullptr) return {{}, "certificate_missing", 0};
    const auto certificate = service::Certificate::of(shown);
    if (!certificate) return {{}, "certificate_foreign", 0};
    const auto key = journal::PublicKey::from_spki(certificate->spki);
    return {{certificate->name, key ? key->kid() : ""}, named(verified(tls, shown)), certificate->until};
}

}  // namespace imloop::hub
