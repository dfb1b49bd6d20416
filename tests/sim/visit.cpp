// A vehicle at an inspection station.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/world.hpp"

namespace imloop::sim {
namespace {

constexpr std::size_t past_max = 10;
constexpr double aborted_share = 0.004, comparison_share = 0.001, appearance_fails = 0.004;

Line& line_for(IStation& s, const Vehicle& v) {
    Line* best = nullptr;
    for (auto& line : s.lines)
        if (line.for_diesel == v.model->diesel && (!best || line.free_at < best->free_at)) best = &line;
    return *best;
}

Method method_for(const IStation& s, const Vehicle& v) {
    const bool rolls = s.has_rollers && !v.model->all_wheel_drive;
    if (v.model->diesel) return rolls ? Method::lugdown : Method::free_acceleration;
    return !rolls ? Method::two_speed_idle : s.drives_vmas ? Method::vmas : Method::asm_;
}

Weather shown(const Weather& w, const Weather& error = {}) {
    return {rounded(w.temperature_c + error.temperature_c, 1),
            rounded(std::clamp(w.humidity_pct + error.humidity_pct, 5.0, 99.0), 1),
            rounded(w.pressure_kpa + error.pressure_kpa, 1)};
}

class Inspection {
public:
    Inspection(World& world, const Visit& what)
        : world_(world), what_(what), station_(*what.station), vehicle_(world.fleet[what.vehicle]) {}

    Outcome run(loop::Moment arrives) {
        Line& line = line_for(station_, vehicle_);
        auto day = loop::day_of(arrives);
        const auto starts = std::max({arrives, line.free_at, station_.opens(day)});
        if (!station_.open_on(day) || starts + 8 * minute_ms > station_.closes(day)) return {};
        Random random = world_.chance(of_test);
        check_instruments(world_, station_, line, starts);
        Outcome out;
        auto at = starts;
        if (random.chance(aborted_share)) at = break_off(line, at, random);
        loop::Moment again = 0;
        out.test = one(line, at, what_.reason, what_.attempt, false, random, again, out.steered_to);
        if (again > 0) {
            const bool broke_off = out.test.verdict == "aborted";
            const auto reason = broke_off ? what_.reason : "retest";
            const auto first = out.test;
            loop::Moment none = 0;
            retest_of_ = broke_off ? "" : first.report_no;
            out.test = one(line, std::max(first.ended_at, first.started_at) + again, reason,
                           what_.attempt + (broke_off ? 0 : 1), true, random, none, out.steered_to);
        }
        if (random.chance(comparison_share)) compare(line, random);
        return out;
    }

private:
    Test begun(Line& line, loop::Moment at, Random& random) {
        Test t;
        t.vehicle = &vehicle_;
        t.typed = world_.typed(vehicle_, random);
        t.station = station_.id, t.line = line.id;
        t.inspector = person(line, at).id;
        t.report_no = fmt::format("{}{}{:06}", station_.id.substr(1, 6), station_.id.substr(8), ++station_.number);
        t.method = method_for(station_, vehicle_);
        t.started_at = at - at % 1000;
        t.environment = shown(weather(world_.options.seed, counties()[station_.county], at), station_.sensor_error);
        t.obd = read_obd(vehicle_, vehicle_.mileage_at(at, world_.begin), random);
        if (obd_dead()) t.obd = dead(t.obd);
        t.analyser_id = vehicle_.model->diesel ? line.opacimeter.id : line.analyser.id;
        t.dynamometer_id = line.dynamometer_id, t.software_version = station_.software;
        t.calibrated_at = line.checked_at;
        t.appearance_passed = !random.chance(appearance_fails);
        t.with_trace = random.chance(world_.options.trace_share);
        return t;
    }

    Bench bench_of(const Test& t, const Line& line) const {
        Bench b;
        b.on_line = &vehicle_;
        b.instrument = vehicle_.model->diesel ? &line.opacimeter : &line.analyser;
        b.mileage_km = vehicle_.mileage_at(t.started_at, world_.begin);
        b.both_asm_modes = station_.both_asm_modes;
        b.pace = person(line, t.started_at).pace;
        b.obd_stream = station_.hands_in_obd_stream && t.obd && t.obd->communicates;
        return b;
    }

    Test one(Line& line, loop::Moment at, const std::string& reason, int attempt, bool is_clean_up, Random& random,
             loop::Moment& again, const std::string*& steered_to) {
        Test t = begun(line, at, random);
        t.reason = reason, t.attempt = attempt;
        t.retest_of = !retest_of_.empty() ? retest_of_ : what_.retest_of;
        if (is_clean_up) t.with_trace = t.with_trace || world_.options.trace_share >= 1;
        Bench bench = bench_of(t, line);
        measure(t, bench, random);
        summarise(t), judge(t);
        std::vector<Deed> did;
        cheat(t, bench, line, is_clean_up, did, again, steered_to);
        finish(t, line, did);
        return t;
    }

    void cheat(Test& t, Bench& bench, const Line& line, bool is_clean_up, std::vector<Deed>& did, loop::Moment& again,
               const std::string*& steered_to) {
        const auto day = loop::day_of(t.started_at);
        for (const auto& campaign : world_.out.campaigns) {
            if (campaign.station != station_.id || !campaign.active(day) || !campaign.kind->test) continue;
            Random random = world_.chance(of_cheat);
            const bool goes_on = is_clean_up && campaign.number == cleaning_up_;
            if (!goes_on && !campaign.kind->always && !random.chance(campaign.dose)) continue;
            Scene scene{t,
                        bench,
                        random,
                        campaign,
                        station_,
                        line,
                        world_.fleet,
                        world_.stations,
                        goes_on,
                        what_.repaired_by,
                        what_.drawn_from.get()};
            const auto already = again;
            campaign.kind->test(scene);
            if (scene.done) did.push_back({&campaign, scene.shows});
            if (scene.again_after_ms > 0 && already == 0) again = scene.again_after_ms, cleaning_up_ = campaign.number;
            if (scene.steer_to) steered_to = scene.steer_to;
        }
    }

    void finish(Test& t, Line& line, const std::vector<Deed>& did) {
        const bool postponed = t.written_at > 0;
        t.record_id = record_id(t.station, "inspection", t.report_no, t.ended_at);
        const auto written = postponed ? t.written_at : t.ended_at;
        t.written_at = std::max(written, line.free_at);
        if (t.takes_line) {
            line.last_started_at = t.started_at;
            line.free_at = std::max(line.free_at, (postponed ? written : t.ended_at) + between_cars_ms);
        }
        if (t.obd && t.obd->mileage_km > 0) vehicle_.told_km = t.obd->mileage_km;
        ++world_.out.tests;
        Json r = inspection(t, station_.clock_s);
        world_.keep_trace(t, r);
        if (world_.chance(of_line).chance(0.0005) || t.refused_before) {
            // A clumsy upload: refused by its own words, then sent mended.
            auto wrong = r;
            wrong["method"] = "asm5025";
            world_.put(t.station, t.written_at, wrong, true);
        }
        if (t.voided_before) write_and_void(t);
        world_.put(t.station, t.written_at, r, false, t.late_ms);
        if (Random random = world_.chance(of_line); random.chance(0.0005)) {
            const auto later = t.written_at + random.between(1, 40) * 60 * minute_ms;
            world_.put(t.station, later, correction_void(r, later));
        }
        if (t.written_at < world_.end)
            for (const auto& [campaign, shows] : did)
                world_.out.labels.push_back(
                    {t.record_id, t.station, t.inspector, campaign->shop, campaign, t.written_at, shows});
        if (t.verdict == "pass" && did.empty() && replays_ && (t.with_trace || world_.options.trace_share <= 0)) {
            station_.past.push_back(t);
            if (station_.past.size() > past_max) station_.past.pop_front();
        }
    }

    /// Under a number of its own, and taken back at once.
    void write_and_void(Test t) {
        t.report_no += "X";
        t.record_id = record_id(t.station, "inspection", t.report_no, t.ended_at);
        const Json r = inspection(t, station_.clock_s);
        world_.put(t.station, t.written_at, r);
        world_.put(t.station, t.written_at, correction_void(r, t.written_at));
    }

    /// Something went wrong: the test is broken off and begun anew.
    loop::Moment break_off(Line& line, loop::Moment at, Random& random) {
        Test t = begun(line, at, random);
        t.reason = what_.reason, t.attempt = what_.attempt, t.retest_of = what_.retest_of;
        measure(t, bench_of(t, line), random);
        t.rows.resize(t.rows.size() / 2);
        t.verdict = "aborted";
        t.ended_at = t.started_at + 1000 * static_cast<loop::Moment>(t.rows.size() + 15);
        finish(t, line, {});
        return line.free_at + random.between(1, 20) * minute_ms;
    }

    /// The same vehicle once more, to compare lines: never counts.
    void compare(Line& line, Random& random) {
        Test t = begun(line, line.free_at + 5 * minute_ms, random);
        t.reason = "comparison";
        measure(t, bench_of(t, line), random);
        summarise(t), judge(t);
        finish(t, line, {});
    }

    const Person& person(const Line& line, loop::Moment at) const {
        return station_.inspector_on(static_cast<std::size_t>(&line - station_.lines.data()), loop::day_of(at));
    }
    bool obd_dead() const { return vehicle_.obd_dead; }
    static std::optional<Obd> dead(const std::optional<Obd>& was) {
        if (!was) return was;
        Obd out;
        out.communicates = false;
        out.watches_exhaust = was->watches_exhaust;
        return out;
    }

    World& world_;
    const Visit& what_;
    IStation& station_;
    Vehicle& vehicle_;
    std::string retest_of_;
    std::size_t cleaning_up_ = 0;
    const bool replays_ = std::ranges::any_of(world_.out.campaigns, [&](const auto& c) {
        return c.station == station_.id && c.kind->code == std::string_view("replay");
    });
};

}  // namespace

Outcome visit(World& world, const Visit& what, loop::Moment arrives) { return Inspection(world, what).run(arrives); }

Test roadside(World& world, std::size_t number, loop::Moment at, const std::string& reason) {
    static const Instrument portable{"AN-TEAM-1"};
    const auto& v = world.fleet[number];
    Random random = world.chance(of_test);
    Test t;
    t.vehicle = &v, t.typed = world.typed(v, random);
    t.station = "E610404-01", t.reason = reason;
    t.report_no = fmt::format("E{:06}", ++world.roadside_number);
    t.method = v.model->diesel ? Method::free_acceleration : Method::two_speed_idle;
    t.started_at = at - at % 1000;
    t.environment = shown(weather(world.options.seed, world.county_of(v), at));
    t.analyser_id = portable.id, t.software_version = "P1.0";
    Bench bench;
    bench.on_line = &v, bench.instrument = &portable, bench.mileage_km = v.mileage_at(at, world.begin);
    measure(t, bench, random);
    summarise(t), judge(t);
    t.record_id = record_id(t.station, "inspection", t.report_no, t.ended_at);
    t.written_at = t.ended_at;
    ++world.out.tests;
    world.put(t.station, t.written_at, inspection(t, 0));
    return t;
}

}  // namespace imloop::sim
