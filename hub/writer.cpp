#include "hub/writer.hpp"

#include <fmt/format.h>

#include "hub/limits.hpp"
#include "journal/chain.hpp"

namespace imloop::hub {
namespace {

/// Nothing of it is durable, but memory may have taken it in: what is not in the store must not be answered from. The
/// process ends, its supervisor starts it again, and the store is as it was.
[[noreturn]] void end_with(const StoreError& e) {
    fmt::print(stderr, "写入数据库失败，程序停止：{0} / the store refused a write, stopping: {0}\n", e.what());
    std::_Exit(store_refused_exit);
}

Answer receipt_answer(std::string receipt) { return {200, "application/x-ndjson", std::move(receipt), {}}; }

}  // namespace

Writer::Writer(Store& store, State& state, std::shared_mutex& lock, const journal::PrivateKey& key,
               std::function<void()> settled)
    : store_(store), state_(state), lock_(lock), key_(key), settled_(std::move(settled)), thread_([this] { work(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

bool Writer::offer(Arrival arrival) {
    {
        const std::lock_guard guard(mutex_);
        if (stop_ || waiting_.size() >= waiting_segments_max ||
            waiting_bytes_ + arrival.bytes->size() > waiting_bytes_max)
            return false;
        waiting_bytes_ += arrival.bytes->size();
        waiting_.push_back(std::move(arrival));
    }
    wake_.notify_one();
    return true;
}

void Writer::run(std::function<void(Store&, State&)> errand) {
    {
        const std::lock_guard guard(mutex_);
        errands_.push_back(std::move(errand));
    }
    wake_.notify_one();
}

void Writer::work() {
    for (;;) {
        std::deque<Arrival> batch;
        std::deque<std::function<void(Store&, State&)>> errands;
        {
            std::unique_lock guard(mutex_);
            wake_.wait(guard, [this] { return stop_ || !waiting_.empty() || !errands_.empty(); });
            if (stop_ && waiting_.empty() && errands_.empty()) return;
            batch.swap(waiting_);
            errands.swap(errands_);
            waiting_bytes_ = 0;
        }
        if (!batch.empty()) commit(batch);
        for (auto& errand : errands) {
            const std::unique_lock guard(lock_);
            try {
                errand(store_, state_);
            } catch (const StoreError& e) {
                end_with(e);
            }
        }
    }
}

void Writer::commit(std::deque<Arrival>& batch) {
    std::vector<Answer> answers;
    answers.reserve(batch.size());
    {
        const std::unique_lock guard(lock_);
        try {
            Transaction transaction(store_.database());
            for (auto& arrival : batch) answers.push_back(put(arrival));
            transaction.commit();
            state_.settle(loop::day_of(batch.back().received_at));
            settled_();
        } catch (const StoreError& e) {
            end_with(e);
        }
    }
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(answers[i]));
}

/// Continuity: new, known, known and going on, a gap or a fork.
Answer Writer::put(Arrival& a) try {
    const auto& header = a.segment.header;
    const auto it = state_.chains.find({header.source, header.epoch});
    const std::uint64_t last = it == state_.chains.end() ? 0 : it->second.last;
    if (header.first > last + 1) {
        auto answer =
            problem(409, "journal_gap", fmt::format("应从第 {0} 条接着传 / the next number is {0}", last + 1));
        answer.body.insert(answer.body.size() - 1, fmt::format(",\"expected\":{}", last + 1));
        return answer;
    }
    const auto fork = [&] {
        store_.put_alarm(header.source, header.epoch, header.first, a.received_at, "journal_fork", *a.bytes);
        state_.suspects.forked(header.source, header.first, a.received_at);
        return problem(
            409, "journal_fork",
            "同一编号已有另一内容，已报告监管部门 / the same number holds other bytes; the bureau has been told");
    };
    if (header.first == last + 1) {
        if (last > 0 && it->second.is_head_known && header.prev != it->second.head) return fork();
        return put_new(a, 0);
    }
    std::size_t known = 0;
    for (std::uint64_t seq = header.first; seq <= last && known < a.segment.lines.size();) {
        const auto stored = store_.segment_with(header.source, header.epoch, seq);
        const auto old = journal::parse_segment(stored.value().bytes).value();
        if (known == 0) {
            journal::Digest h = old.header.prev;
            for (std::uint64_t n = old.header.first; n < seq; ++n)
                h = journal::chain_next(old.seal.algorithm, h, old.lines[n - old.header.first]);
            if (h != header.prev) return fork();
        }
        for (; seq <= old.seal.last && known < a.segment.lines.size(); ++seq, ++known)
            if (old.lines[seq - old.header.first] != a.segment.lines[known]) return fork();
    }
    if (known < a.segment.lines.size()) return put_new(a, known);
    return answer_known(a);
} catch (const Damaged& e) {
    // Thrown while known lines are looked at: nothing of the segment is taken in yet.
    return problem(500, "damaged", e.what());
}

/// Only lines that are known: the stored receipt where the cut is the same, else a new one with the stored outcomes.
Answer Writer::answer_known(const Arrival& a) {
    const auto& header = a.segment.header;
    journal::Receipt receipt{header.source,
                             header.epoch,
                             header.first,
                             a.segment.seal.last,
                             a.segment.seal.head,
                             loop::format_moment(a.received_at),
                             {}};
    for (std::uint64_t seq = header.first; seq <= a.segment.seal.last;) {
        const auto stored = store_.segment_with(header.source, header.epoch, seq).value();
        const auto old = journal::parse_receipt(stored.receipt).value();
        if (old.first == header.first && old.last == a.segment.seal.last) return receipt_answer(stored.receipt);
        for (const auto& outcome : old.outcomes)
            if (outcome.seq == seq && seq <= a.segment.seal.last) receipt.outcomes.push_back(outcome), ++seq;
    }
    return receipt_answer(journal::build_receipt(key_, receipt));
}

/// The segment is stored whole, as it came; of its lines the first `known` are already there.
Answer Writer::put_new(Arrival& a, std::size_t known) {
    const auto& header = a.segment.header;
    journal::Receipt receipt{header.source,
                             header.epoch,
                             header.first,
                             a.segment.seal.last,
                             a.segment.seal.head,
                             loop::format_moment(a.received_at),
                             {}};
    if (!a.receipt.empty()) {
        receipt = journal::parse_receipt(a.receipt).value();
    }
    for (std::size_t i = 0; i < known; ++i) {
        const std::uint64_t seq = header.first + i;
        if (!a.receipt.empty()) continue;
        const auto old =
            journal::parse_receipt(store_.segment_with(header.source, header.epoch, seq).value().receipt).value();
        receipt.outcomes.push_back(old.outcomes.at(seq - old.first));
    }
    const auto received_at = loop::parse_moment(receipt.received_at).value_or(a.received_at);
    for (std::size_t i = known; i < a.segment.lines.size(); ++i) {
        const auto line = a.segment.lines[i];
        auto& admitted = a.admitted[i];
        if (a.receipt.empty()) receipt.outcomes.push_back(state_.judge(admitted, line, header.first + i));
        const auto& outcome = receipt.outcomes.at(i);
        if (outcome.status == journal::Status::rejected && admitted.problems.empty())
            admitted.problems.push_back({"", "rejected", "", ""});
        state_.take(admitted, line, outcome, header.source, header.epoch, received_at);
    }
    if (a.receipt.empty()) a.receipt = journal::build_receipt(key_, receipt);
    store_.put_segment(header.source, header.epoch, header.first, a.segment.seal.last, *a.bytes, a.receipt);
    state_.chains[{header.source, header.epoch}] = {a.segment.seal.last, a.segment.seal.head};
    return receipt_answer(a.receipt);
}

}  // namespace imloop::hub
