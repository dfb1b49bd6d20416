#include "hub/report/peers.hpp"

#include <algorithm>

#include "loop/measures.hpp"
#include "loop/stations/measured.hpp"
#include "loop/tables.hpp"

namespace imloop::hub {
namespace {

using loop::stations::Figures;
using nlohmann::json;

constexpr int year_days = 365;
constexpr double expected_min = 5;

struct Figure {
    const char* name;
    loop::Words words;
};

/// Observed over expected of the stations that have enough, ascending.
std::vector<double> ratios_of(const Figures& figures) {
    std::vector<double> out;
    for (const auto& m : figures.each)
        if (m.enough) out.push_back(static_cast<double>(m.observed) / m.expected);
    std::ranges::sort(out);
    return out;
}

void add(std::map<std::string, json>& to, const Figure& figure, const Figures& figures) {
    const auto ratios = ratios_of(figures);
    const auto at = [&](double share) {
        return ratios.at(static_cast<std::size_t>(share * static_cast<double>(ratios.size() - 1)));
    };
    for (const auto& m : figures.each) {
        if (m.of == 0) continue;
        const auto of = static_cast<double>(m.of);
        const auto own = loop::wilson(m.observed, m.of);
        json row{{"figure", figure.name},
                 {"zh", figure.words.zh},
                 {"en", figure.words.en},
                 {"of", m.of},
                 {"rate", static_cast<double>(m.observed) / of},
                 {"low", own.low},
                 {"high", own.high},
                 {"enough", m.enough},
                 {"peers", nullptr},
                 {"peers_low", nullptr},
                 {"peers_high", nullptr}};
        if (m.enough) {
            row["peers"] = m.expected / of;
            row["peers_low"] = std::min(1.0, m.expected / of * at(0.1));
            row["peers_high"] = std::min(1.0, m.expected / of * at(0.9));
        }
        to.try_emplace(m.station_id, json::array()).first->second.push_back(std::move(row));
    }
}

}  // namespace

std::map<std::string, json> peer_figures(const loop::rules::Statistics& statistics, loop::Day as_of) {
    using namespace loop::stations;
    std::map<std::string, json> out;
    const auto stations = [&](const Figure& figure, Pick pick) {
        add(out, figure, stations_by(statistics.tallies(), {window(as_of, year_days), pick, expected_min}));
    };
    stations({"failed_first_tests", {"首检不合格率", "first tests failed"}}, failed_first_tests);
    stations({"passed_retests", {"复检合格率", "retests passed"}}, passed_retests);
    stations({"aborted_tests", {"中止的检验", "tests aborted"}}, aborted_tests);
    stations({"silent_obd", {"OBD 不通讯", "OBD silent"}}, silent_obd);
    const auto shops = [&](const Figure& figure, const SharesByStationShop& shares, Hits hits) {
        add(out, figure,
            against_each_other(units_by(&StationShopWeek::shop_id, shares, window(as_of, year_days), hits),
                               expected_min));
    };
    shops({"repaired_then_passed", {"修后首次复检合格率", "passed the first retest after repair"}},
          statistics.journeys().retests, Hits::passed);
    shops({"repaired_then_failed_later", {"修好后再次不合格（耐久性）", "failed again later (durability)"}},
          statistics.journeys().later, Hits::failed);
    return out;
}

}  // namespace imloop::hub
