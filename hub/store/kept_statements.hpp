// The SQL of kept tables, made from what each says of its columns.
#pragma once

#include <fmt/format.h>

#include "hub/store/kept_table.hpp"

namespace imloop::hub::sql {

/// `form` of each column from..to, `{0}` its name, `{1}` its number from 1.
inline std::string kept_list(const KeptTable& t, std::size_t from, std::size_t to, const char* form) {
    std::string out;
    for (auto n = from; n < to; ++n)
        out += (n > from ? ", " : "") + fmt::format(fmt::runtime(form), t.columns[n].name, n + 1);
    return out;
}
inline std::string kept_select(const KeptTable& t, std::string_view condition) {
    return fmt::format("SELECT {}, digest FROM {} {}", kept_list(t, 0, t.columns.size(), "{0}"), t.name, condition);
}
/// Behind the row whose keys are the first parameters.
inline std::string kept_page(const KeptTable& t) {
    const auto keys = kept_list(t, 0, t.keys, "{0}");
    return kept_select(t, fmt::format("WHERE ({0}) > ({1}) ORDER BY {0} LIMIT ${2}", keys,
                                      kept_list(t, 0, t.keys, "${1}"), t.keys + 1));
}
inline std::string kept_put(const KeptTable& t) {
    const auto count = t.columns.size();
    const auto changes = t.keys < count ? kept_list(t, t.keys, count, "{0} = excluded.{0}") + ", " : "";
    return fmt::format(
        "INSERT INTO {} ({}, digest) VALUES ({}, ${}) ON CONFLICT ({}) DO UPDATE SET {}digest = excluded.digest",
        t.name, kept_list(t, 0, count, "{0}"), kept_list(t, 0, count, "${1}"), count + 1,
        kept_list(t, 0, t.keys, "{0}"), changes);
}
inline std::string kept_clear(const KeptTable& t) { return fmt::format("DELETE FROM {}", t.name); }

}  // namespace imloop::hub::sql
