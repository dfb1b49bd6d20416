// What all tables do with their rows, whatever the rows say (table.hpp gives them their type).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rows/rows.hpp"

namespace imloop::loop {

/// A row in memory, destroyed as what it is.
using HeldValue = std::unique_ptr<void, void (*)(void*)>;

/// How the rows of a table are written and read. `read` throws BadPack.
struct RowForm {
    std::string (*written)(const void* value);
    HeldValue (*read)(std::string_view bytes);
};

/// Thread safety, life times and errors as Table has them.
class HeldRows {
public:
    std::string_view name() const { return name_; }
    bool contains(std::string_view key) const { return look(key) != nullptr; }
    void erase(std::string_view key);

    /// Loads these rows, or all whose keys begin with one of these, where rows come in sets; says nothing otherwise.
    void read_ahead(std::vector<std::string> keys) const;
    void read_ahead_under(std::vector<std::string> prefixes) const;
    /// Loads all whose keys begin with this, and holds them, wherever rows come from: for what is asked again and
    /// again.
    void hold_under(const std::string& prefix) const;

    std::vector<std::string> keys(std::string_view prefix) const;
    bool has_any(std::string_view prefix) const;

    /// What changed since the last call, in the order of keys; what is handed on is held as it lies there. Where rows
    /// lie elsewhere it costs what changed, not what is held.
    void write(const RowChanges& changes);
    /// Lets go of all rows held, changed ones too. Without rows elsewhere these are all there are.
    void forget();
    std::size_t held() const { return held_.size() + whole_.size(); }

protected:
    HeldRows(std::string_view name, const Rows* rows, RowForm form);
    HeldRows(HeldRows&&) noexcept;
    HeldRows& operator=(HeldRows&&) noexcept;
    ~HeldRows();

    /// The row as held, loaded where it may lie elsewhere; none where there is none.
    const void* look(std::string_view key) const;
    void* change_held(std::string_view key);
    /// Where a row is put, whether there was one or not; it has changed.
    HeldValue& to_put(std::string_view key);
    using Visit = std::function<bool(std::string_view key, const void* value)>;
    void visit_between(std::string_view from, std::string_view to, const Visit& visit) const;

private:
    static constexpr std::size_t rows_a_page = 256, rows_at_most = std::numeric_limits<std::int64_t>::max();
    struct Held {
        HeldValue value{nullptr, nullptr};  ///< none: there is no such row
        bool is_changed = false;
    };
    using ByKey = std::map<std::string, Held, std::less<>>;

    void take(const std::vector<Rows::Row>& rows) const;
    void note_change(ByKey::iterator it);
    HeldValue read(std::string_view bytes) const;
    ByKey::iterator place(std::string_view key);

    std::string_view name_;
    const Rows* rows_;
    RowForm form_;
    mutable ByKey held_;
    mutable std::set<std::string, std::less<>> whole_;  // prefixes whose rows are all held
    std::vector<ByKey::iterator> changed_;              // each once
};

}  // namespace imloop::loop
