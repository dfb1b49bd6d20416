// A vehicle at a repair shop, and instruments at their checks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "journal/digest.hpp"
#include "tests/sim/world.hpp"

namespace imloop::sim {
namespace {

constexpr loop::Moment checked_every_ms = 7 * loop::day_ms, monthly_ms = 30 * loop::day_ms;
constexpr double span_tolerance = 0.05;

void write(World& world, Job& job, const Shop& shop, const std::vector<Deed>& did, Random& random) {
    // A day-only record must stand after the failure it names; of the same day it does.
    job.typed = world.typed(*job.vehicle, random);
    job.record_id = record_id(job.shop, "repair", job.work_order_no, job.settled_at);
    if (job.written_at == 0) job.written_at = job.settled_at;
    if (shop.takes_pictures && job.pictures.empty())
        job.pictures = {journal::to_hex(journal::sha256(job.work_order_no + " before")),
                        journal::to_hex(journal::sha256(job.work_order_no + " after"))};
    ++world.out.repairs;
    world.put(job.shop, job.written_at, repair(job));
    if (job.written_at < world.end)
        for (const auto& [campaign, shows] : did)
            world.out.labels.push_back(
                {job.record_id, campaign->station, "", job.shop, campaign, job.written_at, shows});
}

/// A quick look with the shop's own analyser, before and after; some shops have one.
void measure_both(Job& job, const Test& failed, const Vehicle& after, Random& random) {
    static const Instrument own{"SHOP"};
    job.readings_method = failed.vehicle->model->diesel ? Method::free_acceleration : Method::two_speed_idle;
    const auto look = [&](const Vehicle& v) {
        Test t;
        t.vehicle = &v, t.method = job.readings_method;
        t.typed.rated_power_kw = v.model->rated_power_kw, t.environment = failed.environment;
        Bench bench;
        bench.on_line = &v, bench.instrument = &own, bench.mileage_km = v.mileage_km;
        measure(t, bench, random);
        summarise(t);
        return t.readings;
    };
    job.readings_before = look(*failed.vehicle);
    job.readings_after = look(after);
}

/// The vehicle after what was really done to it.
Vehicle mended(const Vehicle& v, const Job& job, double mileage_km) {
    Vehicle out = v;
    for (const auto& what : job.mended) {
        if (what == "dirt") {
            // Cleaning helps; so does a well-adjusted engine.
            out.dirt_co *= 0.55, out.dirt_hc *= 0.55, out.dirt_no *= 0.7, out.dirt_smoke *= 0.6;
            out.catalyst_loss *= 0.7;
        } else {
            out.mend(what);
        }
    }
    if (!job.mended.empty() || job.obd_after) out.cleared_at_km = mileage_km;
    out.obd_dead = out.obd_dead || job.obd_dead;
    return out;
}

/// Work on a vehicle that has not failed.
Job without_failure(World& world, const Vehicle& v, Shop& shop, loop::Moment at, Random& random) {
    Test none;
    none.vehicle = &v;
    Job job = repair_job(v, none, shop, at, random);
    job.fail_report_no.clear();
    job.mileage_km = static_cast<int>(v.mileage_at(job.settled_at, world.begin));
    return job;
}

/// Nobody needed it: as if it were one of the loop, under a number that is another car's; or under none, as any owner's
/// who takes care, so that no record shows what it is for.
void subsidise(World& world, Shop& shop, Campaign& campaign, const Test& like, loop::Moment at, Random& random) {
    const Vehicle& v = random.pick(world.fleet);
    if (world.county_of(v).repaired == 0) return;  // no shop knows the vehicles of these counties
    Job job = without_failure(world, v, shop, at, random);
    if (job.outcome != "repaired") return;
    const bool names_failure = campaign.style < 0.7;
    if (names_failure) job.fail_report_no = like.report_no;
    write(world, job, shop, {{&campaign, names_failure}}, random);
}

}  // namespace

Mended mend(World& world, std::size_t number, const Test& failed, Shop& shop, loop::Moment arrives) {
    auto& v = world.fleet[number];
    Random random = world.chance(of_job);
    Job job = repair_job(v, failed, shop, arrives, random);
    const double mileage = v.mileage_at(job.received_at, world.begin);
    job.mileage_km = static_cast<int>(mileage);
    if (random.chance(0.25))
        job.mileage_km =
            std::max(job.mileage_km / 100 * 100, static_cast<int>(v.mileage_at(failed.ended_at, world.begin)));
    if (random.chance(0.4)) measure_both(job, failed, mended(v, job, mileage), random);
    std::vector<Deed> did;
    const auto day = loop::day_of(job.received_at);
    for (auto& campaign : world.out.campaigns) {
        if (campaign.shop != shop.id || !campaign.active(day) || !campaign.kind->work) continue;
        Random own = world.chance(of_cheat);
        if (!campaign.kind->always && !own.chance(campaign.dose)) continue;
        if (campaign.kind->code == std::string_view("subsidised")) {
            subsidise(world, shop, campaign, failed, job.settled_at, own);
            continue;
        }
        if (campaign.kind->side == Side::pair && failed.station != campaign.station) continue;
        Work work{job, v, failed, shop, own, campaign};
        campaign.kind->work(work);
        if (work.done) did.push_back({&campaign, work.shows});
    }
    if (job.settled_at - job.received_at > 40 * minute_ms && random.chance(0.5) && !job.day_only)
        world.put(shop.id, job.received_at + minute_ms,
                  claim(shop.id, v, failed.record_id, job.received_at + minute_ms));
    Mended out{std::max(job.settled_at, failed.ended_at + 30 * minute_ms), shop.id, "", job.relapse_after_days, ""};
    for (const auto& what : job.mended)
        if (what != "dirt") out.relapse_of = what;
    const Vehicle after = mended(v, job, mileage);
    write(world, job, shop, did, random);
    out.record_id = job.record_id;
    v = after;
    return out;
}

void service(World& world, std::size_t number, Shop& shop, loop::Moment at) {
    auto& v = world.fleet[number];
    Random random = world.chance(of_job);
    Job job = without_failure(world, v, shop, at, random);
    const Vehicle after = mended(v, job, v.mileage_at(at, world.begin));
    write(world, job, shop, {}, random);
    v = after;
}

void check_instruments(World& world, IStation& s, Line& line, loop::Moment at) {
    if (line.checked_at > 0 && at - line.checked_at < checked_every_ms) return;
    for (const auto& campaign : world.out.campaigns)
        if (campaign.station == s.id && campaign.active(loop::day_of(at)) &&
            campaign.kind->code == std::string_view("calibration_skipped") && line.checked_at > 0)
            return;
    Random random = world.chance(of_line);
    const auto when = std::max(at - random.between(12, 40) * minute_ms, line.free_at);
    auto& instrument = line.for_diesel ? line.opacimeter : line.analyser;
    bool all_passed = true;
    const auto put = [&](const std::string& equipment, const char* kind, const char* unit, double nominal,
                         double measured, int decimals, loop::Moment at_ms) {
        const double shown = rounded(measured, decimals);
        const bool passed = nominal == 0 ? std::abs(shown) < 0.5 : std::abs(shown / nominal - 1) <= span_tolerance;
        all_passed = all_passed && passed;
        world.put(s.id, at_ms, calibration(s.id, line.id, equipment, kind, unit, nominal, shown, passed, at_ms));
    };
    const auto against_gas = [&](loop::Moment at_ms) {
        const double drift = instrument.drift(at_ms) * (1 + 0.003 * random.noise());
        if (line.for_diesel)
            put(instrument.id, "opacity", "1/m", 1.62, 1.62 * instrument.opacity * drift, 2, at_ms);
        else
            put(instrument.id, "span", "%", 3.5, 3.5 * instrument.co * drift, 2, at_ms);
    };
    against_gas(when);
    if (line.checked_at == 0 || when / monthly_ms != line.checked_at / monthly_ms) {
        if (!line.for_diesel) put(instrument.id, "leak", "%", 0, 0.02 + 0.02 * random.unit(), 2, when);
        if (s.has_rollers) put(line.dynamometer_id, "speed", "km/h", 40, 40 * (1 + 0.002 * random.noise()), 1, when);
    }
    // Adjusted to the gas: what is left is the adjustment's own error.
    instrument.adjusted_at = when;
    for (double* gain : {&instrument.co, &instrument.hc, &instrument.no, &instrument.opacity})
        *gain = 1 + 0.008 * random.normal();
    instrument.drift_a_day = 0.0006 * random.normal();
    if (!all_passed) against_gas(when + 4 * minute_ms);
    line.checked_at = when - when % 1000;
}

}  // namespace imloop::sim
