#include "hub/loop/worklist.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace imloop::hub {
namespace {

using loop::key_of;

/// The lists an item stands in: of the station it failed at, of the shops that have to do with it, and of its county's
/// shops.
std::set<std::string> lists_of(const WorkItem& item) {
    std::set<std::string> out{"failed at " + item.failed_at_station, "county " + item.county};
    for (const auto& shop : item.shops) out.insert("shop " + shop);
    if (!item.claimed_by.empty()) out.insert("shop " + item.claimed_by);
    return out;
}

std::vector<std::string> keys_of(const std::vector<std::string>& ids) {
    std::vector<std::string> out;
    for (const auto& id : ids) out.push_back(key_of(id));
    return out;
}

/// Of the failures that were the episode's, those that are no more.
void let_go(loop::Table<std::string>& by_failure, const WorkItem& was, const std::vector<std::string>& failures) {
    for (const auto& failure : was.failures) {
        if (std::ranges::find(failures, failure) != failures.end()) continue;
        const auto key = key_of(failure);
        if (const auto* episode = by_failure.find(key); episode && *episode == was.episode_id) by_failure.erase(key);
    }
}

}  // namespace

Worklist::Worklist(const loop::Rows* rows)
    : items_("loop_work_items", rows),
      lists_("loop_work_lists", rows),
      by_vehicle_("loop_work_by_vehicle", rows),
      by_failure_("loop_work_by_failure", rows),
      claims_("loop_claims", rows),
      claimed_("loop_claimed", rows),
      version_("loop_work_version", rows) {}

void Worklist::read_ahead_of_claims(const std::vector<std::string>& record_ids) const {
    claimed_.read_ahead(keys_of(record_ids));
}

std::uint64_t Worklist::version() const {
    const auto* version = version_.find("");
    return version ? *version : 0;
}

/// The item as changed now, in place of what it was, in all its lists.
void Worklist::put(WorkItem item) {
    const auto key = key_of(item.episode_id);
    if (const auto* was = items_.find(key))
        for (const auto& list : lists_of(*was)) lists_.erase(key_of(list, was->changed));
    item.changed = ++version_.change_or_new("");
    for (const auto& list : lists_of(item)) lists_.put(key_of(list, item.changed), item.episode_id);
    items_.put(key, std::move(item));
}

/// The latest claim about any failure of the episode counts; one that was given back counts for no one.
void Worklist::apply_claims(WorkItem& item) const {
    std::optional<loop::Claim> latest;
    for (const auto& failure : item.failures)
        claims_.each(key_of(failure), [&](std::string_view, const loop::Claim& c) {
            if (!latest || std::tie(c.occurred_at, c.record_id) > std::tie(latest->occurred_at, latest->record_id))
                latest = c;
        });
    item.claimed_by = !latest || latest->action == "give_back" ? "" : latest->station;
    item.taken_in = latest && latest->action == "take_in";
}

void Worklist::claims_changed(const std::string& failure) {
    const auto* episode = by_failure_.find(key_of(failure));
    if (!episode) return;
    auto item = *items_.find(key_of(*episode));
    apply_claims(item);
    put(std::move(item));
}

void Worklist::claim(const loop::Claim& claim) {
    drop_claim(claim.record_id);
    claims_.put(key_of(claim.fail_record_id, claim.record_id), claim);
    claimed_.put(key_of(claim.record_id), claim.fail_record_id);
    claims_changed(claim.fail_record_id);
}

void Worklist::drop_claim(const std::string& record_id) {
    const auto* held = claimed_.find(key_of(record_id));
    if (!held) return;
    const std::string failure = *held;
    claimed_.erase(key_of(record_id));
    claims_.erase(key_of(failure, record_id));
    claims_changed(failure);
}

void Worklist::withdraw(const std::string& episode_id) {
    auto item = *items_.find(key_of(episode_id));
    if (item.withdrawn) return;
    item.withdrawn = true;
    item.open = false;
    let_go(by_failure_, item, {});
    put(std::move(item));
}

void Worklist::update(const loop::Projection& projection, const loop::Projection::Changes& changes, loop::Day today) {
    std::set<std::string> before;
    for (const auto* ids : {&changes.identity.gone, &changes.touched}) by_vehicle_.read_ahead_under(keys_of(*ids));
    for (const auto* ids : {&changes.identity.gone, &changes.touched})
        for (const auto& vehicle : *ids)
            for (const auto& key : by_vehicle_.keys(key_of(vehicle))) {
                before.insert(loop::second_of(key));
                by_vehicle_.erase(key);
            }
    for (const auto& vehicle : changes.touched)
        for (const auto& e : projection.episodes(vehicle, today)) {
            before.erase(e.episode_id);
            by_vehicle_.put(key_of(vehicle, e.episode_id), {});
            std::string digest = e.ended_by.value_or("open") + "|" + vehicle;
            if (e.due) digest += "|" + loop::format_day(*e.due);
            for (const auto* ids : {&e.failures, &e.repairs, &e.counting_repairs})
                for (const auto& id : *ids) digest += "|" + id;
            const auto* was = items_.find(key_of(e.episode_id));
            if (was && was->digest == digest && !was->withdrawn) continue;
            WorkItem item = was ? *was : WorkItem{};
            let_go(by_failure_, item, e.failures);
            item.episode_id = e.episode_id;
            item.vehicle_id = vehicle;
            item.county = e.county;
            item.failed_at_station = e.station_id;
            item.failures = e.failures;
            item.shops = e.counting_stations;
            item.open = !e.ended_by;
            item.withdrawn = false;
            item.digest = std::move(digest);
            for (const auto& failure : e.failures) by_failure_.put(key_of(failure), e.episode_id);
            apply_claims(item);
            put(std::move(item));
        }
    for (const auto& id : before) withdraw(id);
}

std::vector<Worklist::Shown> Worklist::of(char kind, const std::string& station, const std::string& county,
                                          std::uint64_t after, std::size_t limit) const {
    const auto list_of = [&](const WorkItem& item) {
        if (kind == 'I') return List::own;
        if (item.claimed_by == station) return item.taken_in ? List::here : List::chosen;
        if (std::ranges::find(item.shops, station) != item.shops.end()) return List::here;
        return item.claimed_by.empty() ? List::county : List::elsewhere;
    };
    std::vector<std::string> lists{"failed at " + station};
    if (kind != 'I') lists = {"shop " + station, "county " + county};
    std::map<std::uint64_t, Shown> out;
    for (const auto& list : lists) {
        std::size_t found = 0;
        lists_.each_between(
            key_of(list, after + 1), loop::end_of(key_of(list)), [&](std::string_view, const std::string& episode) {
                const auto& item = *items_.find(key_of(episode));
                const auto stands = list_of(item);
                const bool told = item.open ? stands != List::elsewhere
                                            : !item.withdrawn && stands != List::county && stands != List::elsewhere;
                if (after != 0 || told) {
                    out.insert({item.changed, {item, stands}});
                    ++found;
                }
                return found < limit;
            });
    }
    std::vector<Shown> first;
    for (auto& [changed, shown] : out)
        if (first.size() < limit) first.push_back(std::move(shown));
    return first;
}

}  // namespace imloop::hub
