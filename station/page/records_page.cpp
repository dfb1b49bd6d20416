#include "station/page/records_page.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <limits>

#include "journal/json.hpp"
#include "loop/tables.hpp"
#include "markup/csv.hpp"
#include "station/ids.hpp"
#include "station/own_search.hpp"
#include "station/page/record_row.hpp"
#include "station/page/select.hpp"
#include "station/page/words.hpp"

namespace imloop::station::page {
namespace {

using nlohmann::json;

Choices showings(const Site& site, const Language& w) {
    const auto choice = [&](Showing one, std::string_view zh, std::string_view en) {
        return std::pair(std::string(name_of(one)), std::string(w(zh, en)));
    };
    Choices out;
    if (site.config().station_id.starts_with('I'))
        out = {choice(Showing::failed, "检验不合格", "Failed tests"),
               choice(Showing::passed, "检验合格", "Passed tests")};
    else
        out = {choice(Showing::repairs, "维修", "Repairs")};
    out.push_back(choice(Showing::others, "其他", "Others"));
    out.push_back(choice(Showing::waiting, "等待上传", "Waiting to be sent"));
    out.push_back(choice(Showing::rejected, "被退回", "Returned"));
    out.push_back(choice(Showing::voided, "已作废", "Void"));
    return out;
}

std::optional<loop::Day> day_in(const Request& r, const char* name) { return loop::parse_day(r.value(name)); }

Wanted wanted_of(const Request& r) {
    return {r.value("text"), day_in(r, "from"), day_in(r, "to"), showing_named(r.value("show")).value_or(Showing::all)};
}

Html field(const Request& r, const char* name, std::string_view label, const char* type) {
    const auto told = r.told.value_or(Told{});
    return html(
        R"(<div{}><label for="{}">{}</label><input id="{}" name="{}" type="{}" value="{}" autocomplete="off"{}>{}</div>)",
        field_class(told.problems, name), name, label, name, name, type, r.value(name),
        field_marks(told.problems, name), field_error(told.problems, name));
}

Html form_of(const Site& site, const Request& r) {
    const auto& w = r.words;
    return html(
        R"(<form method="post" action="/records" class="section no-print"><input type="hidden" name="token" value="{}"><div class="fields">{}{}{}<div><label for="show">{}</label><select id="show" name="show">{}</select></div><div><span class="label">&nbsp;</span><button class="main">{}</button></div></div></form>)",
        site.token, field(r, "text", w("车牌、VIN、报告号或工单号", "Plate, VIN, report or order number"), "search"),
        field(r, "from", w("从", "From"), "date"), field(r, "to", w("到", "To"), "date"), w("哪些", "Which"),
        options(showings(site, w), r.value("show"), w("全部", "All")), w("查找", "Search"));
}

/// Today, this month, the month before.
std::array<Span, 3> spans_of(loop::Day today) {
    const auto first_of = [](loop::Day day) {
        return loop::parse_day(loop::format_day(day).substr(0, 8) + "01").value();
    };
    const auto month = first_of(today), before = first_of(month - 1);
    return {Span{today, today}, Span{month, today}, Span{before, month - 1}};
}

std::string share(std::size_t part, std::size_t of) {
    return of == 0 ? "" : fmt::format("{:.1f}%", 100.0 * static_cast<double>(part) / static_cast<double>(of));
}

Html figures_table(const Site& site, const std::array<Figures, 3>& figures, const Language& w) {
    Html rows;
    const auto row = [&](std::string_view name, const auto& said) {
        rows += html(R"(<tr><th scope="row">{}</th>)", name);
        for (const auto& one : figures) rows += html(R"(<td class="num">{}</td>)", said(one));
        rows += Html{"</tr>"};
    };
    const auto with_share = [](std::size_t part, std::size_t of) {
        const auto rate = share(part, of);
        return rate.empty() ? fmt::format("{}", part) : fmt::format("{} ({})", part, rate);
    };
    if (site.config().station_id.starts_with('I')) {
        row(w("检验", "Tests"), [](const Figures& f) { return std::to_string(f.tests); });
        row(w("不合格", "Failed"), [&](const Figures& f) { return with_share(f.failed, f.tests); });
        row(w("复检", "Retests"), [](const Figures& f) { return std::to_string(f.retests); });
        row(w("复检合格", "Retests passed"), [&](const Figures& f) { return with_share(f.retests_passed, f.retests); });
    } else {
        row(w("维修", "Repairs"), [](const Figures& f) { return std::to_string(f.repairs); });
        row(w("合计，元", "Total, CNY"),
            [](const Figures& f) { return fmt::format("{}.{:02}", f.repair_fen / 100, f.repair_fen % 100); });
    }
    return html(
        R"(<table class="narrow"><thead><tr><td></td><th class="num">{}</th><th class="num">{}</th><th class="num">{}</th></tr></thead><tbody>{}</tbody></table>)",
        w("今天", "Today"), w("本月", "This month"), w("上月", "Last month"), rows);
}

Html note_of(const OwnRecord& one, const Language& w) {
    if (one.is_void) return html("<small>{}</small>", w("已作废", "Void"));
    return one.correction.empty() ? Html{} : html("<small>{}</small>", w("已更正", "Corrected"));
}

std::string word_of(const std::string& code, const Language& w) {
    if (code.empty()) return code;
    const auto words = loop::term(code);
    return std::string(w(words.zh, words.en));
}

void put_row(markup::Csv& out, const OwnRecord& one, const Language& w) {
    const auto record = one.is_void ? journal::parsed_or_discarded(one.line.line) : one.now();
    const auto text = [](const json& in, const char* name) {
        const auto it = in.is_object() ? in.find(name) : in.end();
        return it != in.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    const auto vehicle = record.is_object() ? record.value("vehicle", json()) : json();
    const auto fee = record.is_object() ? record.value("total_fee", json()) : json();
    const auto either = [&](const char* first, const char* second) {
        const auto found = text(record, first);
        return found.empty() ? text(record, second) : found;
    };
    out.text(one.fact ? loop::format_moment(one.fact->occurred_at).substr(0, 19).replace(10, 1, " ") : "");
    out.text(one.fact ? word_of(std::string(name_of(one.fact->kind)), w) : "");
    out.text(shown_plate(text(vehicle, "plate")));
    out.text(text(vehicle, "vin"));
    out.text(either("report_no", "work_order_no"));
    out.text(word_of(either("verdict", "outcome"), w));
    out.value(fee.is_number() ? fee.dump() : "");
    out.text(line_state(one.line.status, w).word);
    out.text(one.is_void ? w("已作废", "Void") : one.correction.empty() ? "" : w("已更正", "Corrected"));
    out.value(std::to_string(one.line.seq));
    out.text(one.line.record_id);
    out.end_row();
}

}  // namespace

Html records_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto wanted = wanted_of(r);
    const auto asked = std::strtoull(r.value("before").c_str(), nullptr, 10);
    const auto before = asked == 0 ? std::numeric_limits<std::uint64_t>::max() : asked;
    const auto spans = spans_of(loop::day_of(unix_now()));
    std::array<Figures, 3> figures;
    std::vector<OwnRecord> shown;
    std::size_t total = 0, older = 0;
    each_own(site.outbox(), [&](const OwnRecord& one) {
        for (std::size_t i = 0; i < spans.size(); ++i)
            if (one.fact && spans.at(i).holds(loop::day_of(one.fact->occurred_at))) add_to(figures.at(i), one);
        if (!is_wanted(one, wanted)) return;
        ++total;
        if (one.line.seq >= before) return;
        if (shown.size() < page_rows)
            shown.push_back(one);
        else
            ++older;
    });
    Html rows;
    for (const auto& one : shown) rows += record_row(site, one.line, w, note_of(one, w));
    const auto kept = url_encoded(r.value("kept"));
    Html list = html("<p>{}</p>",
                     r.told ? w("没有符合条件的记录。", "Nothing matches.") : w("还没有记录。", "No records yet."));
    if (total > 0)
        list = html(
            R"(<p>{} <a href="/records/file?kept={}">{}</a></p><table><caption>{}</caption>{}<tbody>{}</tbody></table>)",
            fmt::format(fmt::runtime(w("共 {} 条。", "{} in all.")), total), kept,
            w("导出表格（Excel 可打开）", "Save as a table (opens in Excel)"), w("记录", "Records"), record_head(w),
            rows);
    if (older > 0)
        list += html(R"(<p><a href="/records?kept={}&amp;before={}">{}</a></p>)", kept, shown.back().line.seq,
                     fmt::format(fmt::runtime(w("更早的，还有 {} 条", "Older ones, {} more")), older));
    return html(R"(<div class="pad"><h1>{}</h1>{}{}{}</div>)", w("记录", "Records"), figures_table(site, figures, w),
                form_of(site, r), list);
}

Next records_asked(Site&, const Request& r) {
    Told told;
    for (const auto* name : {"from", "to"})
        if (!r.value(name).empty() && !day_in(r, name))
            told.problems.push_back(
                {name, std::string(r.words("日期写成 2026-03-02。", "Write a day as 2026-03-02."))});
    return {"/records", std::move(told)};
}

Answer records_file(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto wanted = wanted_of(r);
    markup::Csv out;
    for (const auto name :
         {w("时间", "time"), w("种类", "kind"), w("车牌", "plate"), std::string_view("VIN"),
          w("报告号或工单号", "report or order number"), w("结果", "result"), w("合计，元", "total, CNY"),
          w("状态", "state"), w("更正", "correction"), w("序号", "number"), w("记录编号", "record id")})
        out.text(name);
    out.end_row();
    each_own(site.outbox(), [&](const OwnRecord& one) {
        if (is_wanted(one, wanted)) put_row(out, one, w);
    });
    const auto name = fmt::format("{}-{}.csv", site.config().station_id, loop::format_day(loop::day_of(unix_now())));
    return {200,
            "text/csv; charset=utf-8",
            out.take(),
            {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", name)}}};
}

}  // namespace imloop::station::page
