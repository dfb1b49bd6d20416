// What several rules of repairs look at. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

/// A repair that is said to have been made, with its clock known.
bool is_timed_repair(const Record&);
double stay_minutes(const Record& repair);
/// Of all items that state them; nothing where none does.
std::optional<double> labour_hours(const Record& repair);

/// A reading failed by this test at its own word or limit, as `item/phase`.
std::vector<std::string> failed_readings(const Record& test);
/// Whether work on this item of the code table can mend what failed (`co/idle`, `opacity/k80`, `obd`, `appearance`).
/// True where that is not known: other words are no contradiction.
bool can_mend(std::string_view item_code, std::string_view failed_item);
/// Whether it can put out a lamp that these codes lit (SAE J2012). True where that is not known, and without codes.
bool can_clear(std::string_view item_code, const std::vector<std::string>& dtcs);

/// The failed test a repair was made for: the one it names, else the latest of its episode before it. Nothing where
/// there is none.
const Record* failure_of(const Record& repair, const History&);
/// The first formal test that ended after this moment, passed or failed. Nothing where there is none.
const Record* next_formal_test(const History&, Moment after);

}  // namespace imloop::loop::rules
