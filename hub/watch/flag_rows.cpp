#include "hub/watch/flag_rows.hpp"

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
        const auto decision = suspects.decision(id);
        batch.put.push_back({TypedCell::text(id), TypedCell::text(flag->rule), TypedCell::text(name_of(flag->grade)),
                             TypedCell(flag->score_permille),
                             flag->station_id.empty() ? TypedCell() : TypedCell::text(flag->station_id),
                             TypedCell::code(flag->county), flag->day == 0 ? TypedCell() : TypedCell(flag->day),
                             TypedCell(static_cast<std::int64_t>(flag->records.size())),
                             TypedCell::text(decision ? decision->action : "open")});
    }
    write(database, flags, "", batch);
}

}  // namespace imloop::hub
