// What a scanner read or a person typed into one field that takes a notice's code, a VIN or a plate. Pure.
#pragma once

#include <string>
#include <string_view>

#include "loop/written/judgement.hpp"

namespace imloop::station::page {

struct Scanned {
    enum class Kind {
        none,     ///< nothing was given
        record,   ///< `value`: id of a failed record, from the notice's code
        vin,      ///< `value`: as it was written; `why` where it is doubtful
        plate,    ///< likewise
        refused,  ///< can't be any of them; `why` says what it looks like and what to do
    } kind = Kind::none;
    std::string value;
    loop::Words why;        ///< empty where there is nothing to say
    std::string_view code;  ///< of the table `judgements`, where it was said by that
};
Scanned judge_scanned(std::string_view written);

/// Why a vehicle can't be looked for by this VIN alone; empty where it can.
loop::Words vin_alone_refusal(const loop::Judgement& vin);

}  // namespace imloop::station::page
