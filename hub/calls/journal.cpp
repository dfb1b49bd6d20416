// A source's journal: its segments in, and how far the hub holds it.
#include "hub/arriving.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/received.hpp"
#include "journal/limits.hpp"

namespace imloop::hub::calls {

void upload(Context context, Done done) {
    received(std::move(context), journal::segment_bytes_max, std::move(done),
             [](Context& c, std::string bytes, Waiting waiting, const Done& tell) {
                 Answer refusal;
                 auto arrival = arrived(c.hub, c.caller, std::move(bytes), refusal);
                 if (!arrival) return tell(std::move(refusal));
                 arrival->waiting = std::move(waiting);
                 arrival->done = tell;
                 c.hub.offer(std::move(*arrival));
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
