#include "hub/projection/worklist.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace imloop::hub {

void Worklist::changed(WorkItem& item) {
    order_.erase(item.changed);
    item.changed = ++version_;
    order_.emplace(item.changed, item.episode_id);
}

/// The latest claim about any failure of the episode counts; one that was given back counts for no one.
void Worklist::apply_claims(WorkItem& item) {
    const Claim* latest = nullptr;
    for (const auto& failure : item.failures) {
        const auto it = claims_.find(failure);
        if (it == claims_.end()) continue;
        for (const auto& c : it->second)
            if (latest == nullptr ||
                std::tie(c.occurred_at, c.record_id) > std::tie(latest->occurred_at, latest->record_id))
                latest = &c;
    }
    item.claimed_by = latest == nullptr || latest->action == "give_back" ? "" : latest->station;
    item.taken_in = latest != nullptr && latest->action == "take_in";
}

void Worklist::claims_changed(const std::string& failure) {
    const auto it = by_failure_.find(failure);
    if (it == by_failure_.end()) return;
    auto& item = items_.at(it->second);
    apply_claims(item);
    changed(item);
}

void Worklist::claim(const Claim& claim) {
    drop_claim(claim.record_id);
    claims_[claim.fail_record_id].push_back(claim);
    claimed_failure_[claim.record_id] = claim.fail_record_id;
    claims_changed(claim.fail_record_id);
}

void Worklist::drop_claim(const std::string& record_id) {
    const auto held = claimed_failure_.extract(record_id);
    if (held.empty()) return;
    std::erase_if(claims_[held.mapped()], [&](const Claim& c) { return c.record_id == record_id; });
    claims_changed(held.mapped());
}

void Worklist::update(const loop::Projection& projection, const loop::Projection::Changes& changes, loop::Day today) {
    std::set<std::string> before;
    std::set<std::string> vehicles(changes.touched.begin(), changes.touched.end());
    for (const auto* ids : {&changes.identity.gone, &changes.touched})
        for (const auto& vehicle : *ids)
            if (const auto it = by_vehicle_.find(vehicle); it != by_vehicle_.end()) {
                before.insert(it->second.begin(), it->second.end());
                by_vehicle_.erase(it);
            }
    for (const auto& vehicle : vehicles)
        for (const auto& e : projection.episodes(vehicle, today)) {
            before.erase(e.episode_id);
            by_vehicle_[vehicle].insert(e.episode_id);
            auto& item = items_[e.episode_id];
            std::string digest = e.ended_by.value_or("open") + "|" + vehicle;
            for (const auto* ids : {&e.failures, &e.repairs, &e.counting_repairs})
                for (const auto& id : *ids) digest += "|" + id;
            if (item.digest == digest && !item.withdrawn) continue;
            item.episode_id = e.episode_id;
            item.vehicle_id = vehicle;
            item.county = e.county;
            item.failed_at_station = e.station_id;
            item.failures = e.failures;
            item.shops = e.counting_stations;
            item.open = !e.ended_by;
            item.withdrawn = false;
            item.digest = std::move(digest);
            for (const auto& failure : e.failures) by_failure_[failure] = e.episode_id;
            apply_claims(item);
            changed(item);
        }
    for (const auto& id : before) {
        auto& item = items_.at(id);
        if (item.withdrawn) continue;
        item.withdrawn = true;
        item.open = false;
        changed(item);
    }
}

std::vector<Worklist::Shown> Worklist::of(char kind, const std::string& station, const std::string& county,
                                          std::uint64_t after, std::size_t limit) const {
    const auto list_of = [&](const WorkItem& item) -> std::optional<List> {
        if (kind == 'I') return item.failed_at_station == station ? std::optional(List::own) : std::nullopt;
        if (item.claimed_by == station) return item.taken_in ? List::here : List::chosen;
        if (std::ranges::find(item.shops, station) != item.shops.end()) return List::here;
        if (item.county != county) return std::nullopt;
        return item.claimed_by.empty() ? List::county : List::elsewhere;
    };
    std::vector<Shown> out;
    for (auto it = order_.upper_bound(after); it != order_.end() && out.size() < limit; ++it) {
        const auto& item = items_.at(it->second);
        const auto list = list_of(item);
        if (!list) continue;
        const bool first_time = after == 0;
        const bool told =
            item.open ? *list != List::elsewhere : !item.withdrawn && *list != List::county && *list != List::elsewhere;
        if (first_time && !told) continue;
        out.push_back({&item, *list});
    }
    return out;
}

}  // namespace imloop::hub
