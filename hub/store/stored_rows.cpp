#include "hub/store/stored_rows.hpp"

#include <zlib.h>

#include <cassert>

#include "hub/store/statements.hpp"
#include "loop/rows/key.hpp"

namespace imloop::hub {
namespace {

constexpr std::size_t check_bytes = 4;
/// No key goes on like this.
constexpr std::size_t highest_bytes = 64;

/// Of a row's bytes and of where they stand: against what a disk does, not against people.
std::string check_of(std::string_view table, std::string_view key, std::string_view bytes) {
    auto sum = crc32_z(0, nullptr, 0);
    for (const auto part : {table, key, bytes}) {
        // Of no bytes at nowhere it would begin anew.
        if (!part.empty()) sum = crc32_z(sum, reinterpret_cast<const Bytef*>(part.data()), part.size());
        sum = crc32_z(sum, reinterpret_cast<const Bytef*>(""), 1);
    }
    std::string out;
    for (unsigned shift = 0; shift < 8 * check_bytes; shift += 8) out += static_cast<char>(sum >> shift);
    return out;
}

std::string checked(std::string_view table, std::string_view key, std::string stored) {
    const auto size = stored.size() < check_bytes ? 0 : stored.size() - check_bytes;
    if (stored.size() < check_bytes ||
        check_of(table, key, std::string_view(stored).substr(0, size)) != stored.substr(size))
        throw loop::BadRow("表 " + std::string(table) +
                           " 有一行与写入时不同，运行 hub rebuild 由日志重建 / a row of table " + std::string(table) +
                           " is not what was written, `hub rebuild` makes it anew from the journals");
    stored.resize(size);
    return stored;
}

std::vector<loop::Rows::Row> checked(std::string_view table, std::vector<loop::Rows::Row> rows) {
    for (auto& [key, bytes] : rows) bytes = checked(table, key, std::move(bytes));
    return rows;
}

}  // namespace

std::string StoredRows::stored(std::string_view table) const {
    if (tables_ == Tables::as_needed && !made_.contains(table)) make({table});
    return prefix_ + std::string(table);
}

engine::Statement& StoredRows::prepared(std::string_view table, std::string (*text)(std::string_view)) const {
    auto sql = text(stored(table));
    const auto known = prepared_.find(sql);
    if (known != prepared_.end()) return known->second;
    auto statement = database_->prepare(sql);
    return prepared_.emplace(std::move(sql), std::move(statement)).first->second;
}

std::optional<std::string> StoredRows::find(std::string_view table, std::string_view key) const {
    auto& s = prepared(table, sql::row_find);
    s.bind_blob(1, key);
    std::optional<std::string> out;
    while (s.step()) out = s.text(0);
    if (out) out = checked(table, key, std::move(*out));
    return out;
}

std::vector<loop::Rows::Row> StoredRows::range(std::string_view table, std::string_view from, std::string_view to,
                                               std::size_t limit) const {
    auto& s = prepared(table, to.empty() ? sql::rows_from : sql::rows_between);
    s.bind_blob(1, from);
    if (!to.empty()) s.bind_blob(2, to);
    s.bind(to.empty() ? 2 : 3, static_cast<std::int64_t>(limit));
    std::vector<Row> out;
    while (s.step()) out.emplace_back(s.text(0), s.text(1));
    return checked(table, std::move(out));
}

std::vector<loop::Rows::Row> StoredRows::of_keys(std::string_view table, const std::vector<std::string>& keys) const {
    return checked(table, database_->rows_of(stored(table), keys));
}

std::vector<loop::Rows::Row> StoredRows::under(std::string_view table, const std::vector<std::string>& prefixes) const {
    std::vector<engine::KeyRange> ranges;
    for (const auto& prefix : prefixes) {
        auto end = loop::end_of(prefix);
        if (end.empty()) end = prefix + std::string(highest_bytes, '\xff');
        ranges.push_back({prefix, std::move(end)});
    }
    return checked(table, database_->rows_between(stored(table), ranges));
}

void StoredRows::make(const std::vector<std::string_view>& tables) const {
    for (const auto table : tables)
        if (made_.insert(std::string(table)).second) database_->define_rows(prefix_ + std::string(table));
}

void StoredRows::clear(const std::vector<std::string_view>& tables) {
    for (const auto table : tables) database_->prepare(sql::rows_erase(prefix_ + std::string(table))).run();
}

void StoredRows::move_to(engine::Connection& database) {
    prepared_.clear();
    made_.clear();
    database_ = &database;
}

void StoredRows::take_over(const std::vector<std::string_view>& tables) {
    assert(!prefix_.empty());
    prepared_.clear();
    for (const auto table : tables) {
        database_->execute(sql::rows_drop(table));
        database_->execute(sql::rows_rename(prefix_ + std::string(table), table));
    }
    prefix_.clear();
    made_.clear();
}

loop::RowChanges RowBatch::gather() {
    return [this](std::string_view table, std::string_view key, const std::optional<std::string>& bytes) {
        auto of = by_table_.find(table);
        if (of == by_table_.end()) of = by_table_.emplace(table, engine::RowsChange()).first;
        if (bytes)
            of->second.put.emplace_back(key, *bytes + check_of(table, key, *bytes));
        else
            of->second.gone.emplace_back(key);
    };
}

void RowBatch::write_to(const StoredRows& rows) {
    std::vector<engine::RowsChange> changes;
    for (auto& [table, changed] : std::exchange(by_table_, {})) {
        changed.table = rows.prefix() + table;
        changes.push_back(std::move(changed));
    }
    rows.database().change_rows(changes);
}

std::vector<std::string_view> RowBatch::tables() const {
    std::vector<std::string_view> out;
    for (const auto& [table, changed] : by_table_) out.emplace_back(table);
    return out;
}

}  // namespace imloop::hub
