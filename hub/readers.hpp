// Readers of the hub's state: each has a snapshot of the store and an own view of the loop over it. None waits for the
// writer, nor the writer for one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/loop/loop_state.hpp"
#include "hub/scope.hpp"
#include "hub/store/store.hpp"
#include "hub/store/stored_rows.hpp"

namespace imloop::hub {

/// One thread's. `store` and `loop` are of one moment.
class Reader {
public:
    Reader(Scope, Store reader);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// To the newest moment, for whoever it is lent to now, after rest(). What it knows of the loop stays where nothing
    /// was committed since.
    void refresh(Scope);
    /// Until then it is of no moment.
    void rest();

    Scope scope;
    Store store;

private:
    StoredRows rows_;
    std::optional<std::string> mark_;

public:
    LoopState loop;
};

/// Thread safe.
class Readers {
public:
    /// `store` outlives it.
    explicit Readers(const Store& store) : store_(store) {}

    /// A reader of the newest moment; whoever is done with it gives it back.
    struct GiveBack {
        Readers* to = nullptr;
        std::size_t generation = 0;
        void operator()(Reader*) const;
    };
    using Lent = std::unique_ptr<Reader, GiveBack>;
    /// Throws ConnectionLost where the store can't be reached.
    Lent now(Scope);
    /// Runs `work` while none is lent, waiting for those that are so long at most, and letting none go out meanwhile.
    /// Not run where one stays out longer.
    void without(std::chrono::milliseconds within, const std::function<void()>& work);
    /// Those that are lent out are not kept when they come back: after the store was reached anew, or made anew.
    void drop();

private:
    void came_back();

    const Store& store_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_;
    std::size_t generation_ = 0;
    std::condition_variable changed_;
    std::size_t lent_ = 0;
    bool is_held_ = false;  ///< none goes out
};

}  // namespace imloop::hub
