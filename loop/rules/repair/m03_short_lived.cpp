// A repair that did not last: the same item failed again days after the vehicle passed. How often that happens to a
// shop is a matter of its statistics (S09); within days it is the mark of a part that was fitted for the test, and
// within the longest warranty of a repair (100 days, 机动车维修管理规定) of a remade or uncertified one that was no
// repair.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"

namespace imloop::loop::rules {
namespace {

std::string family(std::string_view failed) { return std::string(failed.substr(0, failed.find('/'))); }

std::string shared_item(const Record& a, const Record& b) {
    for (const auto& x : failed_readings(a))
        for (const auto& y : failed_readings(b))
            if (family(x) == family(y)) return family(x);
    return {};
}

bool has_remade_part(const Record& repair) {
    return std::ranges::any_of(repair.repair().parts,
                               [](const Part& p) { return p.origin == "remanufactured" || p.certified == false; });
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        const Record* failure = failure_of(r, history);
        const Record* pass = next_formal_test(history, r.fact.occurred_at);
        if (!failure || !pass || pass->fact.inspection->verdict != Verdict::pass) continue;
        const auto again = std::ranges::find_if(history.records, [&](const Record& later) {
            return later.is_test() && later.fact.occurred_at > pass->fact.occurred_at &&
                   later.fact.inspection->verdict == Verdict::fail;
        });
        if (again == history.records.end()) continue;
        const double days = static_cast<double>(again->fact.occurred_at - pass->fact.occurred_at) / day_ms;
        const std::string item = shared_item(*failure, *again);
        const bool repaired_between = std::ranges::any_of(history.records, [&](const Record& other) {
            return other.is_repair() && other.fact.occurred_at > pass->fact.occurred_at &&
                   other.fact.occurred_at < again->fact.occurred_at;
        });
        const bool was_cheap = has_remade_part(r);
        const double most = ctx.number("M03", was_cheap ? "warranty_days" : "days_max", r);
        if (item.empty() || repaired_between || days > most) continue;
        const bool had_part =
            was_cheap || std::ranges::any_of(r.repair().parts, [](const Part& p) { return !p.serial_no.empty(); });
        flags.push_back(
            {.claim = "failed_again",
             .grade = had_part ? Grade::medium : Grade::weak,
             .score_permille = was_cheap  ? 800
                               : had_part ? 850
                                          : 700,
             .records = {r.fact.record_id, failure->fact.record_id, pass->fact.record_id, again->fact.record_id},
             .person = r.repair().technician_id,
             .values = {number("days", days, 0, "d"), text("item", item), number("days_max", most, 0, "d")},
             .key = r.fact.record_id});
    }
}

}  // namespace

Rule m03() { return {.id = "M03", .history = check}; }

}  // namespace imloop::loop::rules
