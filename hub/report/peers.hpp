// A station's own figures against its peers', for the station itself: what it did, what peers would have done with the
// same vehicles, and between which most of them lie. Of stations alone, never of people: a figure that becomes a
// person's target is failed for (docs/philosophy.md).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "loop/suspects/observed/statistics.hpp"

namespace imloop::hub {

/// By station: `[{figure, zh, en, of, rate, low, high, peers, peers_low, peers_high, enough}]`: own rate with its 95 %
/// Wilson interval; that of peers with these vehicles; the tenth and the ninetieth of a hundred peers. Over the year up
/// to `as_of`. `enough` false: too few to compare, the peers' figures are null then.
std::map<std::string, nlohmann::json> peer_figures(const loop::rules::Statistics&, loop::Day as_of);

}  // namespace imloop::hub
