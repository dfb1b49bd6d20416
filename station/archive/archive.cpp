#include "station/archive/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "loop/vehicle/text.hpp"
#include "service/secret.hpp"
#include "station/intake/shop/values.hpp"
#include "station/page/server.hpp"

namespace imloop::station::archive {
namespace {

enum class Service { token, repair, account };
struct Route {
    Service service;
    Dialect dialect;
    const char* member = "";  ///< of the query or form that holds the message; empty: the body does
};

/// Whatever stands before: the base of the address is the software's to set.
std::optional<Route> route_of(const std::string& path) {
    const auto p = loop::lower(path);
    const auto ends = [&](const char* tail) { return p.ends_with(tail); };
    if (ends("/restservices/lcipprodatarest/lcipprogetaccesstoken/query")) return Route{Service::token, Dialect::lcip};
    if (ends("/restservices/lcipprodatarest/lcipprocarfixrecordadd/query"))
        return Route{Service::repair, Dialect::lcip};
    if (ends("/restservices/lcipprodatarest/lcipproaccountcompany/query"))
        return Route{Service::account, Dialect::lcip};
    if (ends("/api/getaccesstoken.ashx")) return Route{Service::token, Dialect::foshan, "companydata"};
    if (ends("/api/uprepairinfo.ashx")) return Route{Service::repair, Dialect::foshan, "repairdata"};
    if (ends("/carhealth/token")) return Route{Service::token, Dialect::chengdu};
    if (ends("/carhealth/record")) return Route{Service::repair, Dialect::chengdu};
    if (ends("/carhealth/register")) return Route{Service::account, Dialect::chengdu};
    return std::nullopt;
}

/// Of Foshan's the decoded parameter, wherever it stands.
std::string message_in(const Call& call, const Route& route) {
    if (*route.member == '\0') return call.body;
    const auto in = [&](std::string_view form) -> std::string {
        for (const auto& [name, value] : page::parse_form(form))
            if (loop::lower(name) == route.member) return value;
        return {};
    };
    const auto mark = call.target.find('?');
    if (mark != std::string::npos)
        if (auto text = in(std::string_view(call.target).substr(mark + 1)); !text.empty()) return text;
    if (auto text = in(call.body); !text.empty()) return text;
    return call.body;
}

/// Passwords and codes are taken as they are: 0 is one too.
std::string raw(const Message& message, const char* name) {
    const auto it = message.members.find(name);
    return it == message.members.end() ? std::string() : intake::tidy(it->second);
}

}  // namespace

Archive::Archive(Outbox& outbox, std::string source, std::vector<ArchiveShop> shops, Shell shell)
    : outbox_(outbox),
      source_(std::move(source)),
      shops_(std::move(shops)),
      shell_(std::move(shell)),
      orders_(outbox_, source_) {}

Reply Archive::answer(const Call& call) {
    const auto path = call.target.substr(0, call.target.find('?'));
    const auto route = route_of(path);
    if (!route) return {404, "text/plain;charset=UTF-8", "没有这个地址 / no such address\n"};
    const bool by_query = *route->member != '\0' && call.method == "GET";
    if (call.method != "POST" && !by_query) return {405, "text/plain;charset=UTF-8", "请用 POST / use POST\n"};
    Said said;
    if (const auto message = read_message(message_in(call, *route), declared_in(call.content_type)); !message) {
        said.status = message.error().detail();
    } else {
        try {
            said = route->service == Service::token    ? token(*message, call.address)
                   : route->service == Service::repair ? repair(*message)
                                                       : account(*message, call.address);
        } catch (const std::exception& e) {
            shell_.say(e.what());
            said = {false, "没有保存，请稍后再传 / not saved, send it again later", {}};
        }
    }
    return {200, route->dialect == Dialect::chengdu ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8",
            answer_text(route->dialect, said.taken, said.status, said.more), said.retry_after};
}

/// Where there have been too many wrong passwords; nothing is compared then.
std::optional<Archive::Said> Archive::too_many(const std::string& company_code, const std::string& address) const {
    const int seconds = guesses_.wait_seconds(company_code, address, shell_.now());
    if (seconds == 0) return std::nullopt;
    return Said{false,
                fmt::format("密码错得太多，请 {0} 秒后再试 / too many wrong passwords, try again in {0} s", seconds),
                {},
                seconds};
}

Archive::Said Archive::token(const Message& message, const std::string& address) {
    const auto code = raw(message, "companycode"), password = raw(message, "companypassword");
    const bool is_known = std::ranges::find(shops_, code, &ArchiveShop::company_code) != shops_.end();
    if (auto waits = too_many(code, address)) return std::move(*waits);
    for (const auto& shop : shops_)
        if (shop.company_code == code && service::is_same_secret(shop.company_password, password))
            return {true, "获取成功 / granted", {{"access_token", tokens_.issue(code, shell_.now())}}};
    if (is_known) guesses_.wrong(code, address, shell_.now());
    return {false, "companycode 或 companypassword 不对 / wrong companycode or companypassword", {}};
}

Archive::Said Archive::account(const Message& message, const std::string& address) {
    if (auto waits = too_many("", address)) return std::move(*waits);
    const auto password = raw(message, "companypassword");
    const auto name = loop::normal_text(message.value("companyname"));
    for (const auto& shop : shops_)
        if (service::is_same_secret(shop.company_password, password) &&
            (shops_.size() == 1 || loop::normal_text(shop.company_name) == name))
            return {true, "新增成功 / registered", {{"companycode", shop.company_code}}};
    guesses_.wrong("", address, shell_.now());
    return {
        false,
        "没有登记这家企业，或密码不对；请在本程序的配置 [archive] 中登记 / no such company or a wrong password: it is "
        "registered in [archive] of this program's configuration",
        {}};
}

const ArchiveShop* Archive::shop_of(const std::string& company_code, const Message& message) const {
    const ArchiveShop* only = nullptr;
    std::size_t count = 0;
    const auto name = loop::normal_text(message.value("companyname"));
    for (const auto& shop : shops_) {
        if (shop.company_code != company_code) continue;
        if (!name.empty() && loop::normal_text(shop.company_name) == name) return &shop;
        only = &shop;
        ++count;
    }
    return count == 1 ? only : nullptr;
}

Archive::Said Archive::repair(const Message& message) {
    const auto now = shell_.now();
    const auto company = tokens_.company_of(raw(message, "access_token"), now);
    if (!company)
        return {
            false, "access_token 无效或已过期，请重新获取 / the access_token is unknown or over, get a new one", {}};
    const auto* shop = shop_of(*company, message);
    if (shop == nullptr)
        return {false,
                "companyname 不是这个 companycode 名下的企业 / companyname is none of this companycode's shops",
                {},
                0};
    const auto reading = read_repair(message, *shop, source_, now);
    if (!reading.refusal.empty()) return {false, reading.refusal, {}};
    const auto taken = orders_.take(reading, shop->station_id, now);
    if (taken.appended) shell_.appended();
    return {taken.taken, taken.status, {}};
}

}  // namespace imloop::station::archive
