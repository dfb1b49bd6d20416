#include "hub/admin/commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <future>
#include <iostream>

#include "engine/errors.hpp"
#include "hub/admin/ask.hpp"
#include "hub/admin/case.hpp"
#include "hub/admin/console.hpp"
#include "hub/admin/doctor.hpp"
#include "hub/admin/draw.hpp"
#include "hub/admin/form.hpp"
#include "hub/admin/hold.hpp"
#include "hub/admin/policy.hpp"
#include "hub/admin/session.hpp"
#include "hub/admin/station_commands.hpp"
#include "hub/admin/store_commands.hpp"
#include "hub/admin/suspects.hpp"
#include "hub/ca.hpp"
#include "hub/ids.hpp"
#include "hub/store/place.hpp"
#include "journal/json.hpp"
#include "schemas/embedded.hpp"
#include "service/files.hpp"
#include "service/terminal.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
    fs::path data = "hub-data";
    std::string store, tables;
    // init, serve
    std::string id = "H610400-01", name = "机动车排放检验与维护监管中心", address = "127.0.0.1";
    std::vector<std::string> hosts{"localhost", "127.0.0.1"};
    std::string console;
    unsigned short port = 8443, admin_port = 9090;
    // transfer
    fs::path path;
    std::string source, from, to;
    std::vector<std::string> restore;
    // report
    std::string report, county, as_of, view, plate, vin, xlsx, pdf;
    Form form;
    bool unmasked = false;
    std::int64_t limit = 0;
};

void draw_bar(std::string_view bar) {
    if (::write(STDERR_FILENO, bar.data(), bar.size()) < 0) return;  // it is no more than a bar
}

/// A bar on the terminal until the import is through.
int import(Session& session, const fs::path& path, const std::vector<std::string>& restore) {
    auto imported = std::async(std::launch::async, [&] {
        return session.ask("import", {{"path", path.string()}, {"restore", restore}});
    });
    const bool on_terminal = ::isatty(STDERR_FILENO) != 0;
    constexpr int bar_width = 40;
    while (imported.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout) {
        if (!on_terminal) continue;
        const auto progress = journal::parsed(session.ask("import_progress", json::object()).body);
        const double total = progress.value("total", 0.0);
        const double share = total > 0 ? std::min(1.0, progress.value("done", 0.0) / total) : 0;
        const int full = static_cast<int>(share * bar_width);
        draw_bar(fmt::format("\r  [{:#<{}}{:.<{}}] {:3.0f} %", "", full, "", bar_width - full, share * 100));
    }
    if (on_terminal) draw_bar("\r\033[K");
    return show(imported.get());
}

int verify(Session& session) {
    const auto answer = session.ask("verify", json::object());
    if (const int code = show(answer); code != 0) return code;
    return journal::parsed(answer.body).at("clean").get<bool>() ? 0 : 4;
}

int report(Session& session, const Options& o) {
    json body{{"report", o.report}, {"form", o.form.name()}, {"unmasked", o.unmasked}};
    for (const auto& [name, value] :
         {std::pair("from", &o.from), std::pair("to", &o.to), std::pair("as_of", &o.as_of), std::pair("view", &o.view),
          std::pair("county", &o.county), std::pair("plate", &o.plate), std::pair("vin", &o.vin)})
        put_given(body, name, *value);
    if (o.limit > 0) body["limit"] = o.limit;
    if (o.xlsx.empty() && o.pdf.empty()) return print(session.ask("report", body));
    for (const auto& [name, file] : {std::pair("xlsx", &o.xlsx), std::pair("pdf", &o.pdf)}) {
        if (file->empty()) continue;
        body["form"] = name;
        const auto answer = session.ask("report", body);
        if (answer.status != 200) return fail(answer);
        service::replace_file(*file, answer.body);
    }
    return 0;
}

}  // namespace

int run_command(int argc, char** argv) {
    service::keep_files_private();
    service::print_text_only();
    Options o;
    CLI::App app{
        "I/M Loop 监管中心：收集检验与维修记录，把不合格车辆的闭环管起来。\n"
        "The hub of I/M Loop: links every failed vehicle to its repairs and retests.\n\n"
        "  hub init --data /var/lib/imloop\n  hub serve --data /var/lib/imloop\n"
        "  hub station add I610404-01 --name 渭城一站 --out I610404-01\n"
        "  hub report counties --from 2026-01-01 --to 2026-12-31"};
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--data", o.data, "数据目录 / data folder")->capture_default_str()->envname("IMLOOP_HUB_DATA");
    app.add_option("--store", o.store,
                   "数据库，默认为数据目录里的 hub.sqlite；postgresql:///库名?host=/run/postgresql 用 PostgreSQL 15 "
                   "以上，init 时写下，此后不必再写\n"
                   "database, hub.sqlite in the data folder by default; postgresql:///NAME?host=/run/postgresql for "
                   "PostgreSQL 15 or later: named at init, kept from there on")
        ->type_name("URL")
        ->envname("IMLOOP_HUB_STORE");
    app.add_option("--tables", o.tables, "用这个目录里的表代替内置的 / tables here go before the built-in ones");
    int code = 0;
    const auto on = [&](CLI::App* command, std::function<int(Session&)> act) {
        command->callback([&o, &code, act = std::move(act)] {
            Session session(o.data, o.store);
            code = act(session);
        });
    };

    auto* init = app.add_subcommand(
        "init", "新建监管中心 / make a hub\n\n  hub init --data /var/lib/imloop --host hub.example.cn");
    init->add_option("--id", o.id, "编号 / id")->capture_default_str();
    init->add_option("--name", o.name, "名称 / name");
    init->add_option("--host", o.hosts, "站点访问用的主机名或地址 / host names or addresses stations use");
    init->callback([&] {
        Hub::init(o.data, o.id, o.name, o.hosts, unix_now(), o.store);
        fmt::print("监管中心 {0} 已建在 {1}\nHub {0} made in {1}\n", o.id, o.data.string());
    });

    auto* serve = app.add_subcommand("serve", "开始服务 / serve\n\n  hub serve --address 0.0.0.0 --port 8443");
    serve->add_option("--address", o.address, "站点端口的地址 / address for stations")
        ->capture_default_str()
        ->envname("IMLOOP_HUB_ADDRESS");
    serve->add_option("--port", o.port, "站点端口，0 为任选 / port for stations, 0: any")
        ->capture_default_str()
        ->envname("IMLOOP_HUB_PORT");
    serve->add_option("--admin-port", o.admin_port, "运维端口（仅本机）/ port for operators, loopback only")
        ->capture_default_str()
        ->envname("IMLOOP_HUB_ADMIN_PORT");
    serve
        ->add_option("--console", o.console,
                     "监管页面的地址:端口；本机地址用 HTTP，其他用 HTTPS；不写则没有\n"
                     "ADDRESS:PORT of the bureau's console, HTTP on loopback, HTTPS elsewhere; none by default")
        ->envname("IMLOOP_HUB_CONSOLE");
    on(serve, [&](Session& session) {
        if (session.serve(o.address, o.port, o.admin_port, o.console)) return 0;
        std::cerr << "已有一个进程在为这个目录服务 / another process serves this folder already\n";
        return 1;
    });

    add_station_commands(app, on);

    auto* import_ =
        app.add_subcommand("import",
                           "导入日志文件或整个导出目录：已登记站点的和本中心自己的日志。\n"
                           "另一个监管中心的日志不收；空的监管中心要成为它的副本，用 --restore 指明它的钥匙。\n"
                           "Import a journal or a whole exported folder: of registered stations and of this "
                           "hub itself.\nAnother hub's journal is refused; an empty hub becomes its copy "
                           "with --restore and the id of that hub's key.\n\n"
                           "  hub import I610404-01.ndjson\n"
                           "  hub import export/ --restore 802a031a5ec99c2acb32d740900e2702");
    import_->add_option("path", o.path, "文件或目录 / file or folder")->required();
    import_
        ->add_option("--restore", o.restore,
                     "那个监管中心封签所用钥匙的编号（导出时会显示；日志封签里的 kid）/ id of the key that hub seals "
                     "with, as its export says it; `kid` of the seals in its journal")
        ->type_name("KID");
    on(import_, [&](Session& s) { return import(s, fs::absolute(o.path), o.restore); });

    auto* export_ = app.add_subcommand("export",
                                       "导出日志（原样的数据段与回执）和过程数据；损坏的列在 left_out，退出码 4。kid "
                                       "是本中心的钥匙编号，hub import --restore 用得着\n"
                                       "Export journals and process data; what is damaged is named in left_out, exit "
                                       "code 4. kid: of this hub's key, for `hub import --restore`\n\n"
                                       "  hub export backup/ --source I610404-01 --from 2026-01-01");
    export_->add_option("path", o.path, "目录 / folder")->required();
    export_->add_option("--source", o.source, "只要这个来源 / this source only");
    export_->add_option("--from", o.from, "收到日不早于 / received on or after");
    export_->add_option("--to", o.to, "收到日不晚于 / received on or before");
    on(export_, [&](Session& s) {
        json body{{"path", fs::absolute(o.path).string()}};
        put_given(body, "source", o.source);
        put_given(body, "from", o.from);
        put_given(body, "to", o.to);
        const auto answer = s.ask("export", body);
        const int shown = show(answer);
        return shown == 0 && journal::parsed(answer.body).contains("left_out") ? 4 : shown;
    });

    auto* reports = app.add_subcommand(
        "report",
        "报表：counties 县区，stations 站点，non-returns 未返回车辆，vehicle 一辆车的经过，review 待核对\n"
        "Reports: counties, stations, non-returns, vehicle, review\n\n"
        "  hub report counties --from 2026-01-01 --to 2026-12-31\n"
        "  hub report counties --from 2026-01-01 --xlsx counties.xlsx\n"
        "  hub report non-returns --county 610404 --pdf 渭城.pdf\n"
        "  hub report vehicle --plate 陕D·0T001 --json");
    reports->add_option("report", o.report, "counties, stations, non-returns, vehicle, review")->required();
    reports->add_option("--from", o.from, "首次不合格不早于 / first failure on or after");
    reports->add_option("--to", o.to, "首次不合格不晚于 / first failure on or before");
    reports->add_option("--as-of", o.as_of, "截至哪一天，默认今天 / as of this day, today by default");
    reports->add_option("--view", o.view, "station 检验站所在县，registered 车籍所在县")
        ->check(CLI::IsMember({"station", "registered"}));
    reports->add_option("--county", o.county, "只要这个县区 / this county only");
    reports->add_option("--plate", o.plate, "号牌 / plate");
    reports->add_option("--vin", o.vin, "VIN");
    reports->add_option("--limit", o.limit, "最多行数 / rows at most");
    reports->add_flag("--unmasked", o.unmasked, "显示完整号牌和 VIN / show plates and VINs in full");
    o.form.add_to(reports);
    reports->add_option("--xlsx", o.xlsx, "写成工作簿文件 / write a workbook to this file");
    reports->add_option(
        "--pdf", o.pdf,
        "写成 PDF 文件：A4，供打印、签字、归档 / write a PDF to this file: A4, to print, sign and file");
    on(reports, [&](Session& s) { return report(s, o); });

    add_suspects(app, on);
    add_hold(app, on);
    add_draw(app, on);
    add_console(app, on);
    add_policy(app, on);
    add_case(app, on);
    add_store_commands(
        app, [&o] { return place_in(o.data, o.store); }, code);

    on(app.add_subcommand("rebuild",
                          "由日志重算一切并与现状比较 / compute everything anew from the journals and compare"),
       [](Session& s) { return show(s.ask("rebuild", json::object())); });
    const auto* verify_ = app.add_subcommand("verify",
                                             "核对每一段、链、封签、回执、过程数据和投影；有问题时逐项指明，退出码 4\n"
                                             "Check every segment, chain, seal, receipt, the process data and the "
                                             "projection; names what does not hold, exit "
                                             "code 4");
    on(app.get_subcommand("verify"), [](Session& s) { return verify(s); });
    auto* backup = app.add_subcommand(
        "backup", "在线备份数据库 / back the database up while serving\n\n  hub backup hub-backup.sqlite");
    backup->add_option("path", o.path, "文件 / file")->required();
    on(backup, [&](Session& s) { return show(s.ask("backup", {{"path", fs::absolute(o.path).string()}})); });

    auto* doctor = app.add_subcommand(
        "doctor",
        "检查数据目录、钥匙、证书、磁盘、数据库、服务；0 都好，4 需看一看，1 有故障\n"
        "Check data folder, keys, certificates, disk, database and service; 0 all fine, 4 something to look at, 1 "
        "broken\n\n  hub doctor --data /var/lib/imloop-hub\n  hub doctor --json");
    doctor->add_flag("--json", o.form.as_json, "JSON");
    doctor->callback([&] {
        const auto findings = examine(o.data, o.store, unix_now());
        service::show(findings, o.form.as_json, std::cout);
        code = service::exit_code(findings);
    });
    auto* certificate = app.add_subcommand("certificate",
                                           "换发监管中心自己的服务器证书，重启服务后生效\n"
                                           "A new server certificate for the hub itself; holds after a restart\n\n"
                                           "  hub certificate --host hub.example.cn");
    certificate->add_option("--host", o.hosts, "站点访问用的主机名或地址 / host names or addresses stations use")
        ->required();
    certificate->callback([&] {
        make_server_certificate(o.data, o.hosts, unix_now());
        fmt::print("已换发，重启服务后生效 / issued, holds after a restart of the service\n");
    });

    app.parse_complete_callback([&] {
        if (!o.tables.empty()) schemas::set_override_dir(o.tables);
    });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    } catch (const engine::DamagedFile& e) {
        std::cerr << e.what() << '\n';
        return verify_->parsed() ? 4 : 1;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
    return code;
}

}  // namespace imloop::hub
