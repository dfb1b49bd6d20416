#include "m_station/import.hpp"
#include "m_station/orders_command.hpp"
#include "m_station/pages.hpp"
#include "station/archive/serve.hpp"
#include "station/commands.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "维修站程序：保存并上传维修记录。\nThe repair shop's program: saves and uploads repairs.\n\n"
        "  m_station orders\n  m_station submit repair.json\n  m_station import 结算清单.xlsx\n  m_station run\n  "
        "m_station doctor"};
    imloop::station::Context context;
    context.pages = imloop::m_station::pages;
    context.default_page_port = 7611;
    context.beside = imloop::station::archive::serve;
    imloop::station::add_shared_commands(app, context);
    imloop::m_station::add_import(app, context);
    imloop::m_station::add_orders(app, context);
    return imloop::station::run_app(app, context, argc, argv);
}
