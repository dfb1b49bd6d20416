// Who cheats, how, how much and when: from the command line, or some of everything up to a share of all records.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/cheat.hpp"

namespace imloop::sim {

struct CampaignOptions {
    /// Each `CODE:STATION:DOSE:FROM:TO`; STATION an I or M station's id, `auto`, or `I…+M…` for a pair; DOSE up to 1;
    /// days, the last two may be left out. Or `default`: light and heavy doses of all kinds.
    std::vector<std::string> wanted;
    double rate = 0.02;  ///< of `default`: about this share of the tests, and ten times as much of the repairs
};

/// Throws std::invalid_argument with what is wrong.
std::vector<Campaign> make_campaigns(const CampaignOptions&, int year, const std::vector<IStation>&,
                                     const std::vector<Shop>&, Random&);

}  // namespace imloop::sim
