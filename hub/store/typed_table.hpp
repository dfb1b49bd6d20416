// Tables whose columns have types, for whoever reads the database without this program: a description of each, from
// which its SQL follows, and rows as cells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace imloop::hub {

/// A value of a column; an id is the 16 bytes of a UUID.
struct TypedCell {
    enum class Is { nothing, number, text, id } is = Is::nothing;
    std::int64_t number = 0;
    std::string bytes{};

    TypedCell() = default;
    explicit TypedCell(std::int64_t n) : is(Is::number), number(n) {}
    static TypedCell text(std::string_view);
    static TypedCell id(std::string_view uuid);  ///< nothing where it is none
    static TypedCell code(std::string_view six_digits);
    template <class Number>
    static TypedCell of(const std::optional<Number>& n) {
        return n ? TypedCell(std::int64_t{*n}) : TypedCell();
    }
};
using TypedRow = std::vector<TypedCell>;

struct TypedColumn {
    std::string_view name, type;
};
/// Rows under the same value of the first column are taken out together.
struct TypedTable {
    std::string_view name;
    std::size_t keys;  ///< the first so many columns are the key, each a UUID or a text
    std::vector<TypedColumn> columns;
};

/// Rows of one table, as many as a batch changes.
struct TypedBatch {
    std::vector<TypedCell> gone;  ///< values of the first column
    std::vector<TypedRow> put;    ///< in place of those that have their keys
};
void make(engine::Connection&, const TypedTable&, const std::string& prefix);
/// Within a transaction.
void write(engine::Connection&, const TypedTable&, const std::string& prefix, const TypedBatch&);
void clear(engine::Connection&, const TypedTable&, const std::string& prefix);
/// `prefix`: of the one that takes its place; what it was until then goes on as `old_…`, for views that read it.
void take_place(engine::Connection&, const TypedTable&, const std::string& prefix);
void drop_old(engine::Connection&, const TypedTable&);
/// In the order of the keys, the same on either engine.
std::string digest_of(engine::Connection&, const TypedTable&, const std::string& prefix);

}  // namespace imloop::hub
