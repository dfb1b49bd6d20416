// Sufficient statistics of stations, inspectors, shops and counties: counts per day and stratum, from which the sweep
// rules compute. Integers alone, so that the order of adding and removing has no effect.
#pragma once

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

class Statistics {
public:
    void add(const Record&);
    void remove(const Record&);
};

}  // namespace imloop::loop::rules
