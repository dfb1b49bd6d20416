// What control units of one model say of themselves: vehicles of a model share their program, protocol and monitors
// with each other, so that what only one station finds in them is what was plugged in there.
#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/rows/key.hpp"
#include "loop/rules/hash.hpp"
#include "loop/rules/vehicle/programs.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/obd.hpp"

namespace imloop::loop::rules {
namespace {

/// One thing that a control unit says of itself and that vehicles of a model share.
struct Trait {
    const char* name;
    std::string (*of)(const ObdDetail&);
    const char* claim;
    bool is_of_the_reader;  ///< written in the words of the equipment that asked
};
constexpr std::array traits{Trait{"software", software_of, "software_only_here", false},
                            Trait{"protocol", protocol_of, "protocol_only_here", true},
                            Trait{"monitors", supported_monitors, "monitors_only_here", true}};

/// What it says in few bytes; 0 where it says nothing.
std::int64_t said(const Trait& trait, const Record& r) {
    const auto value = trait.of(*r.test().obd);
    return value.empty() ? 0 : static_cast<std::int64_t>(hash_of(value));
}

void words(const Record& r, std::vector<Fold::Word>& out) {
    if (!reads_obd(r) || r.fact.vehicle->model.empty()) return;
    const auto &model = r.fact.vehicle->model, &station = r.fact.station_id;
    std::string word = key_of(station);
    bool is_any = false;
    for (const Trait& trait : traits) {
        const auto value = said(trait, r);
        is_any = is_any || value != 0;
        word += key_of(value);
    }
    if (!is_any) return;
    out.push_back({model, key_of("vin", r.fact.vehicle->vin), std::move(word)});
    out.push_back({model, key_of("list", station), listed_as(r), true});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    (void)parts.text();
    const auto vin = parts.text();
    // A fleet bought together: kind and model year alike.
    const auto batch = vin.substr(0, 8) + vin.substr(9, 2);
    each_word([&](std::string_view word, std::int64_t) {
        KeyReader says(word);
        const auto station = says.text();
        for (std::size_t trait = 0; trait < traits.size(); ++trait) {
            const auto value = says.number();
            if (value == 0) continue;
            for (const auto& cell :
                 {key_of("all", trait), key_of("at", trait, station), key_of("holders", trait, value),
                  key_of("of", trait, value, station), key_of("batch", trait, value, station, batch)})
                cells[cell] = 1;
        }
        return true;
    });
}

/// What vehicles of the model say at a station.
struct Here {
    std::int64_t value = 0;
    std::string station;
};

/// Many unlike vehicles of the model say it at one station and hardly any elsewhere.
struct Odd {
    Here here;
    std::int64_t vehicles = 0;  ///< that say it at the station
    double elsewhere = 0;       ///< (vehicles at other stations that say it + 0.5) / (all there + 1): never 0
    double chance = 0;          ///< of so many at the station, were it as common there as elsewhere
};

/// A fleet shares what no other vehicle of the model has.
bool are_of_many_batches(const Sums& sums, std::size_t trait, const Here& here, double batches_min) {
    double batches = 0;
    sums.each_cell(key_of("batch", trait, here.value, here.station),
                   [&](auto, auto) { return ++batches < batches_min; });
    return batches >= batches_min;
}

std::vector<Odd> odd_ones(const Sums& sums, std::size_t trait, const Context& ctx) {
    const auto setting = [&](const char* name) { return ctx.number("V01", name); };
    const auto all = sums.cell(key_of("all", trait));
    std::map<std::string, std::int64_t> at_station;
    sums.each_cell(key_of("at", trait), [&](std::string_view cell, std::int64_t vehicles) {
        at_station[KeyReader(cell).text()] = vehicles;
        return true;
    });
    std::map<std::int64_t, std::int64_t> holders;  // by value
    sums.each_cell(key_of("holders", trait), [&](std::string_view cell, std::int64_t vehicles) {
        holders[KeyReader(cell).number()] = vehicles;
        return true;
    });
    std::vector<Odd> out;
    sums.each_cell(key_of("of", trait), [&](std::string_view cell, std::int64_t vehicles) {
        KeyReader parts(cell);
        const auto value = parts.number();
        const Here here{value, parts.text()};
        const auto own = at_station.at(here.station), others = all - own;
        const auto there = static_cast<double>(holders.at(value) - vehicles), of = static_cast<double>(others);
        const double elsewhere = (there + 0.5) / (of + 1);
        // Where old or new years of a model go to one station, what they have is seen at others now and then.
        const bool is_rare = !traits[trait].is_of_the_reader || there <= setting("rare_share_max") * of;
        if (static_cast<double>(vehicles) < setting("batches_min") || of < setting("support_min") || !is_rare ||
            elsewhere > setting("elsewhere_share_max"))
            return true;
        const double chance = chance_of_at_least(static_cast<int>(vehicles), static_cast<int>(own), elsewhere);
        if (chance <= setting("chance_max")) out.push_back({here, vehicles, elsewhere, chance});
        return true;
    });
    std::erase_if(out,
                  [&](const Odd& odd) { return !are_of_many_batches(sums, trait, odd.here, setting("batches_min")); });
    return out;
}

struct OddTests {
    std::vector<Listed> tests;
    std::string value;                                      ///< in words
    std::set<std::pair<std::string, std::string>> readers;  ///< lines and their software
};

OddTests tests_of(const Sums& sums, const Trait& trait, const Here& here) {
    OddTests out;
    each_record(sums, key_of("list", here.station), [&](const Record& r) {
        if (said(trait, r) != here.value) return true;
        out.tests.push_back({r.fact.occurred_at, r.fact.record_id});
        out.value = trait.of(*r.test().obd);
        out.readers.emplace(r.test().line_id, r.test().software_version);
        return true;
    });
    return out;
}

/// Who reads a model in other words than everyone else has other equipment. So at one line, with one software, the
/// usual words must stand between the odd ones: then the equipment knows both.
bool reader_knows_both(const Sums& sums, const Trait& trait, const Here& here, const OddTests& odd) {
    bool out = false;
    each_record(sums, key_of("list", here.station), [&](const Record& usual) {
        const auto own = said(trait, usual);
        out = own != 0 && own != here.value &&
              odd.readers.contains({usual.test().line_id, usual.test().software_version}) &&
              usual.fact.occurred_at > odd.tests.front().at && usual.fact.occurred_at < odd.tests.back().at;
        return !out;
    });
    return out;
}

void judge(const Sums& sums, const Context& ctx, Flags& flags) {
    ByMonth found;
    for (std::size_t n = 0; n < traits.size(); ++n)
        for (const Odd& odd : odd_ones(sums, n, ctx)) {
            const Trait& trait = traits[n];
            const auto of = tests_of(sums, trait, odd.here);
            if (of.tests.empty() || (trait.is_of_the_reader && !reader_knows_both(sums, trait, odd.here, of))) continue;
            const Flag like{.claim = trait.claim,
                            .grade = Grade::medium,
                            .score_permille = 850,
                            .values = {text(trait.name, of.value), text("model", sums.key()),
                                       number("vehicles", static_cast<double>(odd.vehicles), 0),
                                       number("elsewhere_pct", odd.elsewhere * 100, 1, "%"),
                                       text("chance", chance_words(odd.chance))}};
            for (const Listed& test : of.tests)
                found.add(test, odd.here.station, fmt::format("model|{}|{}", sums.key(), of.value), like);
        }
    found.give(flags);
}

}  // namespace

Fold models() { return {words, add_up, judge}; }

}  // namespace imloop::loop::rules
