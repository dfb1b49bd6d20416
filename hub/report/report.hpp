// A report: what an officer asks of the projection, as a table of typed cells. One file a report; see make().
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"
#include "loop/tables.hpp"
#include "loop/tally.hpp"

namespace imloop::hub {

struct Column {
    std::string name;  ///< wire name
    std::string zh;
    std::string en;
    bool is_rate = false;                              ///< 0 to 1, shown as per cent
    loop::Words (*words)(std::string_view) = nullptr;  ///< of cells that hold a code; JSON gives the code itself
};

struct Report {
    std::string zh;
    std::string en;
    std::vector<Column> columns;
    /// A cell a column: text, number, true/false, null; a list of codes; or a sentence, `{zh, en}`.
    std::vector<std::vector<nlohmann::json>> rows;
    nlohmann::json about;  ///< period, as_of, view and what else the figures hang on
};

/// Whether the receipt of this journal line holds.
using ReceiptCheck = std::function<bool(const std::string& source, const std::string& epoch, std::uint64_t seq)>;

struct ReportRequest {
    loop::Period period;  ///< of first failures
    loop::Day as_of = 0;
    loop::CountyView view = loop::CountyView::station;
    std::string county;  ///< empty: all
    std::string plate, vin;
    bool unmasked = false;
    std::size_t limit = 0;  ///< rows at most; 0: all
    ReceiptCheck receipt_holds;
    const loop::rules::Suspects* suspects = nullptr;  ///< whose records counties and stations count; none: none
};

/// The period, the day and the view a report was asked for.
nlohmann::json about(const ReportRequest&);
/// Nothing for a name that is no report: counties, stations, non-returns, vehicle, review.
std::optional<Report> make_report(std::string_view name, const loop::Projection&, const ReportRequest&);

Report report_counties(const loop::Projection&, const ReportRequest&);
Report report_stations(const loop::Projection&, const ReportRequest&);
/// Longest missing first.
Report report_non_returns(const loop::Projection&, const ReportRequest&);
/// Every record of the vehicle that `plate` and `vin` name now. No rows where they name none.
Report report_vehicle(const loop::Projection&, const ReportRequest&);
/// The same of the vehicle that stands there.
Report vehicle_story(const loop::Projection&, const ReportRequest&, const loop::Placement&);
Report report_review(const loop::Projection&, const ReportRequest&);

/// The measures that counties and stations give, and these by the names of their columns.
std::vector<Column> measure_columns();
nlohmann::json measures_object(const loop::Measures&, std::int64_t suspects);

/// A vehicle whose deadline has passed.
struct Missing {
    loop::Episode episode;
    std::string vin;     ///< may be empty
    std::string county;  ///< in the request's view; empty where it is outside
};
/// Those of the request, longest missing first, then by episode.
std::vector<Missing> missing_vehicles(const loop::Projection&, const ReportRequest&);
std::vector<Column> missing_columns();
/// What report_non_returns() says of one, by the names of its columns.
nlohmann::json missing_object(const loop::Projection&, const ReportRequest&, const Missing&);
/// The cells of a row by the names of its report's columns.
nlohmann::json row_object(const std::vector<Column>&, const std::vector<nlohmann::json>& row);
/// The other way round. The object has them all.
std::vector<nlohmann::json> object_row(const std::vector<Column>&, const nlohmann::json& object);

std::string shown_plate(const std::string& normal, bool unmasked);
std::string shown_vin(const std::string& normal, bool unmasked);
/// Of a county's code, of `outside` and of `all`; the code alone where it is in no table.
loop::Words county_words(std::string_view code);

}  // namespace imloop::hub
