#include "journal/key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "journal/digest.hpp"

namespace imloop::journal {
namespace {

constexpr std::string_view sm2_id = "1234567812345678";
constexpr std::size_t half = 32;  // bytes of r and of s

struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::shared_ptr<EVP_PKEY> share(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

std::optional<Algorithm> algorithm_of(const EVP_PKEY* key) {
    char group[64] = {};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &size) != 1)
        return std::nullopt;
    const std::string_view name(group, size);
    if (name == "prime256v1" || name == "P-256") return Algorithm::es256;
    if (name == "SM2") return Algorithm::sm2_sm3;
    return std::nullopt;
}

std::string spki_of(const EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    if (size <= 0) throw std::runtime_error("the public key could not be written as DER");
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// Prepares a digest context: SM2 signs over SM3 and needs the signer's id.
struct DigestSign {
    Owned<EVP_MD_CTX> md{EVP_MD_CTX_new()};
    Owned<EVP_PKEY_CTX> key_context;

    DigestSign(EVP_PKEY* key, Algorithm algorithm) : key_context(EVP_PKEY_CTX_new(key, nullptr)) {
        if (algorithm == Algorithm::sm2_sm3) {
            EVP_PKEY_CTX_set1_id(key_context.get(), sm2_id.data(), static_cast<int>(sm2_id.size()));
        }
        EVP_MD_CTX_set_pkey_ctx(md.get(), key_context.get());
    }
    static const EVP_MD* hash(Algorithm algorithm) {
        return algorithm == Algorithm::sm2_sm3 ? EVP_sm3() : EVP_sha256();
    }
};

std::string raw_from_der(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Owned<ECDSA_SIG> sig(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string out(2 * half, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), bytes, half) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), bytes + half, half) < 0)
        throw std::runtime_error("the signature could not be written");
    return out;
}

std::string der_from_raw(std::string_view raw) {
    const Owned<ECDSA_SIG> sig(ECDSA_SIG_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    ECDSA_SIG_set0(sig.get(), BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(sig.get(), &der);
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size > 0 ? size : 0));
    OPENSSL_free(der);
    return out;
}

Error unsupported() { return {"unsupported_key", "钥匙不是 P-256 或 SM2 的", "the key is neither P-256 nor SM2"}; }

}  // namespace

std::string_view name_of(Algorithm algorithm) { return algorithm == Algorithm::es256 ? "ES256" : "SM2-SM3"; }

std::optional<Algorithm> algorithm_named(std::string_view name) {
    if (name == "ES256") return Algorithm::es256;
    if (name == "SM2-SM3") return Algorithm::sm2_sm3;
    return std::nullopt;
}

Result<PublicKey> PublicKey::from_spki(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    PublicKey out;
    out.key_ = share(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (!out.key_ || at != reinterpret_cast<const unsigned char*>(der.data() + der.size()))
        return Error{"malformed_key", "公钥不是 DER SubjectPublicKeyInfo", "not a DER SubjectPublicKeyInfo"};
    const auto algorithm = algorithm_of(out.key_.get());
    if (!algorithm) return unsupported();
    out.algorithm_ = *algorithm;
    out.spki_ = spki_of(out.key_.get());
    out.kid_ = to_hex(sha256(out.spki_)).substr(0, 32);
    return out;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Owned<EVP_PKEY> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    if (!key) return Error{"malformed_key", "不是 PEM 公钥", "not a PEM public key"};
    return from_spki(spki_of(key.get()));
}

Algorithm PublicKey::algorithm() const { return algorithm_; }
const std::string& PublicKey::spki() const { return spki_; }
const std::string& PublicKey::kid() const { return kid_; }

std::string PublicKey::pem() const {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    return text_of(bio.get());
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
    if (signature.size() != 2 * half) return false;
    const std::string der = der_from_raw(signature);
    const DigestSign context(key_.get(), algorithm_);
    return EVP_DigestVerifyInit(context.md.get(), nullptr, DigestSign::hash(algorithm_), nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.md.get(), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

PrivateKey PrivateKey::generate(Algorithm algorithm) {
    PrivateKey out;
    out.key_ = share(algorithm == Algorithm::es256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
    if (!out.key_) throw std::runtime_error("no key could be made");
    out.public_ = PublicKey::from_spki(spki_of(out.key_.get())).value();
    return out;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    PrivateKey out;
    out.key_ = share(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (!out.key_) return Error{"malformed_key", "不是 PEM 私钥", "not a PEM private key"};
    auto known = PublicKey::from_spki(spki_of(out.key_.get()));
    if (!known) return known.error();
    out.public_ = std::move(*known);
    return out;
}

std::string PrivateKey::pem() const {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio.get());
}

Algorithm PrivateKey::algorithm() const { return public_.algorithm(); }
const PublicKey& PrivateKey::public_key() const { return public_; }
EVP_PKEY* PrivateKey::handle() const { return key_.get(); }

std::string PrivateKey::sign(std::string_view message) const {
    const DigestSign context(key_.get(), algorithm());
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    std::string der;
    if (EVP_DigestSignInit(context.md.get(), nullptr, DigestSign::hash(algorithm()), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.md.get(), nullptr, &size, bytes, message.size()) != 1)
        throw std::runtime_error("the message could not be signed");
    der.resize(size);
    if (EVP_DigestSign(context.md.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes, message.size()) !=
        1)
        throw std::runtime_error("the message could not be signed");
    der.resize(size);
    return raw_from_der(der);
}

}  // namespace imloop::journal
