// Number plates (GA 36-2018, GA/T 16.7 plate kinds): normal form and well-formedness.
#pragma once

#include <string>
#include <string_view>

namespace imloop::loop {

/// NFKC, upper case, all but letters (Chinese ones too) and digits dropped.
std::string normal_plate(std::string_view raw);
/// Region, office letter and five places, or six for new energy; 挂 学 警 港 澳 领 使 at the end where they may stand.
bool plate_well_formed(std::string_view normal);
/// A province's character, as plates begin with.
bool is_province(std::string_view character);
/// For comparing alone: I is 1 and O is 0 from the third place on, where plates have no such letters (GA 36-2018).
std::string comparable_plate(std::string_view normal);
/// With the middle dot, as pages show it: 陕D·8K3Q7.
std::string display_plate(std::string_view normal);
/// Province, letter, first and last place: 陕D·8***7.
std::string masked_plate(std::string_view normal);

}  // namespace imloop::loop
