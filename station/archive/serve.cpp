#include "station/archive/serve.hpp"

#include <fmt/format.h>

#include <iostream>

#include "station/archive/archive.hpp"
#include "station/archive/server.hpp"
#include "station/ids.hpp"

namespace imloop::station::archive {
namespace {

struct Serving {
    Serving(const Config& config, Uploading& uploading)
        : outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); }),
          archive(outbox, config.station_id, config.archive.shops,
                  {unix_now, [&uploading] { uploading.appended(); },
                   [](const std::string& why) { std::cout << why << std::endl; }}),
          server(config.archive.address, config.archive.port,
                 [this](const Call& call) { return archive.answer(call); }) {}

    Outbox outbox;
    Archive archive;
    Server server;
};

}  // namespace

std::shared_ptr<void> serve(const Config& config, Uploading& uploading) {
    if (config.archive.shops.empty()) return nullptr;
    auto serving = std::make_shared<Serving>(config, uploading);
    fmt::print("健康档案接口 / archive interface: http://{}:{}/\n", config.archive.address, serving->server.port());
    std::fflush(stdout);
    return serving;
}

}  // namespace imloop::station::archive
