#include "hub/watch/watch_rows.hpp"

#include <algorithm>
#include <filesystem>

#include "hub/limits.hpp"
#include "hub/store/place.hpp"
#include "service/say.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {
namespace {

constexpr std::string_view cursor_table = "watch_cursor";

}  // namespace

std::string watch_file(const std::string& store) {
    auto file = std::filesystem::path(store);
    return file.replace_extension("watch.sqlite");
}

WatchRows::WatchRows(const std::string& store, bool in_doubt) {
    if (is_server(store)) {
        open(store);
        return;
    }
    const auto file = watch_file(store);
    try {
        open(file);
        if (in_doubt && database_->condition(true) != "ok") throw engine::DamagedFile(file);
    } catch (const engine::DamagedFile&) {
        service::say(file + "：已损坏，由日志重建 / damaged, made anew from the journals");
        rows_.reset();
        database_.reset();
        sqlite::remove_files(file);
        open(file);
    }
}

void WatchRows::open(const std::string& place) {
    // On a server the place of the one writer is the hub's writer's.
    database_ = connect(place, is_server(place) ? Use::reading : Use::writing);
    if (!is_server(place)) database_->execute("PRAGMA synchronous=NORMAL");
    rows_ = std::make_unique<StoredRows>(*database_, "", StoredRows::Tables::as_needed);
    cursor_ = {};
    try {
        if (const auto bytes = rows_->find(cursor_table, "")) cursor_ = loop::unpacked<WatchCursor>(*bytes);
    } catch (const loop::BadRow&) {
        cursor_ = {};
    } catch (const loop::BadPack&) {
        cursor_ = {};
    }
}

void WatchRows::begin(std::string form) {
    const std::vector<std::string_view> tables(cursor_.tables.begin(), cursor_.tables.end());
    engine::Transaction transaction(*database_);
    rows_->clear(tables);
    cursor_ = {std::move(form), false, 0, 0, std::move(cursor_.tables)};
    RowBatch batch;
    batch.gather()(cursor_table, "", loop::packed(cursor_));
    batch.write_to(*rows_);
    transaction.commit();
}

void WatchRows::save(loop::rules::Suspects& suspects, std::uint64_t notes, std::int64_t position, bool is_whole) {
    auto next = cursor_;
    next.notes = notes;
    next.position = position;
    next.is_whole = is_whole;
    RowBatch batch;
    suspects.write(batch.gather());
    for (const auto& table : batch.tables())
        if (std::ranges::find(next.tables, table) == next.tables.end()) next.tables.emplace_back(table);
    batch.gather()(cursor_table, "", loop::packed(next));
    rows_->make(batch.tables());
    engine::Transaction transaction(*database_);
    batch.write_to(*rows_);
    transaction.commit();
    cursor_ = std::move(next);
    if (database_->is_untidy()) database_->tidy();
    if (suspects.held() > rows_held_max) suspects.forget();
}

}  // namespace imloop::hub
