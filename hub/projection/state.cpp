#include "hub/projection/state.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "hub/limits.hpp"
#include "loop/record/reading.hpp"
#include "loop/record/schema.hpp"

namespace imloop::hub {
namespace {

using loop::key_of;

void visit_chains(const loop::Table<ChainState>& chains, std::string_view prefix, const State::ChainVisitor& visit) {
    chains.each(prefix, [&](std::string_view key, const ChainState& chain) {
        loop::KeyReader parts(key);
        const auto source = parts.text();
        visit(source, parts.text(), chain);
    });
}

bool is_right_by_schema(loop::Kind kind, const nlohmann::json& record) {
    std::vector<loop::record::Fault> faults;
    loop::record::schema_of(kind).check(record, "", faults);
    return std::ranges::all_of(faults, &loop::record::Fault::warning);
}

}  // namespace

const ChainState* State::chain(std::string_view source, std::string_view epoch) const {
    return chains_.find(key_of(source, epoch));
}

void State::put_chain(std::string_view source, std::string_view epoch, const ChainState& chain) {
    chains_.put(key_of(source, epoch), chain);
}

void State::each_chain(const ChainVisitor& visit) const { visit_chains(chains_, "", visit); }

void State::each_chain_of(std::string_view source, const ChainVisitor& visit) const {
    visit_chains(chains_, key_of(source), visit);
}

const PriceList* State::price_list(std::string_view station) const { return price_lists_.find(key_of(station)); }

journal::Outcome State::judge(const loop::Admitted& admitted, std::string_view line, std::uint64_t seq) const {
    journal::Outcome out{seq, admitted.record_id, journal::Status::accepted, {}, {}};
    for (const auto& p : admitted.problems) out.problems.push_back({p.pointer, p.code, p.zh + " / " + p.en});
    if (!out.problems.empty()) {
        out.status = journal::Status::rejected;
        return out;
    }
    const auto* accepted = accepted_.find(key_of(*admitted.record_id));
    if (!accepted) return out;
    if (accepted->sha256 == journal::sha256(line)) {
        out.status = journal::Status::duplicate;
        out.first_seen = {accepted->source, accepted->epoch, accepted->seq};
    } else {
        out.status = journal::Status::rejected;
        out.problems.push_back(
            {"/record_id", "record_id_reused",
             "编号相同但内容不同，没有收下。同一份报告请用更正，不要改文件重传。 / Same id, other content: "
             "not accepted. Use a correction, don't change the file and send it again."});
    }
    return out;
}

void State::take(const loop::Admitted& admitted, std::string_view line, const journal::Outcome& outcome,
                 const std::string& source, const std::string& epoch, loop::Moment received_at) {
    const loop::rules::Arrival arrival{source, epoch, outcome.seq, received_at, {}};
    auto came = arrival;
    if (outcome.status == journal::Status::rejected)
        for (const auto& p : outcome.problems) came.rejected_for.push_back(p.code);
    suspects.came(came);
    if (!outcome.record_id) return;
    if (outcome.status == journal::Status::rejected) {
        loop::Admitted rejected = admitted;
        if (rejected.problems.empty()) rejected.problems.push_back({"/record_id", "record_id_reused", "", ""});
        projection.put(rejected, source, epoch, outcome.seq);
        take_rejected(admitted, std::move(came));
        return;
    }
    suspects.arrived(*outcome.record_id, arrival);
    projection.put(admitted, source, epoch, outcome.seq);
    if (const auto id = key_of(*outcome.record_id); !accepted_.contains(id))
        accepted_.put(id, {journal::sha256(line), source, epoch, outcome.seq});
    take_claim(admitted);
    if (admitted.kind == loop::Kind::price_list) take_prices(admitted);
    if (!admitted.credential || !source.starts_with('H')) return;
    const auto& c = *admitted.credential;
    const auto spki = journal::from_base64(c.spki);
    auto key = journal::PublicKey::from_spki(spki.value_or(""));
    if (!key || key->kid() != c.kid) return;
    if (keys.put({c.source_id, std::move(*key), c.status, c.occurred_at, c.record_id})) keys_changed = true;
}

/// A test whose only fault is what its verdict says: the rules look at it as at an accepted one. Not so where a receipt
/// of an import says that of something else.
void State::take_rejected(const loop::Admitted& admitted, loop::rules::Arrival arrival) {
    const bool is_verdict_alone =
        !arrival.rejected_for.empty() && std::ranges::all_of(arrival.rejected_for, [](const auto& code) {
            return code == "verdict_contradicts_readings";
        });
    const auto kind = is_verdict_alone ? loop::record::kind_of(admitted.json) : std::nullopt;
    if (kind != loop::Kind::inspection || !is_right_by_schema(*kind, admitted.json)) return;
    suspects.rejected(loop::record::read_fact(*kind, admitted.json), std::move(arrival));
}

/// A claim's own words, or those a correction brings for one, under the id of the line they stand in.
void State::take_claim(const loop::Admitted& admitted) {
    const bool replaces = admitted.correction && admitted.correction->replacement;
    const auto& fact = replaces ? *admitted.correction->replacement : admitted.fact;
    if (fact.kind != loop::Kind::claim) return;
    const auto& r = replaces ? admitted.json.at("replacement") : admitted.json;
    claim_words_.put(key_of(*admitted.record_id), {fact.record_id, r.value("fail_record_id", ""), r.value("action", ""),
                                                   r.value("chosen_station_id", fact.station_id), fact.occurred_at});
}

/// What the record claims today: corrected, and nothing where it is voided or has no effect.
void State::settle_claim(const std::string& record_id) {
    const auto* words = claim_words_.find(key_of(projection.corrected_by(record_id).value_or(record_id)));
    const bool counts = words && words->record_id == record_id;
    if (counts && projection.fact(record_id))
        worklist.claim(*words);
    else
        worklist.drop_claim(record_id);
}

void State::take_prices(const loop::Admitted& admitted) {
    const auto from = loop::parse_day(admitted.json.value("valid_from", ""));
    auto& held = price_lists_.change_or_new(key_of(admitted.fact.station_id));
    if (from && std::tie(*from, *admitted.record_id) > std::tie(held.valid_from, held.record_id))
        held = {*from, *admitted.record_id};
}

void State::settle(loop::Day today) {
    const auto changes = projection.settle();
    for (const auto& changed : changes.records) settle_claim(changed.record_id);
    // A station's clock may be a day ahead: what it says of tomorrow is listed today.
    worklist.update(projection, changes, today + 1);
    suspects.update(projection, changes);
}

void State::receive_trace(const std::string& sha256, const std::string& source, loop::Moment received_at,
                          std::string_view csv, Store& store) {
    Transaction transaction(store.database());
    store.put_trace(sha256, source, received_at, csv);
    take_trace(sha256, csv, store);
    transaction.commit();
    suspects.update(projection, {});
}

/// The store holds it.
void State::take_trace(const std::string& sha256, std::string_view csv, Store& store, bool keep) {
    if (shelf.holds(sha256)) return;
    const auto figures = shelf.figures(csv, [&](const std::string& other) { return store.whole_trace(other); });
    if (keep) store.put_figures(sha256, figures_version, bytes_of(figures));
    shelf.put(sha256, figures, suspects);
}

void State::take_traces_in(Store& store, bool keep) {
    store.each_figures(figures_version, [&](const std::string& sha256, const std::optional<std::string>& bytes) {
        if (const auto figures = figures_of(bytes.value_or(""))) shelf.put(sha256, *figures, suspects);
    });
    auto missing = store.trace_digests();
    std::erase_if(missing, [&](const auto& sha256) { return shelf.holds(sha256); });
    while (!missing.empty()) {
        const auto batch = std::min(missing.size(), traces_a_transaction);
        Transaction transaction(store.database());
        for (const auto& sha256 : std::span(missing).last(batch))
            if (const auto csv = store.whole_trace(sha256)) take_trace(sha256, *csv, store, keep);
        transaction.commit();
        missing.resize(missing.size() - batch);
    }
}

void State::take_forks_in(Store& store) {
    store.each_fork(
        [&](const std::string& source, std::uint64_t first, loop::Moment at) { suspects.forked(source, first, at); });
}

void State::take_traces_of(const State& other) {
    shelf = other.shelf;
    suspects.traces() = other.suspects.traces();
}

bool State::load(const StoredSegment& stored) {
    const auto segment = journal::parse_segment(stored.bytes);
    const auto receipt = journal::parse_receipt(stored.receipt);
    if (stored.damaged || !segment || !receipt || receipt->outcomes.size() != segment->lines.size()) {
        pass_over(stored);
        return false;
    }
    const auto& [source, epoch, first, prev] = segment->header;
    const auto received_at = loop::parse_moment(receipt->received_at).value_or(0);
    for (std::size_t i = 0; i < segment->lines.size(); ++i) {
        const auto& outcome = receipt->outcomes[i];
        auto admitted = loop::reread(segment->lines[i], outcome.status != journal::Status::rejected);
        if (outcome.status == journal::Status::rejected && admitted.problems.empty())
            admitted.problems.push_back({"", outcome.problems.empty() ? "rejected" : outcome.problems[0].code, "", ""});
        take(admitted, segment->lines[i], outcome, source, epoch, received_at);
    }
    put_chain(source, epoch, {segment->seal.last, segment->seal.head});
    return true;
}

/// Where the journal goes on: as the seal says if that still holds, else the receipt, else the row.
void State::pass_over(const StoredSegment& stored) {
    if (const auto segment = journal::parse_segment(stored.bytes)) {
        const auto& header = segment->header;
        const auto by = keys.of(header.source, segment->seal.kid);
        if (by && journal::check_seal(*segment, by->key))
            return put_chain(header.source, header.epoch, {segment->seal.last, segment->seal.head});
    }
    if (const auto receipt = receipt_that_holds(stored))
        return put_chain(receipt->source, receipt->epoch, {receipt->last, receipt->head});
    const auto* held = chain(stored.source, stored.epoch);
    if (!held || stored.last > held->last) put_chain(stored.source, stored.epoch, {stored.last, {}, false});
}

std::optional<journal::Receipt> State::receipt_that_holds(const StoredSegment& stored) const {
    const auto kid = journal::receipt_kid(stored.receipt);
    const auto by = kid ? keys.find(*kid) : std::nullopt;
    if (!by || !by->source.starts_with('H')) return std::nullopt;
    auto receipt = journal::check_receipt(stored.receipt, by->key);
    return receipt ? std::optional(std::move(*receipt)) : std::nullopt;
}

}  // namespace imloop::hub
