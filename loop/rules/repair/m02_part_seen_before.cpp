// One part is on one vehicle: the serial number of a catalyst, filter or sensor that was fitted to another vehicle
// before is a borrowed part, or a number written down without one.
#include <algorithm>
#include <vector>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::loop::rules {
namespace {

void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_repair()) return;
    for (const auto& part : r.repair().parts)
        if (const auto serial = normal_text(part.serial_no); serial.size() >= 4) out.push_back(serial);
}

const Part* part_shared(const Record& a, const Record& b) {
    for (const auto& part : b.repair().parts)
        for (const auto& other : a.repair().parts)
            if (!part.serial_no.empty() && normal_text(part.serial_no) == normal_text(other.serial_no)) return &part;
    return nullptr;
}

/// Repairs before one that it is compared with: of unlike vehicles the first is told at once.
constexpr std::size_t compared_max = 256;

void shared(std::span<const Record> records, const Context&, Flags& flags) {
    std::vector<const Record*> repairs;
    for (const Record& r : records)
        if (may_be_unlike(r)) repairs.push_back(&r);
    for (std::size_t i = 1; i < repairs.size(); ++i) {
        const Record& later = *repairs[i];
        const auto before = std::span(repairs).first(std::min(i, compared_max));
        const auto first = std::ranges::find_if(before, [&](const Record* r) { return unlike_vehicles(*r, later); });
        if (first == before.end()) continue;
        const Record& other = **first;
        const Part* part = part_shared(other, later);
        if (!part) continue;
        flags.push_back(
            {.claim = "serial_on_another_vehicle",
             .grade = Grade::strong,
             .score_permille = 950,
             .records = {later.fact.record_id, other.fact.record_id},
             .person = later.repair().technician_id,
             .values = {text("part", part->name), text("serial_no", part->serial_no),
                        moment("before_at", other.fact.occurred_at), text("before_station", other.fact.station_id)},
             .key = normal_text(part->serial_no) + "|" + later.fact.record_id});
    }
}

}  // namespace

Rule m02() { return {.id = "M02", .groups = {{keys, shared, false, 2}}}; }

}  // namespace imloop::loop::rules
