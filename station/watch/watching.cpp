#include "station/watch/watching.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <stop_token>
#include <thread>

#include "station/ids.hpp"

namespace imloop::station::watch {

namespace asio = boost::asio;
namespace fs = std::filesystem;

struct Watching::Impl {
    struct Watched {
        Watched(asio::io_context& context, const WatchedFolder& folder, Impl& impl)
            : watcher(folder, impl.settings, impl.outbox, impl.ledger), timer(context) {
            state.folder = folder;
        }
        Watcher watcher;
        asio::steady_timer timer;
        FolderState state;  ///< guarded by Impl::mutex
    };

    Impl(const Config& config, std::function<void()> told)
        : appended(std::move(told)),
          settings{config.station_id,         config.intake.line_id,  config.intake.inspector_id,
                   config.intake.time_offset, config.intake.profiles, stopping.get_token()},
          outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); }),
          ledger(config.data),
          work(context.get_executor()) {
        replace(config.intake.folders);
        thread = std::thread([this] { context.run(); });
    }

    ~Impl() {
        stopping.request_stop();
        context.stop();
        thread.join();
    }

    void replace(const std::vector<WatchedFolder>& folders) {
        std::vector<std::shared_ptr<Watched>> fresh;
        for (const auto& folder : folders) fresh.push_back(std::make_shared<Watched>(context, folder, *this));
        {
            const std::lock_guard guard(mutex);
            watched.swap(fresh);
        }
        look_at_all();
    }

    void look_at_all() {
        asio::post(context, [this] {
            std::vector<std::shared_ptr<Watched>> all;
            {
                const std::lock_guard guard(mutex);
                all = watched;
            }
            for (const auto& one : all) look(one);
        });
    }

    void look(const std::shared_ptr<Watched>& one) {
        FolderState seen;
        try {
            seen = one->watcher.scan(unix_now());
        } catch (const std::exception& e) {
            const std::lock_guard guard(mutex);
            seen = one->state;
            seen.trouble = {std::string("没有读成，稍后再试：") + e.what(),
                            std::string("could not be read, tried again: ") + e.what()};
        }
        const auto saved = seen.saved;
        const auto poll = seen.folder.poll;
        {
            const std::lock_guard guard(mutex);
            one->state = std::move(seen);
        }
        if (saved > 0) appended();
        one->timer.expires_after(poll);
        // A folder that is no longer watched is gone by the time its last timer says so.
        one->timer.async_wait([this, last = std::weak_ptr(one)](const boost::system::error_code& error) {
            if (const auto again = last.lock(); again && !error) look(again);
        });
    }

    std::function<void()> appended;
    std::stop_source stopping;
    intake::Settings settings;
    Outbox outbox;
    Ledger ledger;
    mutable std::mutex mutex;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::vector<std::shared_ptr<Watched>> watched;
    std::thread thread;
};

Watching::Watching(const Config& config, std::function<void()> appended)
    : impl_(std::make_unique<Impl>(config, std::move(appended))) {}
Watching::~Watching() = default;

std::vector<FolderState> Watching::folders() const {
    const std::lock_guard guard(impl_->mutex);
    std::vector<FolderState> out;
    for (const auto& one : impl_->watched) out.push_back(one->state);
    return out;
}

void Watching::watch(const std::vector<WatchedFolder>& folders) { impl_->replace(folders); }

void Watching::look_now() { impl_->look_at_all(); }

bool read_again(Ledger& ledger, const Entry& entry) {
    if (!fs::is_regular_file(entry.kept_at)) return false;
    auto back = fs::path(entry.folder) / entry.name;
    if (fs::exists(back)) return false;
    fs::rename(entry.kept_at, back);
    std::error_code gone;
    fs::remove(entry.kept_at + ".txt", gone);
    ledger.forget(entry);
    return true;
}

}  // namespace imloop::station::watch
