// One table of a projection: an ordered map whose rows may lie elsewhere (rows.hpp). A row is loaded when it is first
// asked for; what a batch changes is held until write() hands it on. So pure code works on it as on a map, and a batch
// costs the rows it touches. Who knows beforehand which these will be names them: rows of a server come in sets.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "loop/pack.hpp"
#include "loop/rows/held_rows.hpp"
#include "loop/rows/key.hpp"

namespace imloop::loop {

/// Value: as packed() takes it (pack.hpp). Keys: of key_of(). What find() and change() give stays where it is
/// until the row is erased or forget() is called. Without `rows`, const calls may run beside each other; with, an
/// instance is one thread's. `name` and `rows` outlive it. A bad row throws BadRow and names the table.
template <typename Value>
class Table : public HeldRows {
public:
    // What packs and unpacks is compiled where a table is made, and nowhere else.
    explicit Table(std::string_view name, const Rows* rows = nullptr)
        : HeldRows(name, rows,
                   {.written = [](const void* value) { return packed(*static_cast<const Value*>(value)); },
                    .read = [](std::string_view bytes) { return held_as(unpacked<Value>(bytes)); }}) {}

    const Value* find(std::string_view key) const { return static_cast<const Value*>(look(key)); }
    /// To be changed, none where there is no such row.
    Value* change(std::string_view key) { return static_cast<Value*>(change_held(key)); }
    /// Likewise, an empty one where there was none.
    Value& change_or_new(std::string_view key) {
        if (Value* found = change(key)) return *found;
        return put(key, {});
    }
    Value& put(std::string_view key, Value value) {
        HeldValue& held = to_put(key);
        if (held)
            *static_cast<Value*>(held.get()) = std::move(value);
        else
            held = held_as(std::move(value));
        return *static_cast<Value*>(held.get());
    }

    /// Rows of from <= key < to in their order, an empty `to` is the end; `visit` gives whether it wants the next, and
    /// changes nothing here.
    template <typename Visit>
    void each_between(std::string_view from, std::string_view to, Visit visit) const {
        visit_between(from, to, [&](std::string_view key, const void* value) {
            return visit(key, *static_cast<const Value*>(value));
        });
    }
    /// Those whose key begins with the parts of this one; all for an empty one.
    template <typename Visit>
    void each(std::string_view prefix, Visit visit) const {
        visit_between(prefix, end_of(prefix), [&](std::string_view key, const void* value) {
            visit(key, *static_cast<const Value*>(value));
            return true;
        });
    }

private:
    static HeldValue held_as(Value value) {
        return {new Value(std::move(value)), [](void* held) { delete static_cast<Value*>(held); }};
    }
};

// Of several tables at once, `std::tie(…)` of what holds them.
void write_rows(auto tables, const RowChanges& changes) {
    std::apply([&](auto&... each) { (each.write(changes), ...); }, tables);
}
void forget_rows(auto tables) {
    std::apply([](auto&... each) { (each.forget(), ...); }, tables);
}
std::size_t rows_held(auto tables) {
    return std::apply([](const auto&... each) { return (each.held() + ...); }, tables);
}
std::vector<std::string_view> names_of(auto tables) {
    return std::apply([](const auto&... each) { return std::vector{each.name()...}; }, tables);
}

/// A row that says no more than its key.
struct Mark {
    bool operator==(const Mark&) const = default;
};
template <Like<Mark> T>
auto members(T&) {
    return std::tie();
}

}  // namespace imloop::loop
