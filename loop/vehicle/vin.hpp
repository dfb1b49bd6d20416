// Vehicle identification numbers (GB 16735-2019, ISO 3779): normal form, check digit, slips.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imloop::loop {

/// NFKC, upper case, all but A-Z and 0-9 dropped, I -> 1, O and Q -> 0: a place is a byte.
std::string normal_vin(std::string_view raw);
/// 17 places and a right check digit in place 9. Takes a normal form.
bool vin_proven(std::string_view vin);
/// First three and last four places: LSV***0013; of one that has no more than these the last two.
std::string masked_vin(std::string_view vin);
/// One place differs, two neighbours swapped, or one place missing or doubled. Equal VINs are no slip.
bool one_slip_apart(std::string_view a, std::string_view b);
/// Keys such that any two VINs one slip apart share at least one; about 18 keys of a 17-place VIN.
std::vector<std::string> slip_keys(std::string_view vin);
/// All proven VINs one slip apart from this one, each once: some 30 to 50 of a 17-place VIN, none of one that is not of
/// 16 to 18 places.
std::vector<std::string> proven_slips(std::string_view vin);

}  // namespace imloop::loop
