// Tables of counts: cells under keys of several parts, the first of them time where a sweep reads a span of it. What
// was added is taken out again, and a cell is gone when it is as if nothing had ever been in it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "loop/rows/table.hpp"

namespace imloop::loop::stations {

/// Key: default constructible, its parts texts and numbers, tied by `members`. Value: equal to `Value{}` where it holds
/// nothing. Thread safety and errors as of Table.
template <typename Key, typename Value>
class Cells {
public:
    explicit Cells(std::string_view name, const Rows* rows = nullptr) : table_(name, rows) {}

    /// The value before and after may be the empty one.
    template <typename Change>
    void change(const Key& key, Change by) {
        const std::string at = bytes_of(key);
        Value& value = table_.change_or_new(at);
        by(value);
        if (value == Value{}) table_.erase(at);
    }
    /// The cell, empty where there is none.
    Value at(const Key& key) const {
        const Value* found = table_.find(bytes_of(key));
        return found ? *found : Value{};
    }
    /// `visit(key, value)` of those whose first part, a number, is from..to, both inclusive; in the order of keys.
    template <typename Visit>
    void each(std::int64_t from, std::int64_t to, Visit visit) const {
        table_.each_between(key_of(from), end_of(key_of(to)), [&](std::string_view key, const Value& value) {
            visit(key_in(key), value);
            return true;
        });
    }
    /// Of those whose first parts are these; of all for none.
    template <typename Visit, typename... Parts>
    void each_of(Visit visit, const Parts&... parts) const {
        table_.each(key_of(parts...), [&](std::string_view key, const Value& value) { visit(key_in(key), value); });
    }

    void write(const RowChanges& changes) { table_.write(changes); }
    void forget() { table_.forget(); }
    std::size_t held() const { return table_.held(); }

private:
    static std::string bytes_of(const Key& key) {
        return std::apply([](const auto&... parts) { return key_of(parts...); }, members(key));
    }
    static Key key_in(std::string_view bytes) {
        Key key;
        KeyReader reader(bytes);
        const auto read = [&]<typename Part>(Part& part) {
            if constexpr (std::integral<Part>)
                part = static_cast<Part>(reader.number());
            else
                part = reader.text();
        };
        std::apply([&](auto&... parts) { (read(parts), ...); }, members(key));
        return key;
    }

    Table<Value> table_;
};

}  // namespace imloop::loop::stations
