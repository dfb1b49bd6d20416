// What needs a look: flags as an officer reads them.
#pragma once

#include "hub/report/report.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

struct SuspectRequest {
    loop::Period period{0, 0};  ///< of the flagged record's day; flags of stations and counties are always within
    std::string rule, grade, station, county, state;  ///< empty: all; state: open, confirm, dismiss, ask
    bool unmasked = false;
    std::size_t limit = 0;  ///< rows at most; 0: all
    ReceiptCheck receipt_holds;
};

/// Those wanted, the likeliest first, later ones before, then by id.
loop::rules::Flags wanted_flags(const loop::Projection&, const loop::rules::Suspects&, const SuspectRequest&);
std::vector<Column> flag_columns();
/// What report_suspects() says of one, by the names of its columns.
nlohmann::json flag_object(const loop::Projection&, const loop::rules::Suspects&, const loop::rules::Flag&,
                           bool unmasked);
/// Of a county's flag its own, else that of its station on its day; may be empty.
std::string county_of(const loop::Projection&, const loop::rules::Flag&);
/// `open` where no officer has decided, else the action of the latest decision.
std::string state_of(const loop::rules::Suspects&, const std::string& flag_id);
/// The likeliest first. Swept before.
Report report_suspects(const loop::Projection&, const loop::rules::Suspects&, const SuspectRequest&);
/// Combined risk and the ten-vehicle meter of each station with flags, the riskiest first.
Report report_risk(const loop::Projection&, const loop::rules::Suspects&);
/// How each rule stands: flags, and what officers said of them.
Report report_rules(const loop::rules::Suspects&);
/// What checks (`supervision`) found, by arm of the draw and by rule.
Report report_yield(const loop::rules::Suspects&);
/// One flag whole: sentence, numbers, records with receipts, what would clear it, decisions. Nothing where there is no
/// such flag.
std::optional<nlohmann::json> suspect(const loop::Projection&, const loop::rules::Suspects&, const std::string& flag_id,
                                      const SuspectRequest&);
/// The same for a terminal.
std::string suspect_text(const nlohmann::json&);
/// A rule's page of documentation. Nothing where there is no such rule.
std::optional<std::string> rule_page(std::string_view rule, const loop::rules::Parameters&);

}  // namespace imloop::hub
