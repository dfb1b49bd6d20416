// Which request is which call of the hub, and who may ask it: one table for all listeners. Knows no sockets.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <variant>

#include "hub/answers.hpp"
#include "hub/api/context.hpp"

namespace imloop::hub {

enum class Listener : std::uint8_t { stations, operators, console };

/// Whom a route answers.
struct Asker {
    /// `source` is whoever shows a certificate that holds, `administrator` whoever shows the token.
    enum class Is : std::uint8_t { anyone, source, administrator };
    Is is;
    std::string_view kinds = {};        ///< of sources, by the first letter of their ids; empty: any
    std::string_view zh = {}, en = {};  ///< what others are told
};

/// Looks something up.
using Look = Answer (*)(Context&);
/// Carries a command out; `in` is the body.
using Command = Answer (*)(Context&, const nlohmann::json& in);
/// Begins what is answered later, and doesn't wait.
using Begin = void (*)(Context, Done);

/// The threads it runs on: the listener's own, for what never waits, or some of the hub's.
enum class On : std::uint8_t { listener, reads, admission, operators };

/// By which of several hubs it is answered: the one that was asked, or the one that writes, to which others hand it
/// over. All that ends in a line or a row, or asks the watch, is the writer's.
enum class By : std::uint8_t { any, sequencer };

struct Route {
    Listener listener;
    std::string_view method;
    std::string_view path;  ///< as openapi.yaml writes it; parts in braces stand for any
    Asker asker;
    std::size_t body_max;
    On on;
    std::variant<Look, Command, Begin> call;
    By by = By::any;
};

/// All calls of all listeners.
std::span<const Route> routes();

/// Which of these it is, the request's target then read; else 400 bad_request (a target that is no text), 404
/// not_found, 405 method_not_allowed.
struct Routed {
    const Route* route = nullptr;
    Answer refusal;
};
Routed route_at(Listener, Request&);
/// 403 kind_not_allowed, where the route is not for sources like this one.
std::optional<Answer> not_for(const Route&, const Caller&);

/// Calls it, on the threads of its route, or hands it over. What it throws is answered.
void answer(const Route&, Context, Done);
/// A command of the command line, by whoever has the data folder; waits for its answer, which is as it would be sent.
Answer answer_of(Hub&, std::string_view command, std::string body);

}  // namespace imloop::hub
