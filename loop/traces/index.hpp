// Finds, among very many traces, those that may be the same as one, in time that hardly grows with their number:
// locality-sensitive hashing (Indyk and Motwani 1998) of windows, with several probes a window (Lv et al. 2007).
//
// A trace is kept as the sketch of at most `sketch_windows_max` windows; one that is asked for is looked up by each of
// its windows, so that shift and cut do not matter. A find counts where the signs of all windows that then lie over
// each other agree well beyond chance. Candidates are to be compared with their traces (`compare.hpp`).
//
// Not thread-safe for changes; asking is const and may go on from many threads at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loop/traces/postings.hpp"
#include "loop/traces/sketch.hpp"

namespace imloop::loop::traces {

/// The caller's name for a trace.
using TraceId = std::uint64_t;

/// Candidates given at most, the nearest.
inline constexpr std::size_t candidates_max = 64;
/// Windows that may share a key. A key that more share is the method's shape and is passed over (and a trace handed in
/// more often than that has been found so often before).
inline constexpr std::size_t key_traces_max = 4096;
/// Entries after which no further turned signs are tried: where honest tests hardly differ, as free accelerations, all
/// would be read, and time would grow with their number. Single windows and pairs have this each.
inline constexpr std::size_t entries_read_max = 16384;
/// Mean signs of 64 that may differ over the windows that lie over each other.
inline constexpr double differing_max = 14;

struct Candidate {
    TraceId id = 0;
    int lag_rows = 0;      ///< row r of the trace asked for lies over row r - lag_rows of the candidate
    double differing = 0;  ///< mean of signs that differ a window, of 64
    int windows = 0;       ///< that lie over each other
};

class Index {
public:
    /// False, and nothing done, where the id is there.
    bool insert(TraceId, const Sketch&);
    /// False where it was not there.
    bool erase(TraceId);
    std::size_t size() const { return slots_.size(); }

    /// Nearest first, then by id.
    std::vector<Candidate> candidates(const Windows&) const;

    /// Memory held, with what the allocator keeps beside.
    std::size_t bytes() const;

private:
    struct Slot {
        TraceId id;
        Sketch sketch;
    };
    std::optional<std::uint32_t> slot_of(TraceId) const;
    void post(std::uint32_t slot);
    void withdraw(std::uint32_t slot);
    void look_up(const std::vector<Window>&, bool paired, std::vector<Candidate>& found) const;

    std::vector<Slot> slots_;
    Postings by_id_, by_window_;
};

}  // namespace imloop::loop::traces
