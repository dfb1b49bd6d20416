// Charged against posted and quoted prices, and one round price for everything: the fee is for the record, not for
// work.
#include <algorithm>
#include <cmath>
#include <map>

#include "loop/block.hpp"
#include "loop/rows/key.hpp"
#include "loop/rules/listed.hpp"
#include "loop/rules/parameters.hpp"

namespace imloop::loop::rules {
namespace {

bool is_repaired(const Record& r) { return r.is_repair() && r.fact.repair->outcome == RepairOutcome::repaired; }

/// Repairs of one shop that are judged together, by the lists in force on their days.
constexpr Day block_days = 90;

std::string key_of_lists(const std::string& shop) { return key_of("lists", shop); }
std::string key_of_blocks(const std::string& shop) { return key_of("blocks", shop); }
std::string key_of_block(const std::string& shop, Day block) { return key_of("block", shop, block); }

void posted(const Record& r, std::vector<Fold::Word>& out) {
    const auto& shop = r.fact.station_id;
    if (r.detail.price_list)
        out.push_back(
            {key_of_lists(shop), key_of("list"), key_of(r.detail.price_list->valid_from, r.fact.record_id), true});
    if (!is_repaired(r)) return;
    const Day block = block_of(day_of(r.fact.occurred_at), block_days);
    out.push_back({key_of_blocks(shop), key_of("block", block), ""});
    out.push_back({key_of_block(shop, block), key_of("repair"), listed_as(r), true});
}

void add_up_blocks(std::string_view unit, const std::function<void(const CountVisit&)>&, Cells& cells) {
    cells[std::string(unit)] = 1;
}

/// A list is in force until the next: all of its shop's repairs are asked about again, block by block.
void then_all_blocks(const Sums& sums, std::vector<std::string>& keys) {
    const auto key = sums.key();
    KeyReader parts(key);
    if (parts.text() != "lists") return;
    const auto shop = parts.text();
    sums.of(key_of_blocks(shop))->each_cell(key_of("block"), [&](std::string_view block, std::int64_t) {
        keys.push_back(key_of_block(shop, static_cast<Day>(KeyReader(block).number())));
        return true;
    });
}

/// By (valid_from, record_id).
using Lists = std::map<std::pair<Day, std::string>, PriceListDetail>;

/// Those in force on some day of a span.
Lists lists_of(const Sums& of_lists, Day from, Day to) {
    std::vector<std::pair<Day, std::string>> begun;
    of_lists.each_word(key_of("list"), [&](std::string_view word, std::int64_t) {
        KeyReader parts(word);
        const auto valid_from = static_cast<Day>(parts.number());
        if (valid_from > to) return false;
        if (valid_from <= from) begun.clear();
        begun.emplace_back(valid_from, parts.text());
        return true;
    });
    Lists out;
    for (const auto& list : begun)
        if (const auto r = of_lists.record(list.second); r && r->detail.price_list)
            out.emplace(list, *r->detail.price_list);
    return out;
}

/// The list in force on a day: the latest that has begun.
const PriceListDetail* list_of(const Lists& lists, Day day) {
    const auto after = lists.lower_bound({day + 1, std::string()});
    return after == lists.begin() ? nullptr : &std::prev(after)->second;
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
    if (!is_repaired(r)) return;
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

std::string list_of(std::int64_t cents) { return key_of("list", cents); }

void by_shop(const Record& r, std::vector<Fold::Word>& out) {
    if (!is_repaired(r)) return;
    const auto& shop = r.fact.station_id;
    out.push_back({shop, key_of("repairs"), ""});
    const auto fee = r.repair().total_fee;
    if (!r.repair().parts.empty() || !fee || *fee <= 0) return;
    const std::int64_t cents = std::llround(*fee * 100);
    out.push_back({shop, key_of("price", cents), ""});
    out.push_back({shop, list_of(cents), listed_as(r), true});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    const bool is_price = parts.text() == "price";
    each_word([&](std::string_view, std::int64_t times) {
        if (is_price)
            add_often("price", {parts.number(), times}, cells);
        else
            cells[key_of("all")] = times;
        return true;
    });
}

/// Repairs without parts that all cost the same: for work of several kinds that is no price of work.
void one_price(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto all = static_cast<double>(sums.cell(key_of("all")));
    const double least = std::max(ctx.parameters.least("M05", "one_price_count_min"),
                                  std::floor(ctx.parameters.least("M05", "one_price_share_min") * all));
    for (const auto& [cents, times] : most_often(sums, "price", least)) {
        const auto first = first_record(sums, list_of(cents));
        if (!first) continue;
        const auto count = static_cast<double>(times);
        const double share = count / all, price = static_cast<double>(cents) / 100;
        const bool is_round = std::fmod(price, ctx.number("M05", "round_price_yuan", *first)) == 0;
        if (!is_round || count < ctx.number("M05", "one_price_count_min", *first) ||
            share < ctx.number("M05", "one_price_share_min", *first))
            continue;
        each_record(sums, list_of(cents), [&](const Record& r) {
            flags.push_back({.claim = "one_price",
                             .grade = Grade::medium,
                             .score_permille = 880,
                             .records = {r.fact.record_id},
                             .person = r.repair().technician_id,
                             .values = {number("price", price, 2, "元"), number("count", count, 0),
                                        number("of", all, 0), number("share", share * 100, 1, "%")}});
            return true;
        });
    }
}

void above_lists(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto key = sums.key();
    KeyReader parts(key);
    if (parts.text() != "block") return;
    const auto shop = parts.text();
    const Day from = static_cast<Day>(parts.number()) * block_days;
    const auto lists = lists_of(*sums.of(key_of_lists(shop)), from, from + block_days - 1);
    if (lists.empty()) return;
    each_record(sums, key_of("repair"), [&](const Record& r) {
        if (is_repaired(r)) above_posted(lists, r, ctx, flags);
        return true;
    });
}

}  // namespace

Rule m05() {
    return {.id = "M05",
            .record = above_quote,
            .folds = {{by_shop, add_up, one_price}, {posted, add_up_blocks, above_lists, then_all_blocks}}};
}

}  // namespace imloop::loop::rules
