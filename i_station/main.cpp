#include "i_station/choice.hpp"
#include "i_station/clearance.hpp"
#include "i_station/ingest.hpp"
#include "i_station/pages.hpp"
#include "station/commands.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "检验站程序：保存并上传检验记录，复检前询问监管中心。\n"
        "The inspection station's program: saves and uploads tests, asks before a retest.\n\n"
        "  i_station submit test.json\n  i_station ingest /data/nha\n  i_station run        "
        "# 收文件、上传、本机页面 / watched folders, upload, local page\n  i_station clearance --plate "
        "陕D·0T001\n  i_station doctor"};
    imloop::station::Context context;
    context.pages = imloop::i_station::pages;
    context.watches_folders = true;
    imloop::station::add_shared_commands(app, context);
    imloop::i_station::add_ingest(app, context);
    imloop::i_station::add_mapping(app);
    imloop::i_station::add_clearance(app, context);
    imloop::i_station::add_choose(app, context);
    return imloop::station::run_app(app, context, argc, argv);
}
