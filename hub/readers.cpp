#include "hub/readers.hpp"

#include "hub/limits.hpp"

namespace imloop::hub {

Reader::Reader(Scope for_whom, Store reader)
    : scope(std::move(for_whom)),
      store(std::move(reader)),
      rows_(store.database()),
      mark_(LoopState::mark_of(rows_)),
      loop(&rows_) {}

void Reader::refresh(Scope for_whom) {
    scope = std::move(for_whom);
    store.refresh();
    auto mark = LoopState::mark_of(rows_);
    if (mark == mark_ && loop.held() <= rows_held_max) return;
    loop.forget();
    mark_ = std::move(mark);
}

void Reader::rest() {
    store.rest();
    if (loop.held() > rows_kept_max) loop.forget();
}

Readers::Lent Readers::now(Scope scope) {
    std::unique_ptr<Reader> reader;
    std::size_t generation = 0;
    {
        std::unique_lock guard(mutex_);
        changed_.wait(guard, [this] { return !is_held_; });
        ++lent_;
        generation = generation_;
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    try {
        try {
            if (reader) reader->refresh(scope);
        } catch (const engine::ConnectionLost&) {  // so are the others; another may be had
            reader.reset();
            drop();
        }
        if (!reader) reader = std::make_unique<Reader>(std::move(scope), store_.reader());
    } catch (...) {
        reader.reset();
        came_back();
        throw;
    }
    return {reader.release(), {this, generation}};
}

void Readers::GiveBack::operator()(Reader* lent) const {
    std::unique_ptr<Reader> reader(lent);
    reader->rest();
    to->came_back();
    const std::lock_guard guard(to->mutex_);
    if (generation == to->generation_ && to->idle_.size() < readers_idle_max) to->idle_.push_back(std::move(reader));
}

void Readers::came_back() {
    {
        const std::lock_guard guard(mutex_);
        --lent_;
    }
    changed_.notify_all();
}

void Readers::without(std::chrono::milliseconds within, const std::function<void()>& work) {
    const auto let_out = [this](auto*) {
        {
            const std::lock_guard guard(mutex_);
            is_held_ = false;
        }
        changed_.notify_all();
    };
    const std::unique_ptr<Readers, decltype(let_out)> held(this, let_out);
    {
        std::unique_lock guard(mutex_);
        is_held_ = true;
        if (!changed_.wait_for(guard, within, [this] { return lent_ == 0; })) return;
    }
    work();
}

void Readers::drop() {
    std::vector<std::unique_ptr<Reader>> dropped;
    const std::lock_guard guard(mutex_);
    ++generation_;
    dropped.swap(idle_);
}

}  // namespace imloop::hub
