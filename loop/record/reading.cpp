#include "loop/record/reading.hpp"

#include <array>

#include "loop/record/detail.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop::record {
namespace {

using nlohmann::json;

std::string text(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Moment moment(const json& object, const char* name) { return parse_moment(text(object, name)).value_or(0); }

std::optional<int> whole(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_number_integer() ? std::optional(at->get<int>()) : std::nullopt;
}

std::vector<std::string> texts(const json& object, const char* name) {
    std::vector<std::string> out;
    const auto at = object.find(name);
    if (at == object.end()) return out;
    for (const auto& item : *at) out.push_back(item.get<std::string>());
    return out;
}

template <typename E, std::size_t N>
std::optional<E> one_of(const std::array<std::pair<std::string_view, E>, N>& names, std::string_view name) {
    for (const auto& [known, value] : names)
        if (known == name) return value;
    return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, Reason>, 6> reasons = {{{"periodic", Reason::periodic},
                                                                         {"initial", Reason::initial},
                                                                         {"retest", Reason::retest},
                                                                         {"roadside", Reason::roadside},
                                                                         {"spot_check", Reason::spot_check},
                                                                         {"comparison", Reason::comparison}}};
constexpr std::array<std::pair<std::string_view, Verdict>, 3> verdicts = {
    {{"pass", Verdict::pass}, {"fail", Verdict::fail}, {"aborted", Verdict::aborted}}};
constexpr std::array<std::pair<std::string_view, RepairOutcome>, 4> outcomes = {
    {{"repaired", RepairOutcome::repaired},
     {"not_repairable", RepairOutcome::not_repairable},
     {"owner_refused", RepairOutcome::owner_refused},
     {"scrapped", RepairOutcome::scrapped}}};
constexpr std::array<std::pair<std::string_view, Event>, 6> events = {{{"registered", Event::registered},
                                                                       {"replated", Event::replated},
                                                                       {"scrapped", Event::scrapped},
                                                                       {"transferred_out", Event::transferred_out},
                                                                       {"transferred_in", Event::transferred_in},
                                                                       {"exempted", Event::exempted}}};
constexpr std::array<std::pair<std::string_view, StationStatus>, 4> statuses = {
    {{"filed", StationStatus::filed},
     {"suspended", StationStatus::suspended},
     {"revoked", StationStatus::revoked},
     {"closed", StationStatus::closed}}};

VehicleWords vehicle(const json& v) {
    return counting({normal_vin(text(v, "vin")), normal_plate(text(v, "plate")), text(v, "plate_kind"),
                     normal_text(text(v, "engine_no")), normal_text(text(v, "model")), text(v, "registered_county")});
}

std::optional<InspectionFact> inspection(const json& r) {
    const auto reason = one_of(reasons, text(r, "reason"));
    const auto verdict = one_of(verdicts, text(r, "verdict"));
    if (!reason || !verdict) return std::nullopt;
    return InspectionFact{text(r, "report_no"),    text(r, "acceptance_no"), *reason, *verdict, text(r, "method"),
                          moment(r, "started_at"), texts(r, "failed_items")};
}

std::optional<RepairFact> repair(const json& r) {
    const auto outcome = one_of(outcomes, text(r, "outcome"));
    if (!outcome) return std::nullopt;
    return RepairFact{text(r, "work_order_no"), text(r, "fail_report_no"), *outcome, moment(r, "settled_at")};
}

std::optional<DecisionFact> decision(const json& r) {
    for (const auto* kind : {"record_id", "episode_id", "flag_id", "station_id", "case_id"}) {
        if (!r.at("about").contains(kind)) continue;
        DecisionFact out{kind, text(r.at("about"), kind), text(r, "action"), text(r, "other_record_id"), {}};
        if (r.contains("until")) out.until = parse_day(text(r, "until"));
        return out;
    }
    return std::nullopt;
}

std::optional<Location> location(const json& r) {
    const auto at = r.find("location");
    if (at == r.end()) return std::nullopt;
    return Location{at->at("lat").get<double>(), at->at("lon").get<double>()};
}

}  // namespace

std::optional<Kind> kind_of(const json& record) {
    constexpr std::string_view before = "imloop/", after = "/1";
    const std::string schema = text(record, "schema");
    if (!schema.starts_with(before) || !schema.ends_with(after) || schema.size() <= before.size() + after.size())
        return std::nullopt;
    return kind_named(std::string_view(schema).substr(before.size(), schema.size() - before.size() - after.size()));
}

Fact read_fact(Kind kind, const json& r) {
    Fact fact;
    fact.record_id = text(r, "record_id");
    fact.station_id = text(r, "station_id");
    fact.kind = kind;
    fact.occurred_at = moment(r, "occurred_at");
    fact.day_only = text(r, "time_precision") == "day";
    if (const auto at = r.find("vehicle"); at != r.end()) fact.vehicle = vehicle(*at);
    if (kind == Kind::inspection) fact.inspection = inspection(r);
    if (kind == Kind::repair) fact.repair = repair(r);
    if (kind == Kind::decision) fact.decision = decision(r);
    if (kind == Kind::vehicle_event)
        if (const auto event = one_of(events, text(r, "event")))
            fact.event = EventFact{*event, normal_plate(text(r, "new_plate"))};
    fact.detail = packed_detail(kind, r);
    return fact;
}

std::optional<Registration> read_registration(const json& r) {
    const auto status = one_of(statuses, text(r, "status"));
    const std::string kind = text(r, "kind");
    if (!status || kind.size() != 1 || std::string_view("IMEBH").find(kind[0]) == std::string_view::npos)
        return std::nullopt;
    return Registration{text(r, "record_id"),
                        text(r, "registered_station_id"),
                        kind[0],
                        text(r, "name"),
                        text(r, "county"),
                        *status,
                        parse_day(text(r, "valid_from")).value_or(0),
                        moment(r, "occurred_at"),
                        text(r, "opening_hours"),
                        location(r),
                        text(r, "owner"),
                        text(r, "credit_code"),
                        whole(r, "bays"),
                        whole(r, "heavy_bays")};
}

std::optional<Credential> read_credential(const json& r) {
    Credential out{text(r, "record_id"),
                   text(r, "source_id"),
                   text(r, "kid"),
                   text(r, "alg"),
                   text(r, "spki"),
                   text(r, "status"),
                   parse_day(text(r, "valid_from")).value_or(0),
                   {},
                   texts(r, "writes_for"),
                   moment(r, "occurred_at")};
    if (r.contains("until")) out.until = parse_day(text(r, "until"));
    return out;
}

std::optional<Correction> read_correction(const json& r) {
    const std::string action = text(r, "action");
    if (action != "void" && action != "replace") return std::nullopt;
    Correction out{text(r, "record_id"),     text(r, "corrects"),  action == "void", {},
                   moment(r, "occurred_at"), text(r, "station_id")};
    if (!out.voids) {
        const json& whole = r.at("replacement");
        if (const auto kind = kind_of(whole)) out.replacement = read_fact(*kind, whole);
    }
    return out;
}

void read_into(Admitted& admitted) {
    const json& r = admitted.json;
    admitted.fact = read_fact(*admitted.kind, r);
    if (admitted.kind == Kind::registration) admitted.registration = read_registration(r);
    if (admitted.kind == Kind::credential) admitted.credential = read_credential(r);
    if (admitted.kind == Kind::correction) admitted.correction = read_correction(r);
}

}  // namespace imloop::loop::record
