// The audit log as its auditor reads it.
#include "hub/answers.hpp"
#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"

namespace imloop::hub {

using nlohmann::json;

Answer list_audit(Console& console, Ask& ask) {
    const auto& query = ask.request.http;
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    AuditWanted wanted;
    wanted.who = query.query("who");
    wanted.what = query.query("what");
    wanted.result = query.query("result");
    for (const auto* name : {"from", "to"}) {
        const auto text = query.query(name);
        const auto day = loop::parse_day(text);
        if (!text.empty() && !day)
            return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
        if (day && *name == 'f') wanted.from = loop::start_of(*day);
        if (day && *name == 't') wanted.to = loop::start_of(*day + 1);
    }
    if (!page.behind.empty()) wanted.before = std::stoll(page.behind);
    const auto reader = console.hub().readers.now(ask.scope);
    const auto entries = audit_entries(reader->store.database(), wanted, page.limit + 1);
    json items = json::array(), next;
    for (const auto& e : entries) {
        if (items.size() == page.limit) {
            next = console.cursor(ask, std::to_string(items.back()["n"].get<std::int64_t>()));
            break;
        }
        items.push_back({{"n", e.n},
                         {"at", loop::format_moment(e.at)},
                         {"who", e.who},
                         {"what", e.what},
                         {"about", e.about},
                         {"reason", e.reason},
                         {"result", e.result},
                         {"head", e.head}});
    }
    return list_answer({{"items", std::move(items)}, {"next", next}}, ask.request.http);
}

Answer verify_audit_call(Console& console, Ask& ask) {
    console.audit(console.entry(ask, "verify_audit"));
    Context context(console.hub(), ask.scope, {});
    return calls::audit_verify(context, json::object());
}

}  // namespace imloop::hub
