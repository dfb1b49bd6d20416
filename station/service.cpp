#include "station/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/notify.hpp"
#include "service/port_taken.hpp"
#include "service/say.hpp"
#include "sqlite/sqlite.hpp"
#include "station/enrolment.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"

namespace imloop::station {

using namespace std::chrono_literals;

namespace {

/// A word of this installation, readable by its user only. Where it can't be kept it holds until the next start.
std::string kept_word(const Config& config, const char* name, const std::string& fresh) {
    const auto file = config.data / name;
    std::string word;
    if (std::ifstream in(file); in >> word) return word;
    try {
        replace_file(file, fresh + "\n", 0600);
    } catch (const std::exception& e) {
        std::cerr << e.what() << std::endl;
    }
    return fresh;
}

void say_where(unsigned short port) {
    fmt::print("本机页面 / local page: http://127.0.0.1:{}/\n", port);
    std::fflush(stdout);
}

/// Serves the joining page until the station has joined; the port goes on to be the page's. False: a signal came first.
bool join_by_page(const Context& context, unsigned short& port, const Stops& stops) {
    std::atomic<bool> is_joined = false, is_seen = false;
    const auto token = page::new_token();
    page::Kept kept;
    const auto join_by = [&](const std::string& code) {
        page::JoinResult result{4, ""};
        if (is_joined) return result;
        result.steps = 0;
        const auto config =
            join(code, context.config_file, [&](JoinStep step) { result.steps = static_cast<int>(step) + 1; });
        if (!config) result.problem = config.error().detail();
        is_joined = static_cast<bool>(config);
        return result;
    };
    const auto routes = page::join_routes(token, join_by, [&] { is_seen = true; });
    page::Server server(port, "", token, [&](const page::Request& r) { return page::answered(routes, kept, r); });
    port = server.port();
    say_where(port);
    // The page that says so goes out before the listener does; a browser that does not come for it is not waited for.
    constexpr std::chrono::milliseconds look_every{200}, page_time{2000};
    for (auto waited = look_every; !is_seen && waited < page_time; waited += is_joined ? look_every : 0ms)
        if (!stops.sleep(look_every)) return false;
    return stops.sleep(look_every);
}

}  // namespace

Stops::Stops() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

bool Stops::sleep(std::chrono::milliseconds time) const {
    const timespec wait{static_cast<std::time_t>(time.count() / 1000),
                        static_cast<long>(time.count() % 1000) * 1'000'000};
    return sigtimedwait(&set_, nullptr, &wait) < 0;
}

namespace {

/// The local page with what it shows.
class LocalPage {
public:
    LocalPage(const Context& context, const Config& config, unsigned short port, Uploading& uploading,
              watch::Watching* watching)
        : copy_(config),
          site_(config, uploading, copy_, kept_word(config, "page.token", page::new_token()), watching),
          routes_(context.pages(site_)),
          server_(port, kept_word(config, "page.key", new_uuid7(unix_now())), site_.token,
                  [this](const page::Request& r) {
                      copy_.look();
                      return page::answered(routes_, site_.kept, r);
                  }) {
        say_where(server_.port());
    }

private:
    HubCopy copy_;
    page::Site site_;
    page::Routes routes_;
    page::Server server_;
};

constexpr std::chrono::milliseconds door_every{5000};

/// Listeners that open as soon as their ports are free: uploads do not wait for them.
class Doors {
public:
    void add(std::function<void()> open) { shut_.push_back({std::move(open), {}}); }
    bool are_open() const { return shut_.empty(); }
    /// Tries those that are not open yet; says of each once why it can't be.
    void open() {
        std::erase_if(shut_, [](Door& door) {
            try {
                door.open();
                return true;
            } catch (const service::PortTaken& e) {
                if (door.said != e.zh)
                    service::say(
                        fmt::format("{}；记录照常保存和上传，端口空出后自动打开 / {}; records are saved and sent "
                                    "all the same, and it opens by itself when the port is free",
                                    e.zh, e.en));
                door.said = e.zh;
                return false;
            }
        });
    }

private:
    struct Door {
        std::function<void()> open;
        std::string said;
    };
    std::vector<Door> shut_;
};

/// Uploading and, where there are any, the watched folders.
struct Work {
    Work(const Context& context, const Config& config) : uploading(config) {
        if (context.watches_folders) watching.emplace(config, [this] { uploading.appended(); });
    }
    Uploading uploading;
    std::optional<watch::Watching> watching;
};

constexpr std::chrono::seconds room_every{2};

/// Begins as soon as the disk has room for the databases; the page says so meanwhile. Nothing: a signal came first.
std::unique_ptr<Work> begin(const Context& context, const Config& config, unsigned short& port, const Stops& stops) {
    std::optional<page::Server> meanwhile;
    for (;;) {
        try {
            return std::make_unique<Work>(context, config);
        } catch (const sqlite::DiskFull& e) {
            if (!meanwhile) {
                std::cout << e.what() << std::endl;
                service::ready();
                if (context.pages)
                    meanwhile.emplace(port, "", page::new_token(),
                                      [&](const page::Request& r) { return page::no_room_page(r, config); });
                if (meanwhile) say_where(port = meanwhile->port());
            }
        }
        service::alive();
        if (!stops.sleep(room_every)) return nullptr;
    }
}

}  // namespace

int run_service(const Context& context, std::optional<unsigned short> page_port) {
    const Stops stops;
    if (context.pages && !std::filesystem::exists(context.config_file)) {
        unsigned short port = page_port.value_or(context.default_page_port);
        if (!join_by_page(context, port, stops)) return 0;
        page_port = port;
    }
    const Config config = context.config();
    unsigned short port = page_port.value_or(config.page_port);
    const auto work = begin(context, config, port, stops);
    if (!work) return 0;
    std::optional<LocalPage> local;
    std::shared_ptr<void> beside;
    Doors doors;
    if (context.pages)
        doors.add([&] {
            local.emplace(context, config, port, work->uploading, work->watching ? &*work->watching : nullptr);
        });
    if (context.beside) doors.add([&] { beside = context.beside(config, work->uploading); });
    doors.open();
    service::ready();
    while (stops.sleep(doors.are_open() ? service::alive_every() : std::min(service::alive_every(), door_every))) {
        if (work->uploading.healthy()) service::alive();
        doors.open();
    }
    service::stopping();
    return 0;
}

}  // namespace imloop::station
