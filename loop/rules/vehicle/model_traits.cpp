#include "loop/rules/vehicle/model_traits.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/suspects/observed/chance.hpp"

namespace imloop::loop::rules {
namespace {

using Vins = std::set<std::string>;

/// Who reads a model in other words than everyone else has other equipment. So at one line, with one software, the
/// usual words must stand between the odd ones: then the equipment knows both.
bool reader_knows_both(const std::vector<const Record*>& odd, std::span<const Record> records, const Trait& trait,
                       const std::string& value) {
    std::set<std::pair<std::string_view, std::string_view>> readers;  // lines and their software
    for (const Record* a : odd) readers.emplace(a->test().line_id, a->test().software_version);
    return std::ranges::any_of(records, [&](const Record& usual) {
        const auto own = trait.of(*usual.test().obd);
        return !own.empty() && own != value && usual.fact.station_id == odd.front()->fact.station_id &&
               readers.contains({usual.test().line_id, usual.test().software_version}) &&
               usual.fact.occurred_at > odd.front()->fact.occurred_at &&
               usual.fact.occurred_at < odd.back()->fact.occurred_at;
    });
}

}  // namespace

OddTraits odd_traits(std::span<const Record> records, const Trait& trait, const Context& ctx) {
    std::map<std::string, Vins> at_station;
    std::map<std::string, std::map<std::string, Vins>> of_value;  // by what it says, and station
    std::map<std::pair<std::string, std::string>, std::vector<const Record*>> holding;
    Vins all;
    for (const Record& r : records) {
        const auto value = trait.of(*r.test().obd);
        if (value.empty()) continue;
        all.insert(r.fact.vehicle->vin);
        at_station[r.fact.station_id].insert(r.fact.vehicle->vin);
        of_value[value][r.fact.station_id].insert(r.fact.vehicle->vin);
        holding[{value, r.fact.station_id}].push_back(&r);
    }
    const auto setting = [&](const char* name) { return ctx.number("V01", name); };
    OddTraits out;
    for (const auto& [value, stations] : of_value) {
        Vins holders;
        for (const auto& [station, vins] : stations) holders.insert(vins.begin(), vins.end());
        for (const auto& [station, vins] : stations) {
            // A fleet bought together shares what no other vehicle of the model has: kind and model year alike.
            std::set<std::string> batches;
            for (const auto& vin : vins) batches.insert(vin.substr(0, 8) + vin.substr(9, 2));
            const int others = static_cast<int>(all.size() - at_station[station].size());
            if (static_cast<double>(batches.size()) < setting("batches_min") || others < setting("support_min"))
                continue;
            const double elsewhere =
                (static_cast<double>(holders.size() - vins.size()) + 0.5) / (static_cast<double>(others) + 1);
            const double chance = chance_of_at_least(static_cast<int>(vins.size()),
                                                     static_cast<int>(at_station[station].size()), elsewhere);
            // Where old or new years of a model go to one station, what they have is seen at others now and then.
            if (trait.is_of_the_reader &&
                static_cast<double>(holders.size() - vins.size()) > setting("rare_share_max") * others)
                continue;
            if (elsewhere > setting("elsewhere_share_max") || chance > setting("chance_max")) continue;
            if (trait.is_of_the_reader && !reader_knows_both(holding[{value, station}], records, trait, value))
                continue;
            out[{value, station}] = {vins.size(), elsewhere, chance};
        }
    }
    return out;
}

}  // namespace imloop::loop::rules
