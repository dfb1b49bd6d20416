// What rules said of the records of a model, or of one program, when they looked at all of them (whole_looks.hpp).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/rules/vehicle/programs.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::test::whole {

using namespace imloop::loop;
using namespace imloop::loop::rules;

namespace r06 {

struct Parameter {
    const char* name;
    const char* unit;
    std::optional<double> (*of)(const VehicleDetail&);
};
inline const Parameter amounts[] = {{"rated_power_kw", "kW", [](const VehicleDetail& v) { return v.rated_power_kw; }},
                                    {"mass_kg", "kg", [](const VehicleDetail& v) { return v.mass_kg; }}};

inline bool within(double a, double b, double percent) { return std::abs(a - b) <= std::max(a, b) * percent / 100; }

inline std::optional<double> amount(const Parameter& p, const Record& r) {
    if (!r.is_test() || !r.detail.vehicle) return std::nullopt;
    const auto value = p.of(*r.detail.vehicle);
    return value && *value > 0 ? value : std::nullopt;
}

inline bool is_unlike(double a, double b, double percent) { return !within(a, b, percent) && !one_slip_apart(a, b); }

inline void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || !r.fact.vehicle || r.fact.vehicle->model.empty() || !r.detail.vehicle) return;
    if (r.detail.vehicle->rated_power_kw || r.detail.vehicle->mass_kg || !r.detail.vehicle->emission_stage.empty())
        out.push_back(r.fact.vehicle->model + "|" + r.detail.vehicle->fuel);
}

struct Cluster {
    double low = 0, high = 0;
    std::set<std::string> vehicles{};
};

/// Values that lie within the tolerance of the next one are one variant.
inline std::vector<Cluster> clusters_of(std::multimap<double, const Record*>& by_value, double percent) {
    std::vector<Cluster> out;
    for (const auto& [value, record] : by_value) {
        if (out.empty() || !within(out.back().high, value, percent)) out.push_back({value, value});
        out.back().high = value;
        const auto& words = *record->fact.vehicle;
        out.back().vehicles.insert(words.vin.empty() ? words.plate : words.vin);
    }
    return out;
}

inline void check_model(const Parameter& p, std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::multimap<double, const Record*> by_value;
    for (const Record& r : records)
        if (const auto value = amount(p, r)) by_value.emplace(*value, &r);
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const double percent = setting("tolerance_pct");
    const auto clusters = clusters_of(by_value, percent);
    double support = 0, shared = 0;
    for (const auto& g : clusters) support += static_cast<double>(g.vehicles.size());
    if (support < setting("support_min")) return;
    const double sizeable = std::max(setting("variant_vehicles_min"), support * setting("variant_share_pct") / 100);
    std::vector<const Cluster*> variants;
    for (const auto& g : clusters)
        if (const auto size = static_cast<double>(g.vehicles.size()); size >= sizeable)
            variants.push_back(&g), shared += size;
    // A model whose vehicles have all kinds of values has no consensus.
    if (variants.empty() || shared < support * setting("consensus_pct") / 100) return;
    for (const auto& [value, record] : by_value) {
        const auto near = [&, v = value](const Cluster* g) {
            return (v >= g->low && v <= g->high) || !is_unlike(v, g->low, percent) || !is_unlike(v, g->high, percent);
        };
        if (std::ranges::any_of(variants, near)) continue;
        const auto nearest = std::ranges::min_element(variants, {}, [v = value](const Cluster* g) {
            return std::min(std::abs(v - g->low), std::abs(v - g->high));
        });
        const bool eases = value < variants.front()->low;
        flags.push_back({.claim = "unlike_its_model",
                         .grade = Grade::medium,
                         .score_permille = eases ? 850 : 600,
                         .records = {record->fact.record_id},
                         .person = record->test().inspector_id,
                         .values = {text("parameter", p.name), number("value", value, 0, p.unit),
                                    number("usual", (*nearest)->low, 0, p.unit), number("vehicles", support, 0)},
                         .key = std::string("model|") + p.name + "|" + record->fact.record_id});
    }
}

/// A stage that hardly any vehicle of the model has that was registered about then: stages follow one another in time.
inline void check_stage(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<Day>> registered;  // by stage, ascending, each vehicle once
    std::set<std::pair<std::string, std::string>> known;
    const auto judged = [](const Record& r) {
        return !r.detail.vehicle->emission_stage.empty() && r.detail.vehicle->registered_on;
    };
    for (const Record& r : records) {
        const auto& words = *r.fact.vehicle;
        const auto& stage = *r.detail.vehicle;
        if (judged(r) && known.emplace(words.vin.empty() ? words.plate : words.vin, stage.emission_stage).second)
            registered[stage.emission_stage].push_back(*stage.registered_on);
    }
    for (auto& [stage, days] : registered) std::ranges::sort(days);
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const auto about = static_cast<Day>(setting("stage_days_about"));
    for (const Record& r : records) {
        if (!judged(r)) continue;
        const Day day = *r.detail.vehicle->registered_on;
        double all = 0, same = 0, most = 0;
        std::string usual;
        for (const auto& [stage, days] : registered) {
            const auto count = static_cast<double>(std::ranges::upper_bound(days, day + about) -
                                                   std::ranges::lower_bound(days, day - about));
            all += count;
            if (stage == r.detail.vehicle->emission_stage) same = count;
            if (count > most) most = count, usual = stage;
        }
        if (all < setting("support_min") || same > 2 || same > all * setting("stage_share_pct") / 100) continue;
        flags.push_back(
            {.claim = "unlike_its_model",
             .grade = Grade::medium,
             .score_permille = 800,
             .records = {r.fact.record_id},
             .person = r.test().inspector_id,
             .values = {text("parameter", "emission_stage"), text("value", r.detail.vehicle->emission_stage),
                        text("usual", usual), number("vehicles", all, 0)},
             .key = "model|emission_stage|" + r.fact.record_id});
    }
}

inline void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    check_stage(records, ctx, flags);
    for (const auto& p : amounts) check_model(p, records, ctx, flags);
}

}  // namespace r06

namespace v01 {

using Vins = std::set<std::string>;

inline const std::string& vin_of(const Record& r) { return r.fact.vehicle->vin; }

inline void by_program(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (auto software = software_of(*r.test().obd); !software.empty()) out.push_back(std::move(software));
}

inline void by_model(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r) || r.fact.vehicle->model.empty()) return;
    const auto& obd = *r.test().obd;
    if (!software_of(obd).empty() || !protocol_of(obd).empty() || !supported_monitors(obd).empty())
        out.push_back(r.fact.vehicle->model);
}

/// One thing that a control unit says of itself and that vehicles of a model share.
struct Trait {
    const char* name;
    std::string (*of)(const ObdDetail&);
    const char* claim;
    bool is_of_the_reader;  ///< written in the words of the equipment that asked
};

/// Many unlike vehicles of a model say it at one station and hardly any elsewhere.
struct OddTrait {
    std::size_t vehicles = 0;  ///< that say it at the station
    double elsewhere = 0;      ///< (vehicles at other stations that say it + 0.5) / (all there + 1): never 0
    double chance = 0;         ///< of so many at the station, were it as common there as elsewhere
};
using OddTraits = std::map<std::pair<std::string, std::string>, OddTrait>;  ///< by what is said, and station

/// Who reads a model in other words than everyone else has other equipment. So at one line, with one software, the
/// usual words must stand between the odd ones: then the equipment knows both.
inline bool reader_knows_both(const std::vector<const Record*>& odd, std::span<const Record> records,
                              const Trait& trait, const std::string& value) {
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

inline OddTraits odd_traits(std::span<const Record> records, const Trait& trait, const Context& ctx) {
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

/// One flag a station and month, so that it stays the same one while it grows.
struct Findings {
    std::map<std::string, Flag> by_key{};
    void add(const Record& r, const std::string& what, const Flag& like) {
        const auto month = format_day(day_of(r.fact.occurred_at)).substr(0, 7);
        auto& flag = by_key.try_emplace(what + "|" + r.fact.station_id + "|" + month, like).first->second;
        flag.records.push_back(r.fact.record_id);
    }
    void give(Flags& flags) {
        for (auto& [key, flag] : by_key) {
            flag.key = key;
            flags.push_back(std::move(flag));
        }
    }
};

/// All of one program: who has it, and where.
inline void check_makers(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto software = software_of(*records[0].test().obd);
    std::map<std::string, Vins> vins;                               // by maker
    std::map<std::string, std::map<std::string, Vins>> at_station;  // by maker and station
    for (const Record& r : records) {
        const std::string maker(maker_of(vin_of(r)));
        vins[maker].insert(vin_of(r));
        at_station[maker][r.fact.station_id].insert(vin_of(r));
    }
    if (vins.size() < 2) return;
    const auto setting = [&](const char* name) { return ctx.number("V01", name); };
    const auto home = std::ranges::max_element(vins, {}, [](const auto& m) { return m.second.size(); });
    std::set<std::string> home_models;
    for (const Record& r : records)
        if (maker_of(vin_of(r)) == home->first) home_models.insert(r.fact.vehicle->model);
    const bool is_simulator = static_cast<double>(vins.size()) >= setting("simulator_makers_min");
    const bool is_home = static_cast<double>(home->second.size()) >= setting("support_min") &&
                         at_station[home->first].size() >= 2 && !is_simulator;
    std::map<std::string, int> makers_at;  // by station
    for (const auto& [maker, stations] : at_station)
        for (const auto& [station, of] : stations) ++makers_at[station];
    // A maker with several vehicles of this program at several other stations has it of its own: a sister plant, or the
    // one whose vehicle a simulator was copied from. A simulator goes about too, but never for one maker alone.
    const auto has_of_its_own = [&](const std::string& maker, const std::string& station) {
        int elsewhere = 0;
        for (const auto& [id, of] : at_station[maker])
            elsewhere += id != station && of.size() >= 2 && (!is_simulator || makers_at[id] == 1);
        return elsewhere >= 2;
    };
    std::map<std::string, std::set<std::string>> strangers;  // by station
    for (const auto& [maker, stations] : at_station)
        for (const auto& [station, of] : stations)
            if (!has_of_its_own(maker, station)) strangers[station].insert(maker);
    Findings found;
    for (const Record& r : records) {
        const std::string maker(maker_of(vin_of(r)));
        const auto& here = strangers[r.fact.station_id];
        const Flag like{.grade = Grade::strong,
                        .values = {text("software", software), number("makers", static_cast<double>(vins.size()), 0),
                                   number("makers_here", static_cast<double>(here.size()), 0)}};
        if (is_home && maker != home->first && here.contains(maker) && !home_models.contains(r.fact.vehicle->model) &&
            static_cast<double>(vins[maker].size()) <= 0.05 * static_cast<double>(home->second.size())) {
            Flag flag = like;
            flag.claim = "software_of_another_make";
            flag.score_permille = 900;
            flag.grade = Grade::medium;
            flag.values.push_back(number("vehicles", static_cast<double>(home->second.size()), 0));
            found.add(r, "make|" + software, flag);
        } else if (!is_home && here.contains(maker) && static_cast<double>(here.size()) >= setting("makers_min")) {
            Flag flag = like;
            flag.claim = "software_on_many_makes";
            flag.score_permille = 960;
            found.add(r, "makes|" + software, flag);
        }
    }
    found.give(flags);
}

/// A program, protocol or set of monitors that is only here.
inline void check_trait(std::span<const Record> records, const Trait& trait, const Context& ctx, Flags& flags) {
    const auto odd = odd_traits(records, trait, ctx);
    Findings found;
    for (const Record& r : records) {
        const auto value = trait.of(*r.test().obd);
        const auto it = odd.find({value, r.fact.station_id});
        if (it == odd.end()) continue;
        const auto& model = r.fact.vehicle->model;
        found.add(r, fmt::format("model|{}|{}", model, value),
                  {.claim = trait.claim,
                   .grade = Grade::medium,
                   .score_permille = 850,
                   .values = {text(trait.name, value), text("model", model),
                              number("vehicles", static_cast<double>(it->second.vehicles), 0),
                              number("elsewhere_pct", it->second.elsewhere * 100, 1, "%"),
                              text("chance", chance_words(it->second.chance))}});
    }
    found.give(flags);
}

/// All of one model.
inline void check_model(std::span<const Record> records, const Context& ctx, Flags& flags) {
    static constexpr Trait traits[] = {{"software", software_of, "software_only_here", false},
                                       {"protocol", protocol_of, "protocol_only_here", true},
                                       {"monitors", supported_monitors, "monitors_only_here", true}};
    for (const Trait& trait : traits) check_trait(records, trait, ctx, flags);
}

}  // namespace v01

}  // namespace imloop::test::whole
