// A station's own figures against its peers'.
#include <boost/asio/post.hpp>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"

namespace imloop::hub::calls {
namespace {

/// Nothing where the day's figures are still to be made.
std::optional<Answer> figures(const Context& c) {
    const auto today = loop::day_of(c.now);
    const auto own = c.hub.peers.of(c.scope.source(), today);
    if (!own) return std::nullopt;
    return list_answer({{"as_of", loop::format_day(today)}, {"items", *own}}, c.request);
}

}  // namespace

void feedback(Context context, Done done) {
    if (auto at_hand = figures(context)) return done(std::move(*at_hand));
    auto& pool = context.hub.operators;
    boost::asio::post(pool, [c = std::move(context), done = std::move(done)] {
        answering(done, [&] {
            if (auto made_meanwhile = figures(c)) return done(std::move(*made_meanwhile));
            c.hub.peers.make(*c.hub.watch, loop::day_of(c.now));
            done(figures(c).value());
        });
    });
}

}  // namespace imloop::hub::calls
