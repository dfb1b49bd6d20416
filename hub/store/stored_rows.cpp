#include "hub/store/stored_rows.hpp"

#include <cassert>

#include "hub/store/statements.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

constexpr std::size_t digest_bytes = 8;

/// Of a row's bytes and of where they stand.
std::string digest_of(std::string_view table, std::string_view key, std::string_view bytes) {
    std::string whole;
    for (const auto part : {table, key}) whole += std::to_string(part.size()) + ":" + std::string(part);
    whole += bytes;
    const auto digest = journal::sha256(whole);
    return {reinterpret_cast<const char*>(digest.data()), digest_bytes};
}

std::string checked(std::string_view table, std::string_view key, std::string stored) {
    const auto size = stored.size() < digest_bytes ? 0 : stored.size() - digest_bytes;
    if (stored.size() < digest_bytes ||
        digest_of(table, key, std::string_view(stored).substr(0, size)) != stored.substr(size))
        throw loop::BadRow("表 " + std::string(table) +
                           " 有一行与写入时不同，运行 hub rebuild 由日志重建 / a row of table " + std::string(table) +
                           " is not what was written, `hub rebuild` makes it anew from the journals");
    stored.resize(size);
    return stored;
}

}  // namespace

engine::Statement& StoredRows::prepared(std::string_view table, std::string (*text)(std::string_view)) const {
    if (tables_ == Tables::as_needed && !made_.contains(table)) make({table});
    auto sql = text(prefix_ + std::string(table));
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
    for (auto& [key, bytes] : out) bytes = checked(table, key, std::move(bytes));
    return out;
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
        if (of == by_table_.end()) of = by_table_.emplace(table, Changed{}).first;
        if (bytes)
            of->second.put.emplace_back(key, *bytes);
        else
            of->second.gone.emplace_back(key);
    };
}

void RowBatch::write_to(const StoredRows& rows) {
    for (auto& [table, changed] : by_table_) {
        const auto stored = rows.prefix() + table;
        rows.database().write_all(
            sql::row_erase(stored), changed.gone.size(),
            [&gone = changed.gone](engine::Statement& s, std::size_t n) { s.bind_blob(1, gone[n]); });
        rows.database().write_all(
            sql::row_put(stored), changed.put.size(),
            [&put = changed.put, &name = table](engine::Statement& s, std::size_t n) {
                s.bind_blob(1, put[n].first).bind_blob(2, put[n].second + digest_of(name, put[n].first, put[n].second));
            });
    }
    by_table_.clear();
}

std::vector<std::string_view> RowBatch::tables() const {
    std::vector<std::string_view> out;
    for (const auto& [table, changed] : by_table_) out.emplace_back(table);
    return out;
}

}  // namespace imloop::hub
