#include "hub/watch/watch.hpp"

#include <algorithm>

#include "hub/limits.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Suspects;

bool is_about_holds(const std::string& action) {
    return action == "hold" || action == "release" || action == "refer" || action == "refuse";
}

std::vector<Hold> holds_in(const Suspects& suspects, const loop::Projection& projection, int minutes) {
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
        hold.until = d.occurred_at + minutes * loop::Moment{60'000};
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

}  // namespace

std::string Hold::state(loop::Moment now) const {
    if (latest.action == "release") return "released";
    if (latest.action == "refer") return "referred";
    if (latest.action == "refuse") return "refused";
    return now < until ? "waiting" : "lapsed";
}

Watch::Watch(Readers& readers, loop::Policy policy, loop::rules::Parameters parameters, Kept kept, Calls calls)
    : readers_(readers),
      policy_(std::move(policy)),
      parameters_(std::move(parameters)),
      kept_(std::move(kept)),
      calls_(std::move(calls)) {}

Watch::~Watch() { stop(); }

void Watch::start() {
    thread_ = std::thread([this] { work(); });
}

void Watch::stop() {
    stop_ = true;
    told();
    if (thread_.joinable()) thread_.join();
}

void Watch::told() {
    {
        const std::lock_guard guard(mutex_);
        is_told_ = true;
    }
    wake_.notify_one();
}

void Watch::begin_anew() {
    {
        const std::lock_guard guard(one_);
        let_go();
    }
    told();
}

void Watch::work() {
    for (;;) {
        {
            std::unique_lock guard(mutex_);
            wake_.wait(guard, [this] { return is_told_; });
            is_told_ = false;
        }
        if (stop_) return;
        try {
            for (bool more = true; more && !stop_;) {
                const std::lock_guard guard(one_);
                more = follow(*readers_.now(Scope::internal()));
            }
        } catch (const Watched::Stopped&) {
            return;
        } catch (const std::exception& e) {  // the next commit brings it here again
            service::say(e.what());
        }
    }
}

void Watch::look(const Scope& scope, Sweep sweep, const std::function<void(const View&)>& look) {
    const std::lock_guard guard(one_);
    try {
        look_once(scope, sweep, look);
    } catch (const loop::BadRow& e) {
        if (!forsakes(e)) throw;
        look_once(scope, sweep, look);
    } catch (const Watched::Stopped&) {
        throw engine::ConnectionLost("服务正在停止 / the service is stopping");
    }
}

void Watch::look_once(const Scope& scope, Sweep sweep, const std::function<void(const View&)>& look) {
    auto reader = readers_.now(scope);
    const auto asked_for = reader->loop.notes();
    bool has_more = true;
    // What comes meanwhile is taken along, as long as it comes slower than it is watched.
    for (std::size_t step = 0; (has_more = follow(*reader)); ++step) {
        reader.reset();
        reader = readers_.now(scope);
        if (watched_ && watched_->notes >= asked_for && step > further_steps_max) break;
    }
    const auto today = loop::day_of(calls_.now());
    if (sweep == Sweep::of_now || (sweep == Sweep::of_today && watched_->suspects.swept_to() < today)) {
        watched_->suspects.sweep(reader->loop.projection, today);
        save();
        published(reader->loop.projection);
    }
    look({reader, watched_->suspects, watched_->position, !has_more});
}

/// Where the bad row is one of its own, which the message names: all of them are begun anew.
bool Watch::forsakes(const loop::BadRow& e) {
    if (!rows_ || std::string_view(e.what()).find("watch_") == std::string_view::npos) return false;
    service::say(e.what());
    rows_->begin("");
    let_go();
    return true;
}

/// From its rows where these are of this form, else from the beginning.
void Watch::open(Reader& reader) {
    const auto form = kept_.form();
    watched_.reset();
    rows_ = kept_.store.empty() ? nullptr : std::make_unique<WatchRows>(kept_.store, in_doubt_);
    in_doubt_ = false;
    const auto keep = [this](Watched& of) { rows_->save(of.suspects, of.notes, of.position, false); };
    auto fresh = rows_ ? std::make_unique<Watched>(parameters_, policy_, calls_.keep, stop_, &rows_->rows(), keep)
                       : std::make_unique<Watched>(parameters_, policy_, calls_.keep, stop_);
    const auto& cursor = rows_ ? rows_->cursor() : WatchCursor();
    if (rows_ && cursor.is_whole && cursor.form == form && cursor.notes <= reader.loop.notes()) {
        fresh->resume(reader.store, cursor.notes, cursor.position);
    } else {
        if (rows_) rows_->begin(form);
        fresh->begin(reader.store, reader.loop);
    }
    watched_ = std::move(fresh);
    save();
}

void Watch::save() {
    if (rows_) rows_->save(watched_->suspects, watched_->notes, watched_->position, true);
}

/// What fails leaves it as if it had not begun: rows tell how far it was.
bool Watch::follow(Reader& reader) try {
    if (!watched_) open(reader);
    switch (watched_->follow(reader.store, reader.loop)) {
        case Watched::Followed::nothing:
            break;
        case Watched::Followed::gap:
            if (rows_) rows_->begin("");
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
    if (forsakes(e)) return true;
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
    auto holds = holds_in(watched_->suspects, projection, policy_.hold_minutes);
    const std::lock_guard guard(mutex_);
    failures_by_rule_ = failures_.by_rule();
    holds_ = std::move(holds);
}

std::string Watch::flags_anew(Store& store, LoopState& of, const StoredRows& to) const {
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
        parameters_, policy_, [](const std::string&, const TraceFigures&) {}, stop_, &to, save);
    fresh.begin(store, of);
    fresh.suspects.sweep(of.projection, loop::day_of(calls_.now()));
    return fresh.suspects.dump();
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
