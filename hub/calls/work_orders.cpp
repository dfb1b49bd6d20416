// Failed vehicles as shops and inspection stations see them, and what changed since they last asked.
#include <fmt/format.h>

#include <charconv>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/record_words.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

/// `BOOT.NUMBER`: numbers count from the start of the hub, so a cursor of an earlier start begins anew.
std::uint64_t number_in(const std::string& cursor, const std::string& boot) {
    std::uint64_t number = 0;
    if (!cursor.starts_with(boot + ".")) return 0;
    const auto digits = std::string_view(cursor).substr(boot.size() + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::string_view name_of(Worklist::List list) {
    constexpr std::string_view names[] = {"here", "chosen", "county", "own", "elsewhere"};
    return names[static_cast<int>(list)];
}

/// One failed vehicle as a shop sees it: the latest failure's words, what was repaired, how it stands today.
json work_order(Reader& reader, const Worklist::Shown& shown, loop::Moment now) {
    const auto& projection = reader.loop.projection;
    const auto& item = shown.item;
    json out{{"episode", item.episode_id}, {"changed", item.changed}, {"list", name_of(shown.list)}};
    const auto episode = item.withdrawn ? std::nullopt : projection.episode(item.episode_id, loop::day_of(now));
    if (!episode || shown.list == Worklist::List::elsewhere) {
        out["state"] = episode ? "elsewhere" : "withdrawn";
        return out;
    }
    out["state"] = episode->ended_by ? "closed" : "open";
    out["outcome"] = loop::name_of(episode->outcome);
    if (episode->ended_at) out["ended_at"] = loop::format_moment(*episode->ended_at);
    if (episode->due) out["due"] = loop::format_day(*episode->due);
    out["failures"] = episode->failures.size();
    out["repaired"] = episode->latest_counting_day.has_value();
    out["fail_record_id"] = episode->failures.back();
    const json failure = words_of(reader, episode->failures.back());
    out["failed_at"] = failure.value("occurred_at", "");
    out.update(copied(failure, {"report_no", "acceptance_no", "station_id", "method", "reason", "failed_items",
                                "readings", "vehicle"}));
    if (const auto view = projection.stations().at(episode->station_id, now)) out["station_name"] = view->name;
    if (failure.contains("obd")) out["obd"] = copied(failure["obd"], {"dtcs", "mil_on", "communicates", "mileage_km"});
    json repairs = json::array();
    for (const auto& repair_id : episode->repairs) {
        const auto repair = projection.fact(repair_id);
        if (!repair) continue;
        repairs.push_back(
            {{"record_id", repair_id},
             {"station_id", repair->station_id},
             {"settled_at", loop::format_moment(repair->occurred_at)},
             {"counts", std::ranges::find(episode->counting_repairs, repair_id) != episode->counting_repairs.end()}});
    }
    out["repairs"] = std::move(repairs);
    return out;
}

}  // namespace

Answer work_orders(Context& c) {
    const auto limit = list_limit(c.request);
    if (!limit) return limit_out_of_range();
    auto& reader = c.reader();
    const auto& source = reader.scope.source();
    const auto view = reader.loop.projection.stations().at(source, c.now);
    const auto boot = c.hub.boot_now();
    const auto after = number_in(c.request.query("cursor"), boot);
    json items = json::array();
    const auto& list = reader.loop.worklist;
    const auto shown = list.of(source[0], source, view ? view->county : "", after, *limit);
    for (const auto& one : shown) items.push_back(work_order(reader, one, c.now));
    const bool more = shown.size() == *limit;
    const auto next = more ? shown.back().item.changed : list.version();
    return list_answer({{"items", std::move(items)},
                        {"repair_required_members", policy_today(c).repair_required_members},
                        {"policy", policy_posted(c)},
                        {"next", fmt::format("{}.{}", boot, next)},
                        {"more", more},
                        {"whole", after == 0}},
                       c.request);
}

}  // namespace imloop::hub::calls
