#include "tests/sim/records.hpp"

#include <fmt/format.h>

#include <cmath>

#include "loop/tables.hpp"
#include "station/ids.hpp"

namespace imloop::sim {
namespace {

Json common(const char* kind, const std::string& station, loop::Moment at, const std::string& id) {
    return {{"schema", fmt::format("imloop/{}/1", kind)},
            {"record_id", id},
            {"station_id", station},
            {"occurred_at", loop::format_moment(at)}};
}

Json words(const Vehicle& v, const Typed& typed) {
    Json out = Json::object();
    if (!typed.vin.empty()) out["vin"] = typed.vin;
    if (!typed.plate.empty()) out["plate"] = typed.plate;
    out["plate_kind"] = v.model->plate_kind;
    out["plate_color"] = v.model->plate_color;
    out["class"] = typed.vehicle_class;
    out["fuel"] = typed.fuel;
    out["emission_stage"] = typed.stage;
    out["registered_on"] = loop::format_day(typed.registered_on);
    out["registered_county"] = counties()[static_cast<std::size_t>(v.county)].code;
    out["model"] = v.model->name;
    out["mass_kg"] = typed.mass_kg;
    out["rated_power_kw"] = typed.rated_power_kw;
    return out;
}

Json readings(const std::vector<Reading>& of, Method method, bool judged) {
    Json out = Json::array();
    for (const auto& r : of) {
        Json one = {{"item", r.item}, {"phase", r.phase}, {"value", r.value}, {"unit", unit_of(method, r.item)}};
        if (r.limit) one["limit"] = *r.limit;
        if (r.limit_low) one["limit_low"] = *r.limit_low;
        if (r.limit && judged) one["passed"] = r.passed;
        out.push_back(std::move(one));
    }
    return out;
}

Json obd(const Obd& o) {
    Json out = {{"supported", o.supported}, {"communicates", o.communicates}};
    if (!o.communicates) return out;
    out["mil_on"] = o.mil_on;
    out["dtcs"] = o.dtcs;
    if (!o.permanent_dtcs.empty()) out["permanent_dtcs"] = o.permanent_dtcs;
    for (const auto& [monitor, complete] : o.readiness) out["readiness"][monitor] = complete;
    out["cal_id"] = o.cal_id;
    out["cvn"] = o.cvn;
    if (!o.vin.empty()) out["vin"] = o.vin;
    out["protocol"] = o.protocol;
    if (o.mileage_km > 0) out["mileage_km"] = o.mileage_km;
    if (o.lambda > 0) out["lambda"] = rounded(o.lambda, 3);
    if (o.mil_on) out["mil_distance_km"] = o.mil_distance_km;
    out["cleared_distance_km"] = o.cleared_distance_km;
    out["cleared_warm_ups"] = o.cleared_warm_ups;
    for (const auto& u : o.in_use)
        out["in_use"][u.monitor] = {{"numerator", u.numerator}, {"denominator", u.denominator}};
    return out;
}

}  // namespace

std::string record_id(const std::string& station, const char* kind, const std::string& number, loop::Moment at) {
    return station::uuid7_of(at, station + "\n" + kind + "\n" + number);
}

Json inspection(const Test& t, double clock_s) {
    const auto shown = [&](loop::Moment at) {
        return loop::format_moment(at + static_cast<loop::Moment>(clock_s) * 1000);
    };
    Json r = common("inspection", t.station, 0, t.record_id);
    r["occurred_at"] = shown(t.ended_at);
    r["vehicle"] = words(*t.vehicle, t.typed);
    r["report_no"] = t.report_no;
    if (!t.line.empty()) r["line_id"] = t.line, r["inspector_id"] = t.inspector;
    r["reason"] = t.reason;
    r["attempt"] = t.attempt;
    if (!t.retest_of.empty()) r["retest_of"] = t.retest_of;
    r["started_at"] = shown(t.started_at);
    r["ended_at"] = r["occurred_at"];
    r["method"] = code_of(t.method);
    r["environment"] = {{"temperature_c", t.environment.temperature_c},
                        {"humidity_pct", t.environment.humidity_pct},
                        {"pressure_kpa", t.environment.pressure_kpa}};
    r["appearance"] = {{"smoke", !t.appearance_passed}, {"modified", false}, {"leaks", false}};
    if (t.obd) r["obd"] = obd(*t.obd);
    r["readings"] = readings(t.readings, t.method, true);
    r["verdict"] = t.verdict;
    if (!t.failed_items.empty()) r["failed_items"] = t.failed_items;
    r["equipment"] = {{"analyser_id", t.analyser_id}};
    if (!t.dynamometer_id.empty() && t.method != Method::two_speed_idle && t.method != Method::free_acceleration)
        r["equipment"]["dynamometer_id"] = t.dynamometer_id;
    r["equipment"]["software_version"] = t.software_version;
    if (t.calibrated_at > 0) r["equipment"]["calibrated_at"] = shown(t.calibrated_at);
    const bool is_smoke = t.method == Method::free_acceleration || t.method == Method::lugdown;
    r["limits_in_force"] = is_smoke ? "GB3847-2018/a" : "GB18285-2018/a";
    return r;
}

Json repair(const Job& job) {
    const auto moment = [&](loop::Moment at) { return job.day_only ? loop::start_of(loop::day_of(at)) : at; };
    Json r = common("repair", job.shop, moment(job.settled_at), job.record_id);
    if (job.day_only) r["time_precision"] = "day";
    r["vehicle"] = words(*job.vehicle, job.typed);
    r["work_order_no"] = job.work_order_no;
    if (!job.fail_report_no.empty()) r["fail_report_no"] = job.fail_report_no;
    r["received_at"] = loop::format_moment(moment(job.received_at));
    r["settled_at"] = r["occurred_at"];
    r["mileage_km"] = job.mileage_km;
    r["fault_description"] = job.fault;
    r["dtcs_before"] = job.dtcs_before;
    r["dtcs_after"] = job.dtcs_after;
    for (const auto& i : job.items)
        r["items"].push_back({{"code", i.code},
                              {"system", i.system},
                              {"name", i.name},
                              {"labour_hours", i.labour_hours},
                              {"labour_fee", i.labour_fee}});
    for (const auto& p : job.parts) {
        Json part = {{"name", p.name}, {"part_no", p.code}};
        if (!p.serial_no.empty()) part["serial_no"] = p.serial_no;
        part["brand"] = p.brand, part["origin"] = p.origin;
        part["certified"] = p.origin != "remanufactured";
        part["quantity"] = p.quantity, part["unit_price"] = p.unit_price;
        r["parts"].push_back(std::move(part));
    }
    r["quoted_fee"] = job.quoted_fee;
    r["total_fee"] = job.total_fee;
    r["technician_id"] = job.technician_id;
    if (!job.certificate_no.empty()) r["certificate_no"] = job.certificate_no;
    if (job.warranty_days > 0) r["warranty"] = {{"days", job.warranty_days}, {"km", job.warranty_km}};
    if (!job.readings_before.empty()) r["readings_before"] = readings(job.readings_before, job.readings_method, false);
    if (!job.readings_after.empty()) r["readings_after"] = readings(job.readings_after, job.readings_method, false);
    for (std::size_t i = 0; i < job.pictures.size(); ++i)
        r["attachments"].push_back({{"kind", "photo"},
                                    {"name", fmt::format("{}-{}.jpg", job.work_order_no, i + 1)},
                                    {"sha256", job.pictures[i]},
                                    {"bytes", 200'000}});
    if (job.obd_after) r["obd_after"] = obd(*job.obd_after);
    r["outcome"] = job.outcome;
    return r;
}

Json vehicle_event(const Vehicle& v, const std::string& station, loop::Moment at, const std::string& event) {
    at = loop::start_of(loop::day_of(at));
    Json r = common("vehicle_event", station, at, record_id(station, "vehicle_event", v.vin + event, at));
    r["time_precision"] = "day";
    r["vehicle"] = {{"vin", v.vin}, {"plate", v.plate}, {"plate_kind", v.model->plate_kind}};
    r["event"] = event;
    r["authority"] = "市公安局交警支队";
    return r;
}

Json correction_void(const Json& record, loop::Moment at) {
    const std::string station = record.at("station_id"), of = record.at("record_id");
    Json r = common("correction", station, at, record_id(station, "correction", of, at));
    r["corrects"] = of;
    r["action"] = "void";
    r["reason"] = "录入错误";
    return r;
}

Json calibration(const std::string& station, const std::string& line, const std::string& equipment, const char* kind,
                 const char* unit, double nominal, double measured, bool passed, loop::Moment at) {
    Json r = common("calibration", station, at, record_id(station, "calibration", equipment + kind, at));
    r["line_id"] = line;
    r["equipment_id"] = equipment;
    r["kind"] = kind;
    r["nominal"] = nominal, r["measured"] = measured, r["unit"] = unit;
    r["passed"] = passed;
    return r;
}

Json price_list(const Shop& shop, loop::Moment at) {
    Json r = common("price_list", shop.id, at, record_id(shop.id, "price_list", "", at));
    r["valid_from"] = loop::format_day(loop::day_of(at));
    for (const auto& row : loop::rows_of("repair_items")) {
        const std::string code = row.at("code");
        r["items"].push_back(
            {{"code", code}, {"name", row.at("zh").get<std::string>()}, {"labour_fee", labour_fee(shop, code)}});
    }
    return r;
}

Json claim(const std::string& shop, const Vehicle& v, const std::string& fail_record_id, loop::Moment at) {
    Json r = common("claim", shop, at, record_id(shop, "claim", fail_record_id, at));
    r["vehicle"] = {{"plate", v.plate}, {"plate_kind", v.model->plate_kind}};
    r["fail_record_id"] = fail_record_id;
    r["action"] = "take_in";
    return r;
}

Json override_(const std::string& station, const Typed& typed, loop::Moment at) {
    Json r = common("override", station, at, record_id(station, "override", typed.plate + typed.vin, at));
    if (!typed.vin.empty()) r["vehicle"]["vin"] = typed.vin;
    if (!typed.plate.empty()) r["vehicle"]["plate"] = typed.plate;
    r["clearance"] = "repair_required";
    r["asked_at"] = loop::format_moment(at - 60'000);
    r["reason_code"] = "other";
    r["reason"] = "车主称已自行维修";
    r["approved_by"] = "站长";
    return r;
}

}  // namespace imloop::sim
