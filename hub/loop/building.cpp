#include "hub/loop/building.hpp"

#include <algorithm>
#include <array>

#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/limits.hpp"

namespace imloop::hub {
namespace {

constexpr std::size_t rows_a_page = 1000;
/// Read at once: no more lines than a step has.
constexpr std::size_t segments_a_page = lines_a_step / journal::segment_lines_max;
constexpr std::array<std::string_view, 5> numbered{"loop_work_items", "loop_work_lists", "loop_work_version",
                                                   "loop_notes", "loop_settled"};

}  // namespace

void make_tables(const StoredRows& rows) {
    rows.make(LoopState::table_names());
    make_typed(rows);
}

bool has_tables(const StoredRows& rows) {
    return has_typed(rows) && std::ranges::all_of(LoopState::table_names(), [&](std::string_view name) {
               return rows.database().has_table(rows.prefix() + std::string(name));
           });
}

void clear_tables(StoredRows& rows) {
    rows.clear(LoopState::table_names());
    begin_typed(rows);
}

void take_over_tables(StoredRows& rows) {
    take_over_typed(rows.database(), rows.prefix());
    rows.take_over(LoopState::table_names());
}

void write_rows(LoopState& loop, const StoredRows& to) {
    RowBatch rows;
    loop.write(rows.gather());
    rows.write_to(to);
    if (loop.is_settled()) write_typed(loop.projection, loop.take_typed(), to);
}

void know_own_key(LoopState& loop, const std::string& hub, const journal::PublicKey& key) {
    if (!loop.keys.find(key.kid())) loop.keys.put({hub, key, "issued", 0, ""});
}

std::int64_t build_step(Store& from, std::int64_t after, LoopState& loop, const StoredRows& to, loop::Day today,
                        const SeenSegment& seen) {
    std::size_t segments = 0;
    for (std::uint64_t lines = 0; segments < segments_a_step && lines < lines_a_step;) {
        const auto page = from.segments_after(after, segments_a_page);
        for (const auto& stored : page) {
            const bool loaded = loop.load(stored);
            after = stored.position;
            lines += stored.last - stored.first + 1;
            if (seen) seen(loop, stored, loaded);
        }
        segments += page.size();
        if (page.size() < segments_a_page) break;
    }
    do {
        loop.settle(today, after);
        loop.drop_notes(loop.notes());
        write_rows(loop, to);
        if (loop.held() > rows_held_max) loop.forget();
    } while (!loop.is_settled());
    return after;
}

std::vector<std::string_view> compared_tables() {
    auto out = LoopState::table_names();
    std::erase_if(out, [](std::string_view name) { return std::ranges::find(numbered, name) != numbered.end(); });
    std::ranges::sort(out);
    return out;
}

std::span<const std::string_view> numbered_tables() { return numbered; }

std::string digest_of(const loop::Rows& rows, const std::vector<std::string_view>& tables) {
    journal::Digest digest{};
    const auto add = [&](std::string_view part) {
        std::string whole(reinterpret_cast<const char*>(digest.data()), digest.size());
        whole += part;
        digest = journal::sha256(whole);
    };
    for (const auto table : tables) {
        add(table);
        std::string from;
        for (std::size_t n = rows_a_page; n == rows_a_page;) {
            const auto page = rows.range(table, from, "", rows_a_page);
            n = page.size();
            for (const auto& [key, bytes] : page) {
                add(key);
                add(bytes);
            }
            if (n > 0) from = page.back().first + '\0';
        }
    }
    return journal::to_hex(digest);
}

}  // namespace imloop::hub
