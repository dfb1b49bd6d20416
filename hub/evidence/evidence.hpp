// The evidence file of one case: what is claimed, the numbers in words, the records as they were written, plots, and
// the proof that neither station nor hub changed them since. One self-contained HTML page that prints well on A4.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "markup/html.hpp"

namespace imloop::hub {

struct Exhibit {
    nlohmann::json record;  ///< as in `suspect()`: id, kind, station, moment, masked plate
    nlohmann::json proof;   ///< of proof_of(); null where the hub has none
};

struct Case {
    nlohmann::json flag;  ///< of `suspect()`, with `decisions`
    std::vector<Exhibit> exhibits;
    std::vector<markup::Html> plots;
    std::string made_at, made_by;  ///< when, and by which hub
};

std::string evidence_page(const Case&);

}  // namespace imloop::hub
