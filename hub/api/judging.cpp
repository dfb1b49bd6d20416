#include "hub/api/judging.hpp"

#include "hub/ids.hpp"
#include "service/secret.hpp"

namespace imloop::hub {
namespace {

Answer certificate_problem(const std::string& code) {
    if (code == "certificate_expired")
        return problem(401, {code, "客户端证书已过期或尚未生效，请检查电脑时钟，必要时重新申请",
                             "the client certificate is outside its time: check the clock, or renew it"});
    if (code == "certificate_missing") return problem(401, {code, "没有客户端证书", "no client certificate"});
    return problem(401,
                   {code, "客户端证书不是本监管中心签发的", "the client certificate is not of this hub's authority"});
}

}  // namespace

Routed judge_station(Hub& hub, const Peer& peer, bool has_place, Request& head) {
    auto routed = route_at(Listener::stations, head);
    if (routed.route != nullptr && routed.route->asker.is == Asker::Is::anyone) return routed;
    if (const auto error = peer.error_at(unix_now()); !error.empty())
        return {nullptr, certificate_problem(std::string(error))};
    if (auto refusal = hub.barred(peer.caller)) return {nullptr, std::move(*refusal)};
    if (!has_place) return {nullptr, busy()};
    if (routed.route != nullptr)
        if (auto refusal = not_for(*routed.route, peer.caller)) return {nullptr, std::move(*refusal)};
    return routed;
}

OperatorsDoor::OperatorsDoor(unsigned short port, std::string token)
    : port_(std::to_string(port)), token_(std::move(token)) {}

Routed OperatorsDoor::judge(const std::string& address, Request& head) {
    if (head.host != "127.0.0.1:" + port_ && head.host != "localhost:" + port_)
        return {nullptr,
                problem(421, {"wrong_host", "只接受本机地址", "only addresses of this computer are answered"})};
    if (!head.origin.empty() && head.origin != "http://" + head.host)
        return {nullptr, problem(403, {"wrong_origin", "请求来自别的网页", "the request comes from another page"})};
    auto routed = route_at(Listener::operators, head);
    if (routed.route == nullptr || routed.route->asker.is == Asker::Is::anyone ||
        service::is_same_secret(head.admin_token, token_))
        return routed;
    if (!guesses_.note(address, unix_now())) return {nullptr, too_many_guesses()};
    return {nullptr, problem(403, {"forbidden", "口令不对", "wrong token"})};
}

}  // namespace imloop::hub
