// What rules said of the records of a key when they looked at all of them: the slow reference for what they say of what
// these add up to.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "tests/support/whole_equipment.hpp"
#include "tests/support/whole_models.hpp"

namespace imloop::loop::rules {
Rule m05();
Rule m09();
Rule r06();
Rule r08();
Rule r11();
Rule v01();
}  // namespace imloop::loop::rules

namespace imloop::test::whole {

using namespace imloop::loop;
using namespace imloop::loop::rules;

namespace m05 {

inline void keys(const Record& r, std::vector<std::string>& out) {
    if (r.is_repair() || r.detail.price_list) out.push_back("shop " + r.fact.station_id);
}

/// By (valid_from, record_id).
using Lists = std::map<std::pair<Day, std::string>, const PriceListDetail*>;

inline Lists lists_of(std::span<const Record> records) {
    Lists out;
    for (const Record& r : records)
        if (r.detail.price_list) out[{r.detail.price_list->valid_from, r.fact.record_id}] = &*r.detail.price_list;
    return out;
}

/// The list in force on a day: the latest that has begun.
inline const PriceListDetail* list_of(const Lists& lists, Day day) {
    const auto after = lists.lower_bound({day + 1, std::string()});
    return after == lists.begin() ? nullptr : std::prev(after)->second;
}

inline void above_posted(const Lists& lists, const Record& r, const Context& ctx, Flags& flags) {
    const auto* list = list_of(lists, day_of(r.fact.occurred_at));
    if (!list) return;
    double charged = 0, posted = 0;
    for (const auto& item : r.repair().items) {
        const auto at = std::ranges::find_if(
            list->items, [&](const WorkItem& p) { return !p.code.empty() && p.code == item.code && p.labour_fee; });
        if (at == list->items.end() || !item.labour_fee) continue;
        charged += *item.labour_fee;
        posted += *at->labour_fee;
    }
    if (posted <= 0 || charged <= posted * ctx.number("M05", "posted_ratio_max", r) ||
        charged - posted < ctx.number("M05", "difference_min_yuan", r))
        return;
    flags.push_back({.claim = "above_posted",
                     .grade = Grade::medium,
                     .score_permille = 850,
                     .records = {r.fact.record_id},
                     .person = r.repair().technician_id,
                     .values = {number("charged", charged, 2, "元"), number("posted", posted, 2, "元"),
                                number("ratio", charged / posted, 2)}});
}

/// Repairs without parts that all cost the same: for work of several kinds that is no price of work.
inline void one_price(const std::vector<const Record*>& without_parts, std::size_t all, const Context& ctx,
                      Flags& flags) {
    std::map<std::int64_t, std::vector<const Record*>> by_price;
    for (const Record* r : without_parts)
        if (r->repair().total_fee && *r->repair().total_fee > 0)
            by_price[std::llround(*r->repair().total_fee * 100)].push_back(r);
    for (const auto& [cents, at] : by_price) {
        const double share = static_cast<double>(at.size()) / static_cast<double>(all);
        const double round_to = ctx.number("M05", "round_price_yuan", *at.front());
        const bool is_round = std::fmod(static_cast<double>(cents) / 100, round_to) == 0;
        if (!is_round || static_cast<double>(at.size()) < ctx.number("M05", "one_price_count_min", *at.front()) ||
            share < ctx.number("M05", "one_price_share_min", *at.front()))
            continue;
        for (const Record* r : at)
            flags.push_back(
                {.claim = "one_price",
                 .grade = Grade::medium,
                 .score_permille = 880,
                 .records = {r->fact.record_id},
                 .person = r->repair().technician_id,
                 .values = {number("price", static_cast<double>(cents) / 100, 2, "元"),
                            number("count", static_cast<double>(at.size()), 0),
                            number("of", static_cast<double>(all), 0), number("share", share * 100, 1, "%")}});
    }
}

inline void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const Lists lists = lists_of(records);
    std::vector<const Record*> without_parts;
    std::size_t all = 0;
    for (const Record& r : records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        ++all;
        above_posted(lists, r, ctx, flags);
        if (r.repair().parts.empty()) without_parts.push_back(&r);
    }
    if (all > 0) one_price(without_parts, all, ctx, flags);
}

}  // namespace m05

namespace m09 {

/// Everything a repair says of the work but its vehicle and its time.
inline std::string words_of(const Record& r) {
    const auto& d = r.repair();
    std::string out = d.fault_description + "|";
    for (const auto& item : d.items)
        out += fmt::format("{}/{}/{} ", item.code, item.name, item.labour_fee.value_or(-1));
    for (const auto& part : d.parts)
        out += fmt::format("{}/{}/{} ", part.name, part.brand, part.unit_price.value_or(-1));
    return out + fmt::format("|{:.2f}", d.total_fee.value_or(-1));
}

inline void by_shop(const Record& r, std::vector<std::string>& out) {
    if (r.is_repair() && r.fact.repair->outcome == RepairOutcome::repaired) out.push_back(r.fact.station_id);
}

inline void copies(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<const Record*>> by_words;
    for (const Record& r : records) by_words[words_of(r)].push_back(&r);
    const auto all = static_cast<double>(records.size());
    for (const auto& [words, at] : by_words) {
        const double share = static_cast<double>(at.size()) / all;
        if (static_cast<double>(at.size()) < ctx.number("M09", "copies_min", *at.front()) ||
            share < ctx.number("M09", "share_min", *at.front()) || at.front()->repair().fault_description.empty())
            continue;
        for (const Record* r : at)
            flags.push_back(
                {.claim = "copies",
                 .grade = Grade::medium,
                 .score_permille = 880,
                 .records = {r->fact.record_id},
                 .person = r->repair().technician_id,
                 .values = {number("copies", static_cast<double>(at.size()), 0), number("of", all, 0),
                            number("share", share * 100, 1, "%"), text("fault", r->repair().fault_description)}});
    }
}

}  // namespace m09

namespace r08 {

inline void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_test() || !r.test().obd || !r.fact.vehicle || r.fact.vehicle->model.empty()) return;
    if (r.test().obd->communicates.value_or(true) && r.test().obd->supported.value_or(true))
        out.push_back(r.fact.vehicle->model);
}

struct Station {
    int tests = 0;
    std::vector<const Record*> silent{};
    std::set<std::string> vehicles{};  ///< of the silent ones
};

/// Against the same model at all other stations.
inline void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, Station> stations;
    int tests = 0, silent = 0;
    for (const Record& r : records) {
        auto& s = stations[r.fact.station_id];
        ++s.tests, ++tests;
        if (!r.test().obd->vin.empty()) continue;
        ++silent;
        s.silent.push_back(&r);
        s.vehicles.insert(r.fact.vehicle->vin + r.fact.vehicle->plate);
    }
    for (const auto& [id, s] : stations) {
        const int others = tests - s.tests, silent_elsewhere = silent - static_cast<int>(s.silent.size());
        const int here = static_cast<int>(s.silent.size());
        if (others < ctx.number("R08", "support_min") || s.vehicles.size() < 3) continue;
        const double elsewhere = (silent_elsewhere + 0.5) / (others + 1.0);
        const double chance = chance_of_at_least(here, s.tests, elsewhere);
        if (elsewhere > ctx.number("R08", "silent_share_max") || chance > ctx.number("R08", "chance_max")) continue;
        Flag flag{.claim = "vin_not_read_here",
                  .grade = Grade::medium,
                  .score_permille = 800,
                  .records = {},
                  .values = {text("model", s.silent.front()->fact.vehicle->model), number("silent", here, 0),
                             number("tests", s.tests, 0), number("elsewhere_pct", elsewhere * 100, 1, "%"),
                             text("chance", chance_words(chance))},
                  .key = "silent|" + id + "|" + s.silent.front()->fact.vehicle->model};
        for (const Record* r : s.silent) flag.records.push_back(r->fact.record_id);
        flags.push_back(std::move(flag));
    }
}

}  // namespace r08

inline std::vector<Rule> rules_by_whole_looks() {
    return {Rule{.id = "M05", .groups = {{m05::keys, m05::shared, true}}},
            Rule{.id = "M09", .groups = {{m09::by_shop, m09::copies, true}}},
            Rule{.id = "R06", .groups = {{r06::keys, r06::shared, true}}},
            Rule{.id = "R08", .groups = {{r08::keys, r08::shared, true}}},
            Rule{.id = "R11",
                 .groups = {{r11::by_station, r11::of_a_station, true},
                            {r11::by_instrument, r11::check_two_stations, true}}},
            Rule{.id = "V01",
                 .groups = {{v01::by_program, v01::check_makers, true}, {v01::by_model, v01::check_model, true}}}};
}
/// The same rules, their folds alone.
inline std::vector<Rule> rules_by_sums() {
    std::vector<Rule> out;
    for (const Rule& rule : {rules::m05(), rules::m09(), rules::r06(), rules::r08(), rules::r11(), rules::v01()})
        out.push_back({.id = rule.id, .folds = rule.folds});
    return out;
}

}  // namespace imloop::test::whole
