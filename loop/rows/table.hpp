// One table of a projection: an ordered map whose rows may lie elsewhere (rows.hpp). A row is loaded when it is first
// asked for; what a batch changes is held until write() hands it on. So pure code works on it as on a map, and a batch
// costs the rows it touches.
#pragma once

#include <algorithm>
#include <cassert>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/pack.hpp"
#include "loop/rows/key.hpp"
#include "loop/rows/rows.hpp"

namespace imloop::loop {

/// Value: as packed() takes it (pack.hpp). Keys: of key_of(). What find() and change() give stays where it is
/// until the row is erased or forget() is called. Without `rows`, const calls may run beside each other; with, an
/// instance is one thread's. `name` and `rows` outlive it. A bad row throws BadRow and names the table.
template <typename Value>
class Table {
public:
    explicit Table(std::string_view name, const Rows* rows = nullptr) : name_(name), rows_(rows) {}

    std::string_view name() const { return name_; }
    const Value* find(std::string_view key) const {
        const Held* held = look(key);
        return held ? held->value.get() : nullptr;
    }
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    /// To be changed, none where there is no such row.
    Value* change(std::string_view key) {
        if (!look(key)) return nullptr;
        const auto it = held_.find(key);
        if (it->second.value) note_change(it);
        return it->second.value.get();
    }
    /// Likewise, an empty one where there was none.
    Value& change_or_new(std::string_view key) {
        if (Value* found = change(key)) return *found;
        return put(key, {});
    }
    Value& put(std::string_view key, Value value) {
        const auto it = place(key);
        Held& held = it->second;
        if (held.value)
            *held.value = std::move(value);
        else
            held.value = std::make_unique<Value>(std::move(value));
        note_change(it);
        return *held.value;
    }
    void erase(std::string_view key) {
        if (!rows_) {
            if (const auto it = held_.find(key); it != held_.end()) held_.erase(it);
            return;
        }
        const auto it = place(key);
        it->second.value.reset();
        note_change(it);
    }

    /// Rows of from <= key < to in their order, an empty `to` is the end; `visit` gives whether it wants the next, and
    /// changes nothing here.
    template <typename Visit>
    void each_between(std::string_view from, std::string_view to, Visit visit) const {
        if (!rows_) {
            for (auto it = held_.lower_bound(from); it != held_.end() && (to.empty() || it->first < to); ++it)
                if (!visit(std::string_view(it->first), *it->second.value)) return;
            return;
        }
        // Page by page; what is held here stands for the row of its key.
        std::string next(from);
        auto own = held_.lower_bound(from);
        const auto is_before = [&](const auto& it, std::string_view end) {
            return it != held_.end() && (end.empty() || it->first < end);
        };
        for (;;) {
            const auto page = rows_->range(name_, next, to, rows_a_page);
            const bool is_last = page.size() < rows_a_page;
            for (const auto& [key, bytes] : page) {
                for (; is_before(own, key); ++own)
                    if (own->second.value && !visit(std::string_view(own->first), *own->second.value)) return;
                if (own != held_.end() && own->first == key) {
                    if (own->second.value && !visit(std::string_view(key), *own->second.value)) return;
                    ++own;
                } else if (!visit(std::string_view(key), read(bytes))) {
                    return;
                }
            }
            if (is_last) break;
            next = page.back().first + '\0';
        }
        for (; is_before(own, to); ++own)
            if (own->second.value && !visit(std::string_view(own->first), *own->second.value)) return;
    }
    /// Those whose key begins with the parts of this one; all for an empty one.
    template <typename Visit>
    void each(std::string_view prefix, Visit visit) const {
        each_between(prefix, end_of(prefix), [&](std::string_view key, const Value& value) {
            visit(key, value);
            return true;
        });
    }
    std::vector<std::string> keys(std::string_view prefix) const {
        std::vector<std::string> out;
        each(prefix, [&](std::string_view key, const Value&) { out.emplace_back(key); });
        return out;
    }
    bool has_any(std::string_view prefix) const {
        bool found = false;
        each_between(prefix, end_of(prefix), [&](std::string_view, const Value&) {
            found = true;
            return false;
        });
        return found;
    }

    /// What changed since the last call, in the order of keys; what is handed on is held as it lies there. Where rows
    /// lie elsewhere it costs what changed, not what is held.
    void write(const RowChanges& changes) {
        const auto hand_on = [&](auto& row) {
            auto& [key, held] = row;
            if (std::exchange(held.is_changed, false))
                changes(name_, key, held.value ? std::optional(packed(*held.value)) : std::nullopt);
        };
        if (!rows_) {
            std::ranges::for_each(held_, hand_on);
            return;
        }
        std::ranges::sort(changed_, {}, [](const auto& it) { return std::string_view(it->first); });
        for (const auto& it : std::exchange(changed_, {})) hand_on(*it);
    }
    /// Lets go of all rows held, changed ones too. Without rows elsewhere these are all there are.
    void forget() {
        changed_.clear();
        held_.clear();
    }
    std::size_t held() const { return held_.size(); }

private:
    static constexpr std::size_t rows_a_page = 256;
    struct Held {
        std::unique_ptr<Value> value{};  ///< none: there is no such row
        bool is_changed = false;
    };

    using HeldRows = std::map<std::string, Held, std::less<>>;

    void note_change(typename HeldRows::iterator it) {
        const bool was_changed = std::exchange(it->second.is_changed, true);
        if (rows_ && !was_changed) changed_.push_back(it);
    }
    Value read(std::string_view bytes) const {
        try {
            return unpacked<Value>(bytes);
        } catch (const BadPack& e) {
            throw BadRow(std::string(name_) + ": " + e.what());
        }
    }
    /// The row as held, loaded where it may lie elsewhere.
    const Held* look(std::string_view key) const {
        const auto it = held_.find(key);
        if (it != held_.end()) return &it->second;
        if (!rows_) return nullptr;
        const auto bytes = rows_->find(name_, key);
        Held& held = held_[std::string(key)];
        if (bytes) held.value = std::make_unique<Value>(read(*bytes));
        return &held;
    }
    /// Where a row is written that need not be read.
    typename HeldRows::iterator place(std::string_view key) {
        const auto it = held_.find(key);
        return it != held_.end() ? it : held_.try_emplace(std::string(key)).first;
    }

    std::string_view name_;
    const Rows* rows_;
    mutable HeldRows held_;
    std::vector<typename HeldRows::iterator> changed_;  // each once
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
