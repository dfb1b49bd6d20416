// Status with the queue, one record explained, settings and diagnostics, and what other programs of the PC save.
#include <fmt/format.h>

#include <limits>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "service/files.hpp"
#include "station/corrections.hpp"
#include "station/enrolment.hpp"
#include "station/ids.hpp"
#include "station/page/correcting.hpp"
#include "station/page/peers_page.hpp"
#include "station/page/record_row.hpp"
#include "station/page/records_page.hpp"
#include "station/page/site.hpp"

namespace imloop::station::page {
namespace {

using nlohmann::json;

/// A file that was not taken, among the records.
Html file_row(const watch::Entry& e, const Language& w) {
    const auto why = watch::sentence(e.problems.at(0));
    return html(
        R"(<tr><td>{}</td><td>{}</td><td><a href="/files/file?id={}">{}</a><small>{}</small></td><td>{}</td></tr>)",
        status_word(line_state("rejected", w)), short_time(e.at), e.id, e.name, w("文件没有收下", "file not taken"),
        w(why.zh, why.en));
}

/// A watched folder that needs a look.
Html folder_row(const watch::FolderState& f, const Language& w) {
    return html(R"(<tr><td>{}</td><td></td><td><a href="/files">{}</a><small>{}</small></td><td>{}</td></tr>)",
                status_word(line_state("rejected", w)), f.folder.path.string(), w("接入文件夹", "watched folder"),
                w(f.trouble->zh, f.trouble->en));
}

Html band(Site& site, const State& state, const Situation& s, const Language& w) {
    Html actions;
    if (s.waiting > 0 || s.upload.kind == UploadState::Kind::stopped)
        actions = html(
            R"(<form method="post" action="/retry"><input type="hidden" name="token" value="{}"><button class="{}">{}</button></form>
<form method="post" action="/export"><input type="hidden" name="token" value="{}"><button>{}</button></form>)",
            site.token, s.upload.kind == UploadState::Kind::stopped ? "main" : "", w("重新上传", "Send again"),
            site.token, w("导出到 U 盘", "Export to a stick"));
    return html(
        R"(<div class="band {}" data-live><span class="big-word word" role="status" aria-live="polite">{}<span>{}</span></span>
<div class="why"><p>{}</p><p class="meta">{}</p></div>{}</div>)",
        class_of(state.tone), shape(state.shape, "icon big"), state.word, state.reason, state.next, actions);
}

Answer status(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto s = site.situation();
    const auto state = state_of(s, w);
    const auto counts = site.outbox().counts();
    const std::string filter = r.value("show");
    const auto seq = static_cast<std::uint64_t>(std::max(0L, std::atol(r.value("before").c_str())));
    auto lines =
        filter == "attention"
            ? site.outbox().unmended(page_rows)
            : site.outbox().recent(filter, seq == 0 ? std::numeric_limits<std::int64_t>::max() : seq, page_rows);
    Html rows;
    if (filter.empty() && seq == 0)
        for (const auto& q : site.outbox().unmended(5)) rows += record_row(site, q, w);
    if (site.watching() != nullptr && seq == 0 && (filter.empty() || filter == "attention")) {
        for (const auto& f : site.watching()->folders())
            if (f.trouble) rows += folder_row(f, w);
        for (const auto& e : site.ledger().recent(true, filter.empty() ? 5 : page_rows)) rows += file_row(e, w);
    }
    for (const auto& q : lines)
        if (!filter.empty() || seq != 0 || q.status != "rejected") rows += record_row(site, q, w);
    const auto count = [&](const char* show, const char* icon, Tone tone, std::string_view name, std::uint64_t n) {
        return html(R"(<a href="/status?show={}"><span class="word {}">{}{}</span><b>{}</b></a>)", show, class_of(tone),
                    shape(icon), name, n);
    };
    Html table;
    if (rows.text.empty())
        table = html("<p>{}</p>", filter.empty() ? w("还没有记录。", "No records yet.")
                                                 : w("没有符合条件的记录。", "Nothing matches."));
    else
        table = html(R"(<table><caption>{}</caption>{}<tbody>{}</tbody></table>)", w("记录", "Records"), record_head(w),
                     rows);
    Html older;
    if (lines.size() == page_rows)
        older = html(R"(<p><a href="/status?show={}&amp;before={}">{}</a></p>)", filter, lines.back().seq,
                     w("更早的记录", "Older records"));
    if (!filter.empty()) older += html(R"(<p><a href="/status">{}</a></p>)", w("清除条件", "Clear filter"));
    Html told;
    if (r.told)
        told = html(
            R"(<div class="pad">{}<p class="mono">{}</p><p><a class="button" href="/export/file?name={}">{}</a></p></div>)",
            told_note(*r.told), r.told->more.value("file", ""), url_encoded(r.told->more.value("name", "")),
            w("下载这个文件", "Download the file"));
    const Html body = html(
        R"({}{}{}<div class="counts" data-live>{}{}{}{}</div><div class="pad" data-live>{}{}</div>)",
        band(site, state, s, w), holds_note(site, w), told,
        count("waiting", "waiting", Tone::none, w("等待", "Waiting"), s.waiting),
        count("accepted", "good", Tone::good, w("已接收", "Accepted"), counts.accepted),
        count("duplicate", "good", Tone::good, w("以前收过", "Received before"), counts.duplicate),
        count("attention", "attention", Tone::warn, w("需处理", "Needs attention"), s.all_attention()), table, older);
    return site.shown(r, "/status", w("状态", "Status"), body, state);
}

/// Where, why, what to do.
Html explained(const Queued& q, const Language& w) {
    Html out;
    const auto outcome = journal::parsed(q.outcome.empty() ? "{}" : q.outcome);
    for (const auto& p : outcome.value("problems", json::array())) {
        Queued one = q;
        one.outcome = json{{"problems", {p}}}.dump();
        out += html(R"(<h2>{}</h2><p class="mono">{}</p><h2>{}</h2><p>{}</p>)", w("哪里", "Where"),
                    p.value("pointer", ""), w("为什么", "Why"), problem_text(one, w));
    }
    out +=
        html("<h2>{}</h2><p>{}</p>", w("怎么办", "What to do"),
             w("原记录已保留。请核对后在检测或维修软件里改正，重新保存；已被接收的同一份报告要写更正，不要改文件重传。",
               "The record is kept. Mend it in the software it came from and save it again; for a report that was "
               "accepted before write a correction, don't send a changed file."));
    return out;
}

Answer record(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto seq = static_cast<std::uint64_t>(std::max(0L, std::atol(r.value("seq").c_str())));
    const auto found = site.outbox().recent("", seq + 1, 1);
    if (found.empty() || found[0].seq != seq)
        return site.shown(r, "/status", w("没有这一条", "No such record"),
                          html(R"(<div class="pad"><h1>{}</h1><p><a href="/status">{}</a></p></div>)",
                               w("没有这一条", "No such record"), w("回到状态", "Back to status")));
    const auto& q = found[0];
    const auto words = journal::parsed_or_discarded(q.line);
    const auto summary = summary_of(words, w);
    const auto receipt = site.outbox().receipt_of(seq);
    Html more, actions;
    if (q.status == "rejected") more = explained(q, w);
    const bool is_record = words.is_object() && words.value("schema", "") != "imloop/correction/1";
    json now = words;
    if (is_record && q.status != "rejected") {
        const auto corrections = corrections_since(site.outbox(), seq);
        now = corrected(words, corrections);
        if (const auto it = corrections.find(q.record_id); it != corrections.end())
            more += correction_note(words, it->second, w);
        actions +=
            html(R"(<a class="button" href="/correct?seq={}">{}</a>)", seq, w("更正或作废…", "Correct or void…"));
    }
    if (!receipt.empty())
        more += html(R"(<h2>{}</h2><p>{}</p><pre>{}</pre>)", w("回执", "Receipt"), short_digest(receipt), receipt);
    if (is_record && now.is_object() && now.value("verdict", "") == "fail")
        actions += html(R"(<a class="button main" href="/notice?record={}">{}</a>)", q.record_id,
                        w("打印维护修理告知书", "Print the notice to repair"));
    if (!actions.text.empty()) more += html(R"(<p class="actions">{}</p>)", actions);
    const Html body = html(
        R"(<div class="pad">{}<p>{}</p><h1>{}</h1><p class="meta">{} · {}</p>{}<details><summary>{}</summary><pre>{}</pre></details><p><a href="/status">{}</a></p></div>)",
        r.told ? told_note(*r.told) : Html{}, status_word(line_state(q.status, w)), summary.what, summary.detail,
        summary.when, more, w("技术细节", "Technical detail"), words.is_discarded() ? q.line : words.dump(2),
        w("回到状态", "Back to status"));
    return site.shown(r, "/status", w("记录", "Record"), body);
}

constexpr const char* export_form = ".ndjson";
std::filesystem::path export_folder(const Site& site) { return site.config().data / "export"; }

/// Sealed segments into a file beside the outbox; the operator copies it to a stick.
Next export_queue(Site& site, const Request& r) {
    const auto name =
        fmt::format("{}-{}{}", site.config().station_id, new_uuid7(unix_now()).substr(0, 13), export_form);
    const auto file = export_folder(site) / name;
    service::make_folder(file.parent_path());
    site.uploading().with_outbox([&](Outbox& outbox, const journal::PrivateKey& key) {
        outbox.each_cut(key, [&](const std::string& segment, const std::string& receipt) {
            service::append_file(file, segment + receipt);
        });
    });
    return {"/status",
            Told{Tone::good,
                 std::string(r.words("已导出。把这个文件交给监管中心导入，本机的记录仍会继续上传。",
                                     "Exported. Give this file to the hub; the records here will still be sent.")),
                 {},
                 {{"file", file.string()}, {"name", name}}}};
}

/// What was exported before, to be saved where the operator likes.
Answer exported(Site& site, const Request& r) {
    const auto name = r.value("name");
    const auto file = export_folder(site) / std::filesystem::path(name).filename();
    if (name.empty() || file.extension() != export_form || !std::filesystem::is_regular_file(file))
        return site.no_page(r);
    return {200,
            "application/x-ndjson",
            service::read_file(file),
            {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", file.filename().string())}}};
}

/// `POST /api/v1/records`, for other programs of this PC: one record. 200 where it is durable, 422 with what is wrong.
Answer take_record(Site& site, const Request& r) {
    const auto problem = [](int code, const json& body) {
        return Answer{code, "application/problem+json", body.dump(), {}};
    };
    if (!r.by_key)
        return problem(403,
                       {{"status", 403},
                        {"code", "key_missing"},
                        {"detail", "请求头 X-Imloop-Key 应是本机钥匙 / X-Imloop-Key must be this installation's key"}});
    const auto admitted = loop::admit(r.body, site.config().station_id, unix_now());
    json errors = json::array();
    for (const auto& p : admitted.problems)
        errors.push_back({{"pointer", p.pointer}, {"code", p.code}, {"detail", p.zh + " / " + p.en}});
    if (!errors.empty())
        return problem(
            422, {{"status", 422}, {"code", errors[0]["code"]}, {"detail", errors[0]["detail"]}, {"errors", errors}});
    const auto appended = site.outbox().append(r.body, *admitted.record_id);
    if (!appended)
        return problem(409, {{"status", 409}, {"code", appended.error().code}, {"detail", appended.error().detail()}});
    site.uploading().appended();
    const json out{{"record_id", *admitted.record_id}, {"seq", appended->seq}, {"is_new", appended->is_new}};
    return {200, "application/json", out.dump(), {}};
}

/// What a person who helps needs to know; no secrets.
Answer settings(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto& c = site.config();
    const auto s = site.situation();
    const auto state = state_of(s, w);
    const auto validity = validity_of(c.hub.certificate);
    const auto view = site.copy().view();
    Html rows;
    const auto add = [&](std::string_view name, const std::string& value) {
        rows += html("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", name, value);
    };
    add(w("状态", "State"), state.word + (s.upload.why.empty() ? "" : " · " + s.upload.why));
    add(w("监管中心", "Hub"), "https://" + c.hub.host + ":" + c.hub.port);
    add(w("最后答复", "Last answer"), s.upload.last_answer ? loop::format_moment(*s.upload.last_answer) : "—");
    add(w("名单截至", "Lists as of"), view->as_of == 0 ? "—" : loop::format_moment(view->as_of));
    add(w("时钟差", "Clock against the hub's"), s.clock_ahead_ms ? fmt::format("{} s", *s.clock_ahead_ms / 1000) : "—");
    add(w("证书有效至", "Certificate until"),
        validity ? loop::format_moment(validity->until) : validity.error().detail());
    add(w("数据目录", "Data folder"), c.data.string());
    add(w("磁盘可用", "Disk free"), fmt::format("{} MB", s.disk_free / 1024 / 1024));
    add(w("日志编号", "Journal"), site.outbox().epoch() + fmt::format(" · {}", site.outbox().last()));
    add(w("配置文件", "Configuration"), c.file.string());
    const Html body = html(R"(<div class="pad"><h1>{}</h1><p>{}</p><table><tbody>{}</tbody></table></div>)",
                           w("设置与诊断", "Settings and diagnostics"),
                           w("求助时可把本页整个抄给技术人员，里面没有密钥。",
                             "Copy this page for whoever helps you; it holds no secrets."),
                           rows);
    return site.shown(r, "/settings", w("设置与诊断", "Settings and diagnostics"), body, state);
}

}  // namespace

Routes shared_routes(Site& site) {
    Routes out;
    out.shows["/status"] = [&site](const Request& r) { return status(site, r); };
    out.shows["/record"] = [&site](const Request& r) { return record(site, r); };
    out.shows["/settings"] = [&site](const Request& r) { return settings(site, r); };
    out.shows["/peers"] = [&site](const Request& r) {
        return site.shown(r, "/peers", r.words("与同行比较", "Against peers"), peers_page(site, r));
    };
    out.shows["/correct"] = [&site](const Request& r) {
        const auto form = correcting(site, r);
        return form ? site.shown(r, "/status", r.words("更正", "Correct"), *form) : site.no_page(r);
    };
    out.shows["/records"] = [&site](const Request& r) {
        return site.shown(r, "/records", r.words("记录", "Records"), records_page(site, r));
    };
    out.shows["/records/file"] = [&site](const Request& r) { return records_file(site, r); };
    out.acts["/records"] = [&site](const Request& r) { return records_asked(site, r); };
    out.acts["/correct"] = [&site](const Request& r) { return correct(site, r); };
    out.shows["/news"] = [&site](const Request&) {
        return Answer{200, "text/plain", std::to_string(site.news(site)), {}};
    };
    out.shows["/export/file"] = [&site](const Request& r) { return exported(site, r); };
    out.acts["/retry"] = [&site](const Request&) {
        site.uploading().try_now();
        return Next{"/status"};
    };
    out.acts["/export"] = [&site](const Request& r) { return export_queue(site, r); };
    out.calls["/api/v1/records"] = [&site](const Request& r) { return take_record(site, r); };
    out.none = [&site](const Request& r) { return site.no_page(r); };
    return out;
}

}  // namespace imloop::station::page
