// Sessions of the console, and how often who tried to sign in. A session ends after half an hour without a request and
// after twelve hours at most; its token is kept as a digest alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

inline constexpr loop::Moment session_idle_ms = 30 * 60'000, session_ms = 12 * 3'600'000;
/// A session that was seen this lately is not noted as seen again.
inline constexpr loop::Moment session_noted_ms = 60'000;

struct SignedIn {
    std::string session;  ///< the digest of its token, by which it is named
    std::string account, address;
    loop::Moment began_at = 0, seen_at = 0;
};

void begin_session(engine::Connection&, std::string_view token, std::string_view account, std::string_view address,
                   loop::Moment now);
/// Nothing where there is none, or it is over. Throws DamagedRow.
std::optional<SignedIn> session_of(engine::Connection&, std::string_view token, loop::Moment now);
/// Those that are not over.
std::vector<SignedIn> sessions_of(engine::Connection&, std::string_view account, loop::Moment now);
void note_seen(engine::Connection&, std::string_view session, loop::Moment now);
void end_session(engine::Connection&, std::string_view session);
void end_sessions(engine::Connection&, std::string_view account);
void drop_over(engine::Connection&, loop::Moment now);

// Five failures in a row lock an account for a quarter of an hour, ten in a day until an administrator opens it. Names
// that are no account's are counted alike: nothing tells them apart.
inline constexpr std::int64_t failures_in_a_row_max = 5, failures_on_day_max = 10;
inline constexpr loop::Moment lock_ms = 15 * 60'000;
inline constexpr loop::Moment for_good = INT64_MAX;

struct Tries {
    std::int64_t left = failures_in_a_row_max;
    loop::Moment locked_until = 0;  ///< 0: not locked; for_good: until it is opened
};
/// `name_digest`: keyed, of the name that was typed.
Tries tries_of(engine::Connection&, std::string_view name_digest, loop::Moment now);
Tries note_failure(engine::Connection&, std::string_view name_digest, loop::Moment now);
void forget_failures(engine::Connection&, std::string_view name_digest);
/// Of all names: nobody is locked any more.
void forget_all_failures(engine::Connection&);

}  // namespace imloop::hub
