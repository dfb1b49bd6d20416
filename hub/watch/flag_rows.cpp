#include "hub/watch/flag_rows.hpp"

#include <map>
#include <vector>

#include "hub/store/typed_statements.hpp"
#include "hub/watch/view_statements.hpp"
#include "loop/rows/key.hpp"

namespace imloop::hub {
namespace {

const TypedTable flags{"flags",
                       1,
                       {{"flag_id", "TEXT NOT NULL"},
                        {"rule", "TEXT NOT NULL"},
                        {"grade", "TEXT NOT NULL"},
                        {"score_permille", "INTEGER NOT NULL"},
                        {"station_id", "TEXT"},
                        {"county", "INTEGER"},
                        {"day", "INTEGER"},
                        {"records", "INTEGER NOT NULL"},
                        {"state", "TEXT NOT NULL"}}};

TypedRow cells_of(const loop::rules::Flag& flag, const loop::rules::Suspects& suspects) {
    const auto decision = suspects.decision(flag.flag_id);
    return {TypedCell::text(flag.flag_id),
            TypedCell::text(flag.rule),
            TypedCell::text(name_of(flag.grade)),
            TypedCell(flag.score_permille),
            flag.station_id.empty() ? TypedCell() : TypedCell::text(flag.station_id),
            TypedCell::code(flag.county),
            flag.day == 0 ? TypedCell() : TypedCell(flag.day),
            TypedCell(static_cast<std::int64_t>(flag.records.size())),
            TypedCell::text(decision ? decision->action : "open")};
}

/// As a statement gives it.
std::string read_of(const TypedCell& cell) {
    return cell.is == TypedCell::Is::number ? std::to_string(cell.number) : cell.bytes;
}

}  // namespace

void FlagChanges::see(std::string_view table, std::string_view key) {
    // Of a decision the first part is what it is about, which may be no flag.
    if (table == "watch_flags" || table == "watch_decisions") ids_.insert(loop::KeyReader(key).text());
}

void make_flags(engine::Connection& database) {
    if (database.has_table("flags")) return;
    engine::Transaction transaction(database);
    make(database, flags, "");
    database.define_view("v_flags", sql::v_flags(database.has_table("station_counties")));
    transaction.commit();
}

void clear_flags(engine::Connection& database) { clear(database, flags, ""); }

void write_flags(engine::Connection& database, const FlagChanges& changes, const loop::rules::Suspects& suspects) {
    TypedBatch batch;
    for (const auto& id : changes.ids()) {
        const auto flag = suspects.flag(id);
        if (!flag) {
            batch.gone.push_back(TypedCell::text(id));
            continue;
        }
        batch.put.push_back(cells_of(*flag, suspects));
    }
    write(database, flags, "", batch);
}

bool are_flags_of(engine::Connection& database, const loop::rules::Suspects& suspects) {
    constexpr std::int64_t rows_a_page = 1000;
    std::map<std::string, std::vector<std::string>> held;
    auto page = database.prepare(sql::typed_page(flags, ""));
    std::string last;
    for (std::int64_t rows = rows_a_page; rows == rows_a_page;) {
        page.bind(1, last).bind(2, rows_a_page);
        for (rows = 0; page.step(); ++rows) {
            last = page.text(0);
            auto& row = held[last];
            for (std::size_t n = 0; n < flags.columns.size(); ++n) row.push_back(page.text(static_cast<int>(n)));
        }
    }
    bool are_same = true;
    std::size_t count = 0;
    suspects.each_flag([&](const loop::rules::Flag& flag) {
        std::vector<std::string> row;
        for (const auto& cell : cells_of(flag, suspects)) row.push_back(read_of(cell));
        const auto found = held.find(flag.flag_id);
        are_same = are_same && found != held.end() && found->second == row;
        ++count;
    });
    return are_same && count == held.size();
}

}  // namespace imloop::hub
