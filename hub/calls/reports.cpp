// Reports (hub/report), as they are asked for.
#include <fmt/format.h>

#include <map>

#include "hub/calls/calls.hpp"
#include "hub/calls/document.hpp"
#include "hub/calls/shown.hpp"
#include "hub/report/xlsx.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

namespace {

/// What about() and the report's own notes are called on paper.
std::string note_name(const std::string& name) {
    static const std::map<std::string, std::string> names{{"from", "首次不合格自 / first failure from"},
                                                          {"to", "首次不合格至 / first failure to"},
                                                          {"as_of", "数据截至 / as of"},
                                                          {"view", "口径 / view"},
                                                          {"county", "县区 / county"},
                                                          {"count", "总数 / count"},
                                                          {"note", "说明 / note"},
                                                          {"episodes", "各次不合格 / episodes"},
                                                          {"position", "日志位置 / place in the log"},
                                                          {"watched_to", "规则核到 / rules have seen to"}};
    const auto it = names.find(name);
    return it == names.end() ? name : it->second;
}

json note(const std::string& name, const json& value) {
    if (name == "view")
        return value == "registered" ? "车籍所在县 / county of the vehicle" : "检验站所在县 / county of the station";
    if (value.is_string() || value.is_number() || value.is_null()) return value;
    if (value.is_object() && value.contains("zh")) return value;
    return value.dump();
}

Closing closing_of(const Report& report, loop::Moment now) {
    Closing out{{"报表 / report", report.zh + " / " + report.en}, {"行数 / rows", report.rows.size()}};
    for (const auto& [name, value] : report.about.items()) out.emplace_back(note_name(name), note(name, value));
    out.emplace_back("制成 / made", loop::format_moment(now));
    return out;
}

std::string filter_words(const Report& report, const ReportRequest& request) {
    if (!report.about.contains("from")) return "截至 " + loop::format_day(request.as_of);
    auto out = fmt::format("首次不合格 {} 至 {}，截至 {}，{}", loop::format_day(request.period.from),
                           loop::format_day(request.period.to), loop::format_day(request.as_of),
                           request.view == loop::CountyView::registered ? "按车籍所在县" : "按检验站所在县");
    if (!request.county.empty()) out += "，" + county_words(request.county).zh;
    return out;
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
    std::string hub;
    c.hub.watch->look(c.scope, Watch::Sweep::of_today, [&](const Watch::View& seen) {
        auto& reader = *seen.reader;
        request.suspects = &seen.suspects;
        request.receipt_holds = receipt_check(reader);
        made = make_report(name, reader.loop.projection, request);
        if (!made) return;
        hub = hub_words(reader.loop.projection, c.hub.id, c.now);
        made->about["position"] = c.hub.place_named(reader.store.position());
        made->about["watched_to"] = c.hub.place_named(seen.watched_to);
    });
    if (!made)
        return problem(404, {"unknown_report", "没有这种报表，可用 counties, stations, non-returns, vehicle, review",
                             "no such report"});
    if (form == "pdf")
        return document(*made, Language::zh, {hub, filter_words(*made, request)}, closing_of(*made, c.now), c.now);
    if (form == "xlsx")
        return {200, std::string(xlsx_type), as_xlsx(*made, Language::zh, closing_of(*made, c.now), c.now / 1000), {}};
    return rendered(*made, form);
}

}  // namespace imloop::hub::calls
