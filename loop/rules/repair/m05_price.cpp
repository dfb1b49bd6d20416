// Charged against posted and quoted prices, and one round price for everything: the fee is for the record, not for
// work.
#include <algorithm>
#include <cmath>
#include <map>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {
namespace {

void keys(const Record& r, std::vector<std::string>& out) {
    if (r.is_repair() || r.detail.price_list) out.push_back("shop " + r.fact.station_id);
}

/// By (valid_from, record_id).
using Lists = std::map<std::pair<Day, std::string>, const PriceListDetail*>;

Lists lists_of(std::span<const Record> records) {
    Lists out;
    for (const Record& r : records)
        if (r.detail.price_list) out[{r.detail.price_list->valid_from, r.fact.record_id}] = &*r.detail.price_list;
    return out;
}

/// The list in force on a day: the latest that has begun.
const PriceListDetail* list_of(const Lists& lists, Day day) {
    const auto after = lists.lower_bound({day + 1, std::string()});
    return after == lists.begin() ? nullptr : std::prev(after)->second;
}

void above_posted(const Lists& lists, const Record& r, const Context& ctx, Flags& flags) {
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

void above_quote(const Record& r, const Context& ctx, Flags& flags) {
    const auto& d = r.repair();
    if (!d.quoted_fee || !d.total_fee || *d.quoted_fee <= 0 ||
        *d.total_fee <= *d.quoted_fee * ctx.number("M05", "quote_ratio_max", r) ||
        *d.total_fee - *d.quoted_fee < ctx.number("M05", "difference_min_yuan", r))
        return;
    flags.push_back({.claim = "above_quote",
                     .grade = Grade::weak,
                     .score_permille = 750,
                     .records = {r.fact.record_id},
                     .person = d.technician_id,
                     .values = {number("charged", *d.total_fee, 2, "元"), number("quoted", *d.quoted_fee, 2, "元"),
                                number("ratio", *d.total_fee / *d.quoted_fee, 2)}});
}

/// Repairs without parts that all cost the same: for work of several kinds that is no price of work.
void one_price(const std::vector<const Record*>& without_parts, std::size_t all, const Context& ctx, Flags& flags) {
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

void shared(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const Lists lists = lists_of(records);
    std::vector<const Record*> without_parts;
    std::size_t all = 0;
    for (const Record& r : records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        ++all;
        above_posted(lists, r, ctx, flags);
        above_quote(r, ctx, flags);
        if (r.repair().parts.empty()) without_parts.push_back(&r);
    }
    if (all > 0) one_price(without_parts, all, ctx, flags);
}

}  // namespace

Rule m05() { return {.id = "M05", .groups = {{keys, shared, true}}}; }

}  // namespace imloop::loop::rules
