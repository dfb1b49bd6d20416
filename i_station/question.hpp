// What is asked at the retest gate, judged before the hub is: what can't be a vehicle is said, not asked. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "station/page/told.hpp"

namespace imloop::i_station {

struct Typed {
    std::string plate, vin, plate_kind;
    /// The plate that was said to look wrong and is asked for all the same.
    std::string sure;
};
struct Question {
    nlohmann::json vehicle;  ///< as `POST /api/v1/clearances` takes it
    station::page::FieldProblems problems;
    std::string remark;  ///< what is doubtful in what is asked
    std::string sure;    ///< of a plate that is only doubtful: asked when the form comes with it
};
Question question_of(const Typed&, const station::page::Language&);

}  // namespace imloop::i_station
