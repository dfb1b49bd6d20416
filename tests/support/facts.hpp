// Facts from the records of the vectors, whose words are right by construction: no checks here.
#pragma once

#include <nlohmann/json.hpp>

#include "loop/fact.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::test {

inline loop::Fact fact_of(const nlohmann::json& r) {
    using namespace loop;
    Fact f;
    const auto text = [](const nlohmann::json& o, const char* name) { return o.value(name, std::string()); };
    f.record_id = r.at("record_id");
    f.station_id = r.at("station_id");
    f.occurred_at = parse_moment(r.at("occurred_at").get<std::string>()).value();
    f.day_only = text(r, "time_precision") == "day";
    if (r.contains("vehicle")) {
        const auto& v = r["vehicle"];
        f.vehicle =
            counting({normal_vin(text(v, "vin")), normal_plate(text(v, "plate")), text(v, "plate_kind"),
                      normal_text(text(v, "engine_no")), normal_text(text(v, "model")), text(v, "registered_county")});
    }
    const std::string schema = r.at("schema");
    if (schema == "imloop/inspection/1") {
        f.kind = Kind::inspection;
        const std::map<std::string, Reason> reasons{
            {"periodic", Reason::periodic}, {"initial", Reason::initial},       {"retest", Reason::retest},
            {"roadside", Reason::roadside}, {"spot_check", Reason::spot_check}, {"comparison", Reason::comparison}};
        const std::map<std::string, Verdict> verdicts{
            {"pass", Verdict::pass}, {"fail", Verdict::fail}, {"aborted", Verdict::aborted}};
        f.inspection = InspectionFact{text(r, "report_no"),
                                      text(r, "acceptance_no"),
                                      reasons.at(r.at("reason")),
                                      verdicts.at(r.at("verdict")),
                                      text(r, "method"),
                                      f.occurred_at,
                                      {}};
    } else if (schema == "imloop/repair/1") {
        f.kind = Kind::repair;
        const std::map<std::string, RepairOutcome> outcomes{{"repaired", RepairOutcome::repaired},
                                                            {"not_repairable", RepairOutcome::not_repairable},
                                                            {"owner_refused", RepairOutcome::owner_refused},
                                                            {"scrapped", RepairOutcome::scrapped}};
        f.repair = RepairFact{text(r, "work_order_no"), text(r, "fail_report_no"), outcomes.at(r.at("outcome")),
                              f.occurred_at};
    } else if (schema == "imloop/vehicle_event/1") {
        f.kind = Kind::vehicle_event;
        const std::map<std::string, Event> events{{"registered", Event::registered},
                                                  {"replated", Event::replated},
                                                  {"scrapped", Event::scrapped},
                                                  {"transferred_out", Event::transferred_out},
                                                  {"transferred_in", Event::transferred_in},
                                                  {"exempted", Event::exempted}};
        f.event = EventFact{events.at(r.at("event")), normal_plate(text(r, "new_plate"))};
    } else if (schema == "imloop/decision/1") {
        f.kind = Kind::decision;
        const auto about = r.at("about").begin();
        f.decision = DecisionFact{about.key(), about.value(), r.at("action"), text(r, "other_record_id"), {}};
        if (r.contains("until")) f.decision->until = parse_day(r["until"].get<std::string>());
    }
    return f;
}

}  // namespace imloop::test
