// What a shop does with a vehicle that failed: finds a cause, mends it or not, and writes it down.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/station.hpp"

namespace imloop::sim {

struct Item {
    std::string code, system, name;
    double labour_hours = 0, labour_fee = 0;
};
struct Part {
    std::string code, name, serial_no, brand, origin;
    int quantity = 1;
    double unit_price = 0;
};

struct Job {
    const Vehicle* vehicle = nullptr;
    Typed typed;
    std::string record_id, shop, work_order_no, fail_report_no, technician_id, fault, outcome, certificate_no;
    loop::Moment received_at = 0, settled_at = 0, written_at = 0;
    bool day_only = false;
    int mileage_km = 0;
    std::vector<std::string> dtcs_before, dtcs_after;
    std::vector<Item> items;
    std::vector<Part> parts;
    double quoted_fee = 0, total_fee = 0;
    int warranty_days = 0, warranty_km = 0;
    std::vector<Reading> readings_before, readings_after;
    Method readings_method{};
    std::optional<Obd> obd_after;
    std::vector<std::string> pictures;  ///< digests

    // What no record says.
    std::vector<std::string> mended;  ///< codes of defects; `dirt` for a cleaning
    double relapse_after_days = 0;    ///< 0: it holds
    bool obd_dead = false;            ///< after it the computer no longer answers
};

/// A price as the shop posts it.
double labour_fee(const Shop&, std::string_view item_code);
/// What an honest shop does. `failed` is the test it was brought in for.
Job repair_job(const Vehicle&, const Test& failed, Shop&, loop::Moment arrives, Random&);
/// The bill from items and parts.
void add_up(Job&);
std::string item_name(const std::string& code);
std::string part_name(const std::string& code);

}  // namespace imloop::sim
