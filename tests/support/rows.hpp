// Rows of a projection in maps, as they would lie in a database, for tests that let go of everything between batches.
#pragma once

#include <map>

#include "loop/rows/rows.hpp"

namespace imloop::test {

class MapRows : public loop::Rows {
public:
    std::optional<std::string> find(std::string_view table, std::string_view key) const override {
        ++reads;
        const auto of = tables.find(table);
        if (of == tables.end()) return std::nullopt;
        const auto row = of->second.find(key);
        return row == of->second.end() ? std::nullopt : std::optional(row->second);
    }
    std::vector<Row> range(std::string_view table, std::string_view from, std::string_view to,
                           std::size_t limit) const override {
        ++reads;
        std::vector<Row> out;
        const auto of = tables.find(table);
        if (of == tables.end()) return out;
        for (auto it = of->second.lower_bound(from);
             it != of->second.end() && (to.empty() || it->first < to) && out.size() < limit; ++it)
            out.emplace_back(*it);
        return out;
    }
    bool reads_sets() const override { return comes_in_sets; }
    /// Takes what write() of a table hands on.
    loop::RowChanges take() {
        return [this](std::string_view table, std::string_view key, const std::optional<std::string>& bytes) {
            auto& of = tables[std::string(table)];
            if (bytes)
                of.insert_or_assign(std::string(key), *bytes);
            else if (const auto it = of.find(key); it != of.end())
                of.erase(it);
            if (of.empty()) tables.erase(std::string(table));
        };
    }

    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> tables;  ///< none empty
    mutable std::size_t reads = 0;
    bool comes_in_sets = false;
};

}  // namespace imloop::test
