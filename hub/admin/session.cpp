#include "hub/admin/session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>

#include "engine/errors.hpp"
#include "hub/api/admin_client.hpp"
#include "hub/api/handed_over.hpp"
#include "hub/api/routes.hpp"
#include "hub/api/server.hpp"
#include "hub/ids.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"
#include "service/notify.hpp"

namespace imloop::hub {

using engine::StoreError;

using nlohmann::json;

namespace {

/// A hub that takes longer than this to take work up is not healthy.
constexpr std::chrono::seconds answer_time{10};

}  // namespace

Session::Session(std::filesystem::path data, std::string store) : data_(std::move(data)), store_(std::move(store)) {
    // With a key but no database a hub was made here and lost it, which Hub says.
    if (!std::filesystem::exists(data_ / "hub.key.pem") && !std::filesystem::exists(data_ / "hub.sqlite"))
        throw StoreError("这里还没有监管中心，请先运行 hub init / no hub here yet, run `hub init` first: " +
                         data_.string());
    lock_ = ::open((data_ / "hub.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    holds_ = lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0;
}

Session::~Session() {
    hub_.reset();
    if (lock_ >= 0) ::close(lock_);
}

Hub& Session::hub(HubOptions::Opens opens) {
    const std::lock_guard one(making_);
    if (!hub_) hub_ = std::make_unique<Hub>(HubOptions{data_, unix_now, 2, opens, store_, answer_handed_over});
    return *hub_;
}

Answer Session::ask(std::string_view command, const json& body) {
    if (!holds_) {
        const auto serving = journal::parsed(service::read_file(data_ / "serving.json"));
        return ask_serving(serving.at("admin_port"), serving.at("token"), command, body.dump());
    }
    const auto opens = command == "verify" ? HubOptions::Opens::checked : HubOptions::Opens::served;
    return answer_of(hub(opens), command, body.dump());
}

bool Session::serve(const std::string& address, unsigned short port, unsigned short admin_port,
                    const std::string& console) {
    if (!holds_) return false;
    std::filesystem::remove(data_ / "serving.json");  // of one that was killed
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);  // inherited by every thread made from here on
    // A log that can't be written, as on a full disk, stops nothing.
    spdlog::set_default_logger(spdlog::stderr_logger_mt("hub"));
    spdlog::set_error_handler([](const std::string&) {});
    const std::string token = new_token();
    ServerOptions options{address, port, admin_port, token};
    if (!console.empty()) options.console = console;
    const Server server(hub(HubOptions::Opens::served), options);
    json serving{{"port", server.port()}, {"admin_port", server.admin_port()}, {"token", token}};
    if (!console.empty()) serving["console"] = server.console_url();
    service::replace_file(data_ / "serving.json", serving.dump());
    fmt::print(
        "监管中心已启动：https://{0}:{1}（站点），http://127.0.0.1:{2}（运维）。按 Ctrl-C 停止。\n"
        "Serving stations at https://{0}:{1}, operators at http://127.0.0.1:{2}. Ctrl-C stops it.\n",
        address, server.port(), server.admin_port());
    if (!console.empty()) fmt::print("监管页面 / The bureau's console: {}\n", server.console_url());
    std::fflush(stdout);
    service::ready();
    const auto pause = service::alive_every();
    const timespec wait{static_cast<std::time_t>(pause.count() / 1000),
                        static_cast<long>(pause.count() % 1000) * 1'000'000};
    while (sigtimedwait(&stops, nullptr, &wait) < 0)
        if (server.answers(answer_time)) service::alive();
    service::stopping();
    std::filesystem::remove(data_ / "serving.json");
    return true;
}

}  // namespace imloop::hub
