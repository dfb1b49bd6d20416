// The SQL of typed tables, made from what each says of its columns.
#pragma once

#include <fmt/format.h>

#include "hub/store/typed_table.hpp"

namespace imloop::hub::sql {

inline std::string typed_list(const TypedTable& t, std::size_t count, const char* form) {
    std::string out;
    for (std::size_t n = 0; n < count; ++n)
        out += (n > 0 ? ", " : "") + fmt::format(fmt::runtime(form), t.columns[n].name, n + 1);
    return out;
}

inline std::string typed_table(const TypedTable& t, std::string_view prefix) {
    std::string columns;
    for (const auto& [name, type] : t.columns) columns += fmt::format("{} {}, ", name, type);
    return fmt::format("CREATE TABLE IF NOT EXISTS {}{} ({}PRIMARY KEY ({}));", prefix, t.name, columns,
                       typed_list(t, t.keys, "{0}"));
}
inline std::string typed_put(const TypedTable& t, std::string_view prefix) {
    return fmt::format("INSERT INTO {}{} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}", prefix, t.name,
                       typed_list(t, t.columns.size(), "{0}"), typed_list(t, t.columns.size(), "${1}"),
                       typed_list(t, t.keys, "{0}"), typed_list(t, t.columns.size(), "{0} = excluded.{0}"));
}
inline std::string typed_erase(const TypedTable& t, std::string_view prefix) {
    return fmt::format("DELETE FROM {}{} WHERE {} = $1", prefix, t.name, t.columns.front().name);
}
inline std::string typed_clear(const TypedTable& t, std::string_view prefix) {
    return fmt::format("DELETE FROM {}{}", prefix, t.name);
}
/// Behind the row whose keys are the first parameters.
inline std::string typed_page(const TypedTable& t, std::string_view prefix) {
    return fmt::format("SELECT {0} FROM {1}{2} WHERE ({3}) > ({4}) ORDER BY {3} LIMIT ${5}",
                       typed_list(t, t.columns.size(), "{0}"), prefix, t.name, typed_list(t, t.keys, "{0}"),
                       typed_list(t, t.keys, "${1}"), t.keys + 1);
}
inline std::string typed_drop(std::string_view table) { return fmt::format("DROP TABLE IF EXISTS {}", table); }
inline std::string typed_rename(std::string_view from, std::string_view to) {
    return fmt::format("ALTER TABLE {} RENAME TO {}", from, to);
}

}  // namespace imloop::hub::sql
