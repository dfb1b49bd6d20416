#include "hub/store/kept_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

#include "hub/store/kept_statements.hpp"
#include "hub/store/rows.hpp"
#include "service/printable.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using engine::Statement;

constexpr std::int64_t kept_rows_a_page = 100;  // some hold the bytes of a segment
constexpr std::size_t key_shown_max = 240;

/// Of what a disk changed there may be no number.
std::int64_t number_in(const std::string& digits) {
    std::int64_t out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
}

void bind_row(Statement& s, std::span<const KeptColumn> columns, const KeptRow& row) {
    for (std::size_t n = 0; n < columns.size(); ++n) {
        const int number = static_cast<int>(n) + 1;
        switch (columns[n].as) {
            case KeptAs::text:
                s.bind(number, std::string_view(row[n]));
                break;
            case KeptAs::number:
                s.bind(number, number_in(row[n]));
                break;
            case KeptAs::bytes:
                s.bind_blob(number, row[n]);
                break;
        }
    }
}

void bind_whole(Statement& s, std::span<const KeptColumn> columns, const KeptRow& row) {
    assert(row.size() == columns.size());
    bind_row(s, columns, row);
    s.bind_blob(static_cast<int>(columns.size()) + 1, row_digest(row));
}

FoundRow found_row(const KeptTable& table, const Statement& s) {
    FoundRow out{table.row_in(s), {}, false};
    for (std::size_t n = 0; n < table.keys; ++n) out.key += (n > 0 ? " " : "") + out.row[n];
    out.key = service::printable(std::string_view(out.key).substr(0, key_shown_max));
    const auto digest = s.text(static_cast<int>(table.columns.size()));
    out.is_whole = digest == row_digest(out.row);
    out.row.push_back(digest);
    return out;
}

/// Before all that there are.
KeptRow least_key(const KeptTable& table) {
    KeptRow out;
    for (const auto& column : table.columns.first(table.keys))
        out.push_back(column.as == KeptAs::number ? std::to_string(INT64_MIN) : "");
    return out;
}

bool is_behind(const KeptTable& table, const KeptRow& row, const KeptRow& key) {
    for (std::size_t n = 0; n < table.keys; ++n) {
        if (row[n] == key[n]) continue;
        return table.columns[n].as == KeptAs::number ? number_in(row[n]) > number_in(key[n]) : row[n] > key[n];
    }
    return false;
}

}  // namespace

DamagedRow::DamagedRow(std::string_view of_table, std::string of_key)
    : Damaged(
          fmt::format("表 {0} 的行 {1} 与写入时不同，不再采用，其余照常；请管理员运行 hub verify / row {1} of table "
                      "{0} is not what was written and is not used, the rest goes on: the administrator runs `hub "
                      "verify`",
                      of_table, of_key)),
      table(of_table),
      key(std::move(of_key)) {}

void KeptTable::put(Connection& database, const KeptRow& row) const {
    auto s = database.prepare(sql::kept_put(*this));
    bind_whole(s, columns, row);
    s.run();
}

void KeptTable::put(Connection& database, std::span<const KeptRow> rows) const {
    database.write_all(sql::kept_put(*this), rows.size(),
                       [&](Statement& s, std::size_t n) { bind_whole(s, columns, rows[n]); });
}

void KeptTable::put_as_found(Connection& database, std::span<const FoundRow> rows) const {
    database.write_all(sql::kept_put(*this), rows.size(), [&](Statement& s, std::size_t n) {
        auto row = rows[n].row;
        // A text that is none any more is taken by no other engine.
        for (std::size_t column = 0; column < columns.size() && !rows[n].is_whole; ++column)
            if (columns[column].as == KeptAs::text) row[column] = service::printable(row[column]);
        bind_row(s, columns, row);
        s.bind_blob(static_cast<int>(columns.size()) + 1, row.back());
    });
}

void KeptTable::each(Connection& database, std::string_view condition, const Given& given, const Visit& visit,
                     Damage damage) const {
    auto s = database.prepare(sql::kept_select(*this, condition));
    for (int number = 1; const auto& value : given) std::visit([&](const auto& v) { s.bind(number++, v); }, value);
    while (s.step()) {
        auto row = found_row(*this, s);
        if (row.is_whole)
            visit(s);
        else if (damage == Damage::refused)
            throw DamagedRow(name, std::move(row.key));
    }
}

KeptRow KeptTable::row_in(const Statement& s) const {
    KeptRow out;
    for (std::size_t n = 0; n < columns.size(); ++n) out.push_back(s.text(static_cast<int>(n)));
    return out;
}

void KeptTable::each_page(Connection& database, const std::function<void(std::span<const FoundRow>)>& visit) const {
    auto page = database.prepare(sql::kept_page(*this));
    for (auto behind = least_key(*this);;) {
        bind_row(page, columns.first(keys), behind);
        page.bind(static_cast<int>(keys) + 1, kept_rows_a_page);
        std::vector<FoundRow> rows;
        while (page.step()) rows.push_back(found_row(*this, page));
        const bool is_last = rows.size() < static_cast<std::size_t>(kept_rows_a_page);
        // The key of a damaged row may be what changed: the next page begins behind one that is whole, if there is any.
        const auto whole = std::find_if(rows.rbegin(), rows.rend(), [](const FoundRow& one) { return one.is_whole; });
        if (!is_last && whole != rows.rend()) rows.erase(whole.base(), rows.end());
        visit(rows);
        if (is_last || !is_behind(*this, rows.back().row, behind)) return;
        behind = std::move(rows.back().row);
    }
}

std::vector<std::string> KeptTable::damaged(Connection& database) const {
    std::vector<std::string> out;
    each_page(database, [&](std::span<const FoundRow> rows) {
        for (const auto& one : rows)
            if (!one.is_whole) out.push_back(one.key);
    });
    return out;
}

void KeptTable::clear(Connection& database) const { database.prepare(sql::kept_clear(*this)).run(); }

}  // namespace imloop::hub
