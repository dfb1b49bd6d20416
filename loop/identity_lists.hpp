// Lists of texts whose members stand in rows of their own, so that a list may be long and a batch costs the members it
// touches.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rows/table.hpp"

namespace imloop::loop {

/// A list is named by a key of key_of(); an empty one is that of no owner. Members ascend, each once. Thread safety as
/// of Table.
class Lists {
public:
    Lists(std::string_view table, const Rows* rows) : table_(table, rows) {}

    void put(std::string_view list, const std::string& member) { table_.put(key(list, member), {}); }
    void erase(std::string_view list, const std::string& member) { table_.erase(key(list, member)); }
    /// Puts or takes it out; gives whether it was not so before.
    bool turn(std::string_view list, const std::string& member, bool is_in) {
        const auto at = key(list, member);
        if (table_.contains(at) == is_in) return false;
        is_in ? static_cast<void>(table_.put(at, {})) : table_.erase(at);
        return true;
    }
    /// Where rows come in sets.
    void read_ahead(std::vector<std::string> lists) const { table_.read_ahead_under(std::move(lists)); }
    void read_members_ahead(std::string_view list, const std::vector<std::string>& members) const {
        std::vector<std::string> keys;
        for (const auto& member : members) keys.push_back(key(list, member));
        table_.read_ahead(std::move(keys));
    }
    bool has_any(std::string_view list) const { return table_.has_any(list); }
    std::vector<std::string> of(std::string_view list,
                                std::size_t at_most = std::numeric_limits<std::size_t>::max()) const {
        std::vector<std::string> out;
        table_.each_between(list, end_of(list), [&](std::string_view key, const Mark&) {
            out.push_back(KeyReader(key.substr(list.size())).text());
            return out.size() < at_most;
        });
        return out;
    }

    void write(const RowChanges& changes) { table_.write(changes); }
    void forget() { table_.forget(); }
    std::string_view name() const { return table_.name(); }
    std::size_t held() const { return table_.held(); }

private:
    static std::string key(std::string_view list, const std::string& member) {
        return std::string(list) += key_of(member);
    }
    Table<Mark> table_;
};

}  // namespace imloop::loop
