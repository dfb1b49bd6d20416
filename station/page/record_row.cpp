#include "station/page/record_row.hpp"

#include <fmt/format.h>

#include "journal/error.hpp"
#include "journal/json.hpp"
#include "station/ids.hpp"

namespace imloop::station::page {

using nlohmann::json;

std::string problem_text(const Queued& q, const Language& w) {
    const auto problems = journal::parsed(q.outcome.empty() ? "{}" : q.outcome).value("problems", json::array());
    if (problems.empty()) return {};
    const journal::Error error(problems[0].value("code", ""), problems[0].value("detail", ""));
    return w.lang == Lang::zh ? error.zh : error.en;
}

namespace {

/// With its year where that is not this one.
std::string time_text(loop::Moment at) {
    const auto text = loop::format_moment(at), now = loop::format_moment(unix_now());
    return (text.substr(0, 4) == now.substr(0, 4) ? "" : text.substr(0, 5)) + short_time(at);
}

}  // namespace

Html record_row(Site& site, const Queued& q, const Language& w, const Html& note) {
    const auto state = line_state(q.status, w);
    const auto summary = summary_of(journal::parsed_or_discarded(q.line), w);
    std::string last;
    if (q.status == "rejected")
        last = problem_text(q, w);
    else if (q.status.empty())
        last = fmt::format(fmt::runtime(w("第 {} 号", "No. {}")), q.seq);
    else if (const auto receipt = site.outbox().receipt_of(q.seq); !receipt.empty())
        last = std::string(w("回执 ", "Receipt ")) + short_digest(receipt);
    const auto at = loop::parse_moment(summary.when);
    return html(
        R"(<tr><td>{}</td><td>{}</td><td><a href="/record?seq={}">{}</a><small>{}</small>{}</td><td>{}</td></tr>)",
        status_word(state), at ? time_text(*at) : "", q.seq, summary.what, summary.detail, note, last);
}

Html record_head(const Language& w) {
    return html("<thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead>", w("状态", "State"),
                w("时间", "Time"), w("记录", "Record"), w("回执或原因", "Receipt or reason"));
}

}  // namespace imloop::station::page
