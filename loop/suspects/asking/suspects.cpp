// What the rules are asked about: records as they count, put in and taken out again, and what they share.
#include "loop/suspects/asking/suspects.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "loop/suspects/asking/flag_id.hpp"

namespace imloop::loop::rules {
namespace {

auto line_of(const Arrival& a) { return std::tie(a.source, a.epoch, a.seq); }

template <typename Index>
void put(std::vector<Index>& list, Index index) {
    const auto at = std::ranges::lower_bound(list, index);
    assert(at == list.end() || *at != index);
    list.insert(at, index);
}

/// The list is gone with the last of it.
template <typename Map, typename Index>
void take(Map& lists, typename Map::iterator of, Index index) {
    assert(of != lists.end());
    const auto at = std::ranges::lower_bound(of->second, index);
    assert(at != of->second.end() && *at == index);
    of->second.erase(at);
    if (of->second.empty()) lists.erase(of);
}

std::optional<std::string> decided_by(const Fact& fact) {
    if (!fact.decision || (fact.decision->about_kind != "flag_id" && fact.decision->about_kind != "record_id"))
        return std::nullopt;
    return fact.decision->about;
}

Check check_of(const Record& record) {
    const auto& s = *record.detail.supervision;
    return {record.fact.occurred_at, record.fact.record_id, s.kind, s.measure, s.draw_id, s.draw_arm, s.findings};
}

/// What this record said is taken back, and the place is gone with the last that spoke there.
template <typename Said>
void take_back(std::map<std::string, std::set<Said>>& places, const std::string& place, const std::string& record_id) {
    const auto of = places.find(place);
    assert(of != places.end());
    std::erase_if(of->second, [&](const Said& said) { return said.record_id == record_id; });
    if (of->second.empty()) places.erase(of);
}

}  // namespace

Suspects::Suspects(Parameters parameters, Policy policy, const std::vector<Rule>& rules)
    : parameters_(std::move(parameters)), policy_(std::move(policy)), offered_(&rules) {
    for (const Rule& rule : rules)
        if (parameters_.enabled(rule.id)) rules_.push_back(&rule);
    for (const Rule* rule : rules_)
        for (const Group& group : rule->groups) groups_.push_back({rule, &group});
}

Suspects::Suspects(const Suspects& like, Parameters parameters)
    : Suspects(std::move(parameters), like.policy_, *like.offered_) {
    traces_ = like.traces_;
    statistics_.take_deliveries_of(like.statistics_);
    for (const Known& known : like.known_)
        for (const Line& line : known.lines)
            arrived(known.id, {*line.source, *line.epoch, line.seq, line.received_at, {}});
    for (const auto& [id, lines] : like.rejected_)
        for (const Record& line : lines) rejected(line.fact, *line.arrival);
}

Suspects::Index Suspects::index_of(const std::string& record_id) {
    const auto [it, is_new] = index_.try_emplace(record_id, static_cast<Index>(known_.size()));
    if (is_new) known_.push_back({record_id});
    return it->second;
}

void Suspects::arrived(const std::string& record_id, const Arrival& arrival) {
    assert(arrival.rejected_for.empty());
    auto& lines = known_[index_of(record_id)].lines;
    const auto is_known = [&](const Line& l) {
        return l.seq == arrival.seq && *l.source == arrival.source && *l.epoch == arrival.epoch;
    };
    // A segment that goes on over lines that are known brings them again, later.
    if (std::ranges::any_of(lines, is_known)) return;
    lines.push_back({&*texts_.insert(arrival.source).first, &*texts_.insert(arrival.epoch).first, arrival.seq,
                     arrival.received_at});
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
    assert(!arrival.rejected_for.empty());
    const std::string id = fact.record_id;
    auto& lines = rejected_[id];
    const auto at = std::ranges::lower_bound(lines, line_of(arrival), {},
                                             [](const Record& line) { return line_of(*line.arrival); });
    if (at != lines.end() && line_of(*at->arrival) == line_of(arrival)) return;
    auto detail = detail_of(fact);
    if (detail.inspection && !detail.inspection->trace_sha256.empty())
        rejected_by_trace_[detail.inspection->trace_sha256].insert(id);
    lines.insert(at, {std::move(fact), std::move(detail), std::move(arrival)});
    again_.insert(id);
}

/// Of the line that the projection takes the record from.
std::optional<Arrival> Suspects::arrival_of(const Projection& projection, const std::string& record_id) const {
    const auto it = index_.find(record_id);
    const auto line = projection.journal_line(record_id);
    if (it == index_.end() || !line) return std::nullopt;
    for (const Line& l : known_[it->second].lines)
        if (l.seq == line->seq && *l.source == line->source && *l.epoch == line->epoch)
            return Arrival{*l.source, *l.epoch, l.seq, l.received_at, {}};
    return std::nullopt;
}

Record Suspects::record(const Projection& projection, Fact fact) const {
    Record out{std::move(fact), {}, {}};
    out.detail = detail_of(out.fact);
    out.arrival = arrival_of(projection, out.fact.record_id);
    return out;
}

std::vector<Suspects::SharedKey> Suspects::keys_of(const Record& record) {
    std::vector<SharedKey> places;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        keys.clear();
        try {
            groups_[i].group->keys(record, keys);
        } catch (const std::exception&) {
            failed_["keys " + record.fact.record_id].emplace(groups_[i].rule->id);
            continue;
        }
        for (const auto& key : keys) places.push_back({i, hash_of(key)});
    }
    std::ranges::sort(places);
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

void Suspects::note_change(const SharedKey& place) { (waits_for_sweep(place) ? stale_swept_ : stale_).insert(place); }

/// What is said of a copy depends on the records of the trace it was copied from.
void Suspects::note_traces_like(const std::string& sha256) {
    for (const auto& match : traces_.matches(sha256)) trace_changed(match.sha256);
}

void Suspects::put_in(const Record& record) {
    const Index index = index_of(record.fact.record_id);
    assert(!known_[index].put_in);
    auto out = std::make_unique<PutIn>();
    out->keys = keys_of(record);
    for (const SharedKey& place : out->keys) {
        put(shared_[place], index);
        note_change(place);
    }
    if (record.is_test() && !record.test().trace_sha256.empty()) {
        const auto of = by_trace_.try_emplace(record.test().trace_sha256).first;
        put(of->second, index);
        out->trace = &of->first;
        note_traces_like(of->first);
    }
    out->added = statistics_.add(record);
    if ((out->decides = decided_by(record.fact)))
        decisions_[*out->decides].insert(
            {record.fact.occurred_at, record.fact.record_id, record.fact.decision->action});
    if (record.detail.supervision) {
        out->checks = record.detail.supervision->checked_station_id;
        checks_[*out->checks].insert(check_of(record));
    }
    known_[index].put_in = std::move(out);
}

void Suspects::take_out(const std::string& record_id) {
    const auto it = index_.find(record_id);
    if (it == index_.end()) return;
    const auto was = std::exchange(known_[it->second].put_in, nullptr);
    if (!was) return;
    for (const SharedKey& place : was->keys) {
        take(shared_, shared_.find(place), it->second);
        note_change(place);
    }
    if (was->trace) {
        note_traces_like(*was->trace);
        take(by_trace_, by_trace_.find(*was->trace), it->second);
    }
    statistics_.remove(was->added);
    if (was->decides) take_back(decisions_, *was->decides, record_id);
    if (was->checks) take_back(checks_, *was->checks, record_id);
    failed_.erase("keys " + record_id);
}

void Suspects::trace_changed(const std::string& sha256) {
    for (auto& id : records_with_trace(sha256)) again_.insert(std::move(id));
    if (const auto it = rejected_by_trace_.find(sha256); it != rejected_by_trace_.end())
        again_.insert(it->second.begin(), it->second.end());
}

std::vector<std::string> Suspects::records_with_trace(const std::string& sha256) const {
    std::vector<std::string> out;
    if (const auto it = by_trace_.find(sha256); it != by_trace_.end())
        for (const Index index : it->second) out.push_back(known_[index].id);
    std::ranges::sort(out);
    return out;
}

}  // namespace imloop::loop::rules
