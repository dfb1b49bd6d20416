#include "hub/store/copy.hpp"

#include <fmt/format.h>

#include "hub/accounts/statements.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/statements.hpp"
#include "hub/store/store.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {
namespace {

using Columns = std::vector<std::string>;

/// A table that grows. Of the columns that `get` gives and `put` takes: t text, i integer, b bytes.
struct Growing {
    const char *name, *keys, *get, *put;
    std::string_view kinds;
    bool may_change = false;  ///< of one key, as time goes by
};
constexpr Growing segments{"segments", sql::segment_keys, sql::segment_at, sql::segment_put, "ttiiibbb"};
constexpr Growing traces{"traces", sql::trace_keys, sql::trace_get, sql::trace_put, "ttibb"};
constexpr Growing figures{"trace_figures", sql::figures_keys, sql::figures_get, sql::figures_put, "tibb", true};

void write(Connection& to, const char* put, std::string_view kinds, const std::vector<Columns>& rows) {
    to.write_all(put, rows.size(), [&](Statement& s, std::size_t row) {
        for (std::size_t column = 0; column < kinds.size(); ++column) {
            const auto& value = rows[row][column];
            const int number = static_cast<int>(column) + 1;
            if (kinds[column] == 'i') {
                s.bind(number, std::int64_t{std::stoll(value)});
            } else if (kinds[column] == 'b') {
                s.bind_blob(number, value);
            } else {
                s.bind(number, value);
            }
        }
    });
}

Columns columns_of(const Statement& s, std::size_t count) {
    Columns out;
    for (std::size_t n = 0; n < count; ++n) out.push_back(s.text(static_cast<int>(n)));
    return out;
}

[[noreturn]] void refuse(const char* table) {
    throw StoreError(
        fmt::format("目标库的 {0} 与来源不同，不是它的副本；换一个空的地方 / {0} of the copy differs from what is "
                    "copied: name an empty "
                    "place",
                    table));
}

std::int64_t key_in(const Statement& s, std::int64_t) { return s.integer(0); }
std::string key_in(const Statement& s, const std::string&) { return s.text(0); }

template <class Key>
using Page = std::vector<std::pair<Key, std::string>>;  // keys and digests

template <class Key>
Page<Key> page_behind(Statement& keys, const Key& after) {
    Page<Key> out;
    keys.bind(1, after).bind(2, small_rows_a_page);
    while (keys.step()) out.emplace_back(key_in(keys, after), keys.text(1));
    return out;
}

/// Page by page, which rows the copy lacks or has otherwise. Gives how many rows there are.
template <class Key>
std::int64_t each_page(Connection& from, Connection& to, const Growing& table, Key after, const CopyProgress& progress,
                       const std::function<void(const std::vector<Key>& lacking)>& visit) {
    auto keys = from.prepare(table.keys), keys_held = to.prepare(table.keys);
    std::int64_t rows = 0;
    for (bool is_last = false; !is_last;) {
        const auto theirs = page_behind(keys, after), held = page_behind(keys_held, after);
        is_last = theirs.size() < static_cast<std::size_t>(small_rows_a_page);
        std::vector<Key> lacking;
        auto own = held.begin();
        for (const auto& [key, digest] : theirs) {
            after = key;
            if (own == held.end() || key < own->first) {
                lacking.push_back(key);
                continue;
            }
            if (own->first < key || (own->second != digest && !table.may_change)) refuse(table.name);
            if (own->second != digest) lacking.push_back(key);
            ++own;
        }
        if (is_last && own != held.end()) refuse(table.name);
        visit(lacking);
        rows += static_cast<std::int64_t>(theirs.size());
        progress(table.name, rows);
    }
    return rows;
}

std::string meta(Connection& database, const char* name) {
    auto s = database.prepare(sql::meta_get);
    s.bind(1, name);
    std::string out;
    while (s.step()) out = s.text(0);
    return out;
}

void put_meta(Connection& to, const std::string& name, const std::string& value) {
    write(to, sql::meta_put_whole, "ttb", {{name, value, row_digest({name, value})}});
}

template <class Key>
void copy(Connection& from, Connection& to, const Growing& table, const Key& first, const CopyProgress& progress) {
    auto get = from.prepare(table.get);
    each_page<Key>(from, to, table, first, progress, [&](const std::vector<Key>& lacking) {
        if (lacking.empty()) return;
        Transaction transaction(to);
        put_meta(to, is_unfinished, "1");  // of a whole copy, too: what follows from these may be cut short
        std::vector<Columns> rows;
        for (const auto& key : lacking) {
            for (get.bind(1, key); get.step();) rows.push_back(columns_of(get, table.kinds.size()));
            if (rows.size() < static_cast<std::size_t>(large_rows_a_page) && &key != &lacking.back()) continue;
            write(to, table.put, table.kinds, rows);
            rows.clear();
        }
        transaction.commit();
    });
}

template <class Key>
std::int64_t check(Connection& from, Connection& to, const Growing& table, const Key& first) {
    return each_page<Key>(
        from, to, table, first, [](const char*, std::int64_t) {},
        [&](const std::vector<Key>& lacking) {
            if (!lacking.empty()) refuse(table.name);
        });
}

/// Who writes to a server and what hubs hand over (lease, inbox) is of that server alone, and not copied.
void copy_small(Connection& from, Connection& to) {
    Transaction transaction(to);
    for (const auto* table : kept_tables) {
        table->clear(to);
        if (!table->is_copied) continue;
        table->each_page(from, [&](std::span<const FoundRow> found) { table->put_as_found(to, found); });
    }
    to.prepare(sql::audit_erase).run();
    constexpr std::string_view entry = "iitttttb";
    auto audit = from.prepare(sql::audit_all);
    for (bool are_more = true; are_more;) {
        std::vector<Columns> rows;
        while (rows.size() < static_cast<std::size_t>(small_rows_a_page) && (are_more = audit.step()))
            rows.push_back(columns_of(audit, entry.size()));
        write(to, sql::audit_put, entry, rows);
    }
    std::vector<Columns> rows;
    for (auto s = from.prepare(sql::meta_all); s.step();) rows.push_back(columns_of(s, 3));
    write(to, sql::meta_put_whole, "ttb", rows);
    put_meta(to, is_backup, "1");
    put_meta(to, is_unfinished, "1");
    transaction.commit();
}

void finish(Connection& to) {
    Transaction transaction(to);
    put_meta(to, is_unfinished, "");
    transaction.commit();
}

/// Only into what is empty, or a copy of the same hub.
void begin(Connection& from, Connection& to, const std::string& place) {
    const auto hub = meta(from, "hub_id");
    auto held = to.prepare(sql::segment_any);
    const bool is_empty = meta(to, "hub_id").empty() && !held.step();
    if (is_empty) {
        Transaction transaction(to);
        for (const auto* name : {"hub_id", "kid"})
            if (const auto value = meta(from, name); !value.empty()) put_meta(to, name, value);
        put_meta(to, is_unfinished, "1");
        transaction.commit();
        return;
    }
    const bool is_copy = meta(to, is_unfinished) == "1" || meta(to, is_backup) == "1";
    if (!is_copy || meta(to, "hub_id") != hub || meta(to, "kid") != meta(from, "kid"))
        throw StoreError(fmt::format(
            "{0} 里已有一个监管中心，不是 {1} 未启用过的副本，没有改动；换一个空的地方 / {0} holds a hub already and "
            "is no copy of {1} that was never served; nothing was changed, name an empty place",
            place, hub));
}

}  // namespace

Copied copy_rows(Connection& from, Connection& to, const CopyProgress& progress) {
    copy(from, to, segments, std::int64_t{0}, progress);
    copy(from, to, traces, std::string(), progress);
    copy(from, to, figures, std::string(), progress);
    copy_small(from, to);
    Copied out{check(from, to, segments, std::int64_t{0}), check(from, to, traces, std::string()), 0};
    check(from, to, figures, std::string());
    out.damaged = static_cast<std::int64_t>(damaged_rows(to));
    if (out.damaged > 0 && out.damaged != static_cast<std::int64_t>(damaged_rows(from)))
        throw StoreError(
            "复制后的行与来源不同，请再运行一次 / rows of the copy are not those that were copied, run it again");
    finish(to);
    return out;
}

Copied copy_store(const std::string& from, const std::string& to, const CopyProgress& progress) {
    if (!holds_hub(from)) throw StoreError(fmt::format("{0} 里没有监管中心 / {0} holds no hub", shown(from)));
    const auto source = connect(from, Use::reading);
    const Transaction moment(*source, engine::Access::snapshot);
    if (engine::version_of(*source, store_form()) != store_form().version())
        throw StoreError(
            fmt::format("{0} 的格式与本程序不同：先用本程序启动一次 / {0} has the form of another program: "
                        "start this one on it first",
                        shown(from)));
    Store target(to);
    begin(*source, target.database(), shown(to));
    return copy_rows(*source, target.database(), progress);
}

void Store::copy_to(const std::string& file) {
    if (!is_server(place_)) return static_cast<sqlite::Database&>(*database_).backup(file);
    auto of_now = reader();
    Store copied(file);
    copy_rows(of_now.database(), copied.database(), [](const char*, std::int64_t) {});
}

}  // namespace imloop::hub
