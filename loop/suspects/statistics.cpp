#include "loop/suspects/statistics.hpp"

namespace imloop::loop::rules {

void Statistics::add(const Record&) {}
void Statistics::remove(const Record&) {}

}  // namespace imloop::loop::rules
