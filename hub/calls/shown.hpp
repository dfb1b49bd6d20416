// What several calls show in one way.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "hub/api/context.hpp"
#include "hub/report/report.hpp"

namespace imloop::hub::calls {

/// A report as table, json or csv.
Answer rendered(const Report&, std::string_view form);
/// Of one journal line; for as long as the reader is of one moment.
ReceiptCheck receipt_check(Reader&);
/// What officers said of a flag, oldest first.
nlohmann::json decisions_about(const Watch::View&, const std::string& flag_id);
/// The policy in force now.
const loop::Policy& policy_today(Context&);
/// The deadlines that the caller prints: those of its county.
nlohmann::json policy_posted(Context&);
/// Answered where no flag has this id, and no case this number.
Answer no_such_flag();
Answer no_such_case();
/// Of codes/unit: a department that takes part in cases.
bool is_unit(std::string_view code);
/// 422, naming the member.
Answer unit_unknown(const std::string& member);

}  // namespace imloop::hub::calls
