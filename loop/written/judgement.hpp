// What was written as a VIN, a plate or a number of a report or order, judged once for all doors: files, tables, the
// archive's messages, forms, scanners, the gate. Pure, thread safe.
#pragma once

#include <string>
#include <string_view>

#include "loop/tables.hpp"

namespace imloop::loop {

enum class Fit {
    none,      ///< nothing, or a word for nothing (未知, 无牌, N/A): as if not given
    right,     ///< what it is meant to be
    doubtful,  ///< kept as written, and the reason is said
    refused,   ///< can't be what it is meant to be; the record waits until it is mended
};

struct Judgement {
    Fit fit = Fit::none;
    std::string_view code;  ///< of the table `judgements`; empty where right or not given
    std::string value;      ///< what is kept: without spaces around, a plate without its colour in brackets
    std::string colour;     ///< of a plate, where it was written behind it: 蓝
};

/// A placeholder is kept as written and says so (`vin_placeholder`): it identifies nothing. A wrong check digit or
/// length is doubtful; two VINs, a VIN with a plate, an error word or a number of a spreadsheet are refused.
Judgement judge_vin(std::string_view written);
/// Look-alike letters and odd lengths behind a province's character are doubtful; what has no such character, is
/// masked, holds two plates or has no digit is refused.
Judgement judge_plate(std::string_view written);
/// Report, acceptance and work-order numbers: any text but a spreadsheet's error words, ########, damaged characters
/// and numbers that it has rounded (6.1E17, 20260305000101.0). Digits with commas between thousands are doubtful and
/// lose the commas.
Judgement judge_number(std::string_view written);

/// What a code of judgement says to a person; the code itself where the table has none.
Words judgement_words(std::string_view code);

/// A VIN in normal form that stands for none: fewer than four different characters, or in the table `placeholders`.
bool vin_placeholder(std::string_view normal);
/// A plate in normal form that stands for none: in the table `placeholders`, without a digit (陕D, 试), or one character
/// again and again (00000).
bool plate_placeholder(std::string_view normal);

}  // namespace imloop::loop
