// What stands in an X.509 certificate, as far as its holder has to know it. Values are immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct x509_st;

namespace imloop::service {

class Certificate {
public:
    /// The first certificate of the text; nothing where there is none.
    static std::optional<Certificate> from_pem(std::string_view);
    /// Of one that is held elsewhere too, as a TLS connection holds its peer's.
    static std::optional<Certificate> of(x509_st*);

    std::string name;                  ///< CN of its subject
    std::int64_t from = 0, until = 0;  ///< milliseconds since 1970
    std::string spki;                  ///< DER SubjectPublicKeyInfo
    /// Whether this authority's key signed it. Says nothing of the time.
    bool issued_by(const Certificate& authority) const;

private:
    std::shared_ptr<x509_st> handle_;
};

}  // namespace imloop::service
