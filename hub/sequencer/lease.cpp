#include "hub/sequencer/lease.hpp"

#include <utility>

#include "hub/limits.hpp"
#include "hub/sequencer/statements.hpp"
#include "hub/store/place.hpp"

namespace imloop::hub {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t lease_ms() { return lease_time.count(); }

}  // namespace

LeaseRow::LeaseRow(const std::string& place) : database_(connect(place, Use::writing)) {
    if (!database_->has_table("inbox")) database_->define(sql::sequencer_tables);
}

std::optional<std::int64_t> LeaseRow::take() {
    auto s = database_->prepare(sql::lease_take);
    std::optional<std::int64_t> term;
    for (s.bind(1, lease_ms()); s.step();) term = s.integer(0);
    return term;
}

bool LeaseRow::renew(std::int64_t term) {
    auto s = database_->prepare(sql::lease_renew);
    bool is_held = false;
    for (s.bind(1, term).bind(2, lease_ms()); s.step();) is_held = true;
    return is_held;
}

void LeaseRow::release(std::int64_t term) { database_->prepare(sql::lease_release).bind(1, term).run(); }

void guard(engine::Connection& connection, std::int64_t term, const std::function<void()>& lost) {
    connection.execute("SET idle_in_transaction_session_timeout = " + std::to_string(lease_ms()) +
                       "; SET lock_timeout = " + std::to_string(lock_wait_max.count()));
    const auto renew = std::make_shared<engine::Statement>(connection.prepare(sql::lease_renew));
    connection.guard([renew, term, lost] {
        bool is_held = false;
        for (renew->bind(1, term).bind(2, lease_ms()); renew->step();) is_held = true;
        if (is_held) return;
        lost();
        throw engine::LeaseLost();
    });
}

Lease::Lease(std::string place) : place_(std::move(place)), row_(std::make_unique<LeaseRow>(place_)) {
    term_ = row_->take().value_or(0);
    thread_ = std::thread([this] { keep(); });
}

Lease::~Lease() { stop(); }

void Lease::stop() {
    {
        const std::lock_guard held(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    try {
        if (const auto term = term_.exchange(0); term != 0 && row_) row_->release(term);
    } catch (const engine::StoreError&) {
        // It runs out by itself.
    }
}

void Lease::tell(std::function<void()> changed) {
    const std::lock_guard held(mutex_);
    changed_ = std::move(changed);
}

bool Lease::is_won(std::chrono::milliseconds within) {
    std::unique_lock held(mutex_);
    return wake_.wait_for(held, within, [this] { return term_ != 0; });
}

void Lease::guard(engine::Connection& connection) {
    const auto of = term();
    hub::guard(connection, of, [this, of] {
        auto was = of;
        term_.compare_exchange_strong(was, 0);
    });
}

void Lease::keep() {
    std::unique_lock held(mutex_);
    auto told = term();
    while (!wake_.wait_for(held, lease_look, [this] { return stop_; })) {
        held.unlock();
        look();
        held.lock();
        const auto now = term();  // which a guard may have changed, too
        if (now == std::exchange(told, now)) continue;
        wake_.notify_all();
        changed_();
    }
}

/// Where the server can't be reached the term stays: it is for the server to say that it ran out.
void Lease::look() {
    try {
        if (!row_) row_ = std::make_unique<LeaseRow>(place_);
        if (passes_on_.exchange(false) && term_ != 0) {
            takes_from_ = Clock::now() + 2 * (lease_time + lease_look);
            row_->release(term_.exchange(0));
        } else if (term_ == 0) {
            if (Clock::now() >= takes_from_) term_ = row_->take().value_or(0);
        } else if (!row_->renew(term_)) {
            term_ = 0;
        }
    } catch (const engine::StoreError&) {
        row_.reset();
    }
}

}  // namespace imloop::hub
