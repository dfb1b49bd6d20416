#include "hub/watch/watch_rows.hpp"

#include <algorithm>
#include <filesystem>

#include "hub/limits.hpp"
#include "hub/store/place.hpp"
#include "hub/watch/flag_rows.hpp"
#include "journal/json.hpp"
#include "service/say.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {
namespace {

constexpr std::string_view cursor_table = "watch_cursor";
/// Of the names of all tables of rows.
constexpr std::string_view beginning = "watch_";

/// Nothing of a form where there is none, or none that can be read.
WatchCursor cursor_in(const StoredRows& rows) {
    try {
        if (const auto bytes = rows.find(cursor_table, "")) return loop::unpacked<WatchCursor>(*bytes);
    } catch (const loop::BadRow&) {
    } catch (const loop::BadPack&) {
    }
    return {};
}

}  // namespace

std::string watch_file(const std::string& store) {
    auto file = std::filesystem::path(store);
    return file.replace_extension("watch.sqlite");
}

WatchRows::WatchRows(const std::string& store, bool in_doubt, const std::function<void(engine::Connection&)>& guard) {
    if (is_server(store)) {
        open(store, guard);
        return;
    }
    const auto file = watch_file(store);
    try {
        open(file, guard);
        if (in_doubt && database_->condition(true) != "ok") throw engine::DamagedFile(file);
    } catch (const engine::DamagedFile&) {
        service::say(file + "：已损坏，由日志重建 / damaged, made anew from the journals");
        moment_.reset();
        rows_.reset();
        database_.reset();
        sqlite::remove_files(file);
        open(file, guard);
    }
}

void WatchRows::open(const std::string& place, const std::function<void(engine::Connection&)>& guard) {
    database_ = connect(place, is_server(place) ? Use::reading : Use::writing);
    if (is_server(place))
        guard(*database_);
    else
        database_->execute("PRAGMA synchronous=NORMAL");
    rows_ = std::make_unique<StoredRows>(*database_, "", StoredRows::Tables::as_needed);
    make_flags(*database_);
    cursor_ = cursor_in(*rows_);
    is_file_ = !is_server(place);
    read_on();
}

void WatchRows::read_on() {
    if (is_file_) moment_ = std::make_unique<engine::Transaction>(*database_, engine::Access::snapshot);
}

/// What a look-up makes, a table that was not there, is kept.
void WatchRows::end_moment() {
    if (const auto ending = std::move(moment_)) ending->commit();
}

void WatchRows::begin(std::string form, std::string rules) {
    end_moment();
    const auto there = database_->tables_named(beginning);
    const std::vector<std::string_view> tables(there.begin(), there.end());
    engine::Transaction transaction(*database_);
    rows_->clear(tables);
    clear_flags(*database_);
    cursor_ = {std::move(form), std::move(rules), false, 0, 0};
    RowBatch batch;
    batch.gather()(cursor_table, "", loop::packed(cursor_));
    batch.write_to(*rows_);
    transaction.commit();
    read_on();
}

void WatchRows::save(loop::rules::Suspects& suspects, std::uint64_t notes, std::int64_t position, bool is_whole) {
    auto next = cursor_;
    next.notes = notes;
    next.position = position;
    next.is_whole = is_whole;
    RowBatch batch;
    FlagChanges flags;
    suspects.write([&flags, gather = batch.gather()](auto table, auto key, const auto& bytes) {
        flags.see(table, key);
        gather(table, key, bytes);
    });
    batch.gather()(cursor_table, "", loop::packed(next));
    end_moment();
    rows_->make(batch.tables());
    engine::Transaction transaction(*database_);
    batch.write_to(*rows_);
    write_flags(*database_, flags, suspects);
    transaction.commit();
    cursor_ = std::move(next);
    if (database_->is_untidy()) database_->tidy();
    read_on();
    if (suspects.held() > rows_held_max) suspects.forget();
}

WatchReader::WatchReader(const std::string& store)
    : database_(connect(is_server(store) ? store : watch_file(store), Use::reading)),
      snapshot_(std::make_unique<engine::Transaction>(*database_, engine::Access::snapshot)),
      cursor_(cursor_in(StoredRows(*database_))),
      rows_(std::make_unique<Rows>(*database_)) {
    using loop::rules::Parameters;
    const Parameters parameters(journal::parsed(cursor_.rules), Parameters::Unknown::left_out);
    suspects_.emplace(parameters, loop::rules::all(), rows_.get());
}

std::vector<std::string> WatchReader::damaged() const {
    constexpr std::size_t rows_a_page = 1000;
    std::vector<std::string> out;
    const StoredRows stored(*database_);
    for (const auto& table : database_->tables_named(beginning)) {
        try {
            const engine::Savepoint savepoint(*database_);
            std::string from;
            for (std::size_t n = rows_a_page; n == rows_a_page;) {
                const auto page = stored.range(table, from, "", rows_a_page);
                n = page.size();
                if (n > 0) from = page.back().first + '\0';
            }
        } catch (const loop::BadRow&) {
            out.push_back(table);
        } catch (const engine::DamagedFile&) {
            throw;
        } catch (const engine::StoreError&) {
            // Another's, of such a name.
        }
    }
    if (!out.empty() || !database_->has_table("flags")) return out;
    try {
        if (!are_flags_of(*database_, suspects())) out.emplace_back("flags");
    } catch (const loop::BadRow&) {  // of another shape
        out.emplace_back("flags");
    }
    return out;
}

WatchReader::Rows::Rows(engine::Connection& database) : stored_(database), tables_(database.tables_named(beginning)) {}

std::optional<std::string> WatchReader::Rows::find(std::string_view table, std::string_view key) const {
    if (std::ranges::find(tables_, table) == tables_.end()) return std::nullopt;
    return stored_.find(table, key);
}

std::vector<loop::Rows::Row> WatchReader::Rows::range(std::string_view table, std::string_view from,
                                                      std::string_view to, std::size_t limit) const {
    if (std::ranges::find(tables_, table) == tables_.end()) return {};
    return stored_.range(table, from, to, limit);
}

}  // namespace imloop::hub
