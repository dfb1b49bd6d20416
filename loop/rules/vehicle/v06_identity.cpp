// Plate and VIN that don't belong together: a plate that goes to and fro between two VINs or a VIN between two plates,
// a vehicle that becomes another between its failure and the next test, a VIN whose check digit (GB 16735) is wrong at
// station after station. Slips of the hand and plates that move for good are honest.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/rounds.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

const std::string& plate_of(const Record& r) { return r.fact.vehicle->plate; }
const std::string& vin_of(const Record& r) { return r.fact.vehicle->vin; }

bool plates_differ(const Record& a, const Record& b) {
    return !plate_of(a).empty() && !plate_of(b).empty() && plate_of(a) != plate_of(b) &&
           !loop::one_slip_apart(plate_of(a), plate_of(b));
}

Flag flag_of(const Record& r, const Record& other, const char* claim, Grade grade, int score,
             std::vector<Value> values) {
    return {.claim = claim,
            .grade = grade,
            .score_permille = score,
            .records = {r.fact.record_id, other.fact.record_id},
            .person = r.is_test() ? r.test().inspector_id : "",
            .values = std::move(values)};
}

/// Fuels that one car may honestly be said to burn: blends, and gas cars that also run on petrol.
bool fuels_differ(const std::string& a, const std::string& b) {
    const auto family = [](const std::string& fuel) {
        constexpr std::array<std::string_view, 6> sparked{"petrol", "ethanol", "hybrid", "cng", "lpg", "methanol"};
        return std::ranges::find(sparked, fuel) != sparked.end() ? std::string("petrol") : fuel;
    };
    return !a.empty() && !b.empty() && a != "other" && b != "other" && family(a) != family(b);
}

/// Passenger, goods, tractor, …, and its size: the first two places of a GA/T 16.4 class.
bool classes_differ(const std::string& a, const std::string& b) {
    return a.size() >= 2 && b.size() >= 2 && a.substr(0, 2) != b.substr(0, 2);
}

void check_round(const Round& round, bool may_be_replated, Flags& flags) {
    const Record &failed = *round.failed, &next = *round.next;
    const bool same_vin = !vin_of(next).empty() && vin_of(next) == vin_of(failed);
    if (same_vin && !may_be_replated && plates_differ(failed, next))
        flags.push_back(
            flag_of(next, failed, "plate_changed_after_failure", Grade::medium, 700,
                    {text("before", masked_plate(plate_of(failed))), text("after", masked_plate(plate_of(next)))}));
    if (!failed.detail.vehicle || !next.detail.vehicle) return;
    const auto &before = *failed.detail.vehicle, &after = *next.detail.vehicle;
    if (fuels_differ(before.fuel, after.fuel))
        flags.push_back(flag_of(next, failed, "fuel_changed_after_failure", Grade::medium, 850,
                                {text("before", before.fuel), text("after", after.fuel)}));
    if (classes_differ(before.vehicle_class, after.vehicle_class))
        flags.push_back(flag_of(next, failed, "class_changed_after_failure", Grade::medium, 800,
                                {text("before", before.vehicle_class), text("after", after.vehicle_class)}));
}

/// Plates of one VIN, to and fro: A B A. Only tests are in question; shops' records bear witness.
void check_plates(const std::vector<const Record*>& records, Flags& flags) {
    for (std::size_t i = 1; i + 1 < records.size(); ++i) {
        const Record &before = *records[i - 1], &r = *records[i];
        if (!r.is_test() || !plates_differ(before, r)) continue;
        const bool returns = std::any_of(records.begin() + static_cast<std::ptrdiff_t>(i) + 1, records.end(),
                                         [&](const Record* o) { return plate_of(*o) == plate_of(before); });
        if (returns)
            flags.push_back(
                flag_of(r, before, "vin_on_two_plates", Grade::medium, 850,
                        {text("before", masked_plate(plate_of(before))), text("after", masked_plate(plate_of(r)))}));
    }
}

bool has_check_digit(const std::string& vin) {
    // China, and North America (49 CFR 565), where it is law.
    return is_whole_vin(vin) && (vin.front() == 'L' || (vin.front() >= '1' && vin.front() <= '5'));
}

/// A slip is made once; a VIN that is wrong alike at two stations, and nowhere right, is none.
void check_digit(const std::vector<const Record*>& records, Flags& flags) {
    std::map<std::string, std::map<std::string, const Record*>> wrong;  // by VIN and station
    for (const Record* r : records) {
        if (vin_proven(vin_of(*r))) return;
        if (!r->is_test()) continue;  // a shop takes the VIN over from the notice
        if (has_check_digit(vin_of(*r))) wrong[vin_of(*r)].try_emplace(r->fact.station_id, r);
    }
    for (const auto& [vin, stations] : wrong) {
        if (stations.size() < 2) continue;
        const auto latest = std::ranges::max_element(stations, {}, [](const auto& s) {
            return std::pair(s.second->fact.occurred_at, s.second->fact.record_id);
        });
        const auto other = latest == stations.begin() ? std::next(latest) : stations.begin();
        flags.push_back(flag_of(*latest->second, *other->second, "check_digit_wrong", Grade::weak, 500,
                                {text("vin", masked_vin(vin))}));
    }
}

void check(const History& history, const Context&, Flags& flags) {
    std::vector<const Record*> records;
    bool replated = false;
    for (const Record& r : history.records) {
        if (r.fact.event)
            replated = replated || r.fact.event->event == Event::replated ||
                       r.fact.event->event == Event::transferred_in || r.fact.event->event == Event::registered;
        if ((r.is_test() || r.is_repair()) && r.fact.vehicle && !vin_of(r).empty() && !plate_of(r).empty())
            records.push_back(&r);
    }
    for (const Round& round : rounds_of(history))
        if (round.failed->fact.vehicle && round.next->fact.vehicle) check_round(round, replated, flags);
    if (!replated) check_plates(records, flags);
    check_digit(records, flags);
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (r.is_test() && r.fact.vehicle && !plate_of(r).empty() && vin_proven(vin_of(r)))
        out.push_back(r.fact.vehicle->plate_kind + "|" + plate_of(r));
}

/// VINs of one plate, to and fro, each on two days at least: one mistyped plate is not enough.
void shared(std::span<const Record> records, const Context&, Flags& flags) {
    struct Span {
        Moment first, last;
        const Record* latest;
    };
    std::map<std::string, Span> vins;
    for (const Record& r : records) {
        auto& of = vins.try_emplace(vin_of(r), Span{r.fact.occurred_at, r.fact.occurred_at, &r}).first->second;
        of.last = r.fact.occurred_at, of.latest = &r;
    }
    std::erase_if(vins, [](const auto& vin) { return day_of(vin.second.first) == day_of(vin.second.last); });
    for (auto a = vins.begin(); a != vins.end(); ++a)
        for (auto b = std::next(a); b != vins.end(); ++b) {
            const bool meet = a->second.first < b->second.last && b->second.first < a->second.last;
            if (!meet || !vins_far_apart(a->first, b->first)) continue;
            const bool a_later = a->second.last > b->second.last;
            const Span &later = a_later ? a->second : b->second, &other = a_later ? b->second : a->second;
            auto flag = flag_of(*later.latest, *other.latest, "plate_on_two_vins", Grade::medium, 900,
                                {text("plate", masked_plate(plate_of(records[0]))), text("vin", masked_vin(a->first)),
                                 text("other_vin", masked_vin(b->first))});
            flag.key = "plate|" + a->first + "|" + b->first;
            flags.push_back(std::move(flag));
        }
}

}  // namespace

Rule v06() { return {.id = "V06", .history = check, .groups = {{keys, shared, false, 4}}}; }

}  // namespace imloop::loop::rules
