#include "loop/rules/vehicle/programs.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "loop/rows/key.hpp"
#include "loop/suspects/observed/obd.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

const std::string& vin_of(const Record& r) { return r.fact.vehicle->vin; }
std::string list_of(const std::string& maker, const std::string& station) { return key_of("list", maker, station); }

void words(const Record& r, std::vector<Fold::Word>& out) {
    if (!reads_obd(r)) return;
    const auto software = software_of(*r.test().obd);
    if (software.empty()) return;
    const auto& station = r.fact.station_id;
    const auto& model = r.fact.vehicle->model;
    const std::string maker(maker_of(vin_of(r)));
    out.push_back({software, key_of("vin", vin_of(r)), key_of(station, model)});
    out.push_back({software, list_of(maker, station), listed_as(r) + key_of(model), true});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    (void)parts.text();
    const std::string maker(maker_of(parts.text()));
    cells[key_of("vehicles", maker)] = 1;
    each_word([&](std::string_view word, std::int64_t) {
        KeyReader said(word);
        const auto station = said.text();
        cells[key_of("at", maker, station)] = 1;
        cells[key_of("model", maker, said.text())] = 1;
        return true;
    });
}

using ByStation = std::map<std::string, std::int64_t>;  ///< vehicles

/// Who has a program, and where.
struct Makers {
    ByStation vehicles;                           // by maker
    std::map<std::string, ByStation> at_station;  // by maker
    std::map<std::string, int> makers_at;         // by station
    std::string home;                             // the maker with most
    bool is_simulator = false, is_home = false;

    Makers(const Sums& sums, const Context& ctx) {
        const auto setting = [&](const char* name) { return ctx.number("V01", name); };
        sums.each_cell(key_of("vehicles"), [&](std::string_view maker, std::int64_t of) {
            vehicles[KeyReader(maker).text()] = of;
            return true;
        });
        if (vehicles.size() < 2) return;
        sums.each_cell(key_of("at"), [&](std::string_view cell, std::int64_t of) {
            KeyReader parts(cell);
            const auto maker = parts.text(), station = parts.text();
            at_station[maker][station] = of;
            ++makers_at[station];
            return true;
        });
        home = std::ranges::max_element(vehicles, {}, [](const auto& m) { return m.second; })->first;
        is_simulator = static_cast<double>(vehicles.size()) >= setting("simulator_makers_min");
        is_home = static_cast<double>(vehicles.at(home)) >= setting("support_min") && at_station[home].size() >= 2 &&
                  !is_simulator;
    }

    /// A maker with several vehicles of this program at several other stations has it of its own: a sister plant, or
    /// the one whose vehicle a simulator was copied from. A simulator goes about too, but never for one maker alone.
    bool has_of_its_own(const std::string& maker, const std::string& station) const {
        int elsewhere = 0;
        for (const auto& [id, of] : at_station.at(maker))
            elsewhere += id != station && of >= 2 && (!is_simulator || makers_at.at(id) == 1);
        return elsewhere >= 2;
    }
};

/// Tests at the station by these makers, in their order.
struct Test {
    Listed listed;
    std::string maker, model;
};
std::vector<Test> tests_of(const Sums& sums, const std::set<std::string>& makers, const std::string& station) {
    std::vector<Test> out;
    for (const auto& maker : makers)
        sums.each_word(list_of(maker, station), [&](std::string_view word, std::int64_t) {
            KeyReader parts(word);
            Test test{{parts.number(), {}}, maker, {}};
            test.listed.id = parts.text();
            test.model = parts.text();
            out.push_back(std::move(test));
            return true;
        });
    std::ranges::sort(out, {}, [](const Test& t) { return std::tie(t.listed.at, t.listed.id); });
    return out;
}

void judge(const Sums& sums, const Context& ctx, Flags& flags) {
    const Makers makers(sums, ctx);
    if (makers.vehicles.size() < 2) return;
    const auto software = sums.key();
    const auto of_home = static_cast<double>(makers.vehicles.at(makers.home));
    std::map<std::string, std::set<std::string>> strangers;  // by station
    for (const auto& [maker, stations] : makers.at_station)
        for (const auto& [station, of] : stations)
            if (!makers.has_of_its_own(maker, station)) strangers[station].insert(maker);
    ByMonth found;
    for (const auto& [station, here] : strangers) {
        Flag like{
            .grade = Grade::strong,
            .values = {text("software", software), number("makers", static_cast<double>(makers.vehicles.size()), 0),
                       number("makers_here", static_cast<double>(here.size()), 0)}};
        if (makers.is_home) {
            like.claim = "software_of_another_make";
            like.score_permille = 900;
            like.grade = Grade::medium;
            like.values.push_back(number("vehicles", of_home, 0));
            auto few = here;
            std::erase_if(few, [&](const auto& maker) {
                return maker == makers.home || static_cast<double>(makers.vehicles.at(maker)) > 0.05 * of_home;
            });
            for (const Test& test : tests_of(sums, few, station))
                if (sums.cell(key_of("model", makers.home, test.model)) == 0)
                    found.add(test.listed, station, "make|" + software, like);
        } else if (static_cast<double>(here.size()) >= ctx.number("V01", "makers_min")) {
            like.claim = "software_on_many_makes";
            like.score_permille = 960;
            for (const Test& test : tests_of(sums, here, station))
                found.add(test.listed, station, "makes|" + software, like);
        }
    }
    found.give(flags);
}

}  // namespace

bool reads_obd(const Record& r) {
    return r.is_test() && r.test().obd && r.fact.vehicle && vin_proven(r.fact.vehicle->vin);
}

void ByMonth::add(const Listed& r, const std::string& station, const std::string& what, const Flag& like) {
    const auto month = format_day(day_of(r.at)).substr(0, 7);
    auto& flag = by_key_.try_emplace(what + "|" + station + "|" + month, like).first->second;
    flag.records.push_back(r.id);
}

void ByMonth::give(Flags& flags) {
    for (auto& [key, flag] : by_key_) {
        flag.key = key;
        flags.push_back(std::move(flag));
    }
}

Fold programs() { return {words, add_up, judge}; }

}  // namespace imloop::loop::rules
