// The hub's own limits, each named once. The journal's stand in journal/limits.hpp.
#pragma once

#include <chrono>
#include <cstddef>

#include "loop/traces/trace.hpp"

namespace imloop::hub {

// In front of everything. Beyond a limit of connections a new one is closed at once, beyond the others the head of a
// request is answered 503 with Retry-After and its body is not read.
inline constexpr std::size_t connections_max = 1000;  ///< of stations
inline constexpr std::size_t connections_of_address_max =
    200;  ///< before the certificate is known; a county may share one
inline constexpr std::size_t connections_of_source_max = 32;  ///< with a certificate that holds
inline constexpr std::size_t admin_connections_max = 64;
inline constexpr std::size_t console_connections_max = 256;
inline constexpr std::size_t console_connections_of_address_max = 64;
inline constexpr std::size_t bytes_in_flight_max = 128 * 1024 * 1024;  ///< bodies, from their head to their answer
inline constexpr std::size_t bytes_in_flight_of_peer_max = 16 * 1024 * 1024;  ///< of a source, or of an address without
inline constexpr std::size_t request_head_max = 8 * 1024;
inline constexpr std::chrono::milliseconds head_time{10'000};  ///< for the head of a request, handshake likewise
inline constexpr std::chrono::milliseconds body_time{30'000};
inline constexpr std::chrono::milliseconds unread_time{5'000};     ///< for what a refused client still sends
inline constexpr std::size_t unread_bytes_max = 32 * 1024 * 1024;  ///< of that, looked at by no one
inline constexpr std::size_t request_bytes_max = 64 * 1024;        ///< bodies that are neither journal nor process data

// Segments and process data from the end of their upload to their answer: what waits for a thread, is decoded, judged,
// or waits for the writer. Beyond it: 503 with Retry-After.
inline constexpr std::size_t waiting_segments_max = 64;
inline constexpr std::size_t waiting_bytes_max = 64 * 1024 * 1024;
/// What nobody waits for (that a clearance was asked, figures of process data), some hundred bytes each: whoever brings
/// more waits for it.
inline constexpr std::size_t waiting_notes_max = 4'096;
inline constexpr std::size_t notes_a_step = 64;      ///< of one transaction
inline constexpr std::size_t import_ahead_max = 32;  ///< segments an import judges ahead
using loop::traces::trace_bytes_max;
using loop::traces::trace_rows_max;

inline constexpr unsigned reads_at_once = 4;                  ///< look-ups beside each other
inline constexpr unsigned operators_at_once = 2;              ///< commands beside each other
inline constexpr unsigned console_at_once = 2;                ///< the console's calls beside each other
inline constexpr int join_code_hours = 24;                    ///< how long a code may be used
inline constexpr std::size_t guesses_max = 10;                ///< wrong codes or tokens a minute and address
inline constexpr std::size_t guesses_of_all_max = 100;        ///< a minute
inline constexpr std::size_t policy_proposals_max = 50;       ///< that wait for another officer; then 409
inline constexpr std::size_t alarms_of_epoch_max = 16;        ///< kept with their bytes; further ones are counted
inline constexpr std::size_t refusals_told_apart_max = 1000;  ///< sources with their codes that a log counts apart

inline constexpr std::size_t segments_a_page_max = 200;  ///< that one page of a list reads
// Rows of the loop's tables in memory: of the writer between two batches, and of a reader between two requests.
inline constexpr std::size_t rows_held_max = 50'000;
inline constexpr std::size_t rows_kept_max = 5'000;                ///< of a reader that waits for the next request
inline constexpr std::chrono::milliseconds readers_back_max{200};  ///< waited for, so that the store can be tidied
inline constexpr std::size_t readers_idle_max = 16;                ///< connections that wait for the next request
inline constexpr std::size_t segments_a_step = 200;                ///< of a rebuild, between which uploads go on
inline constexpr std::size_t lines_a_step = 5'000;          ///< of one transaction, which is to end well within a lease
inline constexpr std::size_t further_steps_max = 64;        ///< of the watch behind what a question has to see
inline constexpr std::chrono::seconds sweep_moment_max{2};  ///< then a sweep goes on in a newer moment of the store
inline constexpr std::size_t sweep_cuts_max = 8;  ///< so often: what changes meanwhile must not keep it from its end
inline constexpr std::int64_t segments_between_sweeps = 1'000;  ///< or a day, whatever comes first
inline constexpr std::chrono::minutes day_looked_at_every{10};  ///< whether it has ended, where nothing comes
inline constexpr std::size_t records_a_step = 1'000;            ///< of the watch in one transaction, likewise vehicles
// A lost connection to the store is tried again after these, twice as long each time.
inline constexpr std::chrono::milliseconds reconnect_min{100}, reconnect_max{5'000};
// Of several hubs on one server: how long the right to write holds without being renewed, and how often it is renewed
// or looked for. A hub that ends without a word is followed by another after the two together at most.
inline constexpr std::chrono::milliseconds lease_time{3'000}, lease_look{500};
inline constexpr std::size_t take_ups_max = 5;  ///< that fail in a row, before another hub is let try
/// How long the one that writes waits for whoever reads a table that it would change: all uploads wait with it.
inline constexpr std::chrono::milliseconds lock_wait_max{10'000};
inline constexpr std::size_t taken_at_once_max = 64;  ///< handed over and not yet answered; others wait in the inbox
inline constexpr std::size_t taken_bytes_max = 64 * 1024 * 1024;  ///< of these
inline constexpr std::chrono::milliseconds inbox_look{1'000};     ///< also where nobody said that there is something
inline constexpr std::chrono::minutes unfetched_max{1};           ///< an answer whose hub has gone
inline constexpr int list_limit_default = 50;
inline constexpr int list_limit_max = 500;
inline constexpr std::int64_t case_steps_max = 500;  ///< of one case of the ledger
inline constexpr std::size_t case_measures_max = 50;
inline constexpr std::size_t case_evidence_max = 20;     ///< of one step
inline constexpr std::size_t export_rows_max = 200'000;  ///< of one file of the console's; then 413

}  // namespace imloop::hub
