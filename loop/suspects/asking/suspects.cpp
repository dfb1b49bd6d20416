// What the rules are asked about: records as they count, put in and taken out again, and what they share.
#include "loop/suspects/asking/suspects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "loop/fact_pack.hpp"
#include "loop/rules/hash.hpp"

namespace imloop::loop::rules {
namespace {

auto line_of(const auto& a) { return std::tie(a.source, a.epoch, a.seq); }

std::optional<std::string> decided_by(const Fact& fact) {
    if (!fact.decision || (fact.decision->about_kind != "flag_id" && fact.decision->about_kind != "record_id"))
        return std::nullopt;
    return fact.decision->about;
}

Check check_of(const Record& record) {
    const auto& s = *record.detail.supervision;
    return {record.fact.occurred_at, record.fact.record_id, s.kind, s.measure, s.draw_id, s.draw_arm, s.findings};
}

}  // namespace

Suspects::Suspects(Parameters parameters, const std::vector<Rule>& rules, const Rows* rows)
    : parameters_(std::move(parameters)), from_(rows), traces_(rows), statistics_(rows), folds_(rows), rows_(rows) {
    for (const Rule& rule : rules) {
        if (!parameters_.enabled(rule.id)) continue;
        rules_.push_back(&rule);
        for (std::size_t i = 0; i < rule.groups.size(); ++i) groups_.push_back({&rule, i});
        for (std::size_t i = 0; i < rule.folds.size(); ++i) {
            fold_rules_.push_back({&rule, i});
            folds_.take(rule.folds[i]);
        }
    }
    assert(groups_.size() <= std::numeric_limits<decltype(SharedKey::group)>::max());
}

void Suspects::write(const RowChanges& changes) {
    assert(again_.empty() && stale_.empty());
    each_part(*this, [&](auto& part) { part.write(changes); });
}

void Suspects::forget() {
    each_part(*this, [](auto& part) { part.forget(); });
}

std::size_t Suspects::held() const {
    std::size_t sum = 0;
    each_part(*this, [&](const auto& part) { sum += part.held(); });
    return sum;
}

void Suspects::arrived(const std::string& record_id, const Arrival& arrival) {
    assert(arrival.rejected_for.empty());
    const auto key = key_of(record_id);
    const auto* known = rows_.arrivals.find(key);
    auto lines = known ? *known : std::vector<ArrivedLine>();
    const auto at = std::ranges::lower_bound(lines, line_of(arrival), {}, line_of<ArrivedLine>);
    // A segment that goes on over lines that are known brings them again, later.
    if (at != lines.end() && line_of(*at) == line_of(arrival)) return;
    lines.insert(at, {arrival.source, arrival.epoch, arrival.seq, arrival.received_at});
    rows_.arrivals.put(key, std::move(lines));
}

void Suspects::came(const Arrival& arrival) {
    statistics_.came(arrival);
    note_sweep();
}

void Suspects::forked(const std::string& source, std::uint64_t first, Moment at) {
    statistics_.forked(source, first, day_of(at));
    note_sweep();
}

void Suspects::rejected(const Fact& fact, Arrival arrival) {
    assert(!arrival.rejected_for.empty());
    const auto& id = fact.record_id;
    const auto key = key_of(id, arrival.source, arrival.epoch, arrival.seq);
    if (rows_.rejected.contains(key)) return;
    const auto detail = detail_of(fact);
    if (detail.inspection && !detail.inspection->trace_sha256.empty())
        rows_.rejected_by_trace.put(key_of(detail.inspection->trace_sha256, id), {});
    rows_.rejected_by_station.put(key_of(fact.station_id, id), {});
    rows_.rejected.put(key, {pack(fact), std::move(arrival)});
    again_.insert(id);
}

/// Of the line that the projection takes the record from.
std::optional<Arrival> Suspects::arrival_of(const Projection& projection, const std::string& record_id) const {
    const auto* lines = rows_.arrivals.find(key_of(record_id));
    const auto line = projection.journal_line(record_id);
    if (!lines || !line) return std::nullopt;
    const auto at = std::ranges::find(*lines, line_of(*line), line_of<ArrivedLine>);
    if (at == lines->end()) return std::nullopt;
    return Arrival{at->source, at->epoch, at->seq, at->received_at, {}};
}

Record Suspects::record(const Projection& projection, Fact fact) const {
    Record out{std::move(fact), {}, {}};
    out.detail = detail_of(out.fact);
    out.arrival = arrival_of(projection, out.fact.record_id);
    return out;
}

std::vector<SharedKey> Suspects::keys_of(const Record& record, std::set<std::string>& failed) const {
    std::vector<SharedKey> places;
    std::vector<std::string> keys;
    for (std::size_t n = 0; n < groups_.size(); ++n) {
        keys.clear();
        try {
            groups_[n].group().keys(record, keys);
        } catch (const std::exception&) {
            failed.emplace(groups_[n].rule->id);
            continue;
        }
        for (const auto& key : keys) places.push_back({static_cast<std::uint8_t>(n), short_hash_of(key)});
    }
    std::ranges::sort(places);
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

std::vector<FoldedWord> Suspects::words_of(const Record& record, std::set<std::string>& failed) const {
    std::vector<FoldedWord> words;
    for (std::size_t n = 0; n < fold_rules_.size(); ++n) {
        try {
            std::ranges::move(folds_.words_of(n, record), std::back_inserter(words));
        } catch (const std::exception&) {
            failed.emplace(fold_rules_[n].rule->id);
        }
    }
    return words;
}

void Suspects::note_change(const SharedKey& place) {
    if (groups_.at(place.group).group().swept)
        rows_.stale_keys.put(place.row(), {});
    else
        stale_.insert(place);
}

void Suspects::note_sweep() {
    if (const auto last = swept(); !last.is_stale) put_swept({true, last.to});
}

/// What is said of a copy depends on the records of the trace it was copied from.
void Suspects::note_traces_like(const std::string& sha256) {
    for (const auto& match : traces_.matches(sha256)) trace_changed(match.sha256);
}

/// Another record with its note may be there still.
void Suspects::leave(const SharedKey& place, const std::string& record_id) {
    const auto note = note_of(record_id);
    for (const auto& key : rows_.noted.keys(note)) {
        const auto* other = rows_.put_ins.find(key_of(record_of_noted(key)));
        if (other && std::ranges::binary_search(other->keys, place)) return;
    }
    rows_.shared.erase(place.row() + note);
}

void Suspects::put_in(const Record& record) {
    const auto& id = record.fact.record_id;
    assert(!rows_.put_ins.contains(key_of(id)));
    std::set<std::string> failed;
    PutIn out{.keys = keys_of(record, failed),
              .trace = {},
              .added = statistics_.add(record),
              .decision = {},
              .check = {},
              .words = words_of(record, failed)};
    set_failed("keys " + id, std::move(failed));
    for (const auto& word : out.words) folds_.put(word);
    for (const SharedKey& place : out.keys) {
        rows_.shared.put(place.row() + note_of(id), {});
        note_change(place);
    }
    if (record.is_test() && !record.test().trace_sha256.empty()) {
        out.trace = record.test().trace_sha256;
        rows_.by_trace.put(key_of(out.trace, id), {});
        note_traces_like(out.trace);
    }
    const auto at = record.fact.occurred_at;
    if (const auto about = decided_by(record.fact)) {
        out.decision = key_of(*about, at, id);
        rows_.decisions.put(out.decision, {at, id, record.fact.decision->action});
    }
    if (record.detail.supervision) {
        out.check = key_of(record.detail.supervision->checked_station_id, at, id);
        rows_.checks.put(out.check, check_of(record));
    }
    rows_.noted.put(noted_key(id), {});
    rows_.put_ins.put(key_of(id), std::move(out));
}

void Suspects::take_out(const std::string& record_id) {
    const auto key = key_of(record_id);
    const auto* found = rows_.put_ins.find(key);
    if (!found) return;
    const PutIn was = *found;
    rows_.put_ins.erase(key);
    rows_.noted.erase(noted_key(record_id));
    rows_.noted.hold_under(note_of(record_id));
    for (const SharedKey& place : was.keys) {
        leave(place, record_id);
        note_change(place);
    }
    if (!was.trace.empty()) {
        note_traces_like(was.trace);
        rows_.by_trace.erase(key_of(was.trace, record_id));
    }
    statistics_.remove(was.added);
    for (const auto& word : was.words) folds_.take_out(word);
    if (!was.decision.empty()) rows_.decisions.erase(was.decision);
    if (!was.check.empty()) rows_.checks.erase(was.check);
    set_failed("keys " + record_id, {});
}

void Suspects::trace_changed(const std::string& sha256) {
    for (auto& id : records_with_trace(sha256)) again_.insert(std::move(id));
    for (const auto& key : rows_.rejected_by_trace.keys(key_of(sha256))) again_.insert(second_of(key));
}

std::vector<std::string> Suspects::records_with_trace(const std::string& sha256) const {
    std::vector<std::string> out;
    rows_.by_trace.each(key_of(sha256), [&](std::string_view key, const Mark&) { out.push_back(second_of(key)); });
    return out;
}

}  // namespace imloop::loop::rules
