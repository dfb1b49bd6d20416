#include "hub/sequencer/inbox.hpp"

#include <poll.h>

#include <cassert>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "hub/ids.hpp"
#include "hub/limits.hpp"
#include "hub/sequencer/statements.hpp"
#include "hub/store/kept_table.hpp"
#include "hub/store/place.hpp"
#include "hub/store/rows.hpp"
#include "journal/json.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using engine::Statement;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view asked = "asked", answered = "answered ";

std::string words_of(const Answer& a) {
    json out{{"status", a.status},
             {"content_type", a.content_type},
             {"headers", a.headers},
             {"cause", a.cause},
             {"members", a.members}};
    if (a.error) out["error"] = {a.error->code, a.error->zh, a.error->en};
    if (a.expected) out["expected"] = *a.expected;
    return dumped(out);
}

Answer answer_of(const std::string& words, std::string body) {
    const auto in = journal::parsed(words);
    Answer a{in.at("status"), in.at("content_type"), std::move(body), in.at("headers"), in.at("cause")};
    a.members = in.at("members");
    if (const auto error = in.find("error"); error != in.end())
        a.error = Error(error->at(0), error->at(1).get<std::string>(), error->at(2).get<std::string>());
    if (const auto expected = in.find("expected"); expected != in.end()) a.expected = expected->get<std::uint64_t>();
    return a;
}

Answer damaged_at(const std::string& front, std::int64_t number) {
    const DamagedRow row("inbox", front + " " + std::to_string(number));
    service::say(row.what());
    return failed(row);
}

/// What was to be written and is not, before what came since.
template <class Queue>
void put_in_front(Queue& queue, Queue& before) {
    queue.insert(queue.begin(), std::make_move_iterator(before.begin()), std::make_move_iterator(before.end()));
}

}  // namespace

Inbox::Inbox(std::string place) : place_(std::move(place)) {}

Inbox::~Inbox() { stop(); }

void Inbox::start(Calls calls) {
    calls_ = std::move(calls);
    thread_ = std::thread([this] { work(); });
}

void Inbox::rest() {
    rests_ = true;
    serve(0);
    if (thread_.joinable()) is_at_rest_.wait(false);
}

void Inbox::stop() {
    rest();
    stop_ = true;
    wake_.wake();
    if (thread_.joinable()) thread_.join();
}

void Inbox::hand_over(Asked what, Done done) {
    assert(done);
    {
        const std::lock_guard guard(mutex_);
        asked_.emplace_back(std::move(what), std::move(done));
    }
    wake_.wake();
}

void Inbox::serve(std::int64_t term) {
    term_ = term;
    wake_.wake();
}

void Inbox::tell(std::string what) {
    {
        const std::lock_guard guard(mutex_);
        told_.push_back(std::move(what));
    }
    wake_.wake();
}

void Inbox::work() {
    while (!stop_) {
        if (rests_ && !is_at_rest_.exchange(true)) is_at_rest_.notify_all();
        try {
            step();
        } catch (const std::exception& e) {
            if (dynamic_cast<const engine::ConnectionLost*>(&e) == nullptr) service::say(e.what());
            cut_off();
        }
    }
    try {
        give_up();
        if (database_) {
            send();
            answer();
        }
    } catch (const engine::StoreError&) {
        // Whoever it is for asks again.
    }
    cut_off();
}

void Inbox::step() {
    if (!database_) connect();
    for (const auto& notice : database_->notices(inbox_look, wake_.fd())) {
        if (notice == asked) {
            is_asked_ = true;
        } else if (!notice.starts_with(answered)) {
            hear(notice);
        } else if (std::string_view(notice).substr(answered.size()) == front_) {
            is_answered_ = true;
        }
    }
    wake_.sleep();
    if (const std::int64_t term = term_; term != served_) {
        served_ = term;
        is_asked_ = true;
        hear("");  // what was told meanwhile was not for a holder, or is not any more
    }
    if (const auto now = Clock::now(); now >= next_look_) {
        is_asked_ = is_answered_ = true;
        next_look_ = now + inbox_look;
        if (has_missed_) hear("");
    }
    if (rests_) give_up();
    send();
    if (!waiting_.empty() && is_answered_) fetch();
    answer();
    if (served_ == 0 || rests_) return;
    tidy();
    if (is_asked_) take();
}

void Inbox::connect() {
    try {
        database_ = std::make_unique<postgres::Database>(place_, postgres::Role::reader);
        database_->execute(sql::listen);
    } catch (const engine::StoreError&) {
        pollfd woken{wake_.fd(), POLLIN, 0};
        cut_off();
        poll(&woken, 1, static_cast<int>(reconnect_min.count()));
        wake_.sleep();
        throw;
    }
    front_ = new_token();
    number_ = 0;
    next_look_ = next_tidy_ = {};
    is_cut_off_ = false;
    hear("");
}

void Inbox::cut_off() {
    is_cut_off_ = true;
    database_.reset();
    give_up();  // what was handed over on that connection is answered to no one else
}

void Inbox::hear(std::string_view what) {
    try {
        calls_.heard(what);
        if (what.empty()) has_missed_ = false;
    } catch (const std::exception& e) {
        if (!std::exchange(has_missed_, true)) service::say(e.what());
    }
}

void Inbox::give_up() {
    std::deque<std::pair<Asked, Done>> unsent;
    {
        const std::lock_guard guard(mutex_);
        unsent.swap(asked_);
    }
    for (const auto& [number, done] : std::exchange(waiting_, {})) answering(done, [&] { done(store_lost()); });
    for (const auto& [what, done] : unsent) answering(done, [&] { done(store_lost()); });
}

void Inbox::send() {
    std::deque<std::pair<Asked, Done>> all;
    std::deque<std::string> told;
    {
        const std::lock_guard guard(mutex_);
        all.swap(asked_);
        told.swap(told_);
    }
    try {
        for (auto& [what, done] : all) waiting_.emplace(++number_, std::move(done));
        if (!all.empty()) {
            put(all);
            told.emplace_back(asked);
        }
        for (; !told.empty(); told.pop_front()) database_->prepare(sql::notify).bind(1, told.front()).run();
    } catch (...) {
        const std::lock_guard guard(mutex_);
        put_in_front(told_, told);
        throw;
    }
}

/// The last of those that are numbered.
void Inbox::put(const std::deque<std::pair<Asked, Done>>& all) {
    const auto first = number_ - static_cast<std::int64_t>(all.size()) + 1;
    engine::Transaction transaction(*database_);
    database_->write_all(sql::inbox_put, all.size(), [&](Statement& s, std::size_t n) {
        const auto& what = all[n].first;
        s.bind(1, front_).bind(2, first + static_cast<std::int64_t>(n));
        s.bind(3, what.kind).bind(4, what.words).bind_blob(5, what.bytes);
        s.bind_blob(6, row_digest({what.kind, what.words, what.bytes}));
    });
    transaction.commit();
}

void Inbox::fetch() {
    is_answered_ = false;
    auto s = database_->prepare(sql::inbox_fetch);
    std::vector<std::pair<Done, Answer>> out;
    for (s.bind(1, front_); s.step();)
        if (auto of = waiting_.extract(s.integer(0)); !of.empty())
            out.emplace_back(std::move(of.mapped()), s.text(3) == row_digest({s.text(1), s.text(2)})
                                                         ? answer_of(s.text(1), s.text(2))
                                                         : damaged_at(front_, s.integer(0)));
    for (auto& [done, given] : out) answering(done, [&] { done(std::move(given)); });
}

void Inbox::take() {
    std::size_t bytes = 0;
    for (const auto& [place, its_bytes] : at_work_) bytes += its_bytes;
    if (at_work_.size() >= taken_at_once_max || bytes >= taken_bytes_max) return;  // looked again when one is answered
    const auto room = taken_at_once_max - at_work_.size();
    struct Taken {
        Place from;
        std::int64_t before = 0;
        Asked what;
        bool is_whole = false;
    };
    std::vector<Taken> all;
    auto s = database_->prepare(sql::inbox_take);
    s.bind(1, served_).bind(2, static_cast<std::int64_t>(room));
    for (s.bind(3, static_cast<std::int64_t>(taken_bytes_max - bytes)); s.step();)
        all.push_back({{s.text(0), s.integer(1), served_},
                       s.integer(2),
                       {s.text(3), s.text(4), s.text(5)},
                       s.text(6) == row_digest({s.text(3), s.text(4), s.text(5)})});
    for (const auto& one : all) {
        at_work_.emplace(one.from, one.what.bytes.size());
        bytes += one.what.bytes.size();
    }
    is_asked_ = all.size() == room || bytes >= taken_bytes_max;
    for (auto& [from, before, what, is_whole] : all) {
        if (!is_whole) {
            gave(from, false, damaged_at(from.front, from.number));
            continue;
        }
        const bool is_repeatable = calls_.is_repeatable(what);
        const Done done = [this, from, is_repeatable](Answer given) { gave(from, is_repeatable, std::move(given)); };
        answering(done, [&] {
            if (before != 0 && !is_repeatable) return done(store_lost());
            calls_.work(std::move(what), done);
        });
    }
}

/// Answers whose hub has gone are dropped; what was taken in this term, and not heard of here since the connection
/// broke, is to be taken once more.
void Inbox::tidy() {
    const auto now = Clock::now();
    if (now < next_tidy_) return;
    next_tidy_ = now + unfetched_max;
    database_->prepare(sql::inbox_tidy).bind(1, std::chrono::seconds(unfetched_max).count()).run();
    std::vector<Place> unheard;
    auto s = database_->prepare(sql::inbox_taken);
    for (s.bind(1, served_); s.step();) {
        Place place{s.text(0), s.integer(1), served_};
        if (!at_work_.contains(place)) unheard.push_back(std::move(place));
    }
    for (const auto& place : unheard) put_back(place);
    is_asked_ = is_asked_ || !unheard.empty();
}

void Inbox::gave(const Place& to, bool is_repeatable, Answer given) {
    const bool is_back = is_repeatable && given.status == 503;
    {
        const std::lock_guard guard(mutex_);
        given_.push_back({to, is_back, std::move(given)});
    }
    wake_.wake();
}

void Inbox::answer() {
    std::deque<Given> all;
    {
        const std::lock_guard guard(mutex_);
        all.swap(given_);
    }
    if (all.empty()) return;
    try {
        put(all);
    } catch (...) {
        const std::lock_guard guard(mutex_);
        put_in_front(given_, all);
        throw;
    }
    for (const auto& one : all) at_work_.erase(one.to);
    is_asked_ = true;  // there is room now
}

void Inbox::put(const std::deque<Given>& all) {
    std::set<std::string> fronts;
    engine::Transaction transaction(*database_);
    auto answer_put = database_->prepare(sql::inbox_answer);
    for (const auto& [to, is_back, given] : all) {
        if (is_back) {
            put_back(to);
            continue;
        }
        const auto words = words_of(given);
        answer_put.bind(1, to.front).bind(2, to.number).bind(3, words).bind_blob(4, given.body);
        answer_put.bind_blob(5, row_digest({words, given.body})).run();
        fronts.insert(to.front);
    }
    for (const auto& front : fronts) database_->prepare(sql::notify).bind(1, std::string(answered) + front).run();
    transaction.commit();
}

void Inbox::put_back(const Place& place) {
    database_->prepare(sql::inbox_put_back).bind(1, place.front).bind(2, place.number).bind(3, place.term).run();
}

}  // namespace imloop::hub
