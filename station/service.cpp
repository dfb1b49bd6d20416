#include "station/service.hpp"

#include <fmt/format.h>

#include <fstream>
#include <future>
#include <iostream>
#include <memory>

#include "station/enrolment.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

/// What other programs of this PC show to write records: readable by its user only.
std::string installation_key(const Config& config) {
    const auto file = config.data / "page.key";
    std::string key;
    if (std::ifstream in(file); in >> key) return key;
    auto fresh = new_uuid7(unix_now());
    std::ofstream(file) << "";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::ofstream(file) << fresh << '\n';
    return fresh;
}

void say_where(unsigned short port) {
    fmt::print("本机页面 / local page: http://127.0.0.1:{}/\n", port);
    std::fflush(stdout);
}

/// Serves the joining page until the station has joined. False: a signal came first.
bool join_by_page(const Context& context, unsigned short port, const Stops& stops) {
    std::promise<void> joined;
    std::string token;
    page::Server server(port, "", [&](const page::Request& r) {
        auto answer = page::join_page(r, token, [&](const std::string& code) {
            page::JoinResult result;
            const auto config =
                join(code, context.config_file, [&](JoinStep step) { result.steps = static_cast<int>(step) + 1; });
            if (!config) result.problem = config.error().detail;
            return result;
        });
        if (r.method == "POST" && answer.status == 303) joined.set_value();
        return answer;
    });
    token = server.token();
    say_where(server.port());
    auto done = joined.get_future();
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        if (!stops.sleep(std::chrono::milliseconds(200))) return false;
    // The answer that leads to the first page goes out before the listener does.
    return stops.sleep(std::chrono::milliseconds(200));
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

void Stops::wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
}

int run_service(const Context& context, std::optional<unsigned short> page_port) {
    const Stops stops;
    if (!std::filesystem::exists(context.config_file) &&
        !join_by_page(context, page_port.value_or(context.default_page_port), stops))
        return 0;
    const Config config = context.config();
    Uploading uploading(config);
    HubCopy copy(config);
    page::Site site(config, uploading, copy);
    const page::Server server(page_port.value_or(config.page_port), installation_key(config),
                              [&](const page::Request& r) {
                                  copy.look();
                                  return context.pages(site, r);
                              });
    site.token = server.token();
    say_where(server.port());
    stops.wait();
    return 0;
}

}  // namespace imloop::station
