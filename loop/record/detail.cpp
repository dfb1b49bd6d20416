#include "loop/record/detail.hpp"

#include <algorithm>

#include "loop/pack.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {
namespace {

using record::Value;

/// One object and its members; what is missing or of another type is as if not given.
class Object {
public:
    explicit Object(const Value& object) : object_(object) {}

    const Value* find(std::string_view name) const { return object_.find(name); }
    std::string text(std::string_view name) const { return std::string(object_.text_of(name)); }
    std::optional<double> number(std::string_view name) const {
        const auto* at = find(name);
        return at && at->is_number() ? std::optional(at->number()) : std::nullopt;
    }
    std::optional<int> whole(std::string_view name) const {
        const auto* at = find(name);
        return at && at->is_whole() ? std::optional(static_cast<int>(at->whole())) : std::nullopt;
    }
    std::optional<bool> flag(std::string_view name) const {
        const auto* at = find(name);
        return at && at->is_boolean() ? std::optional(at->truth()) : std::nullopt;
    }
    std::optional<Moment> moment(std::string_view name) const { return parse_moment(object_.text_of(name)); }
    std::optional<Day> day(std::string_view name) const { return parse_day(object_.text_of(name)); }
    std::vector<std::string> texts(std::string_view name) const {
        std::vector<std::string> out;
        if (const auto* at = find(name); at && at->is_array())
            for (const auto& each : at->items())
                if (each.is_string()) out.emplace_back(each.text());
        return out;
    }
    /// Of a text or a list of texts: several control units give several.
    std::string joined(std::string_view name) const {
        std::string out = text(name);
        for (const auto& each : texts(name)) out += (out.empty() ? "" : ",") + each;
        return out;
    }
    template <typename T>
    std::vector<T> each(std::string_view name, T (*read)(const Object&)) const {
        std::vector<T> out;
        if (const auto* at = find(name); at && at->is_array())
            for (const auto& one : at->items())
                if (one.is_object()) out.push_back(read(Object(one)));
        return out;
    }
    template <typename T>
    std::optional<T> object(std::string_view name, T (*read)(const Object&)) const {
        const auto* at = find(name);
        return at && at->is_object() ? std::optional(read(Object(*at))) : std::nullopt;
    }

private:
    const Value& object_;
};

std::string state_of(const Value& monitor) {
    if (monitor.is_boolean()) return monitor.truth() ? "true" : "false";
    return monitor.is_whole() ? std::to_string(monitor.whole()) : std::string(monitor.text());
}

Reading reading(const Object& m) {
    return {m.text("item"),    m.text("phase"),       m.text("unit"),  m.number("value").value_or(0),
            m.number("limit"), m.number("limit_low"), m.flag("passed")};
}

ObdDetail obd(const Object& m) {
    ObdDetail out{m.flag("supported"),
                  m.flag("communicates"),
                  m.flag("mil_on"),
                  m.texts("dtcs"),
                  m.texts("permanent_dtcs"),
                  {},
                  m.joined("cal_id"),
                  m.joined("cvn"),
                  normal_vin(m.text("vin")),
                  m.text("protocol"),
                  m.number("mileage_km"),
                  m.number("mil_distance_km"),
                  m.number("cleared_distance_km"),
                  m.number("cleared_warm_ups"),
                  {},
                  m.number("ignition_cycles"),
                  m.number("lambda")};
    if (const auto* at = m.find("readiness"); at && at->is_object())
        for (const auto& monitor : at->items())
            out.readiness.push_back({std::string(monitor.name()), state_of(monitor)});
    if (const auto* at = m.find("in_use"); at && at->is_object())
        for (const auto& counts : at->items())
            if (counts.is_object())
                out.in_use.push_back({std::string(counts.name()), Object(counts).number("numerator"),
                                      Object(counts).number("denominator")});
    return out;
}

VehicleDetail vehicle(const Object& m) {
    return {m.text("plate_color"),     m.text("class"),        m.text("fuel"),
            m.text("emission_stage"),  m.day("registered_on"), m.number("mass_kg"),
            m.number("rated_power_kw")};
}

InspectionDetail inspection(const Object& m) {
    InspectionDetail out;
    out.line_id = m.text("line_id");
    out.inspector_id = m.text("inspector_id");
    out.retest_of = m.text("retest_of");
    out.attempt = m.whole("attempt");
    out.started_at = m.moment("started_at").value_or(0);
    out.ended_at = m.moment("ended_at").value_or(0);
    if (const auto* at = m.find("environment"); at && at->is_object()) {
        const Object environment(*at);
        out.temperature_c = environment.number("temperature_c");
        out.humidity_pct = environment.number("humidity_pct");
        out.pressure_kpa = environment.number("pressure_kpa");
    }
    out.obd = m.object("obd", obd);
    out.readings = m.each("readings", reading);
    out.failed_items = m.texts("failed_items");
    if (const auto* at = m.find("trace"); at && at->is_object()) {
        out.trace_sha256 = Object(*at).text("sha256");
        out.trace_rows = Object(*at).whole("rows");
    }
    if (const auto* at = m.find("equipment"); at && at->is_object()) {
        const Object equipment(*at);
        out.analyser_id = equipment.text("analyser_id");
        out.dynamometer_id = equipment.text("dynamometer_id");
        out.software_version = equipment.text("software_version");
        out.calibrated_at = equipment.moment("calibrated_at");
    }
    out.limits_in_force = m.text("limits_in_force");
    return out;
}

WorkItem work_item(const Object& m) {
    return {m.text("code"), m.text("system"), m.text("name"), m.number("labour_hours"), m.number("labour_fee")};
}

Part part(const Object& m) {
    return {m.text("name"),   m.text("part_no"),   m.text("serial_no"),  m.text("brand"),
            m.text("origin"), m.flag("certified"), m.number("quantity"), m.number("unit_price")};
}

std::string digest(const Object& m) { return m.text("sha256"); }

RepairDetail repair(const Object& m) {
    RepairDetail out;
    out.received_at = m.moment("received_at").value_or(0);
    out.settled_at = m.moment("settled_at").value_or(0);
    out.mileage_km = m.number("mileage_km");
    out.quoted_fee = m.number("quoted_fee");
    out.total_fee = m.number("total_fee");
    out.fault_description = m.text("fault_description");
    out.dtcs_before = m.texts("dtcs_before");
    out.dtcs_after = m.texts("dtcs_after");
    out.items = m.each("items", work_item);
    out.parts = m.each("parts", part);
    out.technician_id = m.text("technician_id");
    out.inspector_id = m.text("inspector_id");
    out.certificate_no = m.text("certificate_no");
    out.readings_before = m.each("readings_before", reading);
    out.readings_after = m.each("readings_after", reading);
    out.obd_after = m.object("obd_after", obd);
    out.attachments = m.each("attachments", digest);
    return out;
}

CalibrationDetail calibration(const Object& m) {
    return {m.text("line_id"),    m.text("equipment_id"),          m.text("kind"), m.text("unit"), m.number("nominal"),
            m.number("measured"), m.flag("passed").value_or(false)};
}

PriceListDetail price_list(const Object& m) {
    return {m.day("valid_from").value_or(0), m.each("items", work_item), m.each("parts", part)};
}

SupervisionDetail supervision(const Object& m) {
    const auto* findings = m.find("findings");
    return {m.text("checked_station_id"),
            m.text("kind"),
            m.text("measure"),
            m.day("until"),
            findings && findings->is_array() ? static_cast<int>(findings->size()) : 0,
            m.text("draw_id"),
            m.text("draw_arm")};
}

}  // namespace

template <Like<Reading> T>
auto members(T& r) {
    return std::tie(r.item, r.phase, r.unit, r.value, r.limit, r.limit_low, r.passed);
}
template <Like<Monitor> T>
auto members(T& m) {
    return std::tie(m.name, m.state);
}
template <Like<InUse> T>
auto members(T& u) {
    return std::tie(u.monitor, u.numerator, u.denominator);
}
template <Like<ObdDetail> T>
auto members(T& o) {
    return std::tie(o.supported, o.communicates, o.mil_on, o.dtcs, o.permanent_dtcs, o.readiness, o.cal_id, o.cvn,
                    o.vin, o.protocol, o.mileage_km, o.mil_distance_km, o.cleared_distance_km, o.cleared_warm_ups,
                    o.in_use, o.ignition_cycles, o.lambda);
}
template <Like<VehicleDetail> T>
auto members(T& v) {
    return std::tie(v.plate_color, v.vehicle_class, v.fuel, v.emission_stage, v.registered_on, v.mass_kg,
                    v.rated_power_kw);
}
template <Like<InspectionDetail> T>
auto members(T& i) {
    return std::tie(i.line_id, i.inspector_id, i.retest_of, i.attempt, i.started_at, i.ended_at, i.temperature_c,
                    i.humidity_pct, i.pressure_kpa, i.obd, i.readings, i.failed_items, i.trace_sha256, i.trace_rows,
                    i.analyser_id, i.dynamometer_id, i.software_version, i.calibrated_at, i.limits_in_force);
}
template <Like<WorkItem> T>
auto members(T& w) {
    return std::tie(w.code, w.system, w.name, w.labour_hours, w.labour_fee);
}
template <Like<Part> T>
auto members(T& p) {
    return std::tie(p.name, p.part_no, p.serial_no, p.brand, p.origin, p.certified, p.quantity, p.unit_price);
}
template <Like<RepairDetail> T>
auto members(T& r) {
    return std::tie(r.received_at, r.settled_at, r.mileage_km, r.quoted_fee, r.total_fee, r.fault_description,
                    r.dtcs_before, r.dtcs_after, r.items, r.parts, r.technician_id, r.inspector_id, r.certificate_no,
                    r.readings_before, r.readings_after, r.obd_after, r.attachments);
}
template <Like<CalibrationDetail> T>
auto members(T& c) {
    return std::tie(c.line_id, c.equipment_id, c.kind, c.unit, c.nominal, c.measured, c.passed);
}
template <Like<PriceListDetail> T>
auto members(T& p) {
    return std::tie(p.valid_from, p.items, p.parts);
}
template <Like<SupervisionDetail> T>
auto members(T& s) {
    return std::tie(s.checked_station_id, s.kind, s.measure, s.until, s.findings, s.draw_id, s.draw_arm);
}
template <Like<Detail> T>
auto members(T& d) {
    return std::tie(d.vehicle, d.inspection, d.repair, d.calibration, d.price_list, d.supervision);
}

const Reading* InspectionDetail::reading(std::string_view item, std::string_view phase) const {
    const auto at =
        std::ranges::find_if(readings, [&](const Reading& r) { return r.item == item && r.phase == phase; });
    return at == readings.end() ? nullptr : &*at;
}

std::string packed_detail(Kind kind, const Value& record) {
    const Object m(record);
    Detail detail;
    switch (kind) {
        case Kind::inspection:
            detail.inspection = inspection(m);
            break;
        case Kind::repair:
            detail.repair = repair(m);
            break;
        case Kind::calibration:
            detail.calibration = calibration(m);
            break;
        case Kind::price_list:
            detail.price_list = price_list(m);
            break;
        case Kind::supervision:
            detail.supervision = supervision(m);
            break;
        default:
            return {};
    }
    detail.vehicle = m.object("vehicle", vehicle);
    return packed(detail);
}

Detail detail_of(const Fact& fact) { return fact.detail.empty() ? Detail{} : unpacked<Detail>(fact.detail); }

}  // namespace imloop::loop
