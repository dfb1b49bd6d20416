#include "loop/traces/postings.hpp"

#include <algorithm>
#include <cassert>

namespace imloop::loop::traces {
namespace {

/// Entries of a page in the mean, above which there are twice as many pages.
constexpr std::size_t page_entries = 32;

}  // namespace

void Postings::insert(Entry entry) {
    if (++size_ > pages_.size() * page_entries && bits_ < 32) split();
    auto& at = page(entry.key);
    // By an eighth, not by doubling: memory a trace is what this index is measured by.
    if (at.size() == at.capacity()) at.reserve(at.size() + at.size() / 8 + 4);
    at.insert(std::ranges::lower_bound(at, entry), entry);
}

void Postings::erase(Entry entry) {
    auto& at = page(entry.key);
    const auto place = std::ranges::lower_bound(at, entry);
    assert(place != at.end() && *place == entry);
    at.erase(place);
    --size_;
}

std::span<const Postings::Entry> Postings::find(std::uint32_t key) const {
    const auto& at = pages_[page_of(key)];
    const auto first = std::ranges::lower_bound(at, key, {}, &Entry::key);
    auto last = first;
    while (last != at.end() && last->key == key) ++last;
    return {first, last};
}

void Postings::warm(std::span<const std::uint32_t> keys) const {
    constexpr std::size_t line_entries = 64 / sizeof(Entry);
    for (const auto key : keys) __builtin_prefetch(&pages_[page_of(key)]);
    for (const auto key : keys) {
        const auto& at = pages_[page_of(key)];
        for (std::size_t i = 0; i < std::min(at.size(), page_entries); i += line_entries) __builtin_prefetch(&at[i]);
    }
}

void Postings::split() {
    ++bits_;
    std::vector<std::vector<Entry>> pages;
    pages.reserve(pages_.size() * 2);
    for (std::size_t i = 0; i < pages_.size(); ++i) {
        auto& old = pages_[i];
        const auto half =
            std::ranges::partition_point(old, [&](const Entry& entry) { return page_of(entry.key) == 2 * i; });
        pages.emplace_back(old.begin(), half);
        pages.emplace_back(half, old.end());
        old = {};
    }
    pages_ = std::move(pages);
}

std::size_t Postings::bytes() const {
    // 16 is what the allocator keeps beside a block.
    std::size_t sum = pages_.capacity() * (sizeof pages_.front() + 16);
    for (const auto& one : pages_) sum += one.capacity() * sizeof(Entry);
    return sum;
}

}  // namespace imloop::loop::traces
