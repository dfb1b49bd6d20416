#include "station/archive/serve.hpp"

#include <fmt/format.h>

#include <iostream>

#include "station/archive/archive.hpp"
#include "station/http_listener.hpp"
#include "station/ids.hpp"

namespace imloop::station::archive {
namespace {

/// A whole message may stand in the query.
constexpr HttpLimits limits{256 * 1024, 2 * 1024 * 1024};

bool is_of_this_pc(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

struct Serving {
    Serving(const Config& config, Uploading& uploading)
        : outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); }),
          archive(outbox, config.station_id, config.archive.shops,
                  {unix_now, [&uploading] { uploading.appended(); },
                   [](const std::string& why) { std::cout << why << std::endl; }}),
          on_loopback(is_of_this_pc(config.archive.address)),
          listener(config.archive.address, config.archive.port, limits,
                   [this](const HttpCall& call) { return answer(call); }) {}

    /// Shop software is no browser: a page that was led here is sent away, and so is a name that was (DNS rebinding).
    bool is_barred(const HttpCall& call) const {
        return !call.header("origin").empty() || !call.header("sec-fetch-site").empty() ||
               (on_loopback && !names_this_pc(call.header("host"), listener.port()));
    }

    HttpReply answer(const HttpCall& call) {
        if (is_barred(call))
            return {403,
                    "text/plain;charset=UTF-8",
                    "只接受维修软件，不接受浏览器；本机地址应是 127.0.0.1 / for shop software at 127.0.0.1, not for "
                    "browsers\n",
                    {}};
        // A proxy of this PC (packaging/etc/nginx.conf) says who stands behind it.
        const auto behind = is_of_this_pc(call.address) ? call.header("x-real-ip") : std::string();
        auto reply = archive.answer(
            {call.method, call.target, call.header("content-type"), call.body, behind.empty() ? call.address : behind});
        HttpReply out{reply.status, std::move(reply.type), std::move(reply.body), {{"Cache-Control", "no-store"}}};
        if (reply.retry_after > 0) out.headers.emplace_back("Retry-After", std::to_string(reply.retry_after));
        return out;
    }

    Outbox outbox;
    Archive archive;
    bool on_loopback;
    HttpListener listener;
};

}  // namespace

std::shared_ptr<void> serve(const Config& config, Uploading& uploading) {
    if (config.archive.shops.empty()) return nullptr;
    auto serving = std::make_shared<Serving>(config, uploading);
    fmt::print("健康档案接口 / archive interface: http://{}:{}/\n", config.archive.address, serving->listener.port());
    std::fflush(stdout);
    return serving;
}

}  // namespace imloop::station::archive
