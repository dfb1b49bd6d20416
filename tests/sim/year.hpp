// A plausible year of the prefecture: who is tested, fails, is repaired, comes back or not, and who cheats at it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/campaign.hpp"
#include "tests/sim/records.hpp"

namespace imloop::sim {

struct YearOptions {
    std::uint64_t seed = 1;
    std::size_t tests = 200'000;  ///< about
    int i_stations = 60;
    int m_stations = 31;
    int year = 2025;
    double trace_share = 0.01;  ///< of tests whose seconds are handed in
    CampaignOptions cheats;
};

struct Station {
    std::string id, name, county;
    Json registration;  ///< further members of its registration: lines, opening_hours, bays, …
};

/// A line of a journal: when it was written, and when it reached the hub (a station may be offline for a day).
struct Written {
    loop::Moment written_at = 0, received_at = 0;
    std::string line;
    bool refused = false;  ///< no station program would have kept it: a clumsy upload of an older one
};

/// What was cheated, beside the records: one of each record that a cheat touched.
struct Label {
    std::string record_id, station, inspector, shop;
    const Campaign* campaign = nullptr;
    loop::Moment at = 0;
    bool shows = true;  ///< by itself or beside others of its vehicle; else nobody can tell it from an honest one
};

struct Year {
    std::vector<Station> stations;
    std::map<std::string, std::vector<Written>> lines;  ///< by source, in the order they were written
    std::vector<Campaign> campaigns;
    std::vector<Label> labels;
    Vehicle story;  ///< one that needed more than one round
    std::size_t tests = 0, failures = 0, repairs = 0, slips = 0, traces = 0, vehicles = 0;
};

using OnTrace = std::function<void(const std::string& sha256, const std::string& csv)>;

/// The same for the same options. Throws std::invalid_argument where the cheats' words are wrong.
Year make_year(const YearOptions&, const OnTrace& = {});
/// Of a record, and (without record_id) of each campaign.
Json label_words(const Label&);
Json campaign_words(const Campaign&);

}  // namespace imloop::sim
