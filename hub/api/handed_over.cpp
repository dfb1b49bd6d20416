#include "hub/api/handed_over.hpp"

#include "journal/json.hpp"

namespace imloop::hub {

using nlohmann::json;

Asked asked_of(const Route& route, const Context& c) {
    const auto& r = c.request;
    const json words{{"listener", route.listener},
                     {"method", r.method},
                     {"target", r.target},
                     {"if_none_match", r.if_none_match},
                     {"peer_address", r.peer_address},
                     {"source", c.caller.source},
                     {"kid", c.caller.kid}};
    return {route.method == "GET" ? Asked::look : Asked::call, dumped(words), r.body};
}

void answer_handed_over(Hub& hub, const Asked& asked, Done done) {
    const auto words = journal::parsed(asked.words);
    Request request;
    request.method = words.at("method");
    request.target = words.at("target");
    request.if_none_match = words.at("if_none_match");
    request.peer_address = words.at("peer_address");
    request.body = asked.bytes;
    Caller caller{words.at("source"), words.at("kid")};
    const auto routed = route_at(words.at("listener").get<Listener>(), request);
    if (routed.route == nullptr) return done(routed.refusal);
    if (routed.route->asker.is == Asker::Is::source)
        if (auto refusal = hub.barred(caller)) return done(std::move(*refusal));
    auto scope = routed.route->listener == Listener::stations ? Scope::of_source(caller.source) : Scope::operator_();
    answer(*routed.route, {hub, std::move(scope), std::move(request), std::move(caller)}, std::move(done));
}

}  // namespace imloop::hub
