// A hub's database of an earlier program is taken over whole; one of a later program is not touched.
#include <catch2/catch.hpp>

#include "hub/store/store.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

std::string version_in(const std::filesystem::path& file) {
    sqlite::Database database(file);
    auto s = database.prepare("SELECT value FROM meta WHERE name = 'schema_version'");
    return s.step() ? s.text(0) : "";
}

const std::string newest = std::to_string(hub::store_form().version());

void change(const std::filesystem::path& file, const char* sql) { sqlite::Database(file).execute(sql); }

}  // namespace

TEST_CASE("a hub from before versions were kept holds what it held") {
    test::TestHub t;
    const auto file = t.folder.path() / "hub" / "hub.sqlite";
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    t.add("I610404-01", key.public_key());
    const auto before = t.exported();
    t.hub.reset();
    CHECK(version_in(file) == newest);
    // Invitations, figures of traces and digests came later than the first hubs.
    change(file,
           "DELETE FROM meta WHERE name = 'schema_version'; DROP TABLE invites; DROP TABLE trace_figures; ALTER TABLE "
           "meta DROP COLUMN digest; ALTER TABLE segments DROP COLUMN digest; ALTER TABLE traces DROP COLUMN digest");
    t.open();
    CHECK(t.exported() == before);
    CHECK(t.admin("station_invite", {{"id", "I610404-02"},
                                     {"name", "x"},
                                     {"hours", 1},
                                     {"host", "h"},
                                     {"port", "1"},
                                     {"valid_from", "2020-01-01"}})
              .status == 200);
    CHECK(t.clean());
    t.hub.reset();
    CHECK(version_in(file) == newest);
}

TEST_CASE("a hub's database of a newer program is refused") {
    test::TestHub t;
    const auto file = t.folder.path() / "hub" / "hub.sqlite";
    t.hub.reset();
    change(file, "UPDATE meta SET value = '99' WHERE name = 'schema_version'");
    CHECK_THROWS_WITH(t.open(), Catch::Contains("hub.sqlite") && Catch::Contains("newer program"));
    CHECK(version_in(file) == "99");
}
