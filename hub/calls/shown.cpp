#include "hub/calls/shown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hub/record_words.hpp"
#include "hub/report/render.hpp"
#include "journal/chain.hpp"
#include "loop/tables.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

Answer rendered(const Report& report, std::string_view form) {
    if (form == "json") return {200, "application/json", as_json(report), {}};
    if (form == "csv") return {200, "text/csv", as_csv(report), {}};
    return {200, "text/plain", as_table(report), {}};
}

ReceiptCheck receipt_check(Reader& reader) {
    return [&reader](const std::string& source, const std::string& of_epoch, std::uint64_t seq) {
        try {
            const auto stored = reader.store.segment_with(source, of_epoch, seq);
            if (!stored) return false;
            const auto segment = journal::parse_segment(stored->bytes).value();
            const auto receipt = reader.loop.receipt_that_holds(*stored);
            const auto seal_key = reader.loop.keys.of(source, segment.seal.kid);
            return receipt && seal_key && receipt->head == segment.seal.head &&
                   journal::check_seal(segment, seal_key->key).has_value();
        } catch (const Damaged&) {
            return false;
        }
    };
}

json decisions_about(const Watch::View& view, const std::string& flag_id) {
    json out = json::array();
    for (const auto& d : view.suspects.decisions(flag_id)) out.push_back(words_of(*view.reader, d.record_id));
    return out;
}

const loop::Policy& policy_today(Context& c) { return c.reader().loop.projection.policy(loop::day_of(c.now)); }

json policy_posted(Context& c) {
    const auto& projection = c.reader().loop.projection;
    const auto view = projection.stations().at(c.caller.source, c.now);
    const auto [repair_days, retest_days] = policy_today(c).deadlines(view ? view->county : "");
    json out{{"repair_days", repair_days}, {"retest_days", retest_days}};
    if (const auto since = projection.policies().words_on(loop::day_of(c.now)).since)
        out["valid_from"] = loop::format_day(*since);
    return out;
}

Answer no_such_flag() {
    return problem(404, {"flag_not_found", "没有这个标记，可能已随记录消失", "no such flag; it may have cleared"});
}

Answer no_such_case() { return problem(404, {"case_not_found", "没有这个案件", "no such case"}); }

bool is_unit(std::string_view code) { return loop::codes("codes/unit").contains(std::string(code)); }

Answer unit_unknown(const std::string& member) {
    const auto known = fmt::format("{}", fmt::join(loop::codes("codes/unit"), ", "));
    auto out = problem(422, {"unit_unknown", fmt::format("{} 应为 {} 之一", member, known),
                             fmt::format("{} is one of {}", member, known)});
    out.members = {{"pointer", "/" + member}};
    return out;
}

}  // namespace imloop::hub::calls
