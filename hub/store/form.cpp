// The form of the store and the way to it from each earlier one. A new database goes the same way, on either engine.
#include "engine/form.hpp"

#include "hub/accounts/statements.hpp"
#include "hub/store/alarms.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/statements.hpp"
#include "hub/store/store.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using engine::Statement;

/// Rows from before they had one get their digest; of process data and figures too.
void add_digests(Connection& database) {
    database.define(sql::digest_columns);
    const auto each = [&](const char* page, auto after, const char* put, auto key, auto digest) {
        auto update = database.prepare(put);
        each_row(database, page, after, large_rows_a_page, key,
                 [&](const Statement& row) { update.bind(1, key(row)).bind_blob(2, digest(row)).run(); });
    };
    each(sql::segments_page, std::int64_t{0}, sql::segment_digest_put, position_of, segment_digest);
    each(sql::traces_page, std::string(), sql::trace_digest_put, first_column, trace_digest);
    each(sql::figures_page, std::string(), sql::figures_digest_put, first_column, figures_digest);
    std::vector<std::pair<std::string, std::string>> meta;
    for (auto s = database.prepare(sql::meta_all); s.step();) meta.emplace_back(s.text(0), s.text(1));
    for (const auto& [row, value] : meta)
        database.prepare(sql::meta_put_whole).bind(1, row).bind(2, value).bind_blob(3, row_digest({row, value})).run();
}

/// Each once, with how often it came; those from before are taken over when rows get their digests.
void set_alarms_aside(Connection& database) {
    database.execute(sql::alarms_rename);
    database.define(sql::alarms_table);
}

void count_alarms(Connection& database) {
    {
        auto before = database.prepare(sql::alarms_before);
        while (before.step())
            raise_alarm(database, before.text(0), before.text(1), static_cast<std::uint64_t>(before.integer(2)),
                        before.integer(3), before.text(4), before.text(5));
    }
    database.execute(sql::alarms_before_drop);
}

void add_kept_digests(Connection& database) {
    database.execute(sql::clearances_rename);
    database.define(sql::kept_digests);
    if (database.has_table(sql::alarms_set_aside)) count_alarms(database);
    for (const auto* table : kept_tables)
        table->each_page(database, [&](std::span<const FoundRow> rows) {
            std::vector<KeptRow> whole;
            for (const auto& one : rows) whole.emplace_back(one.row.begin(), one.row.end() - 1);
            table->put(database, whole);
        });
}

}  // namespace

const engine::Form& store_form() {
    static const engine::Form form{sql::meta_get,
                                   sql::meta_put,
                                   {[](Connection& database) {
                                        database.define(sql::schema);
                                        database.execute(sql::segments_index);
                                    },
                                    [](Connection& database) { database.define(sql::figures_table); }, add_digests,
                                    [](Connection& database) {
                                        set_alarms_aside(database);
                                        database.define(sql::certificates_table);
                                    },
                                    [](Connection& database) { database.define(sql::accounts_tables); },
                                    // Process data by columns, which earlier programs can't read.
                                    [](Connection&) {}, add_kept_digests}};
    return form;
}

}  // namespace imloop::hub
