// The prefecture's stations as they are equipped and staffed: inspection lines and repair shops.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tests/sim/bench.hpp"

namespace imloop::sim {

/// Of an inspector or technician: how quick, and whether mileages are rounded when typed.
struct Person {
    std::string id;
    double pace = 1;
    bool rounds = false;
};

/// From one car's test to the next on a line.
inline constexpr loop::Moment between_cars_ms = 70'000;

struct Line {
    std::string id, dynamometer_id;
    Instrument analyser, opacimeter;
    bool for_diesel = false;
    loop::Moment free_at = 0;
    loop::Moment checked_at = 0;  ///< of its last calibration
    loop::Moment last_started_at = 0;
};

struct IStation {
    std::string id, name;
    std::size_t county = 0;
    double weight = 1;
    bool has_rollers = true;   ///< else two-speed idle and free acceleration only
    bool drives_vmas = false;  ///< the loaded method of its petrol lines; else ASM
    bool both_asm_modes = false;
    bool hands_in_obd_stream = false;
    std::string software;
    int opens_h = 8, closes_h = 18;
    bool closed_sundays = false;
    std::vector<Line> lines;
    std::vector<Person> inspectors;
    std::string owner;
    Weather sensor_error{};  ///< what its weather station adds
    double clock_s = 0;      ///< its clock, ahead of the right one
    int number = 0;
    std::deque<Test> past;  ///< passed tests with their seconds, the last ones

    bool open_on(loop::Day) const;
    loop::Moment opens(loop::Day) const;
    loop::Moment closes(loop::Day) const;
    const Person& inspector_on(std::size_t line, loop::Day) const;
};

struct Shop {
    std::string id, name, business_class;
    std::size_t county = 0;
    double weight = 1;
    double price = 1;    ///< beside the others
    double skill = 0.9;  ///< finds the cause
    double writes_fail_no = 0.7;
    std::vector<Person> technicians;
    std::vector<loop::Moment> bays;  ///< when each is free
    int heavy_bays = 0;              ///< of them, those a heavy vehicle fits in
    bool takes_pictures = false;
    std::string owner;
    std::vector<loop::Moment> technician_free;
    int number = 0;
};

std::vector<IStation> make_i_stations(int count, Random&);
std::vector<Shop> make_shops(int count, Random&);

}  // namespace imloop::sim
