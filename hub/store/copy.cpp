// A copy of the store as one file: what SQLite copies by itself, and row by row from another engine, of one moment.
#include <filesystem>

#include "hub/store/rows.hpp"
#include "hub/store/statements.hpp"
#include "hub/store/store.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {
namespace {

using Columns = std::vector<std::string>;

/// Which of a table's columns are what, in the order of its statements: t text, i integer, b bytes.
void write(Connection& to, const char* put, std::string_view kinds, const std::vector<Columns>& rows) {
    to.write_all(put, rows.size(), [&](Statement& s, std::size_t row) {
        for (std::size_t column = 0; column < kinds.size(); ++column) {
            const auto& value = rows[row][column];
            const int number = static_cast<int>(column) + 1;
            if (kinds[column] == 'i') {
                s.bind(number, std::int64_t{std::stoll(value)});
            } else if (kinds[column] == 'b') {
                s.bind_blob(number, value);
            } else {
                s.bind(number, value);
            }
        }
    });
}

Columns columns_of(const Statement& s, std::size_t count) {
    Columns out;
    for (std::size_t n = 0; n < count; ++n) out.push_back(s.text(static_cast<int>(n)));
    return out;
}

void copy(Connection& from, Connection& to, const char* all, const char* put, std::string_view kinds) {
    std::vector<Columns> rows;
    for (auto s = from.prepare(all); s.step();) rows.push_back(columns_of(s, kinds.size()));
    write(to, put, kinds, rows);
}

template <class After, class Key>
void copy_paged(Connection& from, Connection& to, const char* page, const char* put, std::string_view kinds,
                After after, Key key) {
    each_row(from, page, after, large_rows_a_page, key,
             [&](const Statement& s) { write(to, put, kinds, {columns_of(s, kinds.size())}); });
}

}  // namespace

void Store::copy_to(const std::string& file) {
    if (!is_server(place_)) return static_cast<sqlite::Database&>(*database_).backup(file);
    auto of_now = reader();
    Store copied(file);
    auto &from = of_now.database(), &to = copied.database();
    Transaction transaction(to);
    copy(from, to, sql::meta_all, sql::meta_put_whole, "ttb");
    copy_paged(from, to, sql::segments_page, sql::segment_put, "ttiiibbb", std::int64_t{0}, position_of);
    copy_paged(from, to, sql::traces_page, sql::trace_put, "ttibb", std::string(), first_column);
    copy_paged(from, to, sql::figures_page, sql::figures_put, "tibb", std::string(), first_column);
    copy(from, to, sql::clearances_all, sql::clearance_put, "titt");
    copy(from, to, sql::invites_open, sql::invite_put, "tti");
    copy(from, to, sql::certificates_all, sql::certificate_put, "tit");
    copy(from, to, sql::alarms_whole, sql::alarm_copy, "tttitiiib");
    transaction.commit();
}

}  // namespace imloop::hub
