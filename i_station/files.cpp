#include "i_station/files.hpp"

#include <fmt/format.h>

#include <cmath>

#include "journal/json.hpp"
#include "loop/written/amount.hpp"
#include "station/ids.hpp"
#include "station/page/excerpt.hpp"

namespace imloop::i_station {

using namespace station::page;
namespace watch = station::watch;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t files_shown = 50, problems_shown = 20;

std::string say(const service::Words& words, const Language& w) { return std::string(w(words.zh, words.en)); }

State folder_state(const watch::FolderState& f, const Language& w) {
    if (f.is_down) return {std::string(w("读不到", "Can't be read")), "bad", Tone::bad, "", ""};
    if (f.trouble) return {std::string(w("要看一看", "Needs a look")), "attention", Tone::warn, "", ""};
    if (f.waiting > 0) return {std::string(w("等写完", "Waiting")), "waiting", Tone::none, "", ""};
    return {std::string(w("正常", "Normal")), "good", Tone::good, "", ""};
}

Html button(Site& site, const char* action, const char* name, const std::string& value, std::string_view label,
            bool main = false) {
    return html(
        R"(<form method="post" action="{}"><input type="hidden" name="token" value="{}"><input type="hidden" name="{}" value="{}"><button{}>{}</button></form>)",
        action, site.token, name, value, main ? Html{R"( class="main")"} : Html{}, label);
}

Html folder_row(Site& site, const watch::FolderState& f, const Language& w) {
    std::string detail;
    const auto add = [&](const std::string& text) { detail += (detail.empty() ? "" : " · ") + text; };
    if (f.trouble) add(say(*f.trouble, w));
    if (f.waiting > 0) add(fmt::format(fmt::runtime(w("{} 个文件在等", "{} files wait")), f.waiting));
    if (f.other > 0)
        add(fmt::format(fmt::runtime(w("{} 个文件不是本程序读的，没有动", "{} files are of no kind that is read")),
                        f.other));
    add(fmt::format(fmt::runtime(w("静止 {} 秒后收", "taken after standing still for {} s")), f.folder.settle.count()));
    const auto path = f.folder.path.string();
    const auto mapping = f.folder.mapping.empty() ? std::string(w("无", "none")) : f.folder.mapping.filename().string();
    return html(
        R"(<tr><td>{}</td><td><span class="mono">{}</span><small>{}</small></td><td>{}<small><a href="/files/mapping">{}</a></small></td><td>{}</td></tr>)",
        status_word(folder_state(f, w)), path, detail, mapping, w("做映射", "make one"),
        f.folder.of_page ? button(site, "/files/unwatch", "path", path, w("不再接入", "Stop watching"))
                         : html("<small>{}</small>", w("写在 station.toml 里", "stands in station.toml")));
}

State file_state(Site& site, const watch::Entry& e, const Language& w) {
    if (e.outcome == watch::Outcome::rejected)
        return e.is_open ? State{std::string(w("需处理", "Needs attention")), "attention", Tone::warn, "", ""}
                         : State{std::string(w("没有收下", "Not taken")), "none", Tone::none, "", ""};
    if (e.outcome == watch::Outcome::passed_over)
        return {std::string(w("不计入", "Does not count")), "none", Tone::none, "", ""};
    const auto line = site.outbox().latest(e.records.back());
    return line_state(line ? line->status : "", w);
}

std::string last_column(Site& site, const watch::Entry& e, const Language& w) {
    if (e.outcome != watch::Outcome::accepted && !e.problems.empty()) {
        auto out = say(watch::sentence(e.problems.front()), w);
        if (e.problems.size() > 1)
            out += fmt::format(fmt::runtime(w("（共 {} 处）", " ({} places)")), e.problems.size());
        return out;
    }
    std::string out;
    if (e.records.size() > 1) out = fmt::format(fmt::runtime(w("{} 条记录", "{} records")), e.records.size());
    if (const auto line = e.records.empty() ? std::nullopt : site.outbox().latest(e.records.back()))
        if (const auto receipt = site.outbox().receipt_of(line->seq); !receipt.empty())
            out += (out.empty() ? "" : " · ") + std::string(w("回执 ", "Receipt ")) + short_digest(receipt);
    return out;
}

Html file_rows(Site& site, const std::vector<watch::Entry>& entries, const Language& w) {
    Html out;
    for (const auto& e : entries)
        out += html(
            R"(<tr><td>{}</td><td>{}</td><td><a href="/files/file?id={}">{}</a><small>{}</small></td><td>{}</td></tr>)",
            status_word(file_state(site, e, w)), short_time(e.at), e.id, e.name, e.folder, last_column(site, e, w));
    return out;
}

Html folder_form(const Request& r, const std::string& token) {
    const auto& w = r.words;
    const auto problems = r.told.value_or(Told{}).problems;
    return html(
        R"(<details{}><summary>{}</summary><form method="post" action="/files/watch"><input type="hidden" name="token" value="{}"><div class="fields">
<div{}><label for="path">{}</label><input id="path" name="path" size="48" value="{}" autocomplete="off"{}>{}</div>
<div{}><label for="settle">{}</label><input id="settle" name="settle" class="num" inputmode="numeric" value="{}"{}>{}</div>
<div><span class="label">&nbsp;</span><button class="main">{}</button></div></div></form></details>)",
        problems.empty() ? Html{} : Html{" open"}, w("接入一个文件夹…", "Watch a folder…"), token,
        field_class(problems, "path"),
        w("检测软件的输出文件夹（完整路径）", "Folder the test software writes to (full path)"), r.value("path"),
        field_marks(problems, "path"), field_error(problems, "path"), field_class(problems, "settle"),
        w("静止几秒后收", "Seconds to stand still"), r.value("settle").empty() ? "5" : r.value("settle"),
        field_marks(problems, "settle"), field_error(problems, "settle"), w("接入", "Watch it"));
}

Html list(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto folders = site.watching()->folders();
    const bool only_open = r.value("show") == "attention";
    Html rows;
    for (const auto& f : folders) rows += folder_row(site, f, w);
    const auto today = site.ledger().accepted_since(loop::start_of(loop::day_of(station::unix_now())));
    const auto open = site.ledger().open_count();
    std::string lead(w("还没有接入文件夹。请把检测软件的输出文件夹告诉本程序。",
                       "No folder is watched yet. Tell the program where the test software writes."));
    if (!folders.empty()) {
        lead = fmt::format(fmt::runtime(w("接入 {} 个文件夹，今天收下 {} 个文件。",
                                          "{} folders are watched; {} files were taken today.")),
                           folders.size(), today);
        if (open > 0)
            lead += fmt::format(
                fmt::runtime(w("有 {} 个没有收下，点开看怎么办。", " {} were not taken; open one to see what to do.")),
                open);
    }
    Html table;
    if (!rows.text.empty())
        table = html(
            R"(<table><caption>{}</caption><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>)",
            w("文件夹", "Folders"), w("状态", "State"), w("文件夹", "Folder"), w("表格的映射", "Mapping of tables"),
            w("在哪里设的", "Set where"), rows);
    const auto entries = file_rows(site, site.ledger().recent(only_open, files_shown), w);
    Html files = html("<p>{}</p>", only_open ? w("没有需处理的文件。", "No file needs attention.")
                                             : w("收下的文件会列在这里。", "Files that were taken are listed here."));
    if (!entries.text.empty())
        files = html(
            R"(<table><caption>{}</caption><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>)",
            only_open ? w("没有收下的文件", "Files that were not taken") : w("最近的文件", "Recent files"),
            w("状态", "State"), w("时间", "Time"), w("文件", "File"), w("回执或原因", "Receipt or reason"), entries);
    const Html filter = only_open  ? html(R"(<p><a href="/files">{}</a></p>)", w("清除条件", "Clear filter"))
                        : open > 0 ? html(R"(<p><a href="/files?show=attention">{}</a></p>)",
                                          w("只看没有收下的", "Only those not taken"))
                                   : Html{};
    return html(
        R"(<div class="pad"><div data-live><h1>{}</h1><p class="lead">{}</p>{}</div>{}<div class="section" data-live>{}{}</div></div>)",
        w("接入文件", "Files"), lead, table, folder_form(r, site.token), files, filter);
}

Html explained(const watch::Entry& e, const Language& w) {
    Html out;
    const auto in_place = fs::is_directory(e.kept_at);
    const auto kept = fs::exists(e.kept_at) ? fs::path(e.kept_at) : fs::path(e.folder) / e.name;
    for (std::size_t i = 0; i < std::min(e.problems.size(), problems_shown); ++i) {
        const auto& p = e.problems[i];
        const auto at = say(watch::where(p), w);
        out +=
            html(R"(<section class="fault"><h2>{}</h2><p>{}</p>{}<h2>{}</h2><p>{}</p><h2>{}</h2><p>{}</p></section>)",
                 w("哪里", "Where"), at.empty() ? std::string(w("整个文件", "The whole file")) : p.file + " " + at,
                 excerpt(in_place ? kept / p.file : kept, p, w), w("为什么", "Why"), say(p.why, w),
                 w("怎么办", "What to do"), say(watch::what_to_do(p.code), w));
    }
    if (e.problems.size() > problems_shown)
        out +=
            html("<p>{}</p>",
                 fmt::format(fmt::runtime(w("另有 {} 处，见文件旁的说明。", "{} more, see the text beside the file.")),
                             e.problems.size() - problems_shown));
    return out;
}

std::optional<Html> one(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto e = site.ledger().entry(std::atoll(r.value("id").c_str()));
    if (!e) return std::nullopt;
    const auto id = std::to_string(e->id);
    Html actions;
    if (e->outcome == watch::Outcome::rejected && fs::is_regular_file(e->kept_at))
        actions += button(site, "/files/again", "id", id, w("重新读取", "Read again"), true);
    if (e->is_open) actions += button(site, "/files/known", "id", id, w("知道了，不再提示", "Seen, don't show again"));
    Html records;
    for (std::size_t i = 0; i < std::min(e->records.size(), files_shown); ++i)
        if (const auto line = site.outbox().latest(e->records[i])) {
            const auto summary = summary_of(journal::parsed_or_discarded(line->line), w);
            records += html(R"(<li>{} <a href="/record?seq={}">{}</a> <small>{}</small></li>)",
                            status_word(line_state(line->status, w)), line->seq, summary.what, summary.detail);
        }
    if (!records.text.empty())
        records = html(R"(<h2>{}</h2><ul class="plain">{}</ul>)", w("已收下的记录", "Records taken"), records);
    return html(
        R"(<div class="pad"><p>{}</p><h1>{}</h1><p class="meta">{} · {}</p>{}<div class="actions">{}</div>{}{}<details><summary>{}</summary><dl><dt>{}</dt><dd class="mono">{}</dd><dt>SHA-256</dt><dd class="mono">{}</dd></dl></details><p><a href="/files">{}</a></p></div>)",
        status_word(file_state(site, *e, w)), e->name, e->folder, short_time(e->at),
        r.told ? told_note(*r.told) : Html{}, actions, explained(*e, w), records, w("技术细节", "Technical detail"),
        w("文件现在在", "The file is now at"), e->kept_at.empty() ? e->folder : e->kept_at, e->sha256,
        w("回到接入文件", "Back to files"));
}

FieldProblems watch_asked(Site& site, const Request& r) {
    const auto& w = r.words;
    const fs::path path = fs::path(r.value("path")).lexically_normal();
    FieldProblems out;
    if (!path.is_absolute())
        out.push_back({"path", std::string(w("请写完整路径，如 /data/nha。", "Give the full path, as /data/nha."))});
    else if (const auto trouble = watch::folder_trouble(path))
        out.push_back({"path", say(*trouble, w)});
    station::WatchedFolder folder;
    folder.path = path;
    if (const auto text = r.value("settle"); !text.empty()) {
        const auto seconds = loop::decimal_of(text);
        if (seconds && *seconds == std::floor(*seconds) && *seconds <= static_cast<double>(station::settle_most_s))
            folder.settle = std::chrono::seconds(static_cast<int>(*seconds));
        else
            out.push_back({"settle", fmt::format(fmt::runtime(w("请写 0 到 {} 的整数。", "A whole number of 0 to {}.")),
                                                 station::settle_most_s)});
    }
    if (!out.empty()) return out;
    for (const auto& known : site.watching()->folders())
        if (known.folder.path == path) folder.mapping = known.folder.mapping;
    watch_folder(site, std::move(folder));
    return {};
}

void unwatch(Site& site, const std::string& path) {
    auto config = site.config();
    auto& folders = config.intake.folders;
    folders.clear();
    for (const auto& known : site.watching()->folders())
        if (!known.folder.of_page || known.folder.path != path) folders.push_back(known.folder);
    station::write_folders(config);
    // What the file says of the folder holds again.
    for (const auto& own : site.config().intake.folders)
        if (!own.of_page && own.path == path) folders.push_back(own);
    site.watching()->watch(folders);
}

}  // namespace

void watch_folder(Site& site, station::WatchedFolder folder) {
    auto config = site.config();
    auto& folders = config.intake.folders;
    folders.clear();
    folder.of_page = true;
    for (const auto& known : site.watching()->folders())
        if (known.folder.path != folder.path) folders.push_back(known.folder);
    folders.push_back(std::move(folder));
    station::write_folders(config);
    site.watching()->watch(folders);
}

Routes files_routes(Site& site) {
    Routes out = mapping_routes(site);
    const Next back{"/files"};
    out.shows["/files"] = [&site](const Request& r) {
        return site.shown(r, "/files", r.words("接入文件", "Files"), list(site, r));
    };
    out.shows["/files/file"] = [&site](const Request& r) {
        const auto body = one(site, r);
        return body ? site.shown(r, "/files", r.words("文件", "File"), *body) : see_other("/files");
    };
    out.acts["/files/watch"] = [&site, back](const Request& r) {
        auto problems = watch_asked(site, r);
        return problems.empty() ? back : Next{"/files", Told{Tone::warn, "", std::move(problems), {}}};
    };
    out.acts["/files/unwatch"] = [&site, back](const Request& r) {
        unwatch(site, r.value("path"));
        return back;
    };
    out.acts["/files/known"] = [&site, back](const Request& r) {
        site.ledger().acknowledge(std::atoll(r.value("id").c_str()));
        return back;
    };
    out.acts["/files/again"] = [&site, back](const Request& r) {
        const auto e = site.ledger().entry(std::atoll(r.value("id").c_str()));
        if (!e || watch::read_again(site.ledger(), *e)) return back;
        return Next{"/files/file?id=" + std::to_string(e->id),
                    Told{Tone::warn,
                         std::string(r.words("没有放回：文件已不在原处，或文件夹里已有同名文件。",
                                             "Not put back: the file is gone, or the folder has one of its name.")),
                         {},
                         {}}};
    };
    return out;
}

}  // namespace imloop::i_station
