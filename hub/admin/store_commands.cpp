#include "hub/admin/store_commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "hub/store/copy.hpp"
#include "hub/store/place.hpp"
#include "postgres/postgres.hpp"

namespace imloop::hub {
namespace {

struct StoreOptions {
    std::string from, to;
};

int copy(const StoreOptions& o) {
    const bool on_terminal = ::isatty(STDERR_FILENO) != 0;
    const auto copied = copy_store(o.from, o.to, [&](const char* table, std::int64_t rows) {
        if (on_terminal) std::cerr << fmt::format("\r\033[K  {} {}", table, rows) << std::flush;
    });
    if (on_terminal) std::cerr << "\r\033[K";
    fmt::print(
        "已复制到 {0} 并逐行核对：{1} 段、{2} 份过程数据\n"
        "Copied to {0} and held against the first, row by row: {1} segments, {2} traces\n"
        "换过去 / to go over to it: 停下服务，再复制一次补上后来的，然后 hub serve --store；stop the service, copy "
        "once "
        "more for what came since, then `hub serve --store`.\n",
        shown(o.to), copied.segments, copied.traces);
    if (copied.damaged == 0) return 0;
    std::cerr << fmt::format(
        "来源里已损坏的 {0} 行照原样复制了，见 hub verify / {0} rows were damaged in the first place "
        "and copied as they are, see `hub verify`\n",
        copied.damaged);
    return 4;
}

int let_analysts_read(const std::string& place) {
    if (!is_server(place))
        throw engine::StoreError(
            "只有 PostgreSQL 有角色；SQLite 的视图凭文件权限读取 / roles are PostgreSQL's; the views of a file of "
            "SQLite are "
            "read by who may read the file");
    postgres::Database(place, postgres::Role::reader).let_analysts_read();
    fmt::print(
        "角色 {0} 可读视图 v_…，别的都不能读。给一个人：CREATE ROLE 姓名 LOGIN IN ROLE {0}\n"
        "Role {0} may read the views v_… and nothing else. For a person: CREATE ROLE name LOGIN IN ROLE {0}\n",
        postgres::analyst_role);
    return 0;
}

}  // namespace

void add_store_commands(CLI::App& app, std::function<std::string()> place, int& code) {
    auto* store =
        app.add_subcommand("store", "数据库：复制、给分析人员的角色 / the database: copy, a role for analysts");
    store->require_subcommand(1);
    const auto o = std::make_shared<StoreOptions>();
    auto* copy_ = store->add_subcommand(
        "copy",
        "把数据库复制到另一处，SQLite 文件或 PostgreSQL 均可，服务可照常运行；未复制完或后来有新增的，再运行一次补上\n"
        "Copy the database to another place, a file of SQLite or PostgreSQL, while it is served; where it was cut "
        "short, "
        "or more came since, run it again\n\n"
        "  hub store copy /var/lib/imloop-hub/hub.sqlite postgresql:///imloop?host=/run/postgresql");
    copy_->add_option("from", o->from, "从 / from")->required();
    copy_->add_option("to", o->to, "到 / to")->required();
    copy_->callback([o, &code] { code = copy(*o); });
    store
        ->add_subcommand(
            "analyst-role",
            "在 PostgreSQL 建只读角色 imloop_analyst，只能读视图 v_counties、v_episodes、v_stations、v_flags\n"
            "Make the role imloop_analyst on PostgreSQL: it reads the views v_counties, v_episodes, "
            "v_stations, v_flags and nothing else")
        ->callback([place = std::move(place), &code] { code = let_analysts_read(place()); });
}

}  // namespace imloop::hub
