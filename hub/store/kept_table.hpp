// Tables of which every row carries a digest over its other columns, so that what a disk changed is never taken for a
// row. Each is declared once (kept_tables.hpp); the SQL by which it is written and read follows from that, and there is
// no other way: put() gives a row its digest, each() checks it. Changing a row is reading it and putting it back whole.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/engine.hpp"

namespace imloop::hub {

/// A row that was asked for and is not what was written. Not a StoreError: the store as a whole can be written to.
class Damaged : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Of a kept table. `key`: its key columns, fit to be printed.
class DamagedRow : public Damaged {
public:
    DamagedRow(std::string_view of_table, std::string of_key);
    std::string table, key;
};

enum class KeptAs : std::uint8_t { text, number, bytes };
struct KeptColumn {
    std::string_view name;
    KeptAs as = KeptAs::text;
};
/// A value a column; of a number, its digits.
using KeptRow = std::vector<std::string>;
/// As it lies there, its digest behind its columns.
struct FoundRow {
    KeptRow row;
    std::string key;  ///< fit to be printed
    bool is_whole = false;
};

/// What becomes of a damaged row: DamagedRow is thrown, or the others are read and `hub verify` names it.
enum class Damage : std::uint8_t { refused, left_out };

struct KeptTable {
    std::string_view name;
    std::size_t keys;  ///< the first so many columns, texts and numbers
    std::span<const KeptColumn> columns;
    bool is_copied = true;  ///< to another place; else of one place alone, or short-lived

    using Given = std::vector<std::variant<std::int64_t, std::string_view>>;
    using Visit = std::function<void(const engine::Statement&)>;

    /// In place of the one that has its key.
    void put(engine::Connection&, const KeptRow&) const;
    void put(engine::Connection&, std::span<const KeptRow>) const;
    /// With the digests they have, right or wrong.
    void put_as_found(engine::Connection&, std::span<const FoundRow>) const;
    /// The rows of a condition (`WHERE … ORDER BY …`) with these parameters, columns in their order.
    void each(engine::Connection&, std::string_view condition, const Given&, const Visit&,
              Damage = Damage::refused) const;
    KeptRow row_in(const engine::Statement&) const;
    /// All of them in the order of their keys, some at a time, damaged ones too.
    void each_page(engine::Connection&, const std::function<void(std::span<const FoundRow>)>&) const;
    /// Keys of rows that are not what was written.
    std::vector<std::string> damaged(engine::Connection&) const;
    void clear(engine::Connection&) const;
};

}  // namespace imloop::hub
