// A repair that names a failed test although its vehicle had none: where repairs are paid for by a scheme, that is what
// would be written. Vehicles the hub knows nothing else of are left alone, their plate or VIN may be mistyped; unless
// the number that is named belongs to another vehicle's failure.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"
#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules {
namespace {

bool has_failed(const Record& r) { return r.is_test() && r.fact.inspection->verdict == Verdict::fail; }

/// The latest formal test before the repair, else the first after it where that began a cycle of its own.
const Record* test_around(const History& history, Moment at) {
    const Record* latest = nullptr;
    for (const Record& r : history.records) {
        if (!r.is_test() || !is_formal(r.fact)) continue;
        if (r.fact.occurred_at < at) latest = &r;
        if (r.fact.occurred_at < at || latest) continue;
        return r.fact.inspection->reason == Reason::periodic && r.test().retest_of.empty() ? &r : nullptr;
    }
    return latest;
}

void check(const History& history, const Context&, Flags& flags) {
    if (std::ranges::any_of(history.records, has_failed)) return;
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->fail_report_no.empty()) continue;
        const Record* test = test_around(history, r.fact.occurred_at);
        if (!test) continue;
        flags.push_back({.claim = "no_failure_before",
                         .grade = Grade::medium,
                         .score_permille = 800,
                         .records = {r.fact.record_id, test->fact.record_id},
                         .person = r.repair().technician_id,
                         .values = {text("fail_report_no", r.fact.repair->fail_report_no),
                                    moment("passed_at", test->fact.occurred_at)}});
    }
}

/// Shorter numbers begin anew at each station.
constexpr std::size_t number_min = 8;

void keys(const Record& r, std::vector<std::string>& out) {
    const auto add = [&](const std::string& number) {
        if (number.size() >= number_min && std::ranges::find(out, number) == out.end()) out.push_back(number);
    };
    if (r.is_repair()) add(r.fact.repair->fail_report_no);
    if (has_failed(r)) add(r.fact.inspection->report_no), add(r.fact.inspection->acceptance_no);
}

/// Repairs and failures that bear one number.
void of_another(std::span<const Record> records, const Context&, Flags& flags) {
    const auto failures = std::ranges::count_if(records, has_failed);
    const auto failed = std::ranges::find_if(records, has_failed);
    if (failures != 1) return;
    for (const Record& r : records) {
        if (!r.is_repair() || !unlike_vehicles(r, *failed)) continue;
        flags.push_back(
            {.claim = "number_of_another_vehicle",
             .grade = Grade::medium,
             .score_permille = 850,
             .records = {r.fact.record_id},
             .person = r.repair().technician_id,
             .values = {text("fail_report_no", r.fact.repair->fail_report_no),
                        moment("failed_at", failed->fact.occurred_at), text("failed_station", failed->fact.station_id)},
             .key = "number|" + r.fact.record_id});
    }
}

}  // namespace

Rule m10() { return {.id = "M10", .history = check, .groups = {{keys, of_another, false, 2}}}; }

}  // namespace imloop::loop::rules
