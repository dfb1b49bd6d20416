#include "hub/console/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hub/answers.hpp"
#include "hub/api/lists.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct Months {
    loop::Day first, last;
};
/// The three whole months before a day's.
Months before(loop::Day day) {
    const auto text = loop::format_day(day);
    const int year = std::stoi(text.substr(0, 4)), month = std::stoi(text.substr(5, 2));
    const auto first_of = [](int months) {
        return loop::parse_day(fmt::format("{:04}-{:02}-01", months / 12, months % 12 + 1)).value();
    };
    const int months = year * 12 + month - 1;
    return {first_of(months - 3), first_of(months) - 1};
}

std::size_t characters_of(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Answer problem_with(int status, Error error, json members) {
    auto answer = problem(status, std::move(error));
    answer.members = std::move(members);
    return answer;
}

Answer role_missing() { return problem(403, {"role_missing", "您的角色不能做这件事", "your role may not do this"}); }

Answer locked(const Tries& tries) {
    json until;
    if (tries.locked_until != for_good) until = loop::format_moment(tries.locked_until);
    return problem_with(423, {"locked", "这个账号已锁定", "this account is locked"}, {{"until", until}});
}

Answer account_unfit() {
    return problem_with(
        422, {"account_unfit", "账号用 2 到 32 个小写字母、数字或 -", "an account is 2 to 32 of a-z, 0-9 and -"},
        {{"pointer", "/account"}});
}

Answer account_exists() {
    return problem_with(409, {"account_exists", "已有这个账号", "there is such an account"}, {{"pointer", "/account"}});
}

json missing_admins(engine::Connection& database) {
    json out = json::array();
    const auto all = grants(database);
    for (const auto role : {Role::security_admin, Role::auditor})
        if (std::ranges::none_of(all, [&](const Grant& g) { return g.is_in_force() && g.role == role; }))
            out.push_back(name_of(role));
    return out;
}

std::string station_name(const loop::Projection& projection, const std::string& station_id, loop::Moment now) {
    const auto station = projection.stations().at(station_id, now);
    return station ? station->name : "";
}

Filter filter_of(const Console& console, const Ask& ask) {
    Filter out;
    auto& request = out.request;
    const auto value = [&](const char* name) { return ask.request.http.query(name); };
    request.as_of = console.today();
    const auto day = [&](const char* name, loop::Day& to) {
        const auto text = value(name);
        if (text.empty()) return true;
        const auto parsed = loop::parse_day(text);
        if (parsed) to = *parsed;
        return parsed.has_value();
    };
    bool right = day("as_of", request.as_of) && request.as_of >= 0;
    const auto months = before(right ? request.as_of : console.today());
    request.period = {months.first, months.last};
    right = day("from", request.period.from) && day("to", request.period.to) && right;
    const auto view = value("view");
    if (!right)
        out.refusal = problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    else if (request.period.from > request.period.to)
        out.refusal = problem(400, {"bad_period", "from 晚于 to", "from is after to"});
    else if (!view.empty() && view != "station" && view != "registered")
        out.refusal = problem(400, {"bad_view", "view 可用 station, registered", "views are station and registered"});
    request.view = view == "registered" ? loop::CountyView::registered : loop::CountyView::station;
    return out;
}

json head_of(const Console& console, const ReportRequest& request, const Watch::View& view) {
    auto out = about(request);
    out["position"] = console.hub().place_named(view.reader->store.position());
    out["watched_to"] = console.hub().place_named(view.watched_to);
    return out;
}

Page page_of(Console& console, const Ask& ask) {
    const auto limit = ask.is_export ? export_rows_max : list_limit(ask.request.http);
    if (!limit) return {0, {}, limit_out_of_range()};
    auto from = console.from(ask);
    return {*limit, std::move(from.key), std::move(from.refusal)};
}

std::optional<Answer> unfit_text(const Ask& ask, const char* name, std::size_t characters_min,
                                 std::size_t characters_max) {
    const auto text = ask.text(name);
    const auto count = characters_of(text);
    const bool is_clean = std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' ' && c != '\n'; });
    if (is_clean && count >= characters_min && count <= characters_max) return std::nullopt;
    return problem_with(422,
                        {"text_unfit", fmt::format("{} 应有 {} 到 {} 个字", name, characters_min, characters_max),
                         fmt::format("{} takes {} to {} characters", name, characters_min, characters_max)},
                        {{"pointer", fmt::format("/{}", name)}, {"min", characters_min}, {"max", characters_max}});
}

std::optional<Answer> unfit_action(const Ask& ask, std::initializer_list<std::string_view> actions) {
    if (std::ranges::find(actions, ask.text("action")) != actions.end()) return std::nullopt;
    const auto names = fmt::format("{}", fmt::join(actions.begin(), actions.end(), ", "));
    return problem(400, {"unknown_action", "action 可用 " + names, "action is one of " + names});
}

}  // namespace imloop::hub
