#include "loop/traces/index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace imloop::loop::traces {
namespace {

/// The upper half of a good 64-bit mix (splitmix64's).
std::uint32_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

std::uint32_t key_of(std::uint64_t signs, bool paired) {
    return mixed((signs & key_mask) | std::uint64_t{paired} << 63);
}

/// Choices of unsure signs to turn, bit by bit: few first, as a copy's window has turned few.
const std::array<std::uint8_t, 1U << unsure_max>& choices() {
    static const auto made = [] {
        std::array<std::uint8_t, 1U << unsure_max> out;
        std::iota(out.begin(), out.end(), std::uint8_t{0});
        std::ranges::stable_sort(out, {}, [](std::uint8_t choice) { return std::popcount(choice); });
        return out;
    }();
    return made;
}

std::uint64_t turned(const Window& window, unsigned choice) {
    auto signs = window.signs;
    for (std::size_t i = 0; i < unsure_max; ++i)
        if ((choice >> i & 1U) != 0) signs ^= std::uint64_t{1} << window.unsure[i];
    return signs;
}

Postings::Entry entry_of(const Sketch& sketch, std::size_t window, std::uint32_t slot) {
    return {key_of(sketch.signs[window], sketch.paired),
            static_cast<std::uint32_t>(slot * sketch_windows_max + window)};
}

bool tells(const Sketch& sketch, std::size_t window) { return (sketch.tells >> window & 1U) != 0; }

/// How the sketch lies over the windows where its window `which` lies over the one at `at`.
Candidate laid(const std::vector<Window>& windows, const Sketch& sketch, std::size_t at, std::size_t which) {
    Candidate out;
    out.lag_rows = static_cast<int>(at) - static_cast<int>(which * sketch.stride);
    int differing = 0;
    for (std::size_t i = 0; i < sketch_windows_max; ++i) {
        const auto row = out.lag_rows + static_cast<int>(i * sketch.stride);
        if (!tells(sketch, i) || row < 0 || row >= static_cast<int>(windows.size())) continue;
        const auto& window = windows[static_cast<std::size_t>(row)];
        if (!window.tells) continue;
        ++out.windows;
        differing += std::popcount(window.signs ^ sketch.signs[i]);
    }
    assert(out.windows > 0);  // the one it was found by
    out.differing = static_cast<double>(differing) / out.windows;
    return out;
}

/// A window of the index under a key of the one at `row`.
struct Hit {
    std::size_t row, slot, window;
};

/// Slots that hits lead to lie anywhere: asked for early, they come together.
template <class Slot>
void warm(const Slot& slot) {
    const auto* const at = reinterpret_cast<const std::byte*>(&slot);
    __builtin_prefetch(at);
    __builtin_prefetch(at + sizeof slot - 1);
}

bool nearer(const Candidate& a, const Candidate& b) {
    if (a.differing != b.differing) return a.differing < b.differing;
    if (a.id != b.id) return a.id < b.id;
    return a.lag_rows < b.lag_rows;
}

}  // namespace

std::optional<std::uint32_t> Index::slot_of(TraceId id) const {
    for (const auto& entry : by_id_.find(mixed(id)))
        if (slots_[entry.value].id == id) return entry.value;
    return std::nullopt;
}

bool Index::insert(TraceId id, const Sketch& sketch) {
    if (slot_of(id)) return false;
    // By a sixteenth, not by doubling: memory a trace is what this index is measured by.
    if (slots_.size() == slots_.capacity()) slots_.reserve(slots_.size() + slots_.size() / 16 + 16);
    slots_.push_back({id, sketch});
    post(static_cast<std::uint32_t>(slots_.size() - 1));
    return true;
}

bool Index::erase(TraceId id) {
    const auto slot = slot_of(id);
    if (!slot) return false;
    const auto last = static_cast<std::uint32_t>(slots_.size() - 1);
    withdraw(*slot);
    if (*slot != last) {
        withdraw(last);
        slots_[*slot] = slots_[last];
        post(*slot);
    }
    slots_.pop_back();
    return true;
}

void Index::post(std::uint32_t slot) {
    const auto& [id, sketch] = slots_[slot];
    by_id_.insert({mixed(id), slot});
    for (std::size_t i = 0; i < sketch_windows_max; ++i)
        if (tells(sketch, i)) by_window_.insert(entry_of(sketch, i, slot));
}

void Index::withdraw(std::uint32_t slot) {
    const auto& [id, sketch] = slots_[slot];
    by_id_.erase({mixed(id), slot});
    for (std::size_t i = 0; i < sketch_windows_max; ++i)
        if (tells(sketch, i)) by_window_.erase(entry_of(sketch, i, slot));
}

void Index::look_up(const std::vector<Window>& windows, bool paired, std::vector<Candidate>& found) const {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t at = 0; at < windows.size(); ++at)
        if (windows[at].tells) rows.push_back(at);
    std::vector<std::uint32_t> keys(rows.size());
    std::vector<Hit> hits;
    std::size_t read = 0;
    for (const auto choice : choices()) {
        if (read > entries_read_max) break;
        for (std::size_t i = 0; i < rows.size(); ++i) keys[i] = key_of(turned(windows[rows[i]], choice), paired);
        by_window_.warm(keys);
        hits.clear();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto entries = by_window_.find(keys[i]);
            if (entries.size() > key_traces_max) continue;
            for (const auto& entry : entries) {
                hits.push_back({rows[i], entry.value / sketch_windows_max, entry.value % sketch_windows_max});
                warm(slots_[hits.back().slot]);
            }
        }
        read += hits.size();
        for (const auto& hit : hits) {
            const auto& slot = slots_[hit.slot];
            // Two keys may meet in one hash.
            if (slot.sketch.paired != paired) continue;
            auto candidate = laid(windows, slot.sketch, hit.row, hit.window);
            if (candidate.differing > differing_max) continue;
            candidate.id = slot.id;
            found.push_back(candidate);
        }
    }
}

std::vector<Candidate> Index::candidates(const Windows& windows) const {
    std::vector<Candidate> found;
    look_up(windows.single, false, found);
    look_up(windows.paired, true, found);
    // Of each trace its nearest lay.
    std::ranges::sort(found, [](const auto& a, const auto& b) { return a.id != b.id ? a.id < b.id : nearer(a, b); });
    found.erase(std::unique(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.id == b.id; }),
                found.end());
    std::ranges::sort(found, nearer);
    if (found.size() > candidates_max) found.resize(candidates_max);
    return found;
}

std::size_t Index::bytes() const { return slots_.capacity() * sizeof(Slot) + by_id_.bytes() + by_window_.bytes(); }

}  // namespace imloop::loop::traces
