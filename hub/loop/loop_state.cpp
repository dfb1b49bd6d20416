#include "hub/loop/loop_state.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "journal/encoding.hpp"
#include "loop/record/detail.hpp"
#include "loop/tables.hpp"

namespace imloop::hub {
namespace {

using loop::key_of;

constexpr const char* settled_table = "loop_settled";

/// What says it was written later than this after it came, a clock that ran ahead wrote.
constexpr loop::Moment clock_ahead_max = 60 * loop::Moment{60'000};

auto place_of(const auto& line) { return std::tie(line.source, line.epoch, line.seq); }

loop::LineDigest digest_of(std::string_view line) {
    const auto whole = journal::sha256(line);
    loop::LineDigest out;
    std::copy_n(whole.begin(), out.size(), out.begin());
    return out;
}

void visit_chains(const loop::Table<ChainState>& chains, std::string_view prefix,
                  const LoopState::ChainVisitor& visit) {
    chains.each(prefix, [&](std::string_view key, const ChainState& chain) {
        loop::KeyReader parts(key);
        const auto source = parts.text();
        visit(source, parts.text(), chain);
    });
}

}  // namespace

LoopState::LoopState(const loop::Rows* rows)
    : projection(loop::default_policy(), rows),
      worklist(rows),
      keys(rows),
      rows_(rows),
      chains_("loop_chains", rows),
      accepted_("loop_accepted", rows),
      claim_words_("loop_claim_words", rows),
      price_lists_("loop_price_lists", rows),
      latest_("loop_latest", rows),
      notes_("loop_notes", rows),
      settled_(settled_table, rows) {}

const ChainState* LoopState::chain(std::string_view source, std::string_view epoch) const {
    return chains_.find(key_of(source, epoch));
}

void LoopState::put_chain(std::string_view source, std::string_view epoch, const ChainState& chain) {
    chains_.put(key_of(source, epoch), chain);
}

void LoopState::each_chain(const ChainVisitor& visit) const { visit_chains(chains_, "", visit); }

void LoopState::each_chain_of(std::string_view source, const ChainVisitor& visit) const {
    visit_chains(chains_, key_of(source), visit);
}

const PriceList* LoopState::price_list(std::string_view station) const { return price_lists_.find(key_of(station)); }

loop::Moment LoopState::latest_of(std::string_view hub) const {
    const auto* latest = latest_.find(key_of(hub));
    return latest ? *latest : 0;
}

void LoopState::read_ahead(const std::vector<std::string>& record_ids) const {
    std::vector<std::string> keys_of_records;
    for (const auto& id : record_ids) keys_of_records.push_back(key_of(id));
    accepted_.read_ahead(keys_of_records);
    claim_words_.read_ahead(std::move(keys_of_records));
    projection.read_ahead(record_ids);
    worklist.read_ahead_of_claims(record_ids);
}

std::optional<Accepted> LoopState::accepted(const std::string& record_id) const {
    if (const auto* first = accepted_.find(key_of(record_id))) return *first;
    auto line = projection.journal_line(record_id);
    if (!line) return std::nullopt;
    return Accepted{*projection.line_digest(record_id), std::move(line->source), std::move(line->epoch), line->seq};
}

journal::Outcome LoopState::judge(const loop::Admitted& admitted, std::string_view line, std::uint64_t seq) const {
    journal::Outcome out{seq, admitted.record_id, journal::Status::accepted, {}, {}};
    for (const auto& p : admitted.problems) out.problems.push_back({p.pointer, p.code, p.zh + " / " + p.en});
    if (!out.problems.empty()) {
        out.status = journal::Status::rejected;
        return out;
    }
    const auto first = accepted(*admitted.record_id);
    if (!first) return out;
    if (first->digest == digest_of(line)) {
        out.status = journal::Status::duplicate;
        out.first_seen = {first->source, first->epoch, first->seq};
    } else {
        out.status = journal::Status::rejected;
        out.problems.push_back(
            {"/record_id", "record_id_reused",
             "编号相同但内容不同，没有收下。同一份报告请用更正，不要改文件重传。 / Same id, other content: "
             "not accepted. Use a correction, don't change the file and send it again."});
    }
    return out;
}

void LoopState::take(const loop::Admitted& admitted, std::string_view line, const journal::Outcome& outcome,
                     const std::string& source, const std::string& epoch, loop::Moment received_at) {
    if (!outcome.record_id) return;
    if (outcome.status == journal::Status::rejected) {
        loop::Admitted rejected = admitted;
        if (rejected.problems.empty()) rejected.problems.push_back({"/record_id", "record_id_reused", "", ""});
        return projection.put(rejected, source, epoch, outcome.seq);
    }
    const auto& id = *outcome.record_id;
    const auto first = accepted(id);
    projection.put(admitted, source, epoch, outcome.seq, digest_of(line));
    // Where the projection takes it from this one now.
    if (first && place_of(*first) != place_of(*projection.journal_line(id))) accepted_.put(key_of(id), *first);
    take_claim(admitted);
    if (admitted.kind == loop::Kind::price_list) take_prices(admitted);
    if (!source.starts_with('H')) return;
    if (const auto at = admitted.fact.occurred_at; at > latest_of(source) && at <= received_at + clock_ahead_max)
        latest_.put(key_of(source), at);
    if (!admitted.credential) return;
    const auto& c = *admitted.credential;
    const auto spki = journal::from_base64(c.spki);
    auto key = journal::PublicKey::from_spki(spki.value_or(""));
    if (!key || key->kid() != c.kid) return;
    KeyState said{c.source_id, std::move(*key), c.status, c.occurred_at, c.record_id};
    if (keys.put(said)) keys_changed.push_back(std::move(said));
}

/// A claim's own words, or those a correction brings for one, under the id of the line they stand in.
void LoopState::take_claim(const loop::Admitted& admitted) {
    const auto& claim = admitted.correction ? admitted.correction->claim : admitted.claim;
    if (claim) claim_words_.put(key_of(*admitted.record_id), *claim);
}

/// What the record claims today: corrected, and nothing where it is voided or has no effect.
void LoopState::settle_claim(const std::string& record_id) {
    const auto* words = claim_words_.find(key_of(projection.corrected_by(record_id).value_or(record_id)));
    const bool counts = words && words->record_id == record_id;
    if (counts && projection.fact(record_id))
        worklist.claim(*words);
    else
        worklist.drop_claim(record_id);
}

void LoopState::take_prices(const loop::Admitted& admitted) {
    const auto detail = loop::detail_of(admitted.fact).price_list;
    auto& held = price_lists_.change_or_new(key_of(admitted.fact.station_id));
    if (detail && std::tie(detail->valid_from, *admitted.record_id) > std::tie(held.valid_from, held.record_id))
        held = {detail->valid_from, *admitted.record_id};
}

void LoopState::settle(loop::Day today, std::int64_t position) {
    const auto changes = projection.settle();
    typed_.add(changes);
    for (const auto& changed : changes.records) settle_claim(changed.record_id);
    // A station's clock may be a day ahead: what it says of tomorrow is listed today.
    worklist.update(projection, changes, today + 1);
    note_.position = position;
    for (const auto& changed : changes.records) note_.records.push_back(changed.record_id);
    note_.gone = changes.identity.gone;
    note_.touched = changes.touched;
    note_.register_changed = changes.register_changed;
    note_.policy_changed = changes.policy_changed;
    note_.stations.assign(changes.stations.begin(), changes.stations.end());
    auto& settled = settled_.change_or_new("");
    settled.position = position;
    notes_.put(key_of(++settled.notes), std::exchange(note_, {}));
}

Settled LoopState::settled() const {
    const auto* settled = settled_.find("");
    return settled ? *settled : Settled{};
}

void LoopState::each_note(std::uint64_t after,
                          const std::function<bool(std::uint64_t, const ChangeNote&)>& visit) const {
    notes_.each_between(key_of(after + 1), "", [&](std::string_view key, const ChangeNote& note) {
        return visit(static_cast<std::uint64_t>(loop::KeyReader(key).number()), note);
    });
}

void LoopState::drop_notes(std::uint64_t up_to) {
    std::vector<std::string> keys_of_notes;
    notes_.each_between("", key_of(up_to + 1), [&](std::string_view key, const ChangeNote&) {
        keys_of_notes.emplace_back(key);
        return true;
    });
    for (const auto& key : keys_of_notes) notes_.erase(key);
}

bool LoopState::load(const StoredSegment& stored) {
    const auto segment = journal::parse_segment(stored.bytes);
    const auto receipt = journal::parse_receipt(stored.receipt);
    if (stored.damaged || !segment || !receipt || receipt->outcomes.size() != segment->lines.size()) {
        pass_over(stored);
        return false;
    }
    const auto& [source, epoch, first, prev] = segment->header;
    const auto received_at = loop::parse_moment(receipt->received_at).value_or(0);
    std::vector<std::string> ids;
    for (const auto& outcome : receipt->outcomes)
        if (outcome.record_id) ids.push_back(*outcome.record_id);
    read_ahead(ids);
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
void LoopState::pass_over(const StoredSegment& stored) {
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

std::optional<journal::Receipt> LoopState::receipt_that_holds(const StoredSegment& stored) const {
    const auto kid = journal::receipt_kid(stored.receipt);
    const auto by = kid ? keys.find(*kid) : std::nullopt;
    if (!by || !by->source.starts_with('H')) return std::nullopt;
    auto receipt = journal::check_receipt(stored.receipt, by->key);
    return receipt ? std::optional(std::move(*receipt)) : std::nullopt;
}

void LoopState::write(const loop::RowChanges& changes) {
    projection.write(changes);
    loop::write_rows(tables(), changes);
}

void LoopState::forget() {
    projection.forget();
    loop::forget_rows(tables());
}

void LoopState::abandon() { *this = LoopState(rows_); }

std::size_t LoopState::held() { return projection.held() + loop::rows_held(tables()); }

std::optional<std::string> LoopState::mark_of(const loop::Rows& rows) { return rows.find(settled_table, ""); }

std::vector<std::string_view> LoopState::table_names() {
    LoopState any;
    auto names = loop::names_of(any.tables());
    const auto more = any.projection.table_names();
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

}  // namespace imloop::hub
