// One control unit's software on unlike vehicles. Calibration id and verification number together name a program, so
// that a model, a maker's platform and sister plants share theirs; vehicles of many makers, or of a model that has
// another program everywhere else, do not: a simulator or a borrowed car was plugged in. Counters that agree to the
// kilometre on several vehicles are the same.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/rules/vehicle/model_traits.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

constexpr int counters_needed = 2;

bool reads_obd(const Record& r) {
    return r.is_test() && r.test().obd && r.fact.vehicle && vin_proven(r.fact.vehicle->vin);
}
const std::string& vin_of(const Record& r) { return r.fact.vehicle->vin; }

/// Mileage, distance and warm-ups since clearing, where at least two of them say something: not zero, round or full.
std::string counters_of(const Record& r) {
    const auto& obd = *r.test().obd;
    const auto saying = [](std::optional<double> value, double least, double full) {
        return value && *value >= least && *value < full && static_cast<long>(*value) % 1000 != 0;
    };
    const int count = saying(obd.mileage_km, 1000, 9'999'999) + saying(obd.cleared_distance_km, 100, 65'535) +
                      saying(obd.cleared_warm_ups, 10, 255);
    if (count < counters_needed) return {};
    return fmt::format("{:.0f}/{:.0f}/{:.0f}", obd.mileage_km.value_or(0), obd.cleared_distance_km.value_or(0),
                       obd.cleared_warm_ups.value_or(0));
}

void by_program(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (auto software = software_of(*r.test().obd); !software.empty()) out.push_back(std::move(software));
}

void by_model(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r) || r.fact.vehicle->model.empty()) return;
    const auto& obd = *r.test().obd;
    if (!software_of(obd).empty() || !protocol_of(obd).empty() || !supported_monitors(obd).empty())
        out.push_back(r.fact.vehicle->model);
}

void by_obd_vin(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (const auto vin = obd_vin(r.test()); !vin.empty()) out.emplace_back(vin);
}

void by_counters(const Record& r, std::vector<std::string>& out) {
    if (!reads_obd(r)) return;
    if (const auto words = counters_of(r); !words.empty()) out.push_back(r.fact.station_id + "|" + words);
}

using Vins = std::set<std::string>;

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
void check_makers(std::span<const Record> records, const Context& ctx, Flags& flags) {
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
void check_trait(std::span<const Record> records, const Trait& trait, const Context& ctx, Flags& flags) {
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
void check_model(std::span<const Record> records, const Context& ctx, Flags& flags) {
    static constexpr Trait traits[] = {{"software", software_of, "software_only_here", false},
                                       {"protocol", protocol_of, "protocol_only_here", true},
                                       {"monitors", supported_monitors, "monitors_only_here", true}};
    for (const Trait& trait : traits) check_trait(records, trait, ctx, flags);
}

void check_counters(std::span<const Record> records, const Context&, Flags& flags) {
    Vins vins;
    for (const Record& r : records) vins.insert(vin_of(r));
    const auto unlike = [&](const std::string& vin) {
        return vins_far_apart(vin, *vins.begin()) || vin == *vins.begin();
    };
    if (vins.size() < 3 || !std::ranges::all_of(vins, unlike)) return;
    Flag flag{
        .claim = "same_counters",
        .grade = Grade::strong,
        .score_permille = 960,
        .values = {text("counters", counters_of(records[0])), number("vehicles", static_cast<double>(vins.size()), 0)},
        .key = "counters|" + records[0].fact.station_id + "|" + counters_of(records[0])};
    for (const Record& r : records) flag.records.push_back(r.fact.record_id);
    flags.push_back(std::move(flag));
}

/// All of one OBD VIN: a borrowed car answers for others while it is about itself, or for several.
void check_vin(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const std::string vin(obd_vin(records[0].test()));
    Vins others;
    std::vector<const Record*> borrowed, own;
    for (const Record& r : records) {
        if (vins_far_apart(vin, vin_of(r))) others.insert(vin_of(r)), borrowed.push_back(&r);
        if (vin_of(r) == vin) own.push_back(&r);
    }
    const double near_ms = ctx.number("V01", "near_days_max") * day_ms;
    const auto near_own = [&](const Record* r) {
        const auto long_before = [&](const Record* o) {
            return static_cast<double>(r->fact.occurred_at - o->fact.occurred_at) > near_ms;
        };
        const auto next = std::ranges::partition_point(own, long_before);
        return next != own.end() && static_cast<double>((*next)->fact.occurred_at - r->fact.occurred_at) <= near_ms;
    };
    if (others.size() < 2) std::erase_if(borrowed, [&](const Record* r) { return !near_own(r); });
    if (borrowed.empty()) return;
    Findings found;
    for (const Record* r : borrowed)
        found.add(
            *r, "vin|" + vin,
            {.claim = "obd_vin_answers_for_others",
             .grade = Grade::strong,
             .score_permille = 960,
             .values = {text("obd_vin", masked_vin(vin)), number("vehicles", static_cast<double>(others.size()), 0)}});
    found.give(flags);
}

}  // namespace

Rule v01() {
    return {.id = "V01",
            .groups = {{by_program, check_makers, true},
                       {by_model, check_model, true},
                       {by_obd_vin, check_vin, true, 2},
                       {by_counters, check_counters, true, 3}}};
}

}  // namespace imloop::loop::rules
