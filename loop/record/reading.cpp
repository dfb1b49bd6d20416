#include "loop/record/reading.hpp"

#include <nlohmann/json.hpp>

#include "loop/names.hpp"
#include "loop/record/codes.hpp"
#include "loop/record/detail.hpp"
#include "loop/record/parse.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop::record {
namespace {

std::string text(const Value& object, std::string_view name) { return std::string(object.text_of(name)); }

Moment moment(const Value& object, std::string_view name) { return parse_moment(object.text_of(name)).value_or(0); }

std::optional<int> whole(const Value& object, std::string_view name) {
    const auto* at = object.find(name);
    return at && at->is_whole() ? std::optional(static_cast<int>(at->whole())) : std::nullopt;
}

std::optional<Day> day(const Value& object, std::string_view name) { return parse_day(object.text_of(name)); }

std::vector<std::string> texts(const Value& object, std::string_view name) {
    std::vector<std::string> out;
    if (const auto* at = object.find(name))
        for (const auto& item : at->items()) out.emplace_back(item.text());
    return out;
}

VehicleWords vehicle(const Value& v) {
    return counting({normal_vin(v.text_of("vin")), normal_plate(v.text_of("plate")), text(v, "plate_kind"),
                     normal_text(v.text_of("engine_no")), normal_text(v.text_of("model")),
                     text(v, "registered_county")});
}

std::optional<InspectionFact> inspection(const Value& r) {
    const auto reason = value_named<Reason>(reason_codes, r.text_of("reason"));
    const auto verdict = value_named<Verdict>(verdict_codes, r.text_of("verdict"));
    if (!reason || !verdict) return std::nullopt;
    return InspectionFact{text(r, "report_no"),    text(r, "acceptance_no"), *reason, *verdict, text(r, "method"),
                          moment(r, "started_at"), texts(r, "failed_items")};
}

std::optional<RepairFact> repair(const Value& r) {
    const auto outcome = value_named<RepairOutcome>(repair_outcome_codes, r.text_of("outcome"));
    if (!outcome) return std::nullopt;
    return RepairFact{text(r, "work_order_no"), text(r, "fail_report_no"), *outcome, moment(r, "settled_at")};
}

std::optional<DecisionFact> decision(const Value& r) {
    for (const auto* kind : {"record_id", "episode_id", "flag_id", "station_id", "case_id"}) {
        const auto* about = r.find("about")->find(kind);
        if (!about) continue;
        DecisionFact out{kind, std::string(about->text()), text(r, "action"), text(r, "other_record_id"), {}};
        if (r.contains("until")) out.until = parse_day(r.text_of("until"));
        return out;
    }
    return std::nullopt;
}

std::optional<Location> location(const Value& r) {
    const auto* at = r.find("location");
    if (!at) return std::nullopt;
    return Location{at->find("lat")->number(), at->find("lon")->number()};
}

/// Codes that may grow (a new event, say) and are not known here leave their part of the fact empty.
Fact read_fact(Kind kind, const Value& r) {
    Fact fact;
    fact.record_id = text(r, "record_id");
    fact.station_id = text(r, "station_id");
    fact.kind = kind;
    fact.occurred_at = moment(r, "occurred_at");
    fact.day_only = r.text_of("time_precision") == "day";
    if (const auto* at = r.find("vehicle")) fact.vehicle = vehicle(*at);
    if (kind == Kind::inspection) fact.inspection = inspection(r);
    if (kind == Kind::repair) fact.repair = repair(r);
    if (kind == Kind::decision) fact.decision = decision(r);
    if (kind == Kind::vehicle_event)
        if (const auto event = value_named<Event>(event_codes, r.text_of("event")))
            fact.event = EventFact{*event, normal_plate(r.text_of("new_plate"))};
    fact.detail = packed_detail(kind, r);
    return fact;
}

std::optional<Registration> read_registration(const Value& r) {
    const auto status = value_named<StationStatus>(station_status_codes, r.text_of("status"));
    const std::string kind = text(r, "kind");
    if (!status || kind.size() != 1 || std::string_view("IMEBH").find(kind[0]) == std::string_view::npos)
        return std::nullopt;
    return Registration{text(r, "record_id"),
                        text(r, "registered_station_id"),
                        kind[0],
                        text(r, "name"),
                        text(r, "county"),
                        *status,
                        parse_day(r.text_of("valid_from")).value_or(0),
                        moment(r, "occurred_at"),
                        text(r, "opening_hours"),
                        location(r),
                        text(r, "owner"),
                        text(r, "credit_code"),
                        whole(r, "bays"),
                        whole(r, "heavy_bays")};
}

std::optional<Credential> read_credential(const Value& r) {
    Credential out{text(r, "record_id"),
                   text(r, "source_id"),
                   text(r, "kid"),
                   text(r, "alg"),
                   text(r, "spki"),
                   text(r, "status"),
                   parse_day(r.text_of("valid_from")).value_or(0),
                   {},
                   texts(r, "writes_for"),
                   moment(r, "occurred_at")};
    if (r.contains("until")) out.until = parse_day(r.text_of("until"));
    return out;
}

Claim read_claim(const Value& r) {
    Claim out{text(r, "record_id"), text(r, "fail_record_id"), text(r, "action"), text(r, "chosen_station_id"),
              moment(r, "occurred_at")};
    if (out.station.empty()) out.station = text(r, "station_id");
    return out;
}

std::optional<Correction> read_correction(const Value& r) {
    const auto action = r.text_of("action");
    if (action != "void" && action != "replace") return std::nullopt;
    Correction out;
    out.record_id = text(r, "record_id");
    out.corrects = text(r, "corrects");
    out.voids = action == "void";
    out.occurred_at = moment(r, "occurred_at");
    out.station_id = text(r, "station_id");
    if (out.voids) return out;
    const Value& whole = *r.find("replacement");
    const auto kind = kind_of(whole);
    if (!kind) return out;
    out.replacement = read_fact(*kind, whole);
    if (kind == Kind::registration) out.registration = read_registration(whole);
    if (kind == Kind::credential) out.credential = read_credential(whole);
    if (kind == Kind::claim) out.claim = read_claim(whole);
    return out;
}

PolicyLine read_policy(const Value& r) {
    auto words = nlohmann::json::object();
    for (const auto& name : policy_members())
        if (const auto* at = r.find(name)) words[name] = json_of(*at);
    return {text(r, "record_id"),     parse_day(r.text_of("valid_from")).value_or(0),
            moment(r, "occurred_at"), text(r, "officer_id"),
            text(r, "confirmed_by"),  words.dump()};
}

CaseSource source(const Value& r) {
    CaseSource out;
    const auto* about = r.find("about");
    if (!about) return out;
    for (const auto* kind : {"flag_id", "complaint_no", "draw_id", "station_id", "record_id", "episode_id", "county"})
        if (about->contains(kind)) {
            out.kind = kind;
            out.id = text(*about, kind);
            break;
        }
    out.from = day(*about, "from");
    out.to = day(*about, "to");
    return out;
}

CaseTask task(const Value& r) {
    return {source(r),
            text(r, "problem"),
            text(r, "goal"),
            texts(r, "measures"),
            text(r, "lead_unit"),
            texts(r, "joint_units"),
            text(r, "person"),
            day(r, "deadline"),
            text(r, "acceptance_unit")};
}

std::vector<CaseEvidence> evidence(const Value& r) {
    std::vector<CaseEvidence> out;
    if (const auto* at = r.find("evidence"))
        for (const auto& one : at->items()) {
            const auto* bytes = one.find("bytes");
            out.push_back({text(one, "record_id"), text(one, "flag_id"), text(one, "name"), text(one, "sha256"),
                           bytes ? bytes->whole() : 0});
        }
    return out;
}

/// Nothing where its action or type is one that this program does not know.
std::optional<CaseLine> read_case(const Value& r) {
    const auto no = parse_case_no(r.text_of("case_no"));
    const auto action = case_action_named(r.text_of("action"));
    const auto type = r.text_of("type");
    const auto step = hand_over_step_named(r.text_of("step"));
    if (!no || !action || (!type.empty() && type != "case") || (action == CaseAction::hand_over && !step))
        return std::nullopt;
    return CaseLine{text(r, "record_id"),
                    moment(r, "occurred_at"),
                    *no,
                    *action,
                    text(r, "officer_id"),
                    text(r, "unit"),
                    task(r),
                    text(r, "text"),
                    text(r, "to_department"),
                    step,
                    evidence(r),
                    {}};
}

}  // namespace

std::optional<Kind> kind_of(const Value& record) {
    constexpr std::string_view before = "imloop/", after = "/1";
    const auto schema = record.text_of("schema");
    if (!schema.starts_with(before) || !schema.ends_with(after) || schema.size() <= before.size() + after.size())
        return std::nullopt;
    return kind_named(schema.substr(before.size(), schema.size() - before.size() - after.size()));
}

void read_into(Admitted& admitted, const Value& r) {
    admitted.is_read = true;
    admitted.fact = read_fact(*admitted.kind, r);
    if (admitted.kind == Kind::registration) admitted.registration = read_registration(r);
    if (admitted.kind == Kind::credential) admitted.credential = read_credential(r);
    if (admitted.kind == Kind::policy) admitted.policy = read_policy(r);
    if (admitted.kind == Kind::case_) admitted.case_line = read_case(r);
    if (admitted.kind == Kind::correction) admitted.correction = read_correction(r);
    if (admitted.kind == Kind::claim) admitted.claim = read_claim(r);
}

}  // namespace imloop::loop::record
