// What control units say of themselves, over all vehicles of one program and over all of one model. Parameters are
// V01's.
#pragma once

#include <map>
#include <string>

#include "loop/rules/listed.hpp"

namespace imloop::loop::rules {

/// A test with an OBD check, of a vehicle with a proven VIN.
bool reads_obd(const Record&);

/// One flag a station and month, so that it stays the same one while it grows.
class ByMonth {
public:
    void add(const Listed&, const std::string& station, const std::string& what, const Flag& like);
    void give(Flags&);

private:
    std::map<std::string, Flag> by_key_;
};

/// One program on vehicles of many makers, or on one of another maker than all others that have it.
Fold programs();
/// A program, protocol or set of monitors that vehicles of a model have at one station alone.
Fold models();

}  // namespace imloop::loop::rules
