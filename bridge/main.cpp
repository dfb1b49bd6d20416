#include "bridge/feed.hpp"
#include "station/archive/serve.hpp"
#include "station/commands.hpp"

namespace {

struct Beside {
    std::shared_ptr<void> archive, feed;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "数据桥：替多家维修站接收健康档案上传，并把监管中心的变化送往部门系统。\n"
        "A department's bridge: takes archive uploads for many shops, and hands the hub's changes on.\n\n"
        "  imloop-bridge --config B610400-02/station.toml run\n  imloop-bridge status\n  imloop-bridge doctor"};
    imloop::station::Context context;
    context.beside = [](const imloop::station::Config& config, imloop::station::Uploading& uploading) {
        return std::make_shared<Beside>(
            Beside{imloop::station::archive::serve(config, uploading), imloop::bridge::follow(config)});
    };
    imloop::station::add_shared_commands(app, context);
    return imloop::station::run_app(app, context, argc, argv);
}
