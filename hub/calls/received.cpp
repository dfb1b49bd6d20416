#include "hub/calls/received.hpp"

#include <boost/asio/post.hpp>

#include "hub/arriving.hpp"
#include "journal/encoding.hpp"

namespace imloop::hub::calls {

void received(Context context, std::size_t bytes_max, Done done, TakeBytes take) {
    auto waiting = context.hub.wait_with(context.request.body.size());
    if (!waiting) return done(busy());
    auto& pool = context.hub.admission;
    boost::asio::post(pool, [c = std::move(context), bytes_max, waiting = std::move(*waiting), done = std::move(done),
                             take = std::move(take)]() mutable {
        answering(done, [&] {
            auto decoded = journal::decode(c.request.content_encoding, c.request.body, bytes_max);
            if (!decoded) return done(refusal_of(decoded.error()));
            if (!waiting.bytes.hold(decoded->size())) return done(busy());
            take(c, std::move(*decoded), std::move(waiting), done);
        });
    });
}

}  // namespace imloop::hub::calls
