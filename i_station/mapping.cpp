// The mapping of a table as a plain form: a sample is chosen, each column gets its meaning, the first rows are shown as
// the records they would become, and the mapping is saved for a watched folder.
#include <fmt/format.h>

#include <set>

#include "i_station/files.hpp"
#include "loop/json.hpp"
#include "loop/tables.hpp"
#include "loop/written/amount.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/profiles/mapping_form.hpp"
#include "station/page/select.hpp"
#include "station/page/words.hpp"
#include "station/watch/reading.hpp"

namespace imloop::i_station {

using namespace station::page;
namespace intake = station::intake;
namespace fs = std::filesystem;
using intake::Json;

namespace {

constexpr std::size_t rows_tried = 20, columns_max = 256, words_max = 60;

fs::path sample_folder(Site& site) { return site.config().data / "mapping"; }

/// Of the sample at hand: its name and what is in it.
struct Sample {
    std::string name;
    journal::Result<intake::Table> table;
};

std::optional<Sample> sample_of(Site& site) {
    const auto name = station::contents(sample_folder(site) / "sample.name");
    const auto bytes = station::contents(sample_folder(site) / "sample");
    if (!name || !bytes) return std::nullopt;
    return Sample{*name, intake::read_table(*bytes)};
}

void keep_sample(Site& site, const std::string& name, const std::string& bytes) {
    fs::create_directories(sample_folder(site));
    station::replace_file(sample_folder(site) / "sample", bytes);
    station::replace_file(sample_folder(site) / "sample.name", name);
}

/// Tables that stand in watched folders, rejected ones too.
std::vector<fs::path> tables_here(Site& site) {
    std::vector<fs::path> out;
    for (const auto& f : site.watching()->folders()) {
        std::error_code error;
        for (fs::directory_iterator at(f.folder.path, error), end; !error && at != end; at.increment(error))
            if (station::watch::kind_of(at->path()) == station::watch::Kind::table) out.push_back(at->path());
    }
    for (const auto& e : site.ledger().recent(true, 20))
        if (station::watch::kind_of(e.name) == station::watch::Kind::table && fs::exists(e.kept_at))
            out.emplace_back(e.kept_at);
    return out;
}

Html note(const char* css, const std::string& text) {
    return text.empty() ? Html{} : html(R"(<div class="note {}" role="alert"><p>{}</p></div>)", css, text);
}

Html choose_sample(Site& site, const Request& r, const std::string& problem) {
    const auto& w = r.words;
    Html here;
    for (const auto& file : tables_here(site))
        here += html(
            R"(<form method="post" action="/files/mapping/sample"><input type="hidden" name="token" value="{}"><input type="hidden" name="path" value="{}"><button>{}</button></form>)",
            site.token, file.string(), file.filename().string());
    if (!here.text.empty())
        here = html(R"(<h2>{}</h2><div class="actions">{}</div>)", w("接入文件夹里的表格", "Tables in watched folders"),
                    here);
    return html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p>{}{}<h2>{}</h2><form method="post" action="/files/mapping/sample" enctype="multipart/form-data"><input type="hidden" name="token" value="{}"><div class="fields"><div><label for="file">CSV, XLSX</label><input type="file" id="file" name="file" accept=".csv,.xlsx" required></div><div><span class="label">&nbsp;</span><button class="main">{}</button></div></div></form></div>)",
        w("表格的映射", "Mapping of tables"),
        w("选一份检测软件导出的表格作样本，再说明每一列是什么。样本只留在本机。",
          "Choose a table that the test software exported, then say what each column is. The sample stays on this PC."),
        note("warn", problem), here, w("从电脑里选", "From this PC"), site.token, w("用它作样本", "Use it as sample"));
}

Html option(const std::string& value, std::string_view label, const std::string& chosen) {
    return html(R"(<option value="{}"{}>{}</option>)", value, value == chosen ? Html{" selected"} : Html{}, label);
}

/// Codes a column or a constant may have, in the language at hand.
Choices codes_of(const std::string& to, const Language& w) {
    Choices out;
    for (const auto& c : intake::code_choices(to)) out.emplace_back(c.code, w(c.zh, c.en));
    return out;
}

/// Members of the head, then readings, one list for all columns.
Html uses(const std::string& chosen, const Language& w) {
    Html head, readings;
    for (const auto& c : intake::head_choices()) head += option(c.code, w(c.zh, c.en), chosen);
    std::set<std::string> seen;
    for (const auto& method : loop::methods())
        for (const auto& item : method.items)
            for (const auto& phase : item.phases)
                if (const auto to = item.item + "/" + phase + "/" + item.unit; seen.insert(to).second)
                    readings += option(to, item_name(item.item, phase, w) + ", " + item.unit, chosen);
    return html(R"({}<optgroup label="{}">{}</optgroup><optgroup label="{}">{}</optgroup>)",
                option("", w("不用", "not used"), chosen), w("这次检验", "The test"), head, w("测量值", "Readings"),
                readings);
}

/// What can't be a factor, by its field.
FieldProblems factor_problems(const Request& r) {
    FieldProblems out;
    for (const auto& [name, text] : r.form)
        if (name.starts_with("factor_"))
            if (const auto factor = loop::decimal_of(text); !factor || *factor == 0)
                out.push_back(
                    {name, fmt::format(fmt::runtime(r.words("应是大于 0 的数字，填的是“{}”。",
                                                            "This should be a number above 0; it says “{}”.")),
                                       text)});
    return out;
}

Html column_row(const Request& r, const intake::ColumnUse& use, std::size_t i) {
    const auto& w = r.words;
    std::string samples;
    for (const auto& s : use.samples) samples += (samples.empty() ? "" : "，") + s;
    Html detail;
    if (intake::is_reading(use.to)) {
        Html parts;
        for (const auto& [code, zh, en] :
             {std::tuple("value", "测得值", "value"), std::tuple("limit", "限值", "limit"),
              std::tuple("limit_low", "下限", "lower limit"), std::tuple("passed", "判定", "passed or not")})
            parts += option(code, w(zh, en), use.part);
        const auto factor = fmt::format("factor_{}", i);
        const auto problems = r.told.value_or(Told{}).problems;
        detail = html(
            R"(<label class="inline">{} <select name="part_{}">{}</select></label><label class="inline">{} <input class="num" id="{}" name="{}" value="{}"{}></label>{})",
            w("是", "is the"), i, parts, w("乘以", "times"), factor, factor,
            problem_of(problems, factor).empty() ? number_text(use.factor) : r.value(factor),
            field_marks(problems, factor), field_error(problems, factor));
    }
    for (std::size_t k = 0; k < std::min(use.codes.size(), words_max); ++k) {
        detail += html(
            R"(<label class="inline">{} <input type="hidden" name="word_{}_{}" value="{}"><select name="ours_{}_{}">{}</select></label>)",
            use.codes[k].first, i, k, use.codes[k].first, i, k,
            options(codes_of(use.to, w), use.codes[k].second, w("不是我们的", "none of ours")));
    }
    return html(
        R"(<tr><th scope="row">{}<input type="hidden" name="name_{}" value="{}"></th><td><small>{}</small></td><td><select name="to_{}" aria-label="{}">{}</select></td><td>{}</td></tr>)",
        use.column, i, use.column, samples, i, use.column, uses(use.to, w), detail);
}

/// What every test needs and the table may lack.
Html constants(const intake::MappingForm& form, const Language& w) {
    Html out;
    for (const auto& c : intake::head_choices()) {
        static const std::set<std::string> asked{
            "reason", "method", "verdict", "line_id", "inspector_id", "vehicle.plate_kind", "vehicle.fuel"};
        const auto mapped = std::ranges::find(form.columns, c.code, &intake::ColumnUse::to) != form.columns.end();
        const auto at = form.constants.find(c.code);
        const std::string value = at == form.constants.end() ? "" : at->second;
        if (mapped || (!asked.contains(c.code) && value.empty())) continue;
        const auto choices = codes_of(c.code, w);
        Html field = html(R"(<input id="const_{}" name="const_{}" value="{}">)", c.code, c.code, value);
        if (!choices.empty()) {
            field = html(R"(<select id="const_{}" name="const_{}">{}</select>)", c.code, c.code,
                         options(choices, value, w("表里没有", "not in the table")));
        }
        out += html(R"(<div><label for="const_{}">{}</label>{}</div>)", c.code, w(c.zh, c.en), field);
    }
    return out;
}

intake::MappingForm form_asked(const Request& r) {
    intake::MappingForm form;
    form.header_row = static_cast<std::size_t>(std::max(0L, std::atol(r.value("header_row").c_str())));
    form.times = r.value("times");
    form.group_by = r.value("group_by");
    if (auto rest = loop::json_of<Json>(r.value("rest")); rest.is_object()) form.rest = std::move(rest);
    for (std::size_t i = 0; i < columns_max && r.form.contains(fmt::format("to_{}", i)); ++i) {
        intake::ColumnUse use;
        use.column = r.value(fmt::format("name_{}", i));
        use.to = r.value(fmt::format("to_{}", i));
        if (const auto part = r.value(fmt::format("part_{}", i)); !part.empty()) use.part = part;
        if (const auto factor = loop::decimal_of(r.value(fmt::format("factor_{}", i))); factor && *factor > 0)
            use.factor = *factor;
        for (std::size_t k = 0; k < words_max && r.form.contains(fmt::format("word_{}_{}", i, k)); ++k)
            if (!intake::code_choices(use.to).empty())
                use.codes.emplace_back(r.value(fmt::format("word_{}_{}", i, k)),
                                       r.value(fmt::format("ours_{}_{}", i, k)));
        form.columns.push_back(std::move(use));
    }
    for (const auto& c : intake::head_choices())
        if (const auto value = r.value("const_" + c.code); !value.empty()) form.constants[c.code] = value;
    return form;
}

struct Tried {
    Html shown;
    std::size_t right = 0, wrong = 0;
    std::string problem;  ///< of the mapping as a whole
};

Tried tried(Site& site, const intake::Table& table, const Json& mapping, const Language& w) {
    Tried out;
    const auto say = [&](const journal::Error& error) { return std::string(w(error.zh, error.en)); };
    const auto read_mapping = intake::mapping_from(mapping.dump(), false);
    if (!read_mapping) {
        out.problem = say(read_mapping.error());
        return out;
    }
    auto some = table;
    const auto header = std::max<std::size_t>(read_mapping->header_row, 1);
    const auto first = std::ranges::find_if(some.rows, [&](const auto& row) { return row.number >= header; });
    const auto kept = static_cast<std::size_t>(first - some.rows.begin()) + 1 + rows_tried;
    if (some.rows.size() > kept) some.rows.resize(kept);
    const auto& c = site.config();
    const auto read = intake::read_mapped(
        some, *read_mapping,
        {c.station_id, c.intake.line_id, c.intake.inspector_id, c.intake.time_offset, c.intake.profiles},
        station::unix_now());
    if (!read) {
        out.problem = say(read.error());
        return out;
    }
    Html rows;
    for (const auto& test : read->tests) {
        Html what;
        for (const auto& p : test.problems)
            what += html(R"(<p>{} <mark>{}</mark> {}</p>)", p.place, p.value, w(p.zh, p.en));
        const auto record = Json::parse(test.line, nullptr, false);
        if (test.problems.empty() && record.is_object()) {
            const auto summary = summary_of(record, w);
            std::string readings;
            for (const auto& one : record.value("readings", Json::array()))
                readings += (readings.empty() ? "" : " · ") + item_name(one, w) + " " +
                            number_text(one.value("value", Json())) + " " + one.value("unit", "");
            what = html("{} · {}<small>{}</small>", summary.what, summary.detail, readings);
        }
        ++(test.problems.empty() ? out.right : out.wrong);
        rows += html("<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                     test.problems.empty()
                         ? status_word({std::string(w("可以", "Right")), "good", Tone::good, "", ""})
                         : status_word({std::string(w("不行", "Not right")), "attention", Tone::warn, "", ""}),
                     test.lines.empty() ? 0 : test.lines.front(), what);
    }
    out.shown = html(
        R"(<h2>{}</h2><p>{}</p><table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>)",
        w("前几行会成为", "The first rows would become"),
        fmt::format(fmt::runtime(w("{} 条可以，{} 条不行。", "{} right, {} not right.")), out.right, out.wrong),
        w("状态", "State"), w("行", "Line"), w("记录，或哪里不对", "Record, or what is wrong"), rows);
    return out;
}

Html form_page(Site& site, const Request& r, const Sample& sample, const intake::MappingForm& form,
               const std::string& told) {
    const auto& w = r.words;
    const auto mapping = intake::mapping_of(form);
    const auto result = tried(site, *sample.table, mapping, w);
    Html rows, groups = option("", w("每行一次检验", "each row is a test"), form.group_by), folders;
    for (std::size_t i = 0; i < form.columns.size(); ++i) {
        rows += column_row(r, form.columns[i], i);
        groups += option(form.columns[i].column, form.columns[i].column, form.group_by);
    }
    for (const auto& f : site.watching()->folders())
        folders += option(f.folder.path.string(), f.folder.path.string(), r.value("folder"));
    const Html save =
        folders.text.empty()
            ? html("<p>{}</p>",
                   w("还没有接入文件夹，接入后才能保存。", "Watch a folder first, then this can be saved."))
            : html(
                  R"(<div><label for="folder">{}</label><select id="folder" name="folder">{}</select></div><div><span class="label">&nbsp;</span><button class="main" formaction="/files/mapping/save">{}</button></div>)",
                  w("用在这个文件夹", "For this folder"), folders, w("保存", "Save"));
    return html(
        R"(<div class="pad"><h1>{}</h1><p class="meta">{} · <a href="/files/mapping?new=1">{}</a></p>{}<form method="post" action="/files/mapping/edit"><input type="hidden" name="token" value="{}"><input type="hidden" name="header_row" value="{}"><input type="hidden" name="rest" value="{}">
<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>
<h2>{}</h2><div class="fields">{}</div><div class="fields"><div><label for="times">{}</label><input id="times" name="times" size="32" value="{}"></div><div><label for="group_by">{}</label><select id="group_by" name="group_by">{}</select></div></div>
<div class="fields"><div><span class="label">&nbsp;</span><button>{}</button></div>{}</div></form>{}{}<details><summary>{}</summary><pre>{}</pre></details></div>)",
        w("表格的映射", "Mapping of tables"), sample.name, w("换一个样本", "another sample"), note("warn", told),
        site.token, form.header_row, form.rest.dump(), w("列", "Column"), w("样本里的值", "Values in the sample"),
        w("是什么", "What it is"), w("单位与代码", "Units and codes"), rows, w("表里没有的", "What the table lacks"),
        constants(form, w),
        w("时间的写法（any 为常见写法，分号隔开）", "Forms of time (any: the usual ones; semicolons between)"),
        form.times, w("几行合为一次检验时，按哪一列", "Rows of one test share this column"), groups,
        w("再试一次", "Try again"), save, note("warn", result.problem), result.shown, w("映射文件", "The mapping file"),
        mapping.dump(2));
}

/// As it is named in the folder of mappings: one a watched folder, by the folder's name.
fs::path save_mapping(Site& site, const Json& mapping, station::WatchedFolder folder) {
    const auto file = sample_folder(site) / (folder.path.filename().string() + ".json");
    fs::create_directories(file.parent_path());
    station::replace_file(file, mapping.dump(2) + "\n");
    folder.mapping = file;
    watch_folder(site, std::move(folder));
    return file;
}

std::string take_sample(Site& site, const Request& r) {
    const auto& w = r.words;
    if (!r.files.empty()) {
        keep_sample(site, r.files.front().name, r.files.front().bytes);
        return {};
    }
    for (const auto& file : tables_here(site))
        if (file == r.value("path")) {
            const auto bytes = intake::bytes_of(file, intake::table_limits.bytes);
            if (const auto* text = std::get_if<std::string>(&bytes)) {
                keep_sample(site, file.filename().string(), *text);
                return {};
            }
        }
    return std::string(w("没有读到样本，请再选一次。", "The sample could not be read, choose again."));
}

/// What the page shows first of a sample: a draft by the names of its columns, or an empty form.
Json first_mapping(const intake::Table& table) {
    if (const auto draft = intake::draft_mapping(table)) return Json::parse(*draft);
    return {{"header_row", table.rows.empty() ? 0 : table.rows.front().number}};
}

/// The sample that is chosen, as a table; else the page that asks for one.
Html mapping_page(Site& site, const Request& r) {
    const auto problem = r.told ? r.told->text : std::string();
    const auto sample = r.value("new").empty() ? sample_of(site) : std::nullopt;
    if (!sample) return choose_sample(site, r, problem);
    if (!sample->table) {
        const auto& error = sample->table.error();
        return choose_sample(site, r, std::string(r.words(error.zh, error.en)));
    }
    // Once through the mapping and back: a column whose meaning has changed gets the words of its new code table.
    const auto mapping =
        r.form.contains("header_row") ? intake::mapping_of(form_asked(r)) : first_mapping(*sample->table);
    return form_page(site, r, *sample, intake::form_of(*sample->table, mapping), problem);
}

Next save_asked(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto back = [](std::string_view why, FieldProblems problems = {}) {
        return Next{"/files/mapping", Told{Tone::warn, std::string(why), std::move(problems), {}}};
    };
    if (auto problems = factor_problems(r); !problems.empty())
        return back(w("没有保存。", "Not saved."), std::move(problems));
    const auto sample = sample_of(site);
    if (!sample || !sample->table)
        return back(w("没有读到样本，请再选一次。", "The sample could not be read, choose again."));
    const auto mapping = intake::mapping_of(form_asked(r));
    if (const auto result = tried(site, *sample->table, mapping, w); !result.problem.empty() || result.right == 0)
        return back(w("没有保存：还没有一行能成为记录。", "Not saved: no row can become a record yet."));
    for (const auto& f : site.watching()->folders())
        if (f.folder.path == r.value("folder")) {
            save_mapping(site, mapping, f.folder);
            return {"/files"};
        }
    return back(w("请选一个文件夹。", "Choose a folder."));
}

}  // namespace

Routes mapping_routes(Site& site) {
    Routes out;
    out.shows["/files/mapping"] = [&site](const Request& r) {
        return site.shown(r, "/files", r.words("表格的映射", "Mapping of tables"), mapping_page(site, r));
    };
    out.acts["/files/mapping/sample"] = [&site](const Request& r) {
        const auto problem = take_sample(site, r);
        return Next{"/files/mapping",
                    problem.empty() ? std::nullopt : std::optional(Told{Tone::warn, problem, {}, {}})};
    };
    out.acts["/files/mapping/edit"] = [](const Request& r) {
        return Next{"/files/mapping", Told{Tone::warn, "", factor_problems(r), {}}};
    };
    out.acts["/files/mapping/save"] = [&site](const Request& r) { return save_asked(site, r); };
    return out;
}

}  // namespace imloop::i_station
