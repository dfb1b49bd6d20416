// What the projection keeps of a record, as rows of its tables.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "loop/register_pack.hpp"

namespace imloop::loop {

/// The journal line a record is taken from; of several the least.
struct RecordOrigin {
    bool foreign = false;  ///< source differs from station_id
    std::string source, epoch;
    std::uint64_t seq = 0;
    auto operator<=>(const RecordOrigin&) const = default;
};

/// Of the bytes of a line: half of its SHA-256.
using LineDigest = std::array<std::uint8_t, 16>;

/// Whose words count for a record.
struct WordsOf {
    enum class Kind : std::uint8_t { nobody, itself, correction } kind{};
    std::string correction{};  ///< its record_id; it may be a void
    bool operator==(const WordsOf&) const = default;
};

/// A record of which anything is known: a line of it, accepted or not, or another record that is about it.
struct RecordRow {
    RecordOrigin origin;  ///< no source: no accepted line
    LineDigest line{};    ///< of that line
    std::string station;
    Kind kind{};
    Moment occurred_at = 0;
    std::string packed;            ///< the fact
    WordsOf applied;               ///< whose words identity has
    std::optional<Day> ghost_day;  ///< of the correction because of which it stands in no vehicle today
    bool is_special = false;       ///< there is a SpecialRow
    bool is_rejected = false;      ///< there are lines of it that were rejected
    bool is_corrected = false;     ///< there are corrections of it
    bool is_waived = false;        ///< there are waivers about it, in any form
    bool accepted() const { return !origin.source.empty(); }
    bool known() const { return accepted() || is_rejected; }
    bool by_bridge() const { return origin.source.starts_with('B'); }
};

/// What only registrations, credentials and corrections have.
struct SpecialRow {
    std::optional<Registration> registration;  ///< its own, or the one a correction brings
    std::optional<Credential> credential;      ///< likewise
    std::string corrects;                      ///< of a correction
    std::string replacement;                   ///< a packed fact; empty: a void
};

template <Like<RecordOrigin> T>
auto members(T& o) {
    return std::tie(o.foreign, o.source, o.epoch, o.seq);
}
template <Like<WordsOf> T>
auto members(T& w) {
    return std::tie(w.kind, w.correction);
}
template <Like<RecordRow> T>
auto members(T& r) {
    return std::tie(r.origin, r.line, r.station, r.kind, r.occurred_at, r.packed, r.applied, r.ghost_day, r.is_special,
                    r.is_rejected, r.is_corrected, r.is_waived);
}
template <Like<SpecialRow> T>
auto members(T& s) {
    return std::tie(s.registration, s.credential, s.corrects, s.replacement);
}

}  // namespace imloop::loop
