#include "loop/suspects/suspects.hpp"

#include <algorithm>
#include <tuple>

#include "loop/suspects/flag_id.hpp"

namespace imloop::loop::rules {
namespace {

/// A day after all others: histories are seen whole.
constexpr Day end_of_days = 2'000'000;

bool in_order(const Record& a, const Record& b) {
    return std::tie(a.fact.occurred_at, a.fact.record_id) < std::tie(b.fact.occurred_at, b.fact.record_id);
}

}  // namespace

Suspects::Suspects(Parameters parameters, Policy policy)
    : parameters_(std::move(parameters)), policy_(std::move(policy)) {
    for (const Rule& rule : all())
        if (parameters_.enabled(rule.id)) rules_.push_back(&rule);
    for (const Rule* rule : rules_)
        for (const Group& group : rule->groups) groups_.push_back({rule, &group});
}

Suspects::Suspects(const Suspects& like, Parameters parameters) : Suspects(std::move(parameters), like.policy_) {
    traces_ = like.traces_;
    statistics_.take_deliveries_of(like.statistics_);
    for (const Known& k : like.known_)
        if (k.source) arrived(k.id, {*k.source, *k.epoch, k.seq, k.received_at, {}});
    rejected_ = like.rejected_;
    for (const auto& [id, lines] : rejected_) again_.insert(id);
}

Context Suspects::context(const Projection& projection) const {
    return {projection.stations(), policy_, parameters_, traces_, [this, &projection](const std::string& sha256) {
                std::vector<Record> out;
                for (const auto& id : records_with_trace(sha256))
                    if (auto fact = projection.fact(id)) out.push_back(record(std::move(*fact)));
                std::ranges::sort(out, in_order);
                return out;
            }};
}

Suspects::Index Suspects::index_of(const std::string& record_id) {
    const auto [it, is_new] = index_.try_emplace(record_id, static_cast<Index>(known_.size()));
    if (is_new) known_.push_back({record_id, nullptr, nullptr, 0, 0});
    return it->second;
}

void Suspects::arrived(const std::string& record_id, const Arrival& arrival) {
    Known& known = known_[index_of(record_id)];
    if (known.source &&
        std::tie(*known.source, *known.epoch, known.seq) < std::tie(arrival.source, arrival.epoch, arrival.seq))
        return;
    known.source = &*texts_.insert(arrival.source).first;
    known.epoch = &*texts_.insert(arrival.epoch).first;
    known.seq = arrival.seq;
    known.received_at = arrival.received_at;
}

void Suspects::came(const Arrival& arrival) {
    statistics_.came(arrival);
    sweep_stale_ = true;
}

void Suspects::forked(const std::string& source, std::uint64_t first, Moment at) {
    statistics_.forked(source, first, day_of(at));
    sweep_stale_ = true;
}

void Suspects::rejected(Fact fact, Arrival arrival) {
    const std::string id = fact.record_id;
    auto detail = detail_of(fact);
    rejected_[id].push_back({std::move(fact), std::move(detail), std::move(arrival)});
    again_.insert(id);
}

Record Suspects::record(Fact fact) const {
    Record out{std::move(fact), {}, {}};
    out.detail = detail_of(out.fact);
    if (const auto it = index_.find(out.fact.record_id); it != index_.end())
        if (const Known& k = known_[it->second]; k.source)
            out.arrival = Arrival{*k.source, *k.epoch, k.seq, k.received_at, {}};
    return out;
}

void Suspects::share(const Record& record, bool is_in) {
    const Index index = index_of(record.fact.record_id);
    const auto change = [&](std::vector<Index>& list) {
        if (is_in)
            list.push_back(index);
        else
            std::erase(list, index);
        return list.empty();
    };
    if (record.is_test() && !record.test().trace_sha256.empty()) {
        const auto& sha = record.test().trace_sha256;
        if (change(by_trace_[sha])) by_trace_.erase(sha);
        for (const auto& match : traces_.matches(sha)) trace_changed(match.sha256);
    }
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const Group& group = *groups_[i].group;
        keys.clear();
        group.keys(record, keys);
        std::ranges::sort(keys);
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        for (const auto& key : keys) {
            const Place place{i, hash_of(key)};
            if (change(shared_[place])) shared_.erase(place);
            (group.swept ? stale_swept_ : stale_).insert(place);
        }
    }
}

void Suspects::note_decision(const Fact& fact, bool is_in) {
    if (!fact.decision || (fact.decision->about_kind != "flag_id" && fact.decision->about_kind != "record_id")) return;
    const Decision decision{fact.occurred_at, fact.record_id, fact.decision->action};
    auto& of = decisions_[fact.decision->about];
    if (is_in)
        of.insert(decision);
    else
        of.erase(decision);
    if (of.empty()) decisions_.erase(fact.decision->about);
}

void Suspects::note_check(const Record& record, bool is_in) {
    if (!record.detail.supervision) return;
    const auto& s = *record.detail.supervision;
    auto& of = checks_[s.checked_station_id];
    const Check check{
        record.fact.occurred_at, record.fact.record_id, s.kind, s.measure, s.draw_id, s.draw_arm, s.findings};
    if (is_in)
        of.insert(check);
    else
        of.erase(check);
    if (of.empty()) checks_.erase(s.checked_station_id);
}

void Suspects::put_in(const Record& record) {
    share(record, true);
    statistics_.add(record);
    note_decision(record.fact, true);
    note_check(record, true);
}

void Suspects::take_out(const Record& record) {
    share(record, false);
    statistics_.remove(record);
    note_decision(record.fact, false);
    note_check(record, false);
}

void Suspects::update(const Projection& projection, const Projection::Changes& changes) {
    for (const auto& changed : changes.records) {
        if (changed.before) take_out(record(*changed.before));
        if (auto now = projection.fact(changed.record_id)) put_in(record(std::move(*now)));
        again_.insert(changed.record_id);
    }
    if (!changes.records.empty() || changes.register_changed) sweep_stale_ = true;
    for (const auto& id : again_) {
        look_at_record(projection, id);
        if (rejected_.contains(id)) look_at_rejected(projection, id);
    }
    again_.clear();
    for (const auto& id : changes.identity.gone) {
        drop("vehicle " + id);
        statistics_.drop(id);
    }
    for (const auto& id : changes.touched) look_at_vehicle(projection, id);
    for (const Place& place : stale_) look_at_shared(projection, place);
    stale_.clear();
}

void Suspects::look_at_record(const Projection& projection, const std::string& record_id) {
    const std::string owner = "record " + record_id;
    auto fact = projection.fact(record_id);
    if (!fact) return drop(owner);
    const Record one = record(std::move(*fact));
    const Context ctx = context(projection);
    std::vector<std::pair<const Rule*, Flags>> found;
    for (const Rule* rule : rules_) {
        if (!rule->record) continue;
        Flags flags;
        rule->record(one, ctx, flags);
        if (!flags.empty()) found.emplace_back(rule, std::move(flags));
    }
    replace(projection, owner, std::move(found));
}

/// A rejected line speaks only while no line of its record is accepted: then the station has mended it.
void Suspects::look_at_rejected(const Projection& projection, const std::string& record_id) {
    const std::string owner = "rejected " + record_id;
    if (projection.journal_line(record_id)) return drop(owner);
    const Context ctx = context(projection);
    std::vector<std::pair<const Rule*, Flags>> found;
    for (const Record& line : rejected_.at(record_id))
        for (const Rule* rule : rules_) {
            if (!rule->record) continue;
            Flags flags;
            rule->record(line, ctx, flags);
            for (auto& flag : flags) {
                if (flag.station_id.empty()) flag.station_id = line.fact.station_id;
                if (flag.day == 0) flag.day = day_of(line.fact.occurred_at);
            }
            if (!flags.empty()) found.emplace_back(rule, std::move(flags));
        }
    replace(projection, owner, std::move(found));
}

void Suspects::look_at_vehicle(const Projection& projection, const std::string& vehicle_id) {
    History history{vehicle_id, {}, {}};
    for (auto& fact : projection.facts(vehicle_id)) history.records.push_back(record(std::move(fact)));
    std::ranges::sort(history.records, in_order);
    history.episodes = projection.episodes(vehicle_id, end_of_days);
    statistics_.put(history);
    const Context ctx = context(projection);
    std::vector<std::pair<const Rule*, Flags>> found;
    for (const Rule* rule : rules_) {
        if (!rule->history) continue;
        Flags flags;
        rule->history(history, ctx, flags);
        if (!flags.empty()) found.emplace_back(rule, std::move(flags));
    }
    replace(projection, "vehicle " + vehicle_id, std::move(found));
}

void Suspects::look_at_shared(const Projection& projection, const Place& place) {
    const auto [rule, group] = groups_[place.group];
    const std::string owner = "shared " + std::to_string(place.group) + " " + std::to_string(place.key);
    const auto it = shared_.find(place);
    if (it == shared_.end()) return drop(owner);
    std::vector<Record> records;
    for (const Index index : it->second)
        if (auto fact = projection.fact(known_[index].id)) records.push_back(record(std::move(*fact)));
    std::ranges::sort(records, in_order);
    Flags flags;
    group->shared(records, context(projection), flags);
    std::vector<std::pair<const Rule*, Flags>> found;
    if (!flags.empty()) found.emplace_back(rule, std::move(flags));
    replace(projection, owner, std::move(found));
}

void Suspects::trace_changed(const std::string& sha256) {
    for (auto& id : records_with_trace(sha256)) again_.insert(std::move(id));
}

std::vector<std::string> Suspects::records_with_trace(const std::string& sha256) const {
    std::vector<std::string> out;
    if (const auto it = by_trace_.find(sha256); it != by_trace_.end())
        for (const Index index : it->second) out.push_back(known_[index].id);
    std::ranges::sort(out);
    return out;
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
    for (const Place& place : stale_swept_) look_at_shared(projection, place);
    stale_swept_.clear();
    if (!sweep_stale_ && swept_to_ == as_of) return;
    sweep_stale_ = false;
    swept_to_ = as_of;
    const Context ctx = context(projection);
    for (const Rule* rule : rules_) {
        if (!rule->sweep) continue;
        const Sweep sweep{statistics_, projection, as_of, [this, rule] { return against(rule->id); }};
        Flags flags;
        rule->sweep(sweep, ctx, flags);
        replace(projection, "sweep " + std::string(rule->id), {{rule, std::move(flags)}});
    }
}

}  // namespace imloop::loop::rules
