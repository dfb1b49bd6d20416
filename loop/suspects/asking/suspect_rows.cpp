#include "loop/suspects/asking/suspect_rows.hpp"

#include <utility>

#include "loop/rules/hash.hpp"

namespace imloop::loop::rules {

namespace {

constexpr std::size_t number_bytes = 4, key_bytes = 1 + number_bytes;

std::string bytes_of(std::uint32_t number) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> static_cast<unsigned>(shift));
    return out;
}

}  // namespace

std::string SharedKey::row() const { return static_cast<char>(group) + bytes_of(hash); }

SharedKey shared_key_of(std::string_view row) {
    if (row.size() < key_bytes) throw BadRow("watch_shared: a key ends too soon");
    SharedKey out{static_cast<std::uint8_t>(row.front())};
    for (const char c : row.substr(1, number_bytes)) out.hash = out.hash << 8U | static_cast<unsigned char>(c);
    return out;
}

std::string note_of(std::string_view record_id) { return bytes_of(short_hash_of(record_id)); }
std::string note_in(std::string_view row_of_shared) {
    if (row_of_shared.size() < key_bytes) throw BadRow("watch_shared: a key ends too soon");
    return std::string(row_of_shared.substr(key_bytes));
}

std::string noted_key(std::string_view record_id) { return note_of(record_id) + key_of(record_id); }
std::string record_of_noted(std::string_view key) {
    if (key.size() < number_bytes) throw BadRow("watch_noted: a key ends too soon");
    return KeyReader(key.substr(number_bytes)).text();
}

SuspectRows::SuspectRows(const Rows* rows)
    : arrivals("watch_arrivals", rows),
      put_ins("watch_put_ins", rows),
      shared("watch_shared", rows),
      noted("watch_noted", rows),
      by_trace("watch_by_trace", rows),
      rejected("watch_rejected", rows),
      rejected_by_trace("watch_rejected_by_trace", rows),
      rejected_by_station("watch_rejected_by_station", rows),
      stale_keys("watch_stale_keys", rows),
      stale_vehicles("watch_stale_vehicles", rows),
      swept("watch_swept", rows),
      failed("watch_failed", rows),
      flags("watch_flags", rows),
      owned("watch_owned", rows),
      flagged("watch_flagged", rows),
      decisions("watch_decisions", rows),
      checks("watch_checks", rows) {}

}  // namespace imloop::loop::rules
