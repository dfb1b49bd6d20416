#include "hub/admin/station_commands.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "engine/errors.hpp"
#include "hub/admin/ask.hpp"
#include "hub/ca.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "journal/key.hpp"
#include "schemas/station_toml.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using engine::StoreError;
using nlohmann::json;
namespace fs = std::filesystem;

struct StationOptions {
    std::string station, station_name, county, valid_from, csr, public_key, url, reason;
    std::string address, phone, opening_hours, business_class, location, owner;
    std::vector<std::string> writes_for;
    fs::path out;
    int days = station_certificate_days, hours = join_code_hours;
};

void put_registration(json& body, const StationOptions& o) {
    put_given(body, "name", o.station_name);
    put_given(body, "county", o.county);
    put_given(body, "valid_from", o.valid_from);
}

int station_add(Session& session, const StationOptions& o) {
    json body{{"id", o.station}, {"days", o.days}};
    put_registration(body, o);
    if (!o.writes_for.empty()) body["writes_for"] = o.writes_for;
    std::optional<journal::PrivateKey> made;
    if (!o.csr.empty()) {
        body["spki"] = journal::base64(spki_of_request(service::read_file(o.csr)));
    } else if (!o.public_key.empty()) {
        const auto key = journal::PublicKey::from_pem(service::read_file(o.public_key));
        if (!key) throw StoreError("不是公钥 / no public key: " + o.public_key);
        body["spki"] = journal::base64(key->spki());
    } else {
        made = journal::PrivateKey::generate(journal::Algorithm::es256);
        body["spki"] = journal::base64(made->public_key().spki());
    }
    const auto answer = session.ask("station_add", body);
    if (answer.status != 200) return fail(answer);
    const auto added = journal::parsed(answer.body);
    if (made || !o.out.empty()) {
        const fs::path folder = o.out.empty() ? fs::path(o.station) : o.out;
        fs::create_directories(folder);
        if (made) service::replace_file(folder / "station.key.pem", made->pem());
        service::replace_file(folder / "station.cert.pem", added.at("certificate").get<std::string>(),
                              service::everyone_reads);
        service::replace_file(folder / "ca.pem", added.at("ca").get<std::string>(), service::everyone_reads);
        service::replace_file(folder / "hub.pub.pem", added.at("hub_key").get<std::string>(), service::everyone_reads);
        service::replace_file(
            folder / "station.toml",
            schemas::station_toml(o.station, o.station_name.empty() ? o.station : o.station_name, o.url));
        fmt::print("{0} 已登记，安装包在 {1}\n{0} registered, its bundle is in {1}\n", o.station, folder.string());
    } else {
        std::cout << added.at("certificate").get<std::string>();
    }
    return 0;
}

int station_describe(Session& session, const StationOptions& o) {
    json body{{"id", o.station}};
    put_given(body, "name", o.station_name);
    put_given(body, "address", o.address);
    put_given(body, "phone", o.phone);
    put_given(body, "opening_hours", o.opening_hours);
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

int station_invite(Session& session, const StationOptions& o) {
    const auto rest = o.url.substr(o.url.find("//") == std::string::npos ? 0 : o.url.find("//") + 2);
    const auto colon = rest.rfind(':');
    json body{{"id", o.station},
              {"hours", o.hours},
              {"host", rest.substr(0, colon)},
              {"port", colon == std::string::npos ? "8443" : rest.substr(colon + 1)}};
    put_registration(body, o);
    const auto answer = session.ask("station_invite", body);
    if (answer.status != 200) return fail(answer);
    const auto made = journal::parsed(answer.body);
    const std::string code = made.at("code"), until = made.at("expires_at");
    fmt::print(
        "{0}\n\n在站点上运行 join 加上这个加入码；只能用一次，{1} 前有效。\n"
        "Run `join` with this code at the station; it works once, until {1}.\n",
        code, until);
    return 0;
}

}  // namespace

void add_station_commands(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<StationOptions>();
    auto* station = app.add_subcommand("station", "站点 / stations");
    station->require_subcommand(1);
    const auto registration_options = [&](CLI::App* to) {
        to->add_option("id", o->station, "I610404-01")->required();
        to->add_option("--name", o->station_name, "名称 / name");
        to->add_option("--county", o->county, "县区代码，默认取自编号 / county, of the id by default");
        to->add_option("--valid-from", o->valid_from, "备案生效日 / filed from, YYYY-MM-DD");
    };
    const auto url_option = [&](CLI::App* to) {
        to->add_option("--url", o->url, "站点访问的地址 / address the station uses")
            ->default_val("https://127.0.0.1:8443");
    };
    auto* add = station->add_subcommand(
        "add",
        "登记站点并签发证书；不给公钥就连钥匙一起做成安装包 / register a station and issue its certificate; without a "
        "key a "
        "whole bundle is made\n\n  hub station add M610404-03 --name 渭城维修三站 --out M610404-03\n"
        "  hub station add I610404-01 --csr request.pem\n"
        "  hub station add B610400-02 --name 维修档案数据桥 --writes-for 610404,M610481-01 --out B610400-02");
    registration_options(add);
    add->add_option(
           "--writes-for", o->writes_for,
           "数据桥可代写的站点或县区，可用逗号隔开 / stations or counties a bridge writes for, with commas between")
        ->delimiter(',');
    auto* csr = add->add_option("--csr", o->csr, "证书请求 (PKCS #10, PEM) / certificate request");
    add->add_option("--public-key", o->public_key, "公钥 (PEM) / public key")->excludes(csr);
    add->add_option("--out", o->out, "安装包目录 / folder of the bundle");
    url_option(add);
    add->add_option("--days", o->days, "证书有效天数 / days the certificate holds")->capture_default_str();
    on(add, [o](Session& s) { return station_add(s, *o); });
    auto* invite = station->add_subcommand(
        "invite",
        "做一个一次性加入码，在站点上运行 join 时用 / make a one-time code for the station's `join`\n\n"
        "  hub station invite I610404-01 --name 渭城一站 --url https://hub.example.cn:8443");
    registration_options(invite);
    url_option(invite);
    invite->add_option("--hours", o->hours, "几小时内有效 / hours it may be used")
        ->capture_default_str()
        ->check(CLI::Range(1, 240));
    on(invite, [o](Session& s) { return station_invite(s, *o); });
    auto* list = station->add_subcommand("list", "列出站点 / list stations");
    on(list, [](Session& s) { return show(s.ask("station_list", json::object())); });
    auto* describe = station->add_subcommand(
        "describe",
        "登记地址、电话、位置、类别；不给的不变 / address, phone, place and class of a station; what is not given "
        "stays\n\n"
        "  hub station describe M610404-03 --address 渭城区朝阳三路18号 --phone 029-00001803 --location 34.361,108.737 "
        "--class 二类");
    describe->add_option("id", o->station, "M610404-03")->required();
    describe->add_option("--name", o->station_name, "名称 / name");
    describe->add_option("--address", o->address, "地址 / address");
    describe->add_option("--phone", o->phone, "电话 / phone");
    describe->add_option("--hours", o->opening_hours, "营业时间 / opening hours");
    describe->add_option("--owner", o->owner,
                         "所有人名称或统一社会信用代码，不公开 / owner's name or credit code, not published");
    describe->add_option("--class", o->business_class, "一类、二类、三类 / business class");
    describe->add_option("--location", o->location, "纬度,经度，度 / latitude,longitude in degrees");
    on(describe, [o](Session& s) { return station_describe(s, *o); });
    for (const auto& [name, status, words] :
         {std::tuple("suspend", "suspended",
                     "暂停站点：记录照收，维修不再计入 / suspend: records are taken, repairs don't count"),
          std::tuple("revoke", "revoked", "撤销站点及其钥匙 / revoke a station and its keys")}) {
        auto* change = station->add_subcommand(name, words);
        change->add_option("id", o->station, "I610404-01")->required();
        change->add_option("--reason", o->reason, "原因 / reason");
        on(change, [o, status = std::string(status)](Session& s) {
            return show(s.ask("station_status", {{"id", o->station}, {"status", status}, {"reason", o->reason}}));
        });
    }
}

}  // namespace imloop::hub
