// Lists as files: exactly the rows that the list has under this filter, with what they hang on behind them.
#include <fmt/format.h>

#include <algorithm>
#include <boost/url/url_view.hpp>

#include "hub/calls/document.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/report/cases.hpp"
#include "hub/report/render.hpp"
#include "hub/report/suspects.hpp"
#include "hub/report/xlsx.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

std::vector<Column> with(std::vector<Column> first, const std::vector<Column>& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

loop::Words status_words(std::string_view code) {
    return code == "not_filed" ? loop::Words{"未备案", "not filed"} : code_words("station_status", code);
}

std::vector<Column> county_columns() {
    return with({{"county", "代码", "county"}, {"name", "县区", "name"}}, measure_columns());
}

std::vector<Column> station_columns() {
    return with({{"station_id", "编号", "station"},
                 {"name", "名称", "name"},
                 {"county", "县区", "county", false, county_words},
                 {"status", "状态", "status", false, status_words}},
                measure_columns());
}

/// The query as it was asked, for who reads the file later.
std::string filter_words(const Ask& ask) {
    std::string out;
    const boost::urls::url_view url = ask.request.http.url;
    for (const auto& param : url.params())
        if (param.key != "language") out += fmt::format("{}{}={}", out.empty() ? "" : " ", param.key, param.value);
    return out;
}

struct Form {
    std::string_view ending;
    std::string_view type;
};
constexpr Form forms[] = {{"csv", "text/csv; charset=utf-8"}, {"xlsx", xlsx_type}, {"pdf", pdf_type}};

/// The path ends in one of them.
const Form& form_of(const Ask& ask) {
    return *std::ranges::find_if(forms, [&](const Form& form) { return ask.request.path.ends_with(form.ending); });
}

Answer exported(Console& console, Ask& ask, Listed (*list)(Console&, Ask&), const loop::Words& title,
                std::vector<Column> columns, std::string_view name) {
    ask.is_export = true;
    const auto listed = list(console, ask);
    if (listed.refusal) return *listed.refusal;
    const auto& body = listed.body;
    const auto& items = body.at("items");
    if (!body.value("next", json()).is_null())
        return problem(413, {"too_many_rows", fmt::format("超过 {} 行，请缩小条件", export_rows_max),
                             fmt::format("more than {} rows: narrow the filter", export_rows_max)});
    Report report{title.zh, title.en, std::move(columns), {}, {}};
    for (const auto& item : items) report.rows.push_back(object_row(report.columns, item));
    const auto language = ask.request.http.query("language") == "en" ? Language::en : Language::zh;
    const auto said = [&](const char* zh, const char* en) { return std::string(language == Language::zh ? zh : en); };
    const Closing closing{
        {said("行数", "rows"), items.size()},
        {said("条件", "filter"), filter_words(ask)},
        {said("数据截至", "as of"), body.value("as_of", loop::format_day(console.today()))},
        {said("日志位置", "place in the log"), body.value("position", "")},
        {said("导出", "exported by"), ask.person.account.account + " " + loop::format_moment(console.now())}};
    const auto& form = form_of(ask);
    Answer out{200, std::string(form.type), {}, {}};
    if (form.type == pdf_type) {
        const auto hub =
            calls::hub_words(console.hub().readers.now(ask.scope)->loop.projection, console.hub().id, console.now());
        out = calls::document(report, language, {hub, filter_words(ask)}, closing, console.now());
        if (out.status != 200) return out;
    } else {
        out.body = form.type == xlsx_type ? as_xlsx(report, language, closing, console.now() / 1000)
                                          : as_csv(report, language, closing);
    }
    out.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}-{}.{}\"", name,
                                                                loop::format_day(console.today()), form.ending));
    console.audit(console.entry(ask, "export", fmt::format("{} {} rows {}", name, items.size(), filter_words(ask))));
    return out;
}

}  // namespace

Answer export_counties(Console& console, Ask& ask) {
    return exported(console, ask, list_counties, {"县区维修与闭环", "Repair and closing by county"}, county_columns(),
                    "counties");
}
Answer export_stations(Console& console, Ask& ask) {
    return exported(console, ask, list_stations, {"各站维修与闭环", "Repair and closing by station"}, station_columns(),
                    "stations");
}
Answer export_non_returns(Console& console, Ask& ask) {
    return exported(console, ask, list_non_returns, {"逾期未返回的车辆", "Vehicles that did not return"},
                    missing_columns(), "non-returns");
}
Answer export_flags(Console& console, Ask& ask) {
    return exported(console, ask, list_flags, {"需要看一看的记录", "Records that need a look"}, flag_columns(),
                    "suspects");
}
Answer export_cases(Console& console, Ask& ask) {
    return exported(console, ask, list_cases, {"整改台账", "Ledger of problems"}, case_columns(), "cases");
}

}  // namespace imloop::hub
