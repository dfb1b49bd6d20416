#include "hub/own_journal.hpp"

#include <algorithm>
#include <future>

#include "hub/arriving.hpp"
#include "hub/ids.hpp"
#include "loop/record/semantics.hpp"

namespace imloop::hub {

using nlohmann::json;

OwnJournal::OwnJournal(const journal::PrivateKey& key, std::string hub, std::string epoch, loop::Moment latest,
                       std::function<loop::Moment()> now, Readers& readers, Writer& writer)
    : key_(key),
      hub_(std::move(hub)),
      epoch_(std::move(epoch)),
      now_(std::move(now)),
      readers_(readers),
      writer_(writer),
      last_(latest) {}

json OwnJournal::record(const std::string& kind) {
    // Later than the one before even within a millisecond: of two credentials of one key the later counts. Not where
    // that lies further ahead than a line may: a clock that was ahead set it, and has been put right.
    auto before = last_.load();
    loop::Moment at = 0;
    do {
        const auto now = now_();
        at = before < now + loop::record::ahead_max ? std::max(now, before + 1) : now;
    } while (!last_.compare_exchange_weak(before, at));
    return {{"schema", "imloop/" + kind + "/1"},
            {"record_id", new_uuid7(at)},
            {"station_id", hub_},
            {"occurred_at", loop::format_moment(at)}};
}

void OwnJournal::go_on_behind(loop::Moment latest) {
    auto before = last_.load();
    while (before < latest && !last_.compare_exchange_weak(before, latest)) {
    }
}

Answer OwnJournal::write(const std::vector<json>& records) {
    const std::lock_guard one(one_);
    std::vector<std::string> lines;
    lines.reserve(records.size());
    for (const auto& r : records) lines.push_back(dumped(r));
    ChainState chain{0, journal::chain_start(journal::Algorithm::es256, hub_, epoch_)};
    {
        const auto reader = readers_.now(Scope::internal());
        if (const auto* held = reader->loop.chain(hub_, epoch_)) chain = *held;
    }
    Answer refusal;
    const auto now = now_();
    auto arrival = framed(journal::build_segment(key_, hub_, epoch_, chain.last + 1, chain.head, lines), now, refusal);
    if (!arrival || !sealed(*arrival, key_.public_key(), now, refusal)) return refusal;
    for (const auto& a : arrival->admitted)
        if (!a.problems.empty())
            return problem(422, {a.problems[0].code, a.problems[0].pointer + " " + a.problems[0].zh, a.problems[0].en});
    std::promise<Answer> answered;
    arrival->done = [&](Answer a) { answered.set_value(std::move(a)); };
    writer_.offer(std::move(*arrival));
    return answered.get_future().get();
}

}  // namespace imloop::hub
