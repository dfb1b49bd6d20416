// Several hubs on one server: each admits and reads; one, which holds the lease, writes for all. What the others can't
// do themselves goes to it: whole calls (hub/api/handed_over), and what such calls leave to the writer. An admitted
// segment takes its judgement along, so that the sequencer judges no line again.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "hub/arriving.hpp"
#include "hub/hub.hpp"
#include "hub/sequencer/inbox.hpp"
#include "hub/sequencer/lease.hpp"
#include "journal/json.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// What leaves the store as it is when it comes a second time.
constexpr std::array<std::string_view, 4> repeatable{Asked::segment, Asked::trace, Asked::alarm, Asked::look};

/// Code of an alarm: its epoch is table and key of a row that is not what was written.
constexpr std::string_view damaged_row = "damaged_row";

json words_of(const std::vector<loop::Problem>& problems) {
    json out = json::array();
    for (const auto& p : problems) out.push_back({p.pointer, p.code, p.zh, p.en});
    return out;
}

std::vector<loop::Problem> problems_in(const json& words) {
    std::vector<loop::Problem> out;
    for (const auto& p : words) out.push_back({p.at(0), p.at(1), p.at(2), p.at(3)});
    return out;
}

/// Of process data, a clearance or an alarm, by the writer.
Answer done_by(Store& to, LoopState& of, const Asked& asked) {
    const auto in = journal::parsed(asked.words);
    const std::string source = in.at("source");
    const loop::Moment at = in.at("at");
    const auto word = [&](const char* name) { return in.at(name).get<std::string>(); };
    if (asked.kind == Asked::trace) {
        to.put_trace(word("sha256"), source, at, asked.bytes);
        of.trace_came(word("sha256"));
        return json_answer({{"stored", true}});
    }
    if (asked.kind == Asked::clearance)
        to.put_clearance(source, at, word("vehicle_id"), word("answer"));
    else
        to.put_alarm(source, word("epoch"), in.at("first").get<std::uint64_t>(), at, word("code"), asked.bytes);
    return {};
}

Asked alarm_of(const journal::Header& header, loop::Moment at, std::string_view code, const std::string& bytes) {
    const json words{
        {"source", header.source}, {"at", at}, {"epoch", header.epoch}, {"first", header.first}, {"code", code}};
    return {Asked::alarm, dumped(words), bytes};
}

void wait_for(const std::function<void(Done)>& by) {
    std::promise<void> answered;
    by([&](const Answer&) { answered.set_value(); });
    answered.get_future().wait();
}

}  // namespace

std::unique_ptr<Lease> Hub::lease_of_store() const {
    if (!is_server(options.store)) return nullptr;
    database_of(options);
    auto lease_ = std::make_unique<Lease>(options.store);
    const auto version = engine::version_of(*connect(options.store, Use::reading), store_form());
    if (version <= store_form().version()) wait_for_rows(*lease_);  // a newer one is refused when it is opened
    return lease_;
}

/// As long as another hub makes them, which may take minutes, or until they are for this one to make.
void Hub::wait_for_rows(Lease& of) const {
    // One that ended without a word holds the lease for a moment still.
    const auto end = std::chrono::steady_clock::now() + 2 * (lease_time + lease_look);
    for (bool is_said = false; of.term() == 0; of.is_won(lease_look)) {
        const auto found = rows_found();
        if (found == RowsFound::whole) return;
        if (found == RowsFound::others && std::chrono::steady_clock::now() >= end)
            throw StoreError(fmt::format(
                "{0}：另一个监管中心在写，它的程序版本与这里不同，没有启动；换成一样的，或先停下它 / {0}: another hub "
                "writes to it, and its program is another than here; not started: make them the same, or stop that one "
                "first",
                shown(options.store)));
        if (found == RowsFound::unfinished && !std::exchange(is_said, true))
            service::say("另一个监管中心正在由日志建表，等它建完 / waiting for another hub that makes the tables");
    }
}

Store::Guard Hub::guard_of_lease() const {
    return [of = lease.get()](engine::Connection& connection) {
        if (of != nullptr) of->guard(connection);
    };
}

bool Hub::is_front() const { return inbox && writer->lost(); }

bool Hub::is_cut_off() const { return writer->lost() && (!inbox || inbox->is_cut_off() || lacks_rows_); }

void Hub::committed() {
    const auto keys = std::exchange(loop.keys_changed, {});
    {
        const std::lock_guard guard(following_);
        known_keys.learn(keys);
    }
    if (inbox)
        for (const auto& one : keys) inbox->tell(std::string(key_changed) + one.key.kid());
    watch->told();
}

void Hub::take_up() {
    loop.abandon();
    make_rows();
    readers.drop();
    own->go_on_behind(latest_own());
    stick->look_again();
    {
        const std::lock_guard guard(following_);
        known_keys.become(loop.keys);
        lacks_rows_ = false;
    }
    watch->begin_anew();
    if (!inbox) return;
    inbox->tell(std::string(rows_changed));
    service::say("本中心现在负责写入数据库 / this hub writes to the database now");
}

void Hub::rows_were_made_anew() {
    readers.drop();
    watch->begin_anew();
    if (inbox) inbox->tell(std::string(rows_changed));
}

void Hub::serve_others() {
    if (!inbox) return;
    inbox->start({[this](Asked asked, Done done) { do_handed_over(std::move(asked), std::move(done)); },
                  [](const Asked& asked) { return std::ranges::find(repeatable, asked.kind) != repeatable.end(); },
                  [this](std::string_view what) { heard(what); }});
    inbox->serve(opened_in);
    if (opened_in != 0) inbox->tell(std::string(rows_changed));
    is_open_ = true;
    lease->tell([this] { writer->look(); });
    writer->look();
}

/// Nothing of it is handed over once more: it goes back, to be taken by whoever writes then.
void Hub::do_handed_over(Asked asked, Done done) {
    if (is_front()) return done(store_lost());
    if (asked.kind == Asked::segment) {
        boost::asio::post(handed_in_order, [this, asked = std::move(asked), done = std::move(done)] {
            answering(done, [&] { put_handed_over(asked, done); });
        });
        return;
    }
    if (asked.kind == Asked::look || asked.kind == Asked::call)
        return options.answer_handed_over ? options.answer_handed_over(*this, asked, std::move(done))
                                          : done(store_lost());
    do_here(std::move(asked), std::move(done));
}

void Hub::put_handed_over(const Asked& asked, const Done& done) {
    auto arrival = handed_over(asked);
    // Its key may have been revoked since it was let in. What an import brings was judged as a whole.
    if (!arrival.caller_kid.empty())
        for (const auto& kid : {arrival.caller_kid, arrival.segment.seal.kid})
            if (known_keys.status(arrival.segment.header.source, kid) == "revoked") return done(revoked());
    arrival.done = done;
    arrival.is_handed_over = true;
    writer->offer(std::move(arrival));
}

void Hub::hand_over(Asked what, Done done) { inbox->hand_over(std::move(what), std::move(done)); }

void Hub::hand_over(Arrival a) {
    json problems = json::object();  // of the lines that have some, by their place
    for (std::size_t n = 0; n < a.admitted.size(); ++n)
        if (!a.admitted[n].problems.empty()) problems[std::to_string(n)] = words_of(a.admitted[n].problems);
    const json words{{"received_at", a.received_at},
                     {"caller_kid", a.caller_kid},
                     {"receipt", a.receipt},
                     {"problems", std::move(problems)}};
    const auto waiting = std::make_shared<std::optional<Waiting>>(std::move(a.waiting));
    hand_over({Asked::segment, dumped(words), *a.bytes}, [waiting, done = std::move(a.done)](Answer answer) {
        waiting->reset();  // who reads the answer may send the next at once
        done(std::move(answer));
    });
}

Arrival Hub::handed_over(const Asked& asked) const {
    const auto words = journal::parsed(asked.words);
    Arrival a;
    a.bytes = std::make_shared<const std::string>(asked.bytes);
    a.segment = journal::parse_segment(*a.bytes).value();
    a.received_at = words.at("received_at");
    a.caller_kid = words.at("caller_kid");
    a.receipt = words.at("receipt");
    const auto& problems = words.at("problems");
    for (std::size_t n = 0; n < a.segment.lines.size(); ++n) {
        const auto found = problems.find(std::to_string(n));
        a.admitted.push_back(loop::reread(a.segment.lines[n], found == problems.end()));
        if (found != problems.end()) a.admitted.back().problems = problems_in(*found);
    }
    return a;
}

void Hub::offer(Arrival a) {
    if (is_front()) return hand_over(std::move(a));
    writer->offer(std::move(a));
}

void Hub::do_here(Asked asked, Done done) {
    writer->note([asked = std::move(asked)](Store& to, LoopState& of) { return done_by(to, of, asked); },
                 std::move(done));
}

void Hub::do_or_hand_over(Asked asked, Done done) {
    if (is_front()) return hand_over(std::move(asked), std::move(done));
    do_here(std::move(asked), std::move(done));
}

void Hub::keep_trace(const std::string& source, const std::string& sha256, loop::Moment received_at, std::string csv,
                     Done done) {
    const json words{{"source", source}, {"at", received_at}, {"sha256", sha256}};
    do_or_hand_over({Asked::trace, dumped(words), std::move(csv)}, std::move(done));
}

void Hub::note(const std::function<void(Done)>& by) {
    const auto place = std::make_shared<std::optional<Quota::Held>>(waiting_notes.take(1));
    if (*place) return by([place](const Answer&) { place->reset(); });
    wait_for(by);
}

void Hub::note_clearance(const std::string& source, loop::Moment at, const std::string& vehicle_id,
                         const std::string& answer) {
    const json words{{"source", source}, {"at", at}, {"vehicle_id", vehicle_id}, {"answer", answer}};
    note([&](Done done) { do_or_hand_over({Asked::clearance, dumped(words), ""}, std::move(done)); });
}

void Hub::raise_alarm(const journal::Header& header, const std::string& code, const std::string& bytes) {
    wait_for([&](Done done) { do_or_hand_over(alarm_of(header, options.now(), code, bytes), std::move(done)); });
}

void Hub::tell_damage(const std::string& table, const std::string& row) {
    const auto place = std::make_shared<std::optional<Quota::Held>>(waiting_notes.take(1));
    if (!*place) return;
    const journal::Header where{id, table + " " + row, 0, {}};
    do_or_hand_over(alarm_of(where, options.now(), damaged_row, ""), [place](const Answer&) { place->reset(); });
}

Done Hub::telling_damage(Done done) {
    return [this, done = std::move(done)](Answer given) {
        const auto& of = given.members;
        if (given.error && given.error->code == "damaged" && of.is_object() && of.contains("key"))
            tell_damage(of.at("table"), of.at("key"));
        done(std::move(given));
    };
}

void Hub::heard(std::string_view what) {
    const std::lock_guard guard(following_);
    if (!is_front()) return;
    const bool is_of_a_key = what.starts_with(key_changed);
    if (!is_of_a_key) {
        readers.drop();
        lacks_rows_ = rows_found() != RowsFound::whole;
    }
    if (lacks_rows_) return;  // all is heard again when they are there
    const auto reader = readers.now(Scope::internal());
    if (!is_of_a_key) {
        known_keys.become(reader->loop.keys);
        set_boot(boot_in(reader->store));
    } else if (const auto found = reader->loop.keys.find(what.substr(key_changed.size()))) {
        known_keys.learn({*found});
    }
}

std::optional<std::string> Hub::status_of(const std::string& source, const std::string& kid) {
    if (auto status = known_keys.status(source, kid); status || !is_front()) return status;
    try {
        heard(std::string(key_changed) + kid);
    } catch (const std::exception& e) {
        service::say(e.what());
    }
    return known_keys.status(source, kid);
}

}  // namespace imloop::hub
