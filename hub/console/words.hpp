// What the console's calls share in reading a question and writing an answer.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "hub/console/console.hpp"
#include "hub/report/report.hpp"

namespace imloop::hub {

/// A problem with further members.
Answer problem_with(int status, Error, nlohmann::json members);
/// 403.
Answer role_missing();
/// 423 with `until`; null: until it is opened.
Answer locked(const Tries&);
/// 422 and 409, of a name for a new account.
Answer account_unfit();
Answer account_exists();
/// Which of security_admin and auditor nobody is.
nlohmann::json missing_admins(engine::Connection&);
/// Empty where it is not known.
std::string station_name(const loop::Projection&, const std::string& station_id, loop::Moment);

/// `from, to, as_of, view` of a query. Without them: the three whole months before this one, today, by station. 400
/// bad_day, bad_period, bad_view.
struct Filter {
    ReportRequest request;
    std::optional<Answer> refusal;
};
Filter filter_of(const Console&, const Ask&);
/// What the figures hang on: filter, place in the log, how far the rules have seen.
nlohmann::json head_of(const Console&, const ReportRequest&, const Watch::View&);

/// Which rows of a list are asked, by `limit` and `cursor`; of an export as many as a file holds. 400
/// limit_out_of_range, cursor_not_yours.
struct Page {
    std::size_t limit = 0;
    std::string behind;  ///< the key of the row before; empty: from the beginning
    std::optional<Answer> refusal;
};
Page page_of(Console&, const Ask&);
/// `items, next, total` of rows in the order of their keys.
template <class Row>
void put_page(nlohmann::json& body, Console& console, const Ask& ask, const Page& page, const std::vector<Row>& rows,
              std::string (*key_of)(const Row&), const std::function<nlohmann::json(const Row&)>& object_of) {
    auto& items = body["items"] = nlohmann::json::array();
    auto at = std::ranges::upper_bound(rows, page.behind, {}, key_of);
    for (; at != rows.end() && items.size() < page.limit; ++at) items.push_back(object_of(*at));
    body["next"] = at == rows.end() ? nlohmann::json() : nlohmann::json(console.cursor(ask, key_of(*std::prev(at))));
    body["total"] = rows.size();
}

/// The text is there, of so many characters, and holds no control characters but new lines. 422 naming the member.
std::optional<Answer> unfit_text(const Ask&, const char* name, std::size_t characters_min, std::size_t characters_max);
/// The `action` is one of these. 400 unknown_action.
std::optional<Answer> unfit_action(const Ask&, std::initializer_list<std::string_view>);

inline constexpr std::size_t reason_min = 10, reason_max = 2000;
inline constexpr std::size_t digest_shown = 16;  ///< digits of a keyed digest in the audit log

}  // namespace imloop::hub
