#include "loop/rows/rows.hpp"

#include <limits>

#include "loop/rows/key.hpp"

namespace imloop::loop {

std::vector<Rows::Row> Rows::of_keys(std::string_view table, const std::vector<std::string>& keys) const {
    std::vector<Row> out;
    for (const auto& key : keys)
        if (auto bytes = find(table, key)) out.emplace_back(key, std::move(*bytes));
    return out;
}

std::vector<Rows::Row> Rows::under(std::string_view table, const std::vector<std::string>& prefixes) const {
    std::vector<Row> out;
    for (const auto& prefix : prefixes)
        for (auto& row : range(table, prefix, end_of(prefix), std::numeric_limits<std::int64_t>::max()))
            out.push_back(std::move(row));
    return out;
}

}  // namespace imloop::loop
