// Cheats, each one small function in a table: what it does to a test or a repair, and which rules should see it.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/sim/repair.hpp"

namespace imloop::sim {

struct CheatKind;

/// One station (or shop, or a pair of both) that cheats in one way for a while.
struct Campaign {
    std::size_t number = 0;
    const CheatKind* kind = nullptr;
    std::string station, shop;
    double dose = 0;  ///< share of what it could be done to; of `always` kinds how strongly
    loop::Day from = 0, to = 0;
    double style = 0;                  ///< 0 to 1: which way of several, the same for the whole campaign
    std::vector<std::string> serials;  ///< of parts that go from car to car, or pictures
    std::set<std::string> fitted;      ///< of these the ones that were on a car before
    bool active(loop::Day day) const { return from <= day && day <= to; }
};

/// A cheat that was done, and whether records show it.
struct Deed {
    const Campaign* campaign;
    bool shows;
};

/// A test that was carried out, and what a cheat may do to it.
struct Scene {
    Test& test;
    Bench& bench;
    Random& random;
    const Campaign& campaign;
    const IStation& station;
    const Line& line;
    const std::vector<Vehicle>& fleet;
    const std::vector<IStation>& stations;
    bool is_clean_up = false;          ///< of a retest made within minutes or after a broken-off one
    const std::string& repaired_by;    ///< the shop of the latest repair; empty: none
    const Test* drawn_from = nullptr;  ///< what the vehicle failed elsewhere, where this station drew it

    bool done = false;                      ///< it has been cheated: labelled
    bool shows = true;                      ///< what was done can be seen in the record or its process data
    loop::Moment again_after_ms = 0;        ///< the vehicle is tested again, so much later, by the same cheat
    const std::string* steer_to = nullptr;  ///< the shop it is sent to

    bool failed() const { return test.verdict == "fail"; }
    void measure_again();
    void conclude();  ///< readings and verdict from the seconds
};

struct Work {
    Job& job;
    const Vehicle& vehicle;
    const Test& failed;
    Shop& shop;
    Random& random;
    Campaign& campaign;
    bool done = false;
    bool shows = true;  ///< what was done can be seen in the record, or in others of its vehicle
};

enum class Side { station, shop, pair };

struct CheatKind {
    const char* code;
    const char* zh;
    Side side;
    bool always;        ///< done to all; the dose is how strongly
    double eligible;    ///< about what share of the tests or repairs it could be done to
    const char* rules;  ///< the one it is meant for first
    void (*test)(Scene&);
    void (*work)(Work&);
};
std::span<const CheatKind> cheat_kinds();
/// Null where there is none.
const CheatKind* cheat_named(std::string_view code);

namespace cheat {
// The bench.
void leak(Scene&);
void scaling_board(Scene&);
void flip(Scene&);
void bunching(Scene&);
void replay(Scene&);
void substitute(Scene&);
void too_clean(Scene&);
void fails_without_cause(Scene&);
void invented(Scene&);
// Time and paper.
void too_fast(Scene&);
void frozen_environment(Scene&);
void wrong_method(Scene&);
void calibration_skipped(Scene&);
void power_altered(Scene&);
void stage_altered(Scene&);
void overlap(Scene&);
void backdated(Scene&);
void miracle_retest(Scene&);
void abort_restart(Scene&);
void pair_collusion(Scene&);
void unit_slip(Scene&);
void night_burst(Scene&);
void careless_records(Scene&);
// Identity, of vehicles and instruments.
void odometer_rolled(Scene&);
void identity_altered(Scene&);
void shopping(Scene&);
void borrowed_analyser(Scene&);
void unapproved_software(Scene&);
// OBD and the uploader.
void obd_simulator(Scene&);
void codes_cleared(Scene&);
void constant_obd_stream(Scene&);
void obd_excuse(Scene&);
void own_lambda(Scene&);
void hard_coded(Scene&);
// Shops.
void paper_repair(Work&);
void borrowed_catalyst(Work&);
void short_lived(Work&);
void unrelated(Work&);
void unlock_price(Work&);
void impossible_hours(Work&);
void copy_paste(Work&);
void obd_harmed(Work&);
void impossible_order(Work&);
void subsidised(Work&);
void heavy_in_small_bay(Work&);
void picture_reused(Work&);

/// Readings beyond their limit drawn anew between these shares of it; lit lamps put out.
void redraw(Scene&, double low, double high, bool with_seconds);
void put_out_the_lamp(Test&);
}  // namespace cheat

}  // namespace imloop::sim
