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

struct Serving {
    Serving(const Config& config, Uploading& uploading)
        : outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); }),
          archive(outbox, config.station_id, config.archive.shops,
                  {unix_now, [&uploading] { uploading.appended(); },
                   [](const std::string& why) { std::cout << why << std::endl; }}),
          listener(config.archive.address, config.archive.port, limits, [this](const HttpCall& call) {
              auto reply = archive.answer({call.method, call.target, call.header("content-type"), call.body});
              return HttpReply{reply.status, reply.type, std::move(reply.body), {{"Cache-Control", "no-store"}}};
          }) {}

    Outbox outbox;
    Archive archive;
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
