#include "hub/store/place.hpp"

#include "postgres/postgres.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {

std::string place_in(const std::filesystem::path& data, const std::string& named) {
    if (!named.empty()) return is_server(named) ? named : std::filesystem::absolute(named).string();
    const auto written = data / place_file;
    if (!std::filesystem::exists(written)) return data / "hub.sqlite";
    auto place = service::read_file(written);
    while (!place.empty() && place.back() == '\n') place.pop_back();
    return place;
}

bool is_server(const std::string& place) {
    const auto colon = place.find("://");
    if (colon == std::string::npos) return false;
    const auto scheme = place.substr(0, colon);
    if (scheme == "postgresql" || scheme == "postgres") return true;
    throw engine::StoreError("不认识的数据库 " + scheme +
                             "://：用 postgresql://，或不写 --store 用 SQLite / unknown "
                             "database " +
                             scheme + "://: name postgresql://, or leave out --store for SQLite");
}

std::string shown(const std::string& place) { return is_server(place) ? postgres::shown(place) : place; }

std::unique_ptr<engine::Connection> connect(const std::string& place, Use use) {
    if (is_server(place))
        return std::make_unique<postgres::Database>(
            place, use == Use::writing ? postgres::Role::writer : postgres::Role::reader);
    auto database = std::make_unique<sqlite::Database>(
        place, use == Use::writing ? sqlite::Journaling::write_ahead : sqlite::Journaling::read_only);
    // Rows are written all over the file: what several commits change is to be written back once.
    if (use == Use::writing) database->execute("PRAGMA wal_autocheckpoint=8000");
    return database;
}

}  // namespace imloop::hub
