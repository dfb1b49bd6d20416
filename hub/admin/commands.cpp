#include "hub/admin/commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <future>
#include <iostream>

#include "hub/admin/ask.hpp"
#include "hub/admin/doctor.hpp"
#include "hub/admin/draw.hpp"
#include "hub/admin/hold.hpp"
#include "hub/admin/session.hpp"
#include "hub/admin/suspects.hpp"
#include "hub/ca.hpp"
#include "hub/ids.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/key.hpp"
#include "schemas/embedded.hpp"
#include "schemas/station_toml.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::hub {

using sqlite::StoreError;
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
    fs::path data = "hub-data";
    std::string tables;
    // init, serve
    std::string id = "H610400-01", name = "机动车排放检验与维护监管中心", address = "127.0.0.1";
    std::vector<std::string> hosts{"localhost", "127.0.0.1"};
    unsigned short port = 8443, admin_port = 9090;
    // station
    std::string shop_address, phone, hours_open, business_class, location, owner;  // of a station
    std::string station, station_name, county, valid_from, csr, public_key, url, reason;
    std::vector<std::string> writes_for;
    fs::path out;
    int days = station_certificate_days, hours = join_code_hours;
    // transfer
    fs::path path;
    std::string source, from, to;
    // report
    std::string report, as_of, view, plate, vin;
    bool as_json = false, as_csv = false, unmasked = false;
    std::int64_t limit = 0;
};

int station_add(Session& session, const Options& o) {
    json body{{"id", o.station}, {"days", o.days}};
    put_given(body, "name", o.station_name);
    put_given(body, "county", o.county);
    put_given(body, "valid_from", o.valid_from);
    if (!o.writes_for.empty()) body["writes_for"] = o.writes_for;
    std::optional<journal::PrivateKey> made;
    if (!o.csr.empty()) {
        body["spki"] = journal::base64(spki_of_request(read_file(o.csr)));
    } else if (!o.public_key.empty()) {
        const auto key = journal::PublicKey::from_pem(read_file(o.public_key));
        if (!key) throw StoreError("不是公钥 / no public key: " + o.public_key);
        body["spki"] = journal::base64(key->spki());
    } else {
        made = journal::PrivateKey::generate(journal::Algorithm::es256);
        body["spki"] = journal::base64(made->public_key().spki());
    }
    const auto answer = session.ask("station_add", body);
    if (answer.status != 200) return fail(answer);
    const auto added = json::parse(answer.body);
    if (made || !o.out.empty()) {
        const fs::path folder = o.out.empty() ? fs::path(o.station) : o.out;
        fs::create_directories(folder);
        if (made) write_secret(folder / "station.key.pem", made->pem());
        write_file(folder / "station.cert.pem", added.at("certificate").get<std::string>());
        write_file(folder / "ca.pem", added.at("ca").get<std::string>());
        write_file(folder / "hub.pub.pem", added.at("hub_key").get<std::string>());
        write_file(folder / "station.toml",
                   schemas::station_toml(o.station, o.station_name.empty() ? o.station : o.station_name, o.url));
        fmt::print("{0} 已登记，安装包在 {1}\n{0} registered, its bundle is in {1}\n", o.station, folder.string());
    } else {
        std::cout << added.at("certificate").get<std::string>();
    }
    return 0;
}

int station_describe(Session& session, const Options& o) {
    json body{{"id", o.station}};
    put_given(body, "name", o.station_name);
    put_given(body, "address", o.shop_address);
    put_given(body, "phone", o.phone);
    put_given(body, "opening_hours", o.hours_open);
    put_given(body, "owner", o.owner);
    put_given(body, "business_class", o.business_class);
    if (!o.location.empty()) {
        double lat = 0, lon = 0;
        char end = 0;
        if (std::sscanf(o.location.c_str(), "%lf,%lf%c", &lat, &lon, &end) != 2)
            throw std::runtime_error("--location 应是 纬度,经度，如 34.361,108.737 / --location is latitude,longitude");
        body["location"] = {{"lat", lat}, {"lon", lon}};
    }
    return show(session.ask("station_describe", body));
}

int station_invite(Session& session, const Options& o) {
    const auto rest = o.url.substr(o.url.find("//") == std::string::npos ? 0 : o.url.find("//") + 2);
    const auto colon = rest.rfind(':');
    json body{{"id", o.station},
              {"hours", o.hours},
              {"host", rest.substr(0, colon)},
              {"port", colon == std::string::npos ? "8443" : rest.substr(colon + 1)}};
    put_given(body, "name", o.station_name);
    put_given(body, "county", o.county);
    put_given(body, "valid_from", o.valid_from);
    const auto answer = session.ask("station_invite", body);
    if (answer.status != 200) return fail(answer);
    const auto made = json::parse(answer.body);
    const std::string code = made.at("code"), until = made.at("expires_at");
    fmt::print(
        "{0}\n\n在站点上运行 join 加上这个加入码；只能用一次，{1} 前有效。\n"
        "Run `join` with this code at the station; it works once, until {1}.\n",
        code, until);
    return 0;
}

/// A bar on the terminal until the import is through.
int import(Session& session, const fs::path& path) {
    auto imported = std::async(std::launch::async, [&] { return session.ask("import", {{"path", path.string()}}); });
    const bool on_terminal = ::isatty(STDERR_FILENO) != 0;
    constexpr int bar_width = 40;
    while (imported.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout) {
        if (!on_terminal) continue;
        const auto progress = json::parse(session.ask("import_progress", json::object()).body);
        const double total = progress.value("total", 0.0);
        const double share = total > 0 ? std::min(1.0, progress.value("done", 0.0) / total) : 0;
        const int full = static_cast<int>(share * bar_width);
        fmt::print(stderr, "\r  [{:#<{}}{:.<{}}] {:3.0f} %", "", full, "", bar_width - full, share * 100);
        std::fflush(stderr);
    }
    if (on_terminal) fmt::print(stderr, "\r\033[K");
    return show(imported.get());
}

int verify(Session& session) {
    const auto answer = session.ask("verify", json::object());
    if (const int code = show(answer); code != 0) return code;
    return json::parse(answer.body).at("clean").get<bool>() ? 0 : 4;
}

int report(Session& session, const Options& o) {
    json body{{"report", o.report},
              {"form", o.as_json  ? "json"
                       : o.as_csv ? "csv"
                                  : "table"},
              {"unmasked", o.unmasked}};
    for (const auto& [name, value] :
         {std::pair("from", &o.from), std::pair("to", &o.to), std::pair("as_of", &o.as_of), std::pair("view", &o.view),
          std::pair("county", &o.county), std::pair("plate", &o.plate), std::pair("vin", &o.vin)})
        put_given(body, name, *value);
    if (o.limit > 0) body["limit"] = o.limit;
    const auto answer = session.ask("report", body);
    return print(answer);
}

}  // namespace

int run_command(int argc, char** argv) {
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
    app.add_option("--tables", o.tables, "用这个目录里的表代替内置的 / tables here go before the built-in ones");
    int code = 0;
    const auto on = [&](CLI::App* command, std::function<int(Session&)> act) {
        command->callback([&o, &code, act = std::move(act)] {
            Session session(o.data);
            code = act(session);
        });
    };

    auto* init = app.add_subcommand(
        "init", "新建监管中心 / make a hub\n\n  hub init --data /var/lib/imloop --host hub.example.cn");
    init->add_option("--id", o.id, "编号 / id")->capture_default_str();
    init->add_option("--name", o.name, "名称 / name");
    init->add_option("--host", o.hosts, "站点访问用的主机名或地址 / host names or addresses stations use");
    init->callback([&] {
        Hub::init(o.data, o.id, o.name, o.hosts, unix_now());
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
    on(serve, [&](Session& session) {
        if (session.serve(o.address, o.port, o.admin_port)) return 0;
        std::cerr << "已有一个进程在为这个目录服务 / another process serves this folder already\n";
        return 1;
    });

    auto* station = app.add_subcommand("station", "站点 / stations");
    station->require_subcommand(1);
    auto* add = station->add_subcommand(
        "add",
        "登记站点并签发证书；不给公钥就连钥匙一起做成安装包 / register a station and issue its certificate; without a "
        "key a "
        "whole bundle is made\n\n  hub station add M610404-03 --name 渭城维修三站 --out M610404-03\n"
        "  hub station add I610404-01 --csr request.pem\n"
        "  hub station add B610400-02 --name 维修档案数据桥 --writes-for 610404,M610481-01 --out B610400-02");
    add->add_option("id", o.station, "I610404-01")->required();
    add->add_option("--name", o.station_name, "名称 / name");
    add->add_option("--county", o.county, "县区代码，默认取自编号 / county, of the id by default");
    add->add_option("--valid-from", o.valid_from, "备案生效日 / filed from, YYYY-MM-DD");
    add->add_option(
           "--writes-for", o.writes_for,
           "数据桥可代写的站点或县区，可用逗号隔开 / stations or counties a bridge writes for, with commas between")
        ->delimiter(',');
    auto* csr = add->add_option("--csr", o.csr, "证书请求 (PKCS #10, PEM) / certificate request");
    add->add_option("--public-key", o.public_key, "公钥 (PEM) / public key")->excludes(csr);
    add->add_option("--out", o.out, "安装包目录 / folder of the bundle");
    add->add_option("--url", o.url, "站点访问的地址 / address the station uses")->default_val("https://127.0.0.1:8443");
    add->add_option("--days", o.days, "证书有效天数 / days the certificate holds")->capture_default_str();
    on(add, [&](Session& s) { return station_add(s, o); });
    auto* invite = station->add_subcommand(
        "invite",
        "做一个一次性加入码，在站点上运行 join 时用 / make a one-time code for the station's `join`\n\n"
        "  hub station invite I610404-01 --name 渭城一站 --url https://hub.example.cn:8443");
    invite->add_option("id", o.station, "I610404-01")->required();
    invite->add_option("--name", o.station_name, "名称 / name");
    invite->add_option("--county", o.county, "县区代码，默认取自编号 / county, of the id by default");
    invite->add_option("--valid-from", o.valid_from, "备案生效日 / filed from, YYYY-MM-DD");
    invite->add_option("--url", o.url, "站点访问的地址 / address the station uses")
        ->default_val("https://127.0.0.1:8443");
    invite->add_option("--hours", o.hours, "几小时内有效 / hours it may be used")
        ->capture_default_str()
        ->check(CLI::Range(1, 240));
    on(invite, [&](Session& s) { return station_invite(s, o); });
    auto* list = station->add_subcommand("list", "列出站点 / list stations");
    on(list, [](Session& s) { return show(s.ask("station_list", json::object())); });
    auto* describe = station->add_subcommand(
        "describe",
        "登记地址、电话、位置、类别；不给的不变 / address, phone, place and class of a station; what is not given "
        "stays\n\n"
        "  hub station describe M610404-03 --address 渭城区朝阳三路18号 --phone 029-00001803 --location 34.361,108.737 "
        "--class 二类");
    describe->add_option("id", o.station, "M610404-03")->required();
    describe->add_option("--name", o.station_name, "名称 / name");
    describe->add_option("--address", o.shop_address, "地址 / address");
    describe->add_option("--phone", o.phone, "电话 / phone");
    describe->add_option("--hours", o.hours_open, "营业时间 / opening hours");
    describe->add_option("--owner", o.owner,
                         "所有人名称或统一社会信用代码，不公开 / owner's name or credit code, not published");
    describe->add_option("--class", o.business_class, "一类、二类、三类 / business class");
    describe->add_option("--location", o.location, "纬度,经度，度 / latitude,longitude in degrees");
    on(describe, [&](Session& s) { return station_describe(s, o); });
    for (const auto& [name, status, words] :
         {std::tuple("suspend", "suspended",
                     "暂停站点：记录照收，维修不再计入 / suspend: records are taken, repairs don't count"),
          std::tuple("revoke", "revoked", "撤销站点及其钥匙 / revoke a station and its keys")}) {
        auto* change = station->add_subcommand(name, words);
        change->add_option("id", o.station, "I610404-01")->required();
        change->add_option("--reason", o.reason, "原因 / reason");
        on(change, [&o, status = std::string(status)](Session& s) {
            return show(s.ask("station_status", {{"id", o.station}, {"status", status}, {"reason", o.reason}}));
        });
    }

    auto* import_ = app.add_subcommand("import",
                                       "导入日志文件或整个导出目录 / import a journal or a whole exported folder\n\n"
                                       "  hub import export/");
    import_->add_option("path", o.path, "文件或目录 / file or folder")->required();
    on(import_, [&](Session& s) { return import(s, fs::absolute(o.path)); });

    auto* export_ = app.add_subcommand("export",
                                       "导出日志（原样的数据段与回执）和过程数据 / export journals and process data\n\n"
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
        return show(s.ask("export", body));
    });

    auto* reports = app.add_subcommand(
        "report",
        "报表：counties 县区，stations 站点，non-returns 未返回车辆，vehicle 一辆车的经过，review 待核对\n"
        "Reports: counties, stations, non-returns, vehicle, review\n\n"
        "  hub report counties --from 2026-01-01 --to 2026-12-31\n"
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
    auto* as_json = reports->add_flag("--json", o.as_json, "JSON");
    reports->add_flag("--csv", o.as_csv, "CSV")->excludes(as_json);
    on(reports, [&](Session& s) { return report(s, o); });

    add_suspects(app, on);
    add_hold(app, on);
    add_draw(app, on);

    on(app.add_subcommand("rebuild",
                          "由日志重算一切并与现状比较 / compute everything anew from the journals and compare"),
       [](Session& s) { return show(s.ask("rebuild", json::object())); });
    on(app.add_subcommand(
           "verify",
           "核对链、封签、回执和投影；有问题时退出码 4 / check chains, seals, receipts and the projection; "
           "exit code 4 where something does not hold"),
       [](Session& s) { return verify(s); });
    auto* backup = app.add_subcommand(
        "backup", "在线备份数据库 / back the database up while serving\n\n  hub backup hub-backup.sqlite");
    backup->add_option("path", o.path, "文件 / file")->required();
    on(backup, [&](Session& s) { return show(s.ask("backup", {{"path", fs::absolute(o.path).string()}})); });

    auto* doctor = app.add_subcommand(
        "doctor",
        "检查数据目录、钥匙、证书、磁盘、数据库、服务；0 都好，4 需看一看，1 有故障\n"
        "Check data folder, keys, certificates, disk, database and service; 0 all fine, 4 something to look at, 1 "
        "broken\n\n  hub doctor --data /var/lib/imloop-hub\n  hub doctor --json");
    doctor->add_flag("--json", o.as_json, "JSON");
    doctor->callback([&] {
        const auto findings = examine(o.data, unix_now());
        service::show(findings, o.as_json, std::cout);
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
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
    return code;
}

}  // namespace imloop::hub
