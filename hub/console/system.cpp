// Is the hub well: what its data folder says, how far the rules are, what was raised lately.
#include <fmt/format.h>

#include <algorithm>

#include "hub/api/lists.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/health.hpp"
#include "service/checks.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;
using service::Finding;
using service::Verdict;

constexpr std::uint64_t notes_behind_look = 1000;  ///< batches that wait for the rules, from which on it is said
constexpr loop::Moment alarms_look = 7 * loop::day_ms;
constexpr std::size_t alarms_counted = 100, alarms_a_look = 100;
constexpr int days_usual = 30, days_max = 400;

Finding rules_behind(const Hub& hub, const Reader& reader) {
    Finding out{"rules", Verdict::fine, {"可疑规则", "suspect rules"}, {"核到最新", "have seen everything"}, {}};
    if (hub.is_front()) {
        out.what = {"由另一个监管中心核", "are asked by another hub"};
        return out;
    }
    const auto notes = reader.loop.notes();
    const auto behind = notes - std::min(notes, hub.watch->notes_read());
    if (behind > 0)
        out.what = {fmt::format("还有 {} 批没有核", behind), fmt::format("{} batches wait for them", behind)};
    if (behind > notes_behind_look) {
        out.verdict = Verdict::look;
        out.todo = {
            "刚导入或刚改规则时会这样；一天后仍在增加，看处理器是否够用",
            "usual after an import or a change of rules; where it still grows a day later, see to the processor"};
    }
    return out;
}

Finding failed_rules(const Hub& hub) {
    Finding out{"rule_failures", Verdict::fine, {"出错的规则", "rules that failed"}, {"没有", "none"}, {}};
    std::string which;
    for (const auto& [rule, times] : hub.watch->failures_by_rule())
        if (times > 0) which += fmt::format("{}{} × {}", which.empty() ? "" : ", ", rule, times);
    if (which.empty()) return out;
    out.verdict = Verdict::look;
    out.what = {which, which};
    out.todo = {"这些记录上没有这条规则的结论；日志里有是哪条记录",
                "it says nothing about these records; the log names them"};
    return out;
}

Finding recent_alarms(Store& store, loop::Moment now) {
    Finding out{"alarms", Verdict::fine, {"近 7 天的告警", "alarms of 7 days"}, {"没有", "none"}, {}};
    const auto count = store.alarms({}, now - alarms_look, alarms_counted).size();
    if (count == 0) return out;
    out.verdict = Verdict::look;
    const auto number = fmt::format("{}{}", count, count == alarms_counted ? "+" : "");
    out.what = {number + " 项", number};
    out.todo = {"由办理人员在“告警”页查看", "an officer looks at them on the page Alarms"};
    return out;
}

Finding administrators(engine::Connection& database) {
    Finding out{"administrators", Verdict::fine, {"管理员", "administrators"}, {"三类都有", "of all three kinds"}, {}};
    const auto missing = missing_admins(database);
    if (missing.empty()) return out;
    out.verdict = Verdict::look;
    out.what = {fmt::format("缺 {} 类", missing.size()), fmt::format("{} kinds are missing", missing.size())};
    out.todo = {"在“账号”页建立", "make them on the page Accounts"};
    return out;
}

json words_of(const service::Words& words) { return {{"zh", words.zh}, {"en", words.en}}; }

json as_json(const Finding& f) {
    return {{"check", f.check},
            {"state", service::name_of(f.verdict)},
            {"title", words_of(f.title)},
            {"what", words_of(f.what)},
            {"todo", f.todo.zh.empty() ? json(nullptr) : words_of(f.todo)}};
}

/// `MOMENT KEY`, as a cursor holds it.
std::string alarm_key(const Store::AlarmPlace& place) { return fmt::format("{} {}", place.latest_at, place.key); }
Store::AlarmPlace alarm_place(const std::string& key) {
    if (key.empty()) return {};
    const auto space = key.find(' ');
    return {std::stoll(key.substr(0, space)), key.substr(space + 1)};
}

}  // namespace

Answer show_system(Console& console, Ask& ask) {
    auto& hub = console.hub();
    auto found = health_of_folder(hub.options.data, console.now());
    const auto reader = hub.readers.now(ask.scope);
    found.push_back(rules_behind(hub, *reader));
    found.push_back(failed_rules(hub));
    found.push_back(recent_alarms(reader->store, console.now()));
    found.push_back(administrators(reader->store.database()));
    json items = json::array();
    for (const auto& one : found) items.push_back(as_json(one));
    return list_answer(
        {{"items", std::move(items)}, {"hub", hub.id}, {"position", hub.place_named(reader->store.position())}},
        ask.request.http);
}

Answer list_alarms(Console& console, Ask& ask) {
    const auto& query = ask.request.http;
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    const auto text = query.query("days");
    const bool is_number =
        !text.empty() && text.size() <= 3 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    const int days = text.empty() ? days_usual : is_number ? std::stoi(text) : 0;
    if (days < 1 || days > days_max)
        return problem(400, {"bad_days", "天数是 1 到 400", "days are a number from 1 to 400"});
    const auto reader = console.hub().readers.now(ask.scope);
    const auto& stations = reader->loop.projection.stations();
    json items = json::array(), next;
    auto behind = alarm_place(page.behind), shown = behind;
    for (bool are_more = true; are_more && next.is_null();) {
        const auto some = reader->store.alarms(behind, console.now() - days * loop::day_ms, alarms_a_look);
        are_more = !some.empty();  // fewer than asked: some are damaged
        for (const auto& alarm : some) {
            behind = Store::place_of(alarm);
            const auto station = stations.at(alarm.source, console.now());
            if (!ask.scope.holds(station ? station->county : "")) continue;
            if (items.size() == page.limit) {
                next = console.cursor(ask, alarm_key(shown));
                break;
            }
            shown = behind;
            items.push_back({{"source_id", alarm.source},
                             {"station_name", station ? station->name : ""},
                             {"code", alarm.code},
                             {"epoch", alarm.epoch},
                             {"first", alarm.first},
                             {"is_of_several", alarm.head.empty()},
                             {"raised_at", loop::format_moment(alarm.raised_at)},
                             {"latest_at", loop::format_moment(alarm.latest_at)},
                             {"times", alarm.times}});
        }
    }
    return list_answer({{"items", std::move(items)}, {"next", next}}, ask.request.http);
}

}  // namespace imloop::hub
