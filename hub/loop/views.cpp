#include "hub/loop/views.hpp"

#include <string>
#include <utility>
#include <vector>

#include "hub/loop/view_statements.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

const std::vector<std::pair<std::string, std::string>>& views() {
    static const std::vector<std::pair<std::string, std::string>> all{{"station_counties", sql::station_counties},
                                                                      {"v_episodes", sql::v_episodes},
                                                                      {"v_counties", sql::v_counties()},
                                                                      {"v_stations", sql::v_stations()}};
    return all;
}

}  // namespace

void make_views(engine::Connection& database) {
    for (const auto& [name, select] : views()) database.define_view(name, select);
}

std::string form_of_views() {
    std::string all;
    for (const auto& [name, select] : views()) all += name + "\n" + select + "\n";
    return journal::to_hex(journal::sha256(all));
}

}  // namespace imloop::hub
