#include "hub/readers.hpp"

#include "hub/limits.hpp"

namespace imloop::hub {

Reader::Reader(Store reader, const loop::Policy& policy)
    : store(std::move(reader)), rows_(store.database()), mark_(LoopState::mark_of(rows_)), loop(policy, &rows_) {}

void Reader::refresh() {
    store.refresh();
    auto mark = LoopState::mark_of(rows_);
    if (mark == mark_ && loop.held() <= rows_held_max) return;
    loop.forget();
    mark_ = std::move(mark);
}

void Reader::rest() { store.rest(); }

Readers::Lent Readers::now() {
    std::unique_ptr<Reader> reader;
    std::size_t generation = 0;
    {
        const std::lock_guard guard(mutex_);
        generation = generation_;
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    try {
        if (reader) reader->refresh();
    } catch (const engine::ConnectionLost&) {  // so are the others; another may be had
        reader.reset();
        drop();
    }
    if (!reader) reader = std::make_unique<Reader>(store_.reader(), policy_);
    return {reader.release(), {this, generation}};
}

void Readers::GiveBack::operator()(Reader* lent) const {
    std::unique_ptr<Reader> reader(lent);
    reader->rest();
    const std::lock_guard guard(to->mutex_);
    if (generation == to->generation_ && to->idle_.size() < readers_idle_max) to->idle_.push_back(std::move(reader));
}

void Readers::drop() {
    std::vector<std::unique_ptr<Reader>> dropped;
    const std::lock_guard guard(mutex_);
    ++generation_;
    dropped.swap(idle_);
}

}  // namespace imloop::hub
