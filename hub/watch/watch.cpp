#include "hub/watch/watch.hpp"

#include <algorithm>

#include "hub/limits.hpp"
#include "journal/json.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Suspects;

bool is_about_holds(const std::string& action) {
    return action == "hold" || action == "release" || action == "refer" || action == "refuse";
}

std::vector<Hold> holds_in(const Suspects& suspects, const loop::Projection& projection) {
    std::vector<Hold> out;
    bool was_held = false;
    const auto finish = [&] {
        if (!out.empty() && !was_held) out.pop_back();
        was_held = false;
    };
    suspects.each_decision([&](const std::string& about, const loop::rules::Decision& d) {
        if (!is_about_holds(d.action)) return;
        if (out.empty() || out.back().record_id != about) {
            finish();
            out.push_back({about, {}, {}, {}, 0, 0});
        }
        Hold& hold = out.back();
        hold.latest = d;
        if (d.action != "hold") return;
        was_held = true;
        hold.since = d.occurred_at;
        hold.until = d.occurred_at + projection.policy(loop::day_of(d.occurred_at)).hold_minutes * loop::Moment{60'000};
    });
    finish();
    std::erase_if(out, [&](Hold& hold) {
        const auto fact = projection.fact(hold.record_id);
        if (!fact) return true;
        hold.station = fact->station_id;
        if (fact->inspection) hold.report_no = fact->inspection->report_no;
        return false;
    });
    std::ranges::stable_sort(out, std::greater(), &Hold::since);
    return out;
}

bool is_of_watch(const loop::BadRow& e) { return std::string_view(e.what()).find("watch_") != std::string_view::npos; }

/// Whether rules are asked the same by both, in whatever words.
bool mean_the_same(const std::string& rules, const std::string& other) {
    using loop::rules::Parameters;
    const auto read = [](const std::string& text) {
        return Parameters(journal::parsed(text), Parameters::Unknown::left_out);
    };
    return rules == other || read(rules) == read(other);
}

}  // namespace

std::string Hold::state(loop::Moment now) const {
    if (latest.action == "release") return "released";
    if (latest.action == "refer") return "referred";
    if (latest.action == "refuse") return "refused";
    return now < until ? "waiting" : "lapsed";
}

Watch::Watch(Readers& readers, Kept kept, Calls calls)
    : readers_(readers), kept_(std::move(kept)), calls_(std::move(calls)) {}

Watch::~Watch() { stop(); }

void Watch::start() {
    thread_ = std::thread([this] { work(); });
}

void Watch::stop() {
    stop_ = true;
    told();
    if (thread_.joinable()) thread_.join();
    {
        const std::lock_guard guard(mutex_);  // who saw nothing of it has begun to wait
    }
    answered_.notify_all();
}

void Watch::told() {
    is_moment_old_ = true;
    {
        const std::lock_guard guard(mutex_);
        is_told_ = true;
    }
    wake_.notify_one();
}

void Watch::ask(Asked what) {
    {
        const std::lock_guard guard(mutex_);
        asked_.let_go |= what.let_go;
        asked_.forsake |= what.forsake;
        asked_.in_doubt |= what.in_doubt;
    }
    told();
}

void Watch::begin_anew() { ask({.let_go = true}); }

void Watch::work() {
    for (;;) {
        Asked asked;
        {
            std::unique_lock guard(mutex_);
            wake_.wait_for(guard, day_looked_at_every, [this] { return is_told_; });
            is_told_ = false;
            asked = std::exchange(asked_, {.number = asked_.number});
        }
        Seen seen;
        std::exception_ptr fault;
        try {
            if (!stop_) seen = round(asked);
        } catch (const Watched::Stopped&) {
        } catch (const engine::LeaseLost&) {  // told when it is here
            fault = std::current_exception();
        } catch (const std::exception& e) {  // the next commit brings it here again
            service::say(e.what());
            fault = std::current_exception();
        }
        {
            const std::lock_guard guard(mutex_);
            answered_to_ = asked.number;
            fault_ = fault;
            seen_ = std::move(seen);
        }
        answered_.notify_all();
        if (stop_) return;
    }
}

Watch::Seen Watch::round(const Asked& asked) {
    in_doubt_ |= asked.in_doubt;
    forsaken_ = false;
    if (!kept_.is_here()) {
        let_go();
        throw engine::LeaseLost();
    }
    if (asked.forsake) {
        if (!rows_) rows_ = std::make_unique<WatchRows>(kept_.store, false, kept_.guard);
        rows_->begin();
    }
    if (asked.forsake || asked.let_go) let_go();
    is_moment_old_ = false;
    auto reader = readers_.now(Scope::internal());
    const auto asked_for = reader->loop.notes();
    // What comes meanwhile is taken along, as long as it comes slower than it is watched.
    bool is_behind = false;
    std::size_t step = 0;
    const auto catch_up = [&] {
        for (; !is_behind && follow(*reader); ++step) {
            if (stop_) throw Watched::Stopped();
            reader.reset();
            reader = readers_.now(Scope::internal());
            is_behind = watched_ && watched_->notes >= asked_for && step > further_steps_max;
        }
    };
    catch_up();
    // While more comes than is watched a sweep would see what is looked at again soon.
    while ((!is_behind || asked.sweep) && !sweep(*reader, asked.sweep)) {
        reader.reset();
        is_moment_old_ = false;
        reader = readers_.now(Scope::internal());
        catch_up();
    }
    if (is_behind) told();
    bool is_waited_for = false;
    {
        const std::lock_guard guard(mutex_);
        is_waited_for = asked.number > answered_to_;
    }
    if (!is_waited_for) return {};
    return {std::move(reader), std::make_unique<WatchReader>(kept_.store)};
}

/// When a day has ended, when enough was stored since the last one, when it is asked for, and when the clock was put
/// back: the last one was of a day that has not come.
bool Watch::sweep(Reader& reader, std::optional<Sweep> asked_for) try {
    const auto today = loop::day_of(calls_.now());
    if (asked_for != Sweep::of_now && watched_->suspects.swept_to() == today &&
        watched_->position - swept_at_ < segments_between_sweeps)
        return true;
    if (asked_for == Sweep::as_it_is) {
        told();  // by the next round, for which nobody waits
        return true;
    }
    auto end = std::chrono::steady_clock::now() + sweep_moment_max;
    const bool is_whole = watched_->suspects.sweep(reader.loop.projection, today, [&] {
        if (stop_) throw Watched::Stopped();
        if (watched_->suspects.held() > rows_held_max) save();
        if (reader.loop.held() > rows_held_max) reader.loop.forget();
        if (std::chrono::steady_clock::now() < end) return true;
        if (is_moment_old_ && cuts_ < sweep_cuts_max) return false;
        end += sweep_moment_max;
        return true;
    });
    cuts_ = is_whole ? 0 : cuts_ + 1;
    if (is_whole) swept_at_ = watched_->position;
    save();
    published(reader.loop.projection);
    return is_whole;
} catch (const loop::BadRow& e) {
    if (!forsakes(e)) let_go();
    throw;
} catch (...) {
    let_go();
    throw;
}

Watch::Seen Watch::answer(const Scope& scope, Sweep sweep) {
    std::unique_lock guard(mutex_);
    asked_.sweep = std::max(asked_.sweep, std::optional(sweep));
    const auto question = ++asked_.number;
    is_told_ = true;
    wake_.notify_one();
    answered_.wait(guard, [&] { return answered_to_ >= question || stop_; });
    if (stop_) throw Watched::Stopped();
    if (fault_) std::rethrow_exception(fault_);
    auto seen = std::exchange(seen_, {});
    guard.unlock();
    if (!seen.watch) {
        seen.watch = std::make_unique<WatchReader>(kept_.store);
        if (!seen.watch->cursor().is_whole) {  // begun anew meanwhile
            seen.watch.reset();
            return answer(scope, sweep);
        }
        seen.reader = readers_.now(scope);
    }
    seen.reader->scope = scope;
    return seen;
}

void Watch::look(const Scope& scope, Sweep sweep, const std::function<void(const View&)>& look) {
    const auto look_once = [&] {
        auto [reader, watch] = answer(scope, sweep);
        const auto& cursor = watch->cursor();
        look({reader, watch->suspects(), cursor.position, cursor.notes == reader->loop.notes()});
    };
    try {
        return look_once();
    } catch (const loop::BadRow& e) {
        if (!is_of_watch(e)) throw;
        service::say(e.what());
        ask({.forsake = true});
    } catch (const engine::DamagedFile&) {  // this one, or the hub's
        ask({.let_go = true, .in_doubt = true});
    }
    look_once();
}

std::vector<std::string> Watch::damaged() {
    std::vector<std::string> out;
    try {
        out = WatchReader(kept_.store).damaged();
    } catch (const engine::StoreError&) {
        // There is none yet, or whoever follows comes upon it.
    }
    if (!out.empty()) ask({.forsake = true});
    return out;
}

/// Where the bad row is one of its own, which the message names: all of them are begun anew.
bool Watch::forsakes(const loop::BadRow& e) {
    if (!rows_ || !is_of_watch(e)) return false;
    service::say(e.what());
    rows_->begin();
    let_go();
    return true;
}

/// From its rows where these are of this form, else from the beginning.
void Watch::open(Reader& reader) {
    const auto rules = rules_of(reader.loop);
    const auto form = kept_.form();
    watched_.reset();
    rows_ = std::make_unique<WatchRows>(kept_.store, in_doubt_, kept_.guard);
    in_doubt_ = false;
    const auto keep = [this](Watched& of) { rows_->save(of.suspects, of.notes, of.position, false); };
    auto fresh = std::make_unique<Watched>(rules, calls_.keep, stop_, rows_->rows(), keep);
    const auto& cursor = rows_->cursor();
    if (cursor.is_whole && cursor.form == form && mean_the_same(cursor.rules, rules) &&
        cursor.notes <= reader.loop.notes()) {
        fresh->resume(reader.store, cursor.notes, cursor.position);
    } else {
        rows_->begin(form, rules);
        fresh->begin(reader.store, reader.loop);
    }
    watched_ = std::move(fresh);
    swept_at_ = watched_->position;
    save();
}

void Watch::save() { rows_->save(watched_->suspects, watched_->notes, watched_->position, true); }

/// What fails leaves it as if it had not begun: rows tell how far it was.
bool Watch::follow(Reader& reader) try {
    if (!watched_ || !mean_the_same(watched_->rules, rules_of(reader.loop))) open(reader);
    switch (watched_->follow(reader.store, reader.loop)) {
        case Watched::Followed::nothing:
            break;
        case Watched::Followed::gap:
            rows_->begin();
            open(reader);
            break;
        case Watched::Followed::more:
            // Before it is kept: what is not written now would never be.
            if (const auto strong = watched_->suspects.take_new(); !strong.empty())
                calls_.strong(strong, watched_->suspects, reader.loop.projection);
            save();
            published(reader.loop.projection);
            return true;
    }
    if (notes_read_ != watched_->notes || watched_->notes == 0) published(reader.loop.projection);
    return false;
} catch (const loop::BadRow& e) {
    if (!std::exchange(forsaken_, true) && forsakes(e)) return true;
    let_go();
    throw;
} catch (const engine::DamagedFile&) {  // this one, or the hub's
    in_doubt_ = true;
    let_go();
    throw;
} catch (...) {
    let_go();
    throw;
}

void Watch::let_go() {
    watched_.reset();
    rows_.reset();
}

void Watch::published(const loop::Projection& projection) {
    notes_read_ = watched_->notes;
    for (const auto& line : failures_.count(watched_->suspects.take_failed())) service::say(line);
    auto holds = holds_in(watched_->suspects, projection);
    const std::lock_guard guard(mutex_);
    failures_by_rule_ = failures_.by_rule();
    holds_ = std::move(holds);
}

std::string Watch::rules_of(const LoopState& of) const {
    return of.projection.policy(loop::day_of(calls_.now())).rules;
}

void Watch::made_anew(Store& store, LoopState& of, const StoredRows& to, const std::string& rules,
                      const std::function<void(const Suspects&)>& look) const {
    const auto save = [&](Watched& watched) {
        RowBatch batch;
        watched.suspects.write(batch.gather());
        to.make(batch.tables());
        Transaction transaction(to.database());
        batch.write_to(to);
        transaction.commit();
        if (watched.suspects.held() > rows_held_max) watched.suspects.forget();
    };
    Watched fresh(
        rules, [](const std::string&, const TraceFigures&) {}, stop_, to, save);
    fresh.begin(store, of);
    fresh.suspects.sweep(of.projection, loop::day_of(calls_.now()), [&] {
        if (fresh.suspects.held() > rows_held_max) save(fresh);
        if (of.held() > rows_held_max) of.forget();
        return true;
    });
    look(fresh.suspects);
}

std::vector<Hold> Watch::holds(const Scope& scope) const {
    std::vector<Hold> out;
    const std::lock_guard guard(mutex_);
    std::ranges::copy_if(holds_, std::back_inserter(out), [&](const Hold& hold) { return scope.sees(hold.station); });
    return out;
}

std::map<std::string, std::uint64_t> Watch::failures_by_rule() const {
    const std::lock_guard guard(mutex_);
    return failures_by_rule_;
}

}  // namespace imloop::hub
