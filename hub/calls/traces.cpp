// Process data of tests, by its digest.
#include <algorithm>

#include "hub/calls/calls.hpp"
#include "hub/calls/received.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"

namespace imloop::hub::calls {

void put_trace(Context context, Done done) {
    received(std::move(context), trace_bytes_max, std::move(done),
             [](Context& c, std::string csv, Waiting waiting, const Done& tell) {
                 const auto& sha256 = c.request.part("sha256");
                 if (journal::to_hex(journal::sha256(csv)) != sha256)
                     return tell(
                         problem(422, {"digest_mismatch", "内容与摘要不符", "the content does not match the digest"}));
                 if (static_cast<std::size_t>(std::ranges::count(csv, '\n')) > trace_rows_max + 1)
                     return tell(problem(413, {"too_large", "过程数据超过 3600 行", "over 3,600 rows"}));
                 const auto held = std::make_shared<Waiting>(std::move(waiting));  // until it is answered
                 c.hub.keep_trace(c.caller.source, sha256, c.hub.options.now(), std::move(csv),
                                  [held, tell](Answer given) { tell(std::move(given)); });
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
