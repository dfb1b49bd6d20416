// A set of (key, value) in sorted pages: what an index looks keys up in. Its content, and so every answer, depends on
// what is in it and not on the order in which it came.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace imloop::loop::traces {

class Postings {
public:
    struct Entry {
        std::uint32_t key;  ///< spread evenly, as a hash is
        std::uint32_t value;
        auto operator<=>(const Entry&) const = default;
    };

    void insert(Entry);
    /// The entry must be there.
    void erase(Entry);
    /// In rising order of their values; valid until the next change.
    std::span<const Entry> find(std::uint32_t key) const;
    /// Brings near what `find` of these keys will read: many lookups at once wait for memory together, not in turn.
    void warm(std::span<const std::uint32_t> keys) const;
    std::size_t bytes() const;

private:
    std::vector<Entry>& page(std::uint32_t key) { return pages_[page_of(key)]; }
    std::size_t page_of(std::uint32_t key) const { return bits_ == 0 ? 0 : key >> (32 - bits_); }
    void split();

    unsigned bits_ = 0;
    std::size_t size_ = 0;
    std::vector<std::vector<Entry>> pages_ = std::vector<std::vector<Entry>>(1);
};

}  // namespace imloop::loop::traces
