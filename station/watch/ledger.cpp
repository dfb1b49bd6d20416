#include "station/watch/ledger.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "engine/form.hpp"
#include "journal/json.hpp"
#include "loop/names.hpp"
#include "service/files.hpp"
#include "station/intake/reader_version.hpp"
#include "station/statements.hpp"

namespace imloop::station::watch {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> outcome_names{"accepted", "passed_over", "rejected"};

/// Under it the first line of the outbox that this reader may have written.
std::string reader_meta() { return fmt::format("reader {} since", intake::reader_version); }

const engine::Form& ledger_form() {
    static const engine::Form form{sql::meta_get,
                                   sql::meta_put,
                                   {[](engine::Connection& database) {
                                        database.define(sql::ledger_schema);
                                        database.execute(sql::ledger_open_index);
                                    },
                                    [](engine::Connection& database) { database.execute(sql::ledger_read_better); }}};
    return form;
}

sqlite::Database open(const std::filesystem::path& data) {
    service::make_folder(data);
    sqlite::Database database(data / "intake.sqlite", sqlite::Journaling::rollback);
    engine::bring_up_to_date(database, ledger_form(), (data / "intake.sqlite").string());
    return database;
}

Entry entry_of(const sqlite::Statement& s) {
    Entry out{s.integer(0), s.text(1), s.text(2), s.text(3), s.integer(4), Outcome::accepted, s.text(6), {}, {}, {}};
    out.outcome = loop::value_named<Outcome>(outcome_names, s.text(5)).value_or(Outcome::accepted);
    out.records = journal::parsed(s.text(7)).get<std::vector<std::string>>();
    out.problems = journal::parsed(s.text(8)).get<std::vector<Problem>>();
    out.is_open = s.integer(9) != 0;
    return out;
}

}  // namespace

Ledger::Ledger(const std::filesystem::path& data) : database_(open(data)) {}

std::int64_t Ledger::put(const Entry& e) {
    sqlite::Transaction transaction(database_);
    database_.prepare(sql::file_drop).bind(1, e.folder).bind(2, e.name).bind(3, e.sha256).run();
    auto last = database_.prepare(sql::file_last);
    last.step();
    const auto id = last.integer(0) + 1;
    database_.prepare(sql::file_put)
        .bind(1, id)
        .bind(2, e.folder)
        .bind(3, e.name)
        .bind(4, e.sha256)
        .bind(5, e.at)
        .bind(6, outcome_names[static_cast<std::size_t>(e.outcome)])
        .bind(7, e.kept_at)
        .bind(8, json(e.records).dump())
        .bind(9, json(e.problems).dump(-1, ' ', false, json::error_handler_t::replace))
        .bind(10, std::int64_t{e.outcome == Outcome::rejected})
        .run();
    database_.prepare(sql::file_close_earlier).bind(1, e.folder).bind(2, e.name).bind(3, id).run();
    transaction.commit();
    return id;
}

bool Ledger::knows(const std::string& folder, const std::string& name, const std::string& sha256) {
    auto s = database_.prepare(sql::file_known);
    return s.bind(1, folder).bind(2, name).bind(3, sha256).step();
}

std::optional<Entry> Ledger::entry(std::int64_t id) {
    auto s = database_.prepare(sql::file_named);
    if (!s.bind(1, id).step()) return std::nullopt;
    return entry_of(s);
}

std::vector<Entry> Ledger::recent(bool only_open, std::size_t limit) {
    std::vector<Entry> out;
    auto s = database_.prepare(sql::files_recent);
    s.bind(1, std::int64_t{only_open}).bind(2, static_cast<std::int64_t>(limit));
    while (s.step()) out.push_back(entry_of(s));
    return out;
}

std::uint64_t Ledger::open_count() {
    auto s = database_.prepare(sql::files_open_count);
    s.step();
    return static_cast<std::uint64_t>(s.integer(0));
}

std::uint64_t Ledger::accepted_since(loop::Moment since) {
    auto s = database_.prepare(sql::files_today);
    s.bind(1, since).step();
    return static_cast<std::uint64_t>(s.integer(0));
}

void Ledger::acknowledge(std::int64_t id) { database_.prepare(sql::file_close).bind(1, id).run(); }

void Ledger::forget(const Entry& e) {
    database_.prepare(sql::file_drop).bind(1, e.folder).bind(2, e.name).bind(3, e.sha256).run();
}

void Ledger::begin_reader(std::uint64_t next_seq) {
    sqlite::Transaction transaction(database_);
    auto known = database_.prepare(sql::meta_get);
    if (known.bind(1, reader_meta()).step()) return;
    database_.prepare(sql::meta_put).bind(1, reader_meta()).bind(2, std::to_string(next_seq)).run();
    transaction.commit();
}

bool Ledger::is_of_older_reader(std::uint64_t seq) {
    auto since = database_.prepare(sql::meta_get);
    return since.bind(1, reader_meta()).step() && seq < std::stoull(since.text(0));
}

void Ledger::put_read_better(const std::string& record_id, loop::Moment now) {
    database_.prepare(sql::read_better_put).bind(1, record_id).bind(2, std::int64_t{intake::reader_version}).run();
    auto counted = database_.prepare(sql::read_better_count);
    counted.bind(1, std::int64_t{intake::reader_version}).step();
    const auto name = fmt::format("reader-{}", intake::reader_version);
    Problem notice{name, 0, {}, {}, "read_better", {}, {}};
    notice.why = {
        fmt::format("{} 条已收的记录，由第 {} 版读取程序读得更好；原记录不变，不用逐份更正", counted.integer(0),
                    intake::reader_version),
        fmt::format("{} records that were taken before are read better by version {} of the reader; they stay "
                    "as they are, no corrections are needed",
                    counted.integer(0), intake::reader_version)};
    put({0, {}, name, name, now, Outcome::passed_over, {}, read_better(read_better_named), {std::move(notice)}, false});
}

std::vector<std::string> Ledger::read_better(std::size_t limit) {
    std::vector<std::string> out;
    auto s = database_.prepare(sql::read_better_some);
    s.bind(1, std::int64_t{intake::reader_version}).bind(2, static_cast<std::int64_t>(limit));
    while (s.step()) out.push_back(s.text(0));
    return out;
}

}  // namespace imloop::station::watch
