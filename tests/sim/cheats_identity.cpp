// Cheats about what a vehicle, an instrument or a program is said to be, and about whose vehicles a station draws.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "loop/suspects/observed/sameness.hpp"
#include "tests/sim/cheat.hpp"

namespace imloop::sim::cheat {
namespace {

/// A petrol car has no smoke to measure: as a diesel it passes.
void as_a_diesel(Scene& s) {
    auto& t = s.test;
    const auto line = std::ranges::find_if(s.station.lines, &Line::for_diesel);
    t.typed.fuel = "diesel";
    t.method = Method::free_acceleration;
    t.analyser_id = line->opacimeter.id;
    s.bench.instrument = &line->opacimeter;
    s.bench.scale = 0.05;
    s.measure_again();
}

/// Too heavy for the rollers: the easier method is the right one.
void in_another_class(Scene& s) {
    auto& t = s.test;
    t.typed.vehicle_class = t.typed.vehicle_class.substr(0, 1) + "21";
    t.method = t.vehicle->model->diesel ? Method::free_acceleration : Method::two_speed_idle;
    s.measure_again();
}

void under_another_plate(Scene& s) {
    auto& plate = s.test.typed.plate;
    plate = s.test.vehicle->plate.substr(0, std::string_view("陕D").size());
    for (int i = 0; i < 5; ++i) plate += static_cast<char>('0' + s.random.below(10));
}

/// What failed is half of what it was, or the lamp is out: two tests of one car differ by less.
bool beyond_scatter(const Test& failed, const Test& passed) {
    if (failed.obd && failed.obd->mil_on && failed.obd->watches_exhaust) return passed.obd && passed.obd->communicates;
    return std::ranges::any_of(failed.readings, [&](const Reading& before) {
        const std::string_view item = before.item, phase = before.phase;
        if (before.passed || item == "lambda" || item == "power") return false;
        if (failed.method != passed.method) return before.value > 2 * *before.limit;
        return std::ranges::any_of(passed.readings, [&](const Reading& r) {
            return r.item == item && r.phase == phase && r.value < 0.5 * before.value;
        });
    });
}

}  // namespace

void odometer_rolled(Scene& s) {
    auto& t = s.test;
    if (!t.obd || t.obd->mileage_km == 0 || t.vehicle->told_km == 0) return;
    const double true_km = t.obd->mileage_km;
    const double share = s.campaign.dose < 0.3 ? s.random.within(0.6, 0.8) : s.random.within(0.2, 0.7);
    t.obd->mileage_km = static_cast<int>(true_km * share);
    if (s.campaign.style > 0.6)
        for (auto& u : t.obd->in_use)
            u.numerator = static_cast<int>(u.numerator * share),
            u.denominator = static_cast<int>(u.denominator * share);
    // With one digit put right it is what it was: then it looks like a slip of the hand.
    s.shows = !loop::rules::slip_of_one_between(t.obd->mileage_km, 0.98 * true_km, 1.02 * true_km);
    s.done = true;
}

void identity_altered(Scene& s) {
    auto& t = s.test;
    if (t.reason != "retest" || t.typed.vin.empty()) return;
    if (s.campaign.style < 0.4)
        under_another_plate(s);
    else if (s.campaign.style < 0.7 || t.vehicle->model->diesel)
        in_another_class(s);
    else
        as_a_diesel(s);
    if (s.failed()) redraw(s, 0.4, 0.95, true);
    s.done = true;
}

void shopping(Scene& s) {
    if (!s.drawn_from) return;
    const bool as_if_new = s.test.reason != "retest";
    if (!s.failed() && !as_if_new) return;
    if (s.failed()) redraw(s, 0.4, 0.9, s.campaign.style > 0.5);
    // An owner may mend a car himself, and say at the second station that it is a retest; then nothing is odd about it.
    constexpr loop::Moment hours_ms = 6 * 3'600'000;
    const bool at_once = s.test.started_at - s.drawn_from->ended_at < hours_ms;
    s.shows = (as_if_new || at_once) && beyond_scatter(*s.drawn_from, s.test);
    s.done = true;
}

void borrowed_analyser(Scene& s) {
    Random own(s.campaign.number, 36, 0);
    const IStation* other = nullptr;
    do other = &own.pick(s.stations);
    while (other->id == s.station.id);
    const auto line = std::ranges::find(other->lines, s.line.for_diesel, &Line::for_diesel);
    s.test.analyser_id = s.line.for_diesel ? line->opacimeter.id : line->analyser.id;
    s.done = true;
}

void unapproved_software(Scene& s) {
    if (!s.failed()) return;
    redraw(s, 0.5, 0.95, true);
    s.test.software_version += "t";
    s.done = true;
}

}  // namespace imloop::sim::cheat
