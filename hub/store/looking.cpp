// What can be said of a database without opening it as a store: whether a hub's is there, and what in it is damaged.
#include <filesystem>

#include "hub/accounts/audit.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/statements.hpp"
#include "hub/store/store.hpp"

namespace imloop::hub {

bool holds_hub(const std::string& place) {
    std::error_code unreadable;
    if (!is_server(place) && (std::filesystem::file_size(place, unreadable) == 0 || unreadable)) return false;
    const auto database = connect(place, is_server(place) ? Use::reading : Use::writing);
    if (!database->has_table("meta") || !database->has_table("segments")) return false;
    return database->prepare(sql::segment_any).step();
}

std::size_t damaged_rows(engine::Connection& database) {
    std::size_t out = 0;
    each_row(database, sql::segments_page, std::int64_t{0}, large_rows_a_page, position_of,
             [&](const Statement& s) { out += s.text(7) != segment_digest(s); });
    each_row(database, sql::traces_page, std::string(), large_rows_a_page, first_column,
             [&](const Statement& s) { out += s.text(4) != trace_digest(s); });
    each_row(database, sql::figures_page, std::string(), small_rows_a_page, first_column,
             [&](const Statement& s) { out += s.text(3) != figures_digest(s); });
    for (auto s = database.prepare(sql::meta_all); s.step();) out += s.text(2) != row_digest({s.text(0), s.text(1)});
    for (const auto* table : kept_tables) out += table->damaged(database).size();
    if (verify_audit(database).broken_at) ++out;  // behind it the chain says no more
    return out;
}

}  // namespace imloop::hub
