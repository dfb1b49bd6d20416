// How a station comes by its certificate: joining with a one-time code, and renewing while the certificate holds.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "journal/error.hpp"
#include "loop/time.hpp"
#include "station/config.hpp"

namespace imloop::station {

/// The four steps of joining, said as they are done.
enum class JoinStep { authority_checked, key_made, certificate_received, journal_begun };

/// Joins with `code` and writes the configuration, key and certificates beside `config_file`. A station that has joined
/// before keeps its outbox and key: the code only brings a new certificate. Errors: bad_join_code; unreachable;
/// authority_differs (who answers is not the hub of the code); joined_elsewhere (the folder is another station's); what
/// the hub refuses with.
journal::Result<Config> join(const std::string& code, const std::filesystem::path& config_file,
                             const std::function<void(JoinStep)>& done);

struct Validity {
    loop::Moment from = 0, until = 0;
};
/// `bad_certificate`.
journal::Result<Validity> validity_of(const std::filesystem::path& certificate);
/// Whether two thirds of its time are over.
bool renewal_due(const Validity&, loop::Moment now);
/// Renews with the same key. False: the hub was not reached or refused, the old certificate stands; `why` says so.
bool renew(const Config&, std::string& why);

}  // namespace imloop::station
