#include "hub/store/typed_table.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "hub/store/typed_statements.hpp"
#include "journal/digest.hpp"
#include "loop/record/uuid.hpp"
#include "loop/rows/hex_text.hpp"

namespace imloop::hub {
namespace {

void bind(engine::Statement& s, int number, const TypedCell& cell) {
    switch (cell.is) {
        case TypedCell::Is::nothing:
            s.bind_null(number);
            break;
        case TypedCell::Is::number:
            s.bind(number, cell.number);
            break;
        case TypedCell::Is::text:
            s.bind(number, std::string_view(cell.bytes));
            break;
        case TypedCell::Is::id:
            s.bind_blob(number, cell.bytes);
            break;
    }
}

/// Before all that there are.
TypedRow least_keys(const TypedTable& table) {
    TypedRow out;
    for (std::size_t n = 0; n < table.keys; ++n) {
        out.push_back(TypedCell::text(""));
        if (!table.columns[n].type.starts_with("UUID")) continue;
        out.back().is = TypedCell::Is::id;
        out.back().bytes.assign(loop::uuid_bytes, '\0');
    }
    return out;
}

}  // namespace

TypedCell TypedCell::text(std::string_view text) {
    TypedCell out;
    out.is = Is::text;
    // U+FFFD for a NUL, on either engine: texts of PostgreSQL hold none.
    for (const char c : text)
        if (c == '\0')
            out.bytes += "\xEF\xBF\xBD";
        else
            out.bytes += c;
    return out;
}

TypedCell TypedCell::id(std::string_view uuid) {
    if (!loop::is_uuid7(uuid)) return {};
    TypedCell out;
    out.is = Is::id;
    std::string digits;
    std::ranges::remove_copy(uuid, std::back_inserter(digits), '-');
    for (std::size_t at = 0; at < digits.size(); at += 2)
        out.bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return out;
}

TypedCell TypedCell::code(std::string_view six_digits) {
    const bool is_one =
        six_digits.size() == 6 && std::ranges::all_of(six_digits, [](char c) { return c >= '0' && c <= '9'; });
    return is_one ? TypedCell(std::stoi(std::string(six_digits))) : TypedCell();
}

void make(engine::Connection& database, const TypedTable& table, const std::string& prefix) {
    database.define(sql::typed_table(table, prefix));
}

void write(engine::Connection& database, const TypedTable& table, const std::string& prefix, const TypedBatch& batch) {
    if (!batch.gone.empty())
        database.write_all(sql::typed_erase(table, prefix), batch.gone.size(),
                           [&](engine::Statement& s, std::size_t n) { bind(s, 1, batch.gone[n]); });
    if (batch.put.empty()) return;
    database.write_all(sql::typed_put(table, prefix), batch.put.size(), [&](engine::Statement& s, std::size_t n) {
        assert(batch.put[n].size() == table.columns.size());
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            bind(s, static_cast<int>(column) + 1, batch.put[n][column]);
    });
}

void clear(engine::Connection& database, const TypedTable& table, const std::string& prefix) {
    database.prepare(sql::typed_clear(table, prefix)).run();
}

void take_place(engine::Connection& database, const TypedTable& table, const std::string& prefix) {
    const std::string name(table.name);
    database.execute(sql::typed_rename(name, "old_" + name));
    database.execute(sql::typed_rename(prefix + name, name));
}

void drop_old(engine::Connection& database, const TypedTable& table) {
    database.execute(sql::typed_drop("old_" + std::string(table.name)));
}

std::string digest_of(engine::Connection& database, const TypedTable& table, const std::string& prefix) {
    constexpr std::int64_t rows_a_page = 1000;
    auto page = database.prepare(sql::typed_page(table, prefix));
    std::string digest;
    auto last = least_keys(table);
    for (std::int64_t rows = rows_a_page; rows == rows_a_page;) {
        for (std::size_t n = 0; n < table.keys; ++n) bind(page, static_cast<int>(n) + 1, last[n]);
        page.bind(static_cast<int>(table.keys) + 1, rows_a_page);
        std::string whole = digest;
        for (rows = 0; page.step(); ++rows) {
            for (std::size_t n = 0; n < table.columns.size(); ++n) {
                const auto value = page.text(static_cast<int>(n));
                whole += std::to_string(value.size()) + ":" + value;
                if (n < table.keys) last[n].bytes = value;
            }
        }
        digest = journal::to_hex(journal::sha256(whole));
    }
    return digest;
}

}  // namespace imloop::hub
