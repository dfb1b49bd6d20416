// A sketch of a trace: for a few windows of it, 64 signs that say how its channels move within.
//
// Of each channel in `window_rows` rows the mean and the straight line are taken out; what is left is described by slow
// cosines, each held down to about the same size and to nothing where it does not stand out of rounding and noise, and
// weighed by how far the channel does. So neither scale nor offset is left, nor quick noise, nor much of the swing that
// the method gives to all tests. The signs of its projections on random directions agree for two windows with
// probability 1 - angle / pi (Charikar 2002, "Similarity estimation techniques from rounding algorithms"). All is
// computed from the window's rows alone, so that a trace that was shifted or cut has the same windows elsewhere.
//
// Tests that take long repeat themselves (free acceleration does nothing else), so a long trace is kept by pairs of
// windows. Pure; the directions are fixed, sketches can be kept.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "loop/traces/trace.hpp"

namespace imloop::loop::traces {

inline constexpr std::size_t window_rows = 32;
/// Rows from the first window of a pair to its second.
inline constexpr std::size_t pair_rows = 24;
/// A trace of at least so many rows is kept by pairs: cut to 60 % it still holds some.
inline constexpr std::size_t long_rows = 108;
inline constexpr std::size_t sketch_windows_max = 8;
/// Rows from one window of a sketch to the next, at least.
inline constexpr std::size_t stride_min = 8;
/// Signs that are looked up; the others tell whether a find was chance. Half of them are of a pair's second window.
inline constexpr std::uint64_t key_mask = 0x00001FFF'00001FFF;
inline constexpr std::size_t unsure_max = 6;

/// One window, or pair, at its place in the trace.
struct Window {
    std::uint64_t signs = 0;
    /// Key signs nearest to turning, the nearest first.
    std::array<std::uint8_t, unsure_max> unsure{};
    bool tells = false;  ///< false: too flat to be evidence; then the rest means nothing
};

/// Windows, and pairs, that begin at each row; as many as fit.
struct Windows {
    std::vector<Window> single, paired;
};

Windows windows_of(const Trace&);

/// What an index keeps of a trace. A sketch without windows that tell matches nothing.
struct Sketch {
    std::array<std::uint64_t, sketch_windows_max> signs{};
    std::uint16_t stride = stride_min;
    std::uint8_t tells = 0;  ///< bit i: window i, at row i * stride, is evidence
    bool paired = false;
    bool operator==(const Sketch&) const = default;
};
static_assert(sizeof(Sketch) <= 72);

Sketch sketch_of(const Trace&);

}  // namespace imloop::loop::traces
