// Process data of tests, by its digest.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "hub/arriving.hpp"
#include "hub/calls/calls.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "journal/encoding.hpp"

namespace imloop::hub::calls {

void put_trace(Context context, Done done) {
    auto waiting = context.hub.wait_with(context.request.body.size());
    if (!waiting) return done(busy());
    auto& pool = context.hub.admission;
    boost::asio::post(pool, [c = std::move(context), waiting = std::move(*waiting), done = std::move(done)]() mutable {
        answering(done, [&] {
            auto csv = journal::decode(c.request.content_encoding, c.request.body, trace_bytes_max);
            if (!csv) return done(refusal_of(csv.error()));
            if (!waiting.bytes.hold(csv->size())) return done(busy());
            const auto& sha256 = c.request.part("sha256");
            if (journal::to_hex(journal::sha256(*csv)) != sha256)
                return done(
                    problem(422, {"digest_mismatch", "内容与摘要不符", "the content does not match the digest"}));
            if (static_cast<std::size_t>(std::ranges::count(*csv, '\n')) > trace_rows_max + 1)
                return done(problem(413, {"too_large", "过程数据超过 3600 行", "over 3,600 rows"}));
            const auto held = std::make_shared<Waiting>(std::move(waiting));  // until it is answered
            c.hub.keep_trace(c.caller.source, sha256, c.hub.options.now(), std::move(*csv),
                             [held, done](Answer answer) { done(std::move(answer)); });
        });
    });
}

Answer get_trace(Context& c) {
    try {
        auto csv = c.reader().store.trace(c.request.part("sha256"));
        if (!csv) return problem(404, {"trace_not_found", "没有这份过程数据", "no such process data"});
        return {200, "text/csv", std::move(*csv), {}};
    } catch (const Damaged& e) {
        return problem(500, {"damaged", e.what()});
    }
}

}  // namespace imloop::hub::calls
