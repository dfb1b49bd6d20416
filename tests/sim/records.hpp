// Tests, repairs and what else happens as records: every member their schemas ask for, as a station would write it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/sim/repair.hpp"

namespace imloop::sim {

using Json = nlohmann::ordered_json;

/// The same for the same words.
std::string record_id(const std::string& station, const char* kind, const std::string& number, loop::Moment at);

Json inspection(const Test&, double clock_s);
Json repair(const Job&);
Json vehicle_event(const Vehicle&, const std::string& station, loop::Moment, const std::string& event);
Json correction_void(const Json& record, loop::Moment);
Json calibration(const std::string& station, const std::string& line, const std::string& equipment, const char* kind,
                 const char* unit, double nominal, double measured, bool passed, loop::Moment);
Json price_list(const Shop&, loop::Moment);
Json claim(const std::string& shop, const Vehicle&, const std::string& fail_record_id, loop::Moment);
Json override_(const std::string& station, const Typed&, loop::Moment);

}  // namespace imloop::sim
