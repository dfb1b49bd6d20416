#include "tests/sim/repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loop/tables.hpp"

namespace imloop::sim {
namespace {

std::string name_in(const char* table, const std::string& code) {
    for (const auto& row : loop::rows_of(table))
        if (row.at("code") == code) return row.at("zh");
    return code;
}

/// What a shop does about exhaust that is dirty without anything broken.
std::string cleaning(const Vehicle& v, Random& random) {
    const std::vector<std::string> petrol = {"EMI-CATC", "INT-THR", "ENG-CARB", "FUE-INJ"},
                                   diesel = {"FUE-INJ", "ENG-CARB", "INT-AIR"};
    return random.pick(v.model->diesel ? diesel : petrol);
}

Item item(const Shop& shop, const std::string& code, double hours) {
    Item out{code, "", item_name(code), rounded(hours, 1), 0};
    for (const auto& row : loop::rows_of("repair_items"))
        if (row.at("code") == code) out.system = row.at("system");
    out.labour_fee = labour_fee(shop, code);
    return out;
}

Part part(Shop& shop, const DefectKind& defect, const Vehicle& v, Random& random) {
    const std::vector<std::string> brands = {"博世", "电装", "德尔福", "威孚", "凯龙", "银轮"};
    Part out{defect.part, part_name(defect.part), "", random.pick(brands), "", 1, 0};
    out.origin = random.chance(0.45) ? "oem" : random.chance(0.9) ? "aftermarket" : "remanufactured";
    const double size = v.model->use == Use::heavy_truck ? 1.6 : v.model->rated_power_kw > 110 ? 1.25 : 1.0;
    out.unit_price =
        std::round(defect.part_price * size * shop.price * (out.origin == "oem" ? 1.35 : 0.85) * random.spread(0.06));
    if (out.code == "PLUG" || out.code == "INJ") out.quantity = v.model->diesel ? 1 : 4;
    if (out.quantity > 1) out.unit_price = std::round(out.unit_price / out.quantity);
    for (const auto& row : loop::rows_of("parts"))
        if (row.at("code") == out.code && row.at("serial").get<bool>())
            out.serial_no =
                fmt::format("{}{}{:08}", out.code, out.origin[0] == 'o' ? 'A' : 'B', random.below(100'000'000));
    return out;
}

std::string complaint(const Vehicle& v, const Test& failed, Random& random) {
    const std::vector<std::string> petrol = {"尾气检测超标", "加速无力，油耗高",       "怠速抖动，尾气超标",
                                             "故障灯亮",     "尾气有异味，年检不合格", "热车后怠速不稳"},
                                   diesel = {"加速冒黑烟",   "动力不足，冒黑烟", "年检烟度超标",
                                             "尿素消耗异常", "故障灯亮，限扭",   "氮氧化物超标"};
    std::string out = random.pick(v.model->diesel ? diesel : petrol);
    if (!failed.failed_items.empty() && random.chance(0.6)) out += "（" + failed.failed_items.front() + "）";
    return out;
}

}  // namespace

std::string item_name(const std::string& code) { return name_in("repair_items", code); }
std::string part_name(const std::string& code) { return name_in("parts", code); }

double labour_fee(const Shop& shop, std::string_view code) {
    const double rate = shop.business_class == "一类" ? 130 : 95;
    double hours = 1;
    for (const auto& kind : defect_kinds())
        if (code == kind.item) hours = kind.labour_hours;
    return std::round(rate * shop.price * std::max(hours, 0.3) / 5) * 5;
}

void add_up(Job& job) {
    double sum = 0;
    for (const auto& i : job.items) sum += i.labour_fee;
    for (const auto& p : job.parts) sum += p.unit_price * p.quantity;
    job.total_fee = rounded(sum, 2);
}

Job repair_job(const Vehicle& v, const Test& failed, Shop& shop, loop::Moment arrives, Random& random) {
    Job job;
    job.vehicle = &v, job.shop = shop.id, job.fault = complaint(v, failed, random);
    job.work_order_no = fmt::format("W{}{:06}", shop.id.substr(1, 6) + shop.id.substr(8), ++shop.number);
    if (random.chance(shop.writes_fail_no)) job.fail_report_no = failed.report_no;
    if (failed.obd) job.dtcs_before = failed.obd->dtcs;
    job.outcome = random.chance(0.975) ? "repaired" : "owner_refused";
    if (job.outcome == "repaired") {
        for (const auto& d : v.defects) {
            if (!random.chance(shop.skill)) continue;
            job.items.push_back(item(shop, d.kind->item, d.kind->labour_hours * random.within(0.8, 1.3)));
            if (*d.kind->part && random.chance(0.95)) job.parts.push_back(part(shop, *d.kind, v, random));
            job.mended.push_back(d.kind->code);
        }
        if (job.items.empty()) {
            job.items.push_back(item(shop, cleaning(v, random), random.within(0.8, 2.0)));
            job.mended.push_back("dirt");
        }
        if (random.chance(0.3)) job.items.push_back(item(shop, "ECU-DIAG", 0.5));
        job.relapse_after_days = random.chance(0.03) ? random.within(40, 300) : 0;
        job.warranty_days = shop.business_class == "一类" ? 100 : 30, job.warranty_km = job.warranty_days * 200;
        job.certificate_no = "C" + job.work_order_no;
        add_up(job);
    } else {
        job.items.push_back(item(shop, "ECU-DIAG", 0.5));
        add_up(job);
    }
    job.quoted_fee = std::round(job.total_fee * random.within(0.95, 1.05) / 10) * 10;

    // A bay and a technician until the work is done; the bill at the end, or when the owner comes.
    const auto bay = std::ranges::min_element(shop.bays);
    const auto hand =
        static_cast<std::size_t>(std::ranges::min_element(shop.technician_free) - shop.technician_free.begin());
    job.received_at = std::max(arrives, *bay);
    double hours = 0.4;
    for (const auto& i : job.items) hours += i.labour_hours;
    const auto starts = std::max(job.received_at + hour_ms / 6, shop.technician_free[hand]);
    job.settled_at = starts + static_cast<loop::Moment>(hours * 1.15 * shop.technicians[hand].pace * hour_ms) +
                     static_cast<loop::Moment>(random.unit() * random.unit() * 6 * hour_ms);
    const auto closes = loop::start_of(loop::day_of(job.settled_at)) + 19 * hour_ms;
    if (job.settled_at > closes)
        job.settled_at = closes + 14 * hour_ms + static_cast<loop::Moment>(random.below(3 * 3600)) * 1000;
    *bay = shop.technician_free[hand] = job.settled_at;
    job.technician_id = shop.technicians[hand].id;
    job.received_at -= job.received_at % 1000, job.settled_at -= job.settled_at % 1000;
    job.day_only = random.chance(0.12);
    return job;
}

}  // namespace imloop::sim
