#include "hub/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <future>
#include <iterator>
#include <utility>

#include "hub/answers.hpp"
#include "hub/limits.hpp"
#include "hub/loop/building.hpp"
#include "journal/chain.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

/// Nothing of it is durable, and no later write can be trusted to be. The process ends, its supervisor starts it again,
/// and the store is as it was.
[[noreturn]] void end_with(const std::exception& e) {
    service::say(fmt::format("写入数据库失败，程序停止：{0} / the store refused a write, stopping: {0}", e.what()));
    std::_Exit(store_refused_exit);
}

/// Not of the rows that one segment or errand brings: of all that is written.
bool is_of_store(const std::exception& e) {
    return dynamic_cast<const StoreError*>(&e) != nullptr && dynamic_cast<const engine::Constraint*>(&e) == nullptr;
}

Answer receipt_answer(std::string receipt) { return {200, "application/x-ndjson", std::move(receipt), {}}; }

}  // namespace

void refuse(Arrival arrival) {
    const auto done = std::move(arrival.done);
    arrival = {};
    answering(done, [&] { done(store_lost()); });
}

Writer::Writer(Store& store, StoredRows& rows, LoopState& loop, const journal::PrivateKey& key, Calls calls,
               std::int64_t term)
    : store_(store),
      rows_(rows),
      loop_(loop),
      key_(key),
      calls_(std::move(calls)),
      term_(term),
      lost_(term_ == 0),
      thread_([this] { work(); }) {}

Writer::~Writer() { stop(); }

void Writer::look() {
    const std::lock_guard guard(mutex_);
    wake_.notify_one();
}

void Writer::stop() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    assert(waiting_.empty() && errands_.empty());  // every answer that was owed was given
}

void Writer::offer(Arrival arrival) {
    assert(arrival.done && arrival.bytes && arrival.admitted.size() == arrival.segment.lines.size());
    {
        const std::lock_guard guard(mutex_);
        assert(!stop_);
        waiting_.push_back(std::move(arrival));
    }
    wake_.notify_one();
}

void Writer::run(Errand errand, Done done) { wait({std::move(errand), std::move(done), false}); }

void Writer::note(Errand errand, Done done) { wait({std::move(errand), std::move(done), true}); }

void Writer::wait(Wanted what) {
    assert(what.errand && what.done);
    {
        const std::lock_guard guard(mutex_);
        assert(!stop_);
        errands_.push_back(std::move(what));
    }
    wake_.notify_one();
}

Answer Writer::done(Errand errand) {
    std::promise<Answer> answered;
    run(std::move(errand), [&](Answer a) { answered.set_value(std::move(a)); });
    return answered.get_future().get();
}

void Writer::work() {
    for (;;) {
        std::deque<Arrival> batch;
        std::vector<Wanted> errands;
        const auto term = calls_.term();
        if (!lost_ && term != term_) lose(engine::LeaseLost());
        {
            std::unique_lock guard(mutex_);
            const auto wanted = [&] {
                return stop_ || !waiting_.empty() || !errands_.empty() || calls_.term() != term;
            };
            if (lost_ && term != 0)
                wake_.wait_until(guard, next_try_, wanted);
            else
                wake_.wait(guard, wanted);
            if (stop_ && waiting_.empty() && errands_.empty()) return;
            batch = next_batch();
            errands.swap(errands_);
        }
        reconnected();
        if (!batch.empty()) commit(batch);
        run(errands);
    }
}

/// Of what waits, under the lock.
std::deque<Arrival> Writer::next_batch() {
    std::deque<Arrival> out;
    for (std::size_t lines = 0; !waiting_.empty() && lines < lines_a_step; waiting_.pop_front()) {
        lines += waiting_.front().admitted.size();
        out.push_back(std::move(waiting_.front()));
    }
    return out;
}

/// In their order; notes that follow each other share a transaction.
void Writer::run(std::span<const Wanted> errands) {
    while (!errands.empty()) {
        std::size_t count = 1;
        if (errands.front().is_note)
            while (count < std::min(errands.size(), notes_a_step) && errands[count].is_note) ++count;
        run_together(errands.first(count));
        errands = errands.subspan(count);
    }
}

/// One that fails takes none beside it along: then each is tried alone.
void Writer::run_together(std::span<const Wanted> errands) {
    std::vector<Answer> answers;
    bool has_changed = false;
    try {
        if (!lost_) {
            Transaction transaction(store_.database());
            const auto before = loop_.notes();
            for (const auto& one : errands) answers.push_back(one.errand(store_, loop_));
            if (loop_.has_news()) settle(0);
            transaction.commit();
            has_changed = loop_.notes() != before;
        }
    } catch (const engine::ConnectionLost& e) {
        lose(e);
    } catch (const engine::Busy& e) {
        service::say(e.what());
        undone();
        answers.assign(errands.size(), busy());
    } catch (const std::exception& e) {
        if (is_of_store(e)) end_with(e);
        undone();
        if (errands.size() == 1) return answering(errands[0].done, [] { throw; });
        for (const auto& one : errands) run_together({&one, 1});
        return;
    }
    if (has_changed) calls_.committed();
    if (lost_) answers.assign(errands.size(), store_lost());
    for (std::size_t i = 0; i < errands.size(); ++i)
        answering(errands[i].done, [&] { errands[i].done(std::move(answers[i])); });
}

void Writer::lose(const std::exception& e) {
    lost_ = true;
    ++times_lost_;
    pause_ = reconnect_min;
    next_try_ = std::chrono::steady_clock::now();
    loop_.abandon();
    service::say(e.what());
    calls_.lost();
}

bool Writer::reconnected() {
    if (!lost_) return true;
    const auto term = calls_.term();
    if (term == 0) return false;
    if (std::chrono::steady_clock::now() < next_try_) return false;
    try {
        store_.reconnect();
        rows_.move_to(store_.database());
        calls_.reconnected();
        term_ = term;
        lost_ = false;
        take_ups_failed_ = 0;
        calls_.writes(term);
    } catch (const std::exception& e) {
        if (dynamic_cast<const engine::ConnectionLost*>(&e) == nullptr) {
            service::say(e.what());
            if (++take_ups_failed_ % take_ups_max == 0) calls_.stuck();
        }
        next_try_ = std::chrono::steady_clock::now() + pause_;
        pause_ = std::min(2 * pause_, reconnect_max);
    }
    return !lost_;
}

void Writer::commit(std::deque<Arrival>& waiting) {
    std::vector<Arrival> batch(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
    std::vector<Answer> answers;
    try {
        try {
            if (!lost_) answers = committed(batch);
        } catch (const engine::ConnectionLost& e) {
            lose(e);
        }
    } catch (const std::exception& e) {
        end_with(e);
    }
    if (lost_) {
        // What an earlier part of it had stored is found as known when it is sent again.
        for (auto& arrival : batch) calls_.refused(std::move(arrival));
        return;
    }
    assert(answers.size() == batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto done = std::move(batch[i].done);
        batch[i] = {};  // its bytes and its place: who reads the answer may send the next at once
        answering(done, [&] { done(std::move(answers[i])); });
    }
}

/// One that fails takes none beside it along: then each is tried alone.
std::vector<Answer> Writer::committed(std::span<Arrival> batch) {
    try {
        return committed_together(batch);
    } catch (const engine::Busy& e) {
        service::say(e.what());
        undone();
        return std::vector<Answer>(batch.size(), busy());
    } catch (const std::exception& e) {
        if (is_of_store(e)) throw;
        undone();  // nothing of it was stored
        if (batch.size() == 1) return {failed(e)};
    }
    std::vector<Answer> answers;
    for (auto& arrival : batch) answers.push_back(committed({&arrival, 1}).front());
    return answers;
}

std::vector<Answer> Writer::committed_together(std::span<Arrival> batch) {
    std::vector<Answer> answers;
    answers.reserve(batch.size());
    took_lines_ = false;
    Transaction transaction(store_.database());
    std::vector<std::string> ids;
    for (const auto& arrival : batch)
        for (const auto& line : arrival.admitted)
            if (line.record_id) ids.push_back(*line.record_id);
    loop_.read_ahead(ids);
    for (auto& arrival : batch) answers.push_back(put_alone(arrival));
    const bool has_news = took_lines_ || loop_.has_news();
    if (has_news) settle(loop::day_of(batch.back().received_at));
    transaction.commit();
    if (has_news) calls_.committed();
    tidy();
    return answers;
}

/// What follows from the lines, in the transaction that stores them.
void Writer::settle(loop::Day today) {
    if (const auto read = calls_.notes_read(); read != dropped_) {
        loop_.drop_notes(read);
        dropped_ = read;
    }
    const auto settle_next = [&] {
        loop_.settle(today, store_.position());
        write_rows(loop_, rows_);
    };
    settle_next();
    while (!loop_.is_settled()) {
        if (loop_.held() > rows_held_max) loop_.forget();
        settle_next();
    }
}

void Writer::undone() {
    loop_.abandon();
    store_.rolled_back();
}

void Writer::tidy() {
    if (store_.database().is_untidy()) calls_.without_readers([this] { store_.database().tidy(); });
    if (loop_.held() > rows_held_max) loop_.forget();
}

/// What it throws before lines were taken in undoes it alone; later, the whole batch.
Answer Writer::put_alone(Arrival& a) {
    const bool took_before = std::exchange(took_lines_, false);
    Savepoint savepoint(store_.database());
    try {
        auto answer = put(a);
        savepoint.release();
        took_lines_ |= took_before;
        return answer;
    } catch (const std::exception& e) {
        if (is_of_store(e) || took_lines_) throw;
        took_lines_ = took_before;
        return failed(e);
    }
}

/// Continuity: new, known, known and going on, a gap or a fork.
Answer Writer::put(Arrival& a) try {
    const auto& header = a.segment.header;
    const auto* chain = loop_.chain(header.source, header.epoch);
    const std::uint64_t last = chain ? chain->last : 0;
    if (header.first > last + 1) {
        auto answer = problem(409, {"journal_gap", fmt::format("应从第 {0} 条接着传", last + 1),
                                    fmt::format("the next number is {0}", last + 1)});
        answer.expected = last + 1;
        return answer;
    }
    const auto forked = [&] {
        if (store_.put_alarm(header.source, header.epoch, header.first, a.received_at, "journal_fork", *a.bytes))
            loop_.forked({header.source, header.first, a.received_at});
        return problem(409, {"journal_fork", "同一编号已有另一内容，已报告监管部门",
                             "the same number holds other bytes; the bureau has been told"});
    };
    if (header.first == last + 1) {
        if (last > 0 && chain->is_head_known && header.prev != chain->head) return forked();
        return put_new(a, 0);
    }
    std::size_t known = 0;
    for (std::uint64_t seq = header.first; seq <= last && known < a.segment.lines.size();) {
        const auto stored = store_.segment_with(header.source, header.epoch, seq);
        const auto old = journal::parse_segment(stored.value().bytes).value();
        if (seq < old.header.first) throw std::runtime_error("the store lacks lines that its chain has");
        if (known == 0) {
            journal::Digest h = old.header.prev;
            for (std::uint64_t n = old.header.first; n < seq; ++n)
                h = journal::chain_next(old.seal.algorithm, h, old.lines[n - old.header.first]);
            if (h != header.prev) return forked();
        }
        for (; seq <= old.seal.last && known < a.segment.lines.size(); ++seq, ++known)
            if (old.lines[seq - old.header.first] != a.segment.lines[known]) return forked();
    }
    if (known < a.segment.lines.size()) return put_new(a, known);
    return answer_known(a);
} catch (const Damaged& e) {
    // Thrown while known lines are looked at: nothing of the segment is taken in yet.
    return failed(e);
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
        const auto before = seq;
        for (const auto& outcome : old.outcomes)
            if (outcome.seq == seq && seq <= a.segment.seal.last) receipt.outcomes.push_back(outcome), ++seq;
        if (seq == before) throw std::runtime_error("a stored receipt lacks the outcome of a line it is for");
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
    assert(receipt.first == header.first && receipt.last == a.segment.seal.last);
    assert(a.receipt.empty() || receipt.outcomes.size() == a.segment.lines.size());
    took_lines_ = true;
    for (std::size_t i = known; i < a.segment.lines.size(); ++i) {
        const auto line = a.segment.lines[i];
        if (a.receipt.empty()) receipt.outcomes.push_back(loop_.judge(a.admitted[i], line, header.first + i));
        loop_.take(a.admitted[i], line, receipt.outcomes.at(i), header.source, header.epoch, received_at);
    }
    auto text = a.receipt.empty() ? journal::build_receipt(key_, receipt) : a.receipt;
    store_.put_segment(header.source, header.epoch, header.first, a.segment.seal.last, *a.bytes, text);
    loop_.put_chain(header.source, header.epoch, {a.segment.seal.last, a.segment.seal.head});
    return receipt_answer(std::move(text));
}

}  // namespace imloop::hub
