// The rules are asked: about records that changed, vehicles, keys, and in a sweep about all that is large.
#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {
namespace {

/// A day after all others: histories are seen whole.
constexpr Day end_of_days = 2'000'000;

bool in_order(const Record& a, const Record& b) {
    return std::tie(a.fact.occurred_at, a.fact.record_id) < std::tie(b.fact.occurred_at, b.fact.record_id);
}

std::size_t records_of(const Projection& projection, const std::string& vehicle_id) {
    const auto vehicle = projection.identity().vehicle(vehicle_id);
    return vehicle ? vehicle->records.size() : 0;
}

}  // namespace

void Suspects::Findings::ask(const Rule& rule, const std::function<void(Flags&)>& judge) {
    Flags found;
    try {
        judge(found);
    } catch (const std::exception&) {
        failed.emplace(rule.id);
        return;
    }
    if (!found.empty()) flags.emplace_back(&rule, std::move(found));
}

Context Suspects::context(const Projection& projection) const {
    return {projection.stations(), policy_, parameters_, traces_, [this, &projection](const std::string& sha256) {
                std::vector<Record> out;
                for (const auto& id : records_with_trace(sha256))
                    if (auto fact = projection.fact(id)) out.push_back(record(projection, std::move(*fact)));
                std::ranges::sort(out, in_order);
                return out;
            }};
}

void Suspects::update(const Projection& projection, const Projection::Changes& changes) {
    for (const auto& changed : changes.records) {
        take_out(changed.record_id);
        if (auto now = projection.fact(changed.record_id)) put_in(record(projection, std::move(*now)));
        again_.insert(changed.record_id);
    }
    if (changes.register_changed)
        for (const auto& [id, lines] : rejected_) again_.insert(id);
    sweep_stale_ = sweep_stale_ || changes.register_changed || !again_.empty();
    for (const auto& id : std::exchange(again_, {})) {
        look_at_record(projection, id);
        if (rejected_.contains(id)) look_at_rejected(projection, id);
    }
    for (const auto& id : changes.identity.gone) {
        drop("vehicle " + id);
        statistics_.drop(id);
        stale_vehicles_.erase(id);
    }
    for (const auto& id : changes.touched) {
        if (records_of(projection, id) > looked_at_once_max)
            stale_vehicles_.insert(id);
        else
            look_at_vehicle(projection, id);
    }
    for (const SharedKey& key : std::exchange(stale_, {})) {
        if (waits_for_sweep(key))
            stale_swept_.insert(key);
        else
            look_at_shared(projection, key);
    }
}

bool Suspects::waits_for_sweep(const SharedKey& key) const {
    if (groups_[key.group].group->swept) return true;
    const auto it = shared_.find(key);
    return it != shared_.end() && it->second.size() > looked_at_once_max;
}

void Suspects::look_at_record(const Projection& projection, const std::string& record_id) {
    const std::string owner = "record " + record_id;
    auto fact = projection.fact(record_id);
    if (!fact) return drop(owner);
    const Record one = record(projection, std::move(*fact));
    const Context ctx = context(projection);
    Findings found;
    for (const Rule* rule : rules_)
        if (rule->record) found.ask(*rule, [&](Flags& flags) { rule->record(one, ctx, flags); });
    replace(projection, owner, std::move(found));
}

/// A rejected line speaks only while no line of its record is accepted: then the station has mended it.
void Suspects::look_at_rejected(const Projection& projection, const std::string& record_id) {
    const std::string owner = "rejected " + record_id;
    if (projection.journal_line(record_id)) return drop(owner);
    const Context ctx = context(projection);
    Findings found;
    for (const Record& line : rejected_.at(record_id))
        for (const Rule* rule : rules_) {
            if (!rule->record) continue;
            found.ask(*rule, [&](Flags& flags) {
                rule->record(line, ctx, flags);
                for (auto& flag : flags) complete(flag, line.fact);
            });
        }
    replace(owner, std::move(found));
}

void Suspects::look_at_vehicle(const Projection& projection, const std::string& vehicle_id) {
    stale_vehicles_.erase(vehicle_id);
    History history{vehicle_id, {}, {}};
    for (auto& fact : projection.facts(vehicle_id)) history.records.push_back(record(projection, std::move(fact)));
    std::ranges::sort(history.records, in_order);
    history.episodes = projection.episodes(vehicle_id, end_of_days);
    statistics_.put(history);
    const Context ctx = context(projection);
    Findings found;
    for (const Rule* rule : rules_)
        if (rule->history) found.ask(*rule, [&](Flags& flags) { rule->history(history, ctx, flags); });
    replace(projection, "vehicle " + vehicle_id, std::move(found));
}

void Suspects::look_at_shared(const Projection& projection, const SharedKey& key) {
    const auto [rule, group] = groups_[key.group];
    const std::string owner = "shared " + std::to_string(key.group) + " " + std::to_string(key.key);
    const auto it = shared_.find(key);
    if (it == shared_.end()) return drop(owner);
    std::vector<Record> records;
    for (const Index index : it->second)
        if (auto fact = projection.fact(known_[index].id)) records.push_back(record(projection, std::move(*fact)));
    assert(!records.empty() && records.size() == it->second.size());  // what is put in counts
    if (records.empty()) return drop(owner);
    std::ranges::sort(records, in_order);
    Findings found;
    found.ask(*rule, [&, group = group](Flags& flags) { group->shared(records, context(projection), flags); });
    replace(projection, owner, std::move(found));
}

std::map<std::string, Against> Suspects::against(std::string_view before) const {
    std::map<std::string, Against> out;
    for (const auto& [id, owners] : flags_) {
        const auto& [owner, flag] = *owners.begin();
        const Decision* said = decision(id);
        // What this sweep has not come to yet is of the last one.
        if (owner.starts_with("sweep ") && flag.rule >= before) continue;
        if (flag.station_id.empty() || (said && said->action == "dismiss")) continue;
        const bool is_confirmed = said && said->action == "confirm";
        if (flag.grade != Grade::strong && !is_confirmed) continue;
        auto& of = out[flag.station_id];
        of.strong += flag.grade == Grade::strong;
        of.confirmed += is_confirmed;
    }
    return out;
}

void Suspects::sweep(const Projection& projection, Day as_of) {
    for (const auto& id : std::exchange(stale_vehicles_, {})) look_at_vehicle(projection, id);
    for (const SharedKey& key : std::exchange(stale_swept_, {})) look_at_shared(projection, key);
    if (!sweep_stale_ && swept_to_ == as_of) return;
    sweep_stale_ = false;
    swept_to_ = as_of;
    const Context ctx = context(projection);
    for (const Rule* rule : rules_) {
        if (!rule->sweep) continue;
        const Sweep sweep{statistics_, projection, as_of, [this, rule] { return against(rule->id); }};
        Findings found;
        found.ask(*rule, [&](Flags& flags) { rule->sweep(sweep, ctx, flags); });
        replace(projection, "sweep " + std::string(rule->id), std::move(found));
    }
}

}  // namespace imloop::loop::rules
