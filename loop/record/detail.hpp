// What suspect rules read of a record beyond its Fact: readings, OBD, equipment, parts, prices. Typed, in the units of
// docs/contract.md; texts as the record has them unless it says otherwise. Held packed in Fact::detail, so that
// corrections and voids hold for it as for the fact.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/fact.hpp"
#include "loop/record/value.hpp"

namespace imloop::loop {

struct Reading {
    std::string item, phase, unit;
    double value = 0;
    std::optional<double> limit;      ///< the upper one; of power the lower
    std::optional<double> limit_low;  ///< of lambda
    std::optional<bool> passed;
};

struct Monitor {
    std::string name;
    /// As the record has it, booleans as `true` and `false`; empty where it is neither text nor number.
    std::string state;
};

/// How often one monitor ran, of how often it could have (in-use performance, ISO 15031-5 mode 09): both only go up.
struct InUse {
    std::string monitor;
    std::optional<double> numerator, denominator;
};

struct ObdDetail {
    std::optional<bool> supported, communicates, mil_on;
    std::vector<std::string> dtcs, permanent_dtcs;
    std::vector<Monitor> readiness;
    std::string cal_id, cvn;  ///< of several control units: parted by commas
    std::string vin;          ///< normalised; empty: not reported
    std::string protocol;
    std::optional<double> mileage_km, mil_distance_km, cleared_distance_km, cleared_warm_ups;
    std::vector<InUse> in_use;
    std::optional<double> ignition_cycles;
    std::optional<double> lambda;  ///< by the vehicle's own sensor, while the readings of the test were taken
};

struct VehicleDetail {
    std::string plate_color, vehicle_class, fuel, emission_stage;
    std::optional<Day> registered_on;
    std::optional<double> mass_kg, rated_power_kw;
};

struct InspectionDetail {
    std::string line_id, inspector_id, retest_of;
    std::optional<int> attempt;
    Moment started_at = 0, ended_at = 0;
    std::optional<double> temperature_c, humidity_pct, pressure_kpa;
    std::optional<ObdDetail> obd;
    std::vector<Reading> readings;
    std::vector<std::string> failed_items;
    std::string trace_sha256;  ///< empty: none
    std::optional<int> trace_rows;
    std::string analyser_id, dynamometer_id, software_version;
    std::optional<Moment> calibrated_at;
    std::string limits_in_force;
    /// Nothing where the test took none.
    const Reading* reading(std::string_view item, std::string_view phase) const;
};

struct WorkItem {
    std::string code, system, name;
    std::optional<double> labour_hours, labour_fee;
};

struct Part {
    std::string name, part_no, serial_no, brand, origin;
    std::optional<bool> certified;
    std::optional<double> quantity, unit_price;
};

struct RepairDetail {
    Moment received_at = 0, settled_at = 0;
    std::optional<double> mileage_km, quoted_fee, total_fee;
    std::string fault_description;
    std::vector<std::string> dtcs_before, dtcs_after;
    std::vector<WorkItem> items;
    std::vector<Part> parts;
    std::string technician_id, inspector_id, certificate_no;
    std::vector<Reading> readings_before, readings_after;
    std::optional<ObdDetail> obd_after;
    std::vector<std::string> attachments;  ///< their SHA-256
};

struct CalibrationDetail {
    std::string line_id, equipment_id, kind, unit;
    std::optional<double> nominal, measured;
    bool passed = false;
};

struct PriceListDetail {
    Day valid_from = 0;
    std::vector<WorkItem> items;
    std::vector<Part> parts;
};

struct SupervisionDetail {
    std::string checked_station_id, kind, measure;
    std::optional<Day> until;
    int findings = 0;
    std::string draw_id, draw_arm;  ///< of the random draw that sent the check, `random` or `risk`; empty: none did
};

/// Exactly the one of the record's kind is set; none for kinds no rule reads.
struct Detail {
    std::optional<VehicleDetail> vehicle;
    std::optional<InspectionDetail> inspection;
    std::optional<RepairDetail> repair;
    std::optional<CalibrationDetail> calibration;
    std::optional<PriceListDetail> price_list;
    std::optional<SupervisionDetail> supervision;
};

/// `record` is right by its schema. Empty for kinds no rule reads.
std::string packed_detail(Kind, const record::Value& record);
Detail detail_of(const Fact&);

}  // namespace imloop::loop
