// Cheats of repair shops.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tests/sim/cheat.hpp"

namespace imloop::sim::cheat {
namespace {

Item generic(const char* code, const char* system, double fee) { return {code, system, item_name(code), 0.5, fee}; }

void only(Job& job, Item item) {
    job.items = {std::move(item)};
    job.parts.clear();
    add_up(job);
    job.quoted_fee = job.total_fee;
}

}  // namespace

void paper_repair(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    job.settled_at = job.received_at + w.random.between(3, 14) * minute_ms;
    job.day_only = false;
    job.fault = w.campaign.style < 0.7 ? "维修" : "尾气治理";
    only(job, w.campaign.style < 0.5 ? generic("OTH-OTHER", "other", 200) : generic("EMI-CATC", "exhaust", 300));
    job.dtcs_after = job.dtcs_before;
    job.mended.clear();
    w.done = true;
}

void borrowed_catalyst(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired" || w.vehicle.model->diesel) return;
    if (!w.vehicle.has("catalyst") && w.campaign.style < 0.7) return;
    auto& serials = w.campaign.serials;
    while (serials.size() < 2) serials.push_back(fmt::format("TWCB{:08}", w.random.below(100'000'000)));
    const auto& kind = defect_named("catalyst");
    job.items = {{kind.item, kind.system, item_name(kind.item), 1.5, 180}};
    const auto& serial = w.random.pick(serials);
    job.parts = {{"TWC", part_name("TWC"), serial, "博世", "aftermarket", 1, 1200}};
    w.shows = !w.campaign.fitted.insert(serial).second;
    add_up(job);
    job.mended = {"catalyst", "dirt"};
    job.relapse_after_days = w.random.within(10, 25);
    w.done = true;
}

void short_lived(Work& w) {
    if (w.job.outcome != "repaired" || w.job.mended.empty()) return;
    for (auto& part : w.job.parts) part.origin = "remanufactured", part.unit_price = std::round(part.unit_price * 0.6);
    add_up(w.job);
    w.job.relapse_after_days = w.random.within(15, 70);
    w.shows = false;  // until somebody measures the vehicle again
    w.done = true;
}

void unrelated(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    const bool oil = w.campaign.style < 0.5;
    only(job, oil ? generic("ENG-OIL", "engine", 80) : generic("COO-THER", "cooling", 120));
    job.parts = {{oil ? "OIL" : "GASK", part_name(oil ? "OIL" : "GASK"), "", "壳牌", "aftermarket", 1, 220}};
    add_up(job);
    job.mended.clear();
    job.dtcs_after = job.dtcs_before;
    w.done = true;
}

void unlock_price(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    const double price = 100.0 * std::floor(3 + w.campaign.style * 8);
    job.fault = "尾气超标";
    only(job, generic("ECU-DIAG", "control", price));
    job.mended.clear();
    w.done = true;
}

void impossible_hours(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired" || job.items.empty()) return;
    job.settled_at = std::max(job.received_at + w.random.between(40, 110) * minute_ms, job.received_at);
    job.day_only = false;
    for (auto& item : job.items) {
        item.labour_hours = std::round(w.random.within(9, 26));
        item.labour_fee *= 2;
    }
    add_up(job);
    w.done = true;
}

void copy_paste(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    job.fault = "车辆尾气排放超标，经检查三元催化器堵塞";
    job.items = {{"EMI-CATC", "exhaust", item_name("EMI-CATC"), 1.0, 150},
                 {"INT-THR", "intake", item_name("INT-THR"), 0.5, 80}};
    job.parts = {{"OIL", part_name("OIL"), "", "长城", "aftermarket", 1, 160}};
    add_up(job);
    job.quoted_fee = job.total_fee;
    job.technician_id = w.shop.technicians.front().id;
    if (w.campaign.style < 0.5) job.mended.clear();
    w.shows = false;  // one by itself; many together do
    w.done = true;
}

void obd_harmed(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired" || !w.failed.obd) return;
    const bool cuts_it_off = w.campaign.style < 0.5;
    if (!cuts_it_off && !w.failed.obd->mil_on) return;
    Obd after = *w.failed.obd;
    after.mil_on = false;
    after.dtcs.clear();
    after.mil_distance_km = after.cleared_distance_km = after.cleared_warm_ups = 0;
    if (cuts_it_off) {
        const bool watches = after.watches_exhaust;
        after = Obd();
        after.communicates = false;
        after.watches_exhaust = watches;
        job.obd_dead = true;
    } else {
        // The codes are wiped out in place of a repair.
        only(job, generic("ECU-DIAG", "control", 150));
        job.mended.clear();
    }
    for (auto& [monitor, complete] : after.readiness) complete = false;
    job.obd_after = after;
    job.dtcs_after.clear();
    w.done = true;
}

void impossible_order(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    job.day_only = false;
    if (w.campaign.style < 0.5) {
        // Settled before it failed, or taken in before.
        const auto stay = job.settled_at - job.received_at;
        job.received_at = w.failed.started_at - w.random.between(20, 96) * 60 * minute_ms;
        job.settled_at = job.received_at + stay;
        job.written_at = w.failed.ended_at + 3 * 60 * minute_ms;
    } else {
        job.mileage_km = static_cast<int>(job.mileage_km * w.random.within(0.3, 0.8));
        w.shows = w.failed.obd && w.failed.obd->mileage_km > 0;  // there is another to hold it against
    }
    w.done = true;
}

void heavy_in_small_bay(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired" || w.shop.heavy_bays > 0 || w.vehicle.model->use != Use::heavy_truck) return;
    job.mended.clear();
    w.done = true;
}

void picture_reused(Work& w) {
    auto& job = w.job;
    if (job.outcome != "repaired") return;
    auto& pictures = w.campaign.serials;
    while (pictures.size() < 2) {
        auto& digest = pictures.emplace_back(64, '0');
        for (char& c : digest) c = "0123456789abcdef"[w.random.below(16)];
    }
    const auto& picture = w.random.pick(pictures);
    job.pictures = {picture};
    w.shows = !w.campaign.fitted.insert(picture).second;
    w.done = true;
}

void subsidised(Work& w) { w.done = w.job.outcome == "repaired"; }

}  // namespace imloop::sim::cheat
