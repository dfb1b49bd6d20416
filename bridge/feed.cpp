#include "bridge/feed.hpp"

#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "bridge/delivery.hpp"
#include "station/files.hpp"
#include "station/http_client.hpp"

namespace imloop::bridge {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds ask_every{5}, ask_after_failure{10};

class Following {
public:
    explicit Following(const station::Config& config)
        : config_(config), file_(config.data / "feed.cursor"), deliver_(delivery_of(config)) {
        for (const auto& shop : config.archive.shops)
            if (!shop.company_name.empty()) names_[shop.station_id] = shop.company_name;
        std::ifstream(file_) >> cursor_;
        thread_ = std::thread([this] { work(); });
    }
    ~Following() {
        {
            const std::lock_guard guard(mutex_);
            ending_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;

private:
    /// True where there may be more at once.
    bool step() {
        station::HttpClient hub(peer_of(config_), std::chrono::seconds(20));
        const auto answer = hub.request("GET", "/api/v1/feed?limit=50&after=" + cursor_, {}, "");
        if (!answer) throw std::runtime_error(answer.error().detail());
        if (answer->status != 200) throw std::runtime_error("feed: " + answer->body);
        const auto lines = config_.feed.mapped ? mapped(answer->body, names_) : answer->body;
        if (!lines.empty()) deliver_(lines);
        const auto next = answer->headers.find("x-next");
        if (next == answer->headers.end() || next->second == cursor_) return false;
        keep(next->second);
        return true;
    }

    void keep(const std::string& cursor) {
        station::replace_file(file_, cursor + "\n");
        cursor_ = cursor;
    }

    void work() {
        std::string said;
        for (;;) {
            bool more = false, failed = false;
            try {
                more = step();
                said.clear();
            } catch (const std::exception& e) {
                failed = true;
                if (said != e.what())
                    std::cout << "数据推送稍后再试 / the feed is tried again: " << e.what() << std::endl;
                said = e.what();
            }
            std::unique_lock guard(mutex_);
            if (!more) wake_.wait_for(guard, failed ? ask_after_failure : ask_every, [this] { return ending_; });
            if (ending_) return;
        }
    }

    const station::Config config_;
    fs::path file_;
    Delivery deliver_;
    Names names_;
    std::string cursor_ = "0";
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace

std::shared_ptr<void> follow(const station::Config& config) {
    if (config.feed.folder.empty() && config.feed.url.empty()) return nullptr;
    return std::make_shared<Following>(config);
}

}  // namespace imloop::bridge
