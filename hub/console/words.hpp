// What the console's calls share in reading a question and writing an answer.
#pragma once

#include <initializer_list>
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

/// `limit` of a list's query, as list_limit() reads it; of an export as many as a file holds.
std::optional<std::size_t> limit_of(const Ask&);

/// The text is there, of so many characters, and holds no control characters but new lines. 422 naming the member.
std::optional<Answer> unfit_text(const Ask&, const char* name, std::size_t characters_min, std::size_t characters_max);
/// The `action` is one of these. 400 unknown_action.
std::optional<Answer> unfit_action(const Ask&, std::initializer_list<std::string_view>);

inline constexpr std::size_t reason_min = 10, reason_max = 2000;
inline constexpr std::size_t digest_shown = 16;  ///< digits of a keyed digest in the audit log

}  // namespace imloop::hub
