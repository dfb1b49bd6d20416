// How a call is run: on the threads of its route or by another hub, and what it throws is answered.
#include <boost/asio/post.hpp>
#include <future>

#include "engine/errors.hpp"
#include "hub/api/handed_over.hpp"
#include "hub/api/problems.hpp"
#include "hub/api/routes.hpp"
#include "loop/json.hpp"

namespace imloop::hub {
namespace {

/// Operators are told what it was.
Answer carried_out(Command command, Context& c) {
    if (c.hub.is_cut_off()) return store_lost();
    try {
        const auto read = loop::parse_bounded(c.request.body.empty() ? "{}" : c.request.body);
        const auto why = loop::json_problem(read.code, read.pointer);
        if (!read.code.empty()) return problem(400, {"malformed_request", why.zh, why.en});
        return command(c, read.json);
    } catch (const nlohmann::json::exception& e) {
        return problem(400, {"malformed_request", e.what()});
    } catch (const engine::ConnectionLost&) {
        return store_lost();
    } catch (const Damaged& e) {
        return failed(e);
    } catch (const std::exception& e) {
        return problem(500, {"failed", e.what()});
    }
}

}  // namespace

void answer(const Route& route, Context context, Done done) {
    if (route.by == By::sequencer && context.hub.is_front())
        return answering(done, [&] { context.hub.hand_over(asked_of(route, context), done); });
    auto& hub = context.hub;
    done = hub.telling_damage(std::move(done));
    if (const auto* begin = std::get_if<Begin>(&route.call))
        return answering(done, [&] { (*begin)(std::move(context), done); });
    auto work = [&route, context = std::move(context), done = std::move(done)]() mutable {
        answering(done, [&] {
            const auto* command = std::get_if<Command>(&route.call);
            auto given = command ? carried_out(*command, context) : std::get<Look>(route.call)(context);
            context.release();
            done(std::move(given));
        });
    };
    switch (route.on) {
        case On::listener:
            return work();
        case On::reads:
            boost::asio::post(hub.reads, std::move(work));
            return;
        case On::admission:
            boost::asio::post(hub.admission, std::move(work));
            return;
        case On::operators:
            boost::asio::post(hub.operators, std::move(work));
            return;
    }
}

Answer answer_of(Hub& hub, std::string_view command, std::string body) {
    Request request;
    request.method = "POST";
    request.target = "/admin/" + std::string(command);
    request.body = std::move(body);
    auto routed = route_at(Listener::operators, request);
    if (routed.route == nullptr) return as_sent(std::move(routed.refusal));
    std::promise<Answer> answered;
    answer(*routed.route, Context(hub, Scope::operator_(), std::move(request)),
           [&](Answer given) { answered.set_value(std::move(given)); });
    return as_sent(answered.get_future().get());
}

}  // namespace imloop::hub
