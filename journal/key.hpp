// Signing keys of the two algorithms of docs/contract.md, "Chain and seal": ES256 (P-256, SHA-256; RFC 7518) and
// SM2-SM3 (GM/T 0003-2012, customary ID 1234567812345678). Values are immutable and may be shared between threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "journal/error.hpp"

struct evp_pkey_st;

namespace imloop::journal {

enum class Algorithm { es256, sm2_sm3 };
std::string_view name_of(Algorithm);  // "ES256", "SM2-SM3"
std::optional<Algorithm> algorithm_named(std::string_view name);

class PublicKey {
public:
    static Result<PublicKey> from_pem(std::string_view pem);
    static Result<PublicKey> from_spki(std::string_view der);
    Algorithm algorithm() const;
    const std::string& spki() const;  ///< DER SubjectPublicKeyInfo
    const std::string& kid() const;   ///< first 16 bytes, in hex, of the SHA-256 of spki()
    std::string pem() const;
    /// `signature` is r || s, 64 bytes.
    bool verify(std::string_view message, std::string_view signature) const;

private:
    std::shared_ptr<evp_pkey_st> key_;
    Algorithm algorithm_{};
    std::string spki_, kid_;
    friend class PrivateKey;
};

class PrivateKey {
public:
    static PrivateKey generate(Algorithm);
    static Result<PrivateKey> from_pem(std::string_view pem);
    std::string pem() const;  ///< PKCS #8, not encrypted
    Algorithm algorithm() const;
    const PublicKey& public_key() const;
    std::string sign(std::string_view message) const;  ///< r || s, 64 bytes
    evp_pkey_st* handle() const;                       ///< for certificates; owned by this object

private:
    std::shared_ptr<evp_pkey_st> key_;
    PublicKey public_;
};

}  // namespace imloop::journal
