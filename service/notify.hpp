// Word to the supervisor (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names. Where nobody listens
// nothing is done, and nothing ever fails. Thread safe.
#pragma once

#include <chrono>

namespace imloop::service {

/// The work can begin: what was opened is open.
void ready();
/// Still healthy. Whoever says it has made sure.
void alive();
/// The end was asked for and is under way.
void stopping();

/// How often alive() is owed: half of WATCHDOG_USEC, an hour where nobody waits for it.
std::chrono::milliseconds alive_every();

}  // namespace imloop::service
