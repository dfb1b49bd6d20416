// What was repaired cannot have mended what failed; or a shop does to most of its vehicles one work that hardly any of
// its peers' vehicles need, whatever they failed by.
#include <algorithm>
#include <map>
#include <set>

#include "loop/block.hpp"
#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/repairs.hpp"

namespace imloop::loop::rules {
namespace {

void check(const History& history, const Context&, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired || r.repair().items.empty()) continue;
        const Record* failure = failure_of(r, history);
        if (!failure) continue;
        auto failed = failed_readings(*failure);
        for (const auto& item : failure->test().failed_items)
            if (std::ranges::find(failed, item) == failed.end()) failed.push_back(item);
        const auto& obd = failure->test().obd;
        const auto fits = [&](const WorkItem& item, const std::string& f) {
            return f == "obd" && obd ? can_clear(item.code, obd->dtcs) : can_mend(item.code, f);
        };
        const bool none_fits = !failed.empty() && std::ranges::none_of(r.repair().items, [&](const WorkItem& item) {
            return std::ranges::any_of(failed, [&](const auto& f) { return fits(item, f); });
        });
        if (!none_fits) continue;
        const Record* next = next_formal_test(history, r.fact.occurred_at);
        const bool passed = next && next->fact.inspection->verdict == Verdict::pass;
        Flag flag{.claim = passed ? "cannot_have_mended" : "cannot_mend",
                  .grade = Grade::medium,
                  .score_permille = passed ? 880 : 800,
                  .records = {r.fact.record_id, failure->fact.record_id},
                  .person = r.repair().technician_id,
                  .values = {text("work", r.repair().items.front().name), text("failed", failed.front())},
                  .key = r.fact.record_id};
        if (passed) flag.records.push_back(next->fact.record_id);
        flags.push_back(std::move(flag));
    }
}

constexpr Day block_days = 180;  // repairs of one fuel that are compared
constexpr std::string_view diagnosis = "ECU-DIAG";

/// The one work of a repair beside the diagnosis; empty where there is none, or more.
std::string_view only_work(const Record& r) {
    std::set<std::string_view> codes;
    for (const auto& item : r.repair().items)
        if (item.code != diagnosis) codes.insert(item.code);
    return codes.size() == 1 ? *codes.begin() : std::string_view();
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired || !r.detail.vehicle) return;
    if (r.detail.vehicle->fuel.empty() || r.repair().items.empty()) return;
    out.push_back(r.detail.vehicle->fuel + "|" + std::to_string(block_of(day_of(r.repair().settled_at), block_days)));
}

void always_the_same(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string_view, std::map<std::string_view, std::vector<const Record*>>> of_shop;  // by work
    std::map<std::string_view, double> by_shop, by_work;
    for (const Record& r : records) {
        by_shop[r.fact.station_id] += 1;
        const auto work = only_work(r);
        if (work.empty() || work == "OTH-OTHER") continue;
        by_work[work] += 1;
        of_shop[r.fact.station_id][work].push_back(&r);
    }
    const auto setting = [&](const char* name) { return ctx.number("M04", name); };
    for (const auto& [shop, works] : of_shop)
        for (const auto& [work, of] : works) {
            const auto count = static_cast<double>(of.size());
            const double peers = static_cast<double>(records.size()) - by_shop.at(shop);
            if (count < setting("same_work_min") || peers < setting("peer_repairs_min")) continue;
            // One more, so that what peers never do is not taken for impossible.
            const double usual = (by_work.at(work) - count + 1) / (peers + 1);
            const double chance =
                chance_of_at_least(static_cast<int>(of.size()), static_cast<int>(by_shop.at(shop)), usual);
            // A specialist does much of what others do as well.
            if (usual > setting("peer_share_max_pct") / 100 || chance > setting("chance_max")) continue;
            const double expected = usual * by_shop.at(shop);
            for (const Record* r : of)
                flags.push_back({.claim = "always_the_same_work",
                                 .grade = Grade::medium,
                                 .score_permille = static_cast<int>(std::min(900.0, 1000 * (1 - expected / count))),
                                 .records = {r->fact.record_id},
                                 .person = r->repair().technician_id,
                                 .values = {text("work", r->repair().items.front().name), number("count", count, 0),
                                            number("of", by_shop.at(shop), 0), number("usual", usual * 100, 1, "%"),
                                            text("chance", chance_words(chance))},
                                 .key = "same|" + r->fact.record_id});
        }
}

}  // namespace

Rule m04() { return {.id = "M04", .history = check, .groups = {{keys, always_the_same, true}}}; }

}  // namespace imloop::loop::rules
