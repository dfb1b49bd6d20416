// A source's journal: its segments in, and how far the hub holds it.
#include <boost/asio/post.hpp>

#include "hub/arriving.hpp"
#include "hub/calls/calls.hpp"
#include "journal/encoding.hpp"
#include "journal/limits.hpp"

namespace imloop::hub::calls {

void upload(Context context, Done done) {
    auto waiting = context.hub.wait_with(context.request.body.size());
    if (!waiting) return done(busy());
    auto& pool = context.hub.admission;
    boost::asio::post(pool, [c = std::move(context), waiting = std::move(*waiting), done = std::move(done)]() mutable {
        answering(done, [&] {
            auto decoded = journal::decode(c.request.content_encoding, c.request.body, journal::segment_bytes_max);
            if (!decoded) return done(refusal_of(decoded.error()));
            if (!waiting.bytes.hold(decoded->size())) return done(busy());
            Answer refusal;
            auto arrival = arrived(c.hub, c.caller, std::move(*decoded), refusal);
            if (!arrival) return done(std::move(refusal));
            arrival->waiting = std::move(waiting);
            arrival->done = done;
            c.hub.offer(std::move(*arrival));
        });
    });
}

Answer standing(Context& c) {
    const auto epoch = c.request.query("epoch");
    auto& reader = c.reader();
    const auto& source = reader.scope.source();
    const auto* chain = reader.loop.chain(source, epoch);
    nlohmann::json out{{"source", source}, {"epoch", epoch}, {"last", chain ? chain->last : 0}};
    if (chain) out["head"] = journal::to_hex(chain->head);
    return json_answer(out);
}

}  // namespace imloop::hub::calls
