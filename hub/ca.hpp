// The hub's own certificate authority (X.509, RFC 5280; EC P-256): one root, the hub's server certificate, one client
// certificate a source. Errors are thrown as StoreError: files that can't be read or written, keys that are none.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"

namespace imloop::hub {

inline constexpr int ca_days = 3650;
inline constexpr int certificate_days = 825;          ///< of the hub itself
inline constexpr int station_certificate_days = 180;  ///< renewed by the station at two thirds

/// Writes `ca.key.pem` and `ca.cert.pem`.
void make_ca(const std::filesystem::path& data, const std::string& hub_id, loop::Moment now);
/// Writes `tls.key.pem` and `tls.cert.pem` for these host names and addresses.
void make_server_certificate(const std::filesystem::path& data, const std::vector<std::string>& hosts,
                             loop::Moment now);
/// PEM. CN is the source's id, its URI SAN `urn:imloop:source:ID`.
std::string issue_client_certificate(const std::filesystem::path& data, const std::string& source,
                                     std::string_view spki, loop::Moment now, int days = station_certificate_days);
/// The DER SubjectPublicKeyInfo of a certificate request (PKCS #10) whose own signature holds.
std::string spki_of_request(std::string_view pem);

}  // namespace imloop::hub
