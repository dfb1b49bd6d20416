// Reports (hub/report), as they are asked for.
#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/report/xlsx.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

namespace {

Answer workbook(const Report& report, loop::Moment now) {
    Closing closing{{"报表 / report", report.zh + " / " + report.en}, {"行数 / rows", report.rows.size()}};
    for (const auto& [name, value] : report.about.items())
        closing.emplace_back(name, value.is_string() ? value : json(value.dump()));
    return {200, std::string(xlsx_type), as_xlsx(report, Language::zh, closing, now / 1000), {}};
}

}  // namespace

Answer report(Context& c, const json& in) {
    ReportRequest request;
    request.as_of = loop::day_of(c.now);
    request.period = {loop::parse_day("1970-01-01").value(), 0};
    const auto day = [&](const char* name, loop::Day& to) {
        if (!in.contains(name)) return true;
        const auto parsed = loop::parse_day(in.at(name).get<std::string>());
        if (parsed) to = *parsed;
        return parsed.has_value();
    };
    bool right = day("as_of", request.as_of);
    request.period.to = request.as_of;
    right = day("from", request.period.from) && day("to", request.period.to) && right;
    if (!right) return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    if (request.period.from > request.period.to)
        return problem(400, {"bad_period", "from 晚于 to", "from is after to"});
    const std::string view = in.value("view", "station");
    if (view != "station" && view != "registered")
        return problem(400, {"bad_view", "--view 可用 station, registered", "views are station and registered"});
    request.view = view == "registered" ? loop::CountyView::registered : loop::CountyView::station;
    request.county = in.value("county", "");
    request.plate = in.value("plate", "");
    request.vin = in.value("vin", "");
    request.unmasked = in.value("unmasked", false);
    request.limit = in.value("limit", std::size_t{0});
    const std::string name = in.at("report"), form = in.value("form", "table");
    if (name == "vehicle" && request.plate.empty() && request.vin.empty())
        return problem(400, {"vehicle_unnamed", "请给出 --plate 或 --vin", "give --plate or --vin"});

    std::optional<Report> made;
    c.hub.watch->look(c.scope, Watch::Sweep::of_today, [&](const Watch::View& seen) {
        auto& reader = *seen.reader;
        request.suspects = &seen.suspects;
        request.receipt_holds = receipt_check(reader);
        made = make_report(name, reader.loop.projection, request);
        if (!made) return;
        made->about["position"] = c.hub.place_named(reader.store.position());
        made->about["watched_to"] = c.hub.place_named(seen.watched_to);
    });
    if (!made)
        return problem(404, {"unknown_report", "没有这种报表，可用 counties, stations, non-returns, vehicle, review",
                             "no such report"});
    return form == "xlsx" ? workbook(*made, c.now) : rendered(*made, form);
}

}  // namespace imloop::hub::calls
