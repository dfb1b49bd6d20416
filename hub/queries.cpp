// What stations and bridges ask again and again: work orders, what became of their records, and the feed.
#include <fmt/format.h>

#include <charconv>

#include "hub/hub_impl.hpp"
#include "hub/limits.hpp"
#include "hub/query.hpp"

namespace imloop::hub {
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

json copied(const json& from, std::initializer_list<const char*> names) {
    json out = json::object();
    for (const auto* name : names)
        if (from.contains(name)) out[name] = from[name];
    return out;
}

std::string_view name_of(Worklist::List list) {
    constexpr std::string_view names[] = {"here", "chosen", "county", "own", "elsewhere"};
    return names[static_cast<int>(list)];
}

}  // namespace

Answer Hub::standing(const Caller& caller, std::string_view query) const {
    const auto epoch = query_value(query, "epoch");
    const std::shared_lock guard(impl_->lock);
    const auto* chain = impl_->state.chain(caller.source, epoch);
    json out{{"source", caller.source}, {"epoch", epoch}, {"last", chain ? chain->last : 0}};
    if (chain) out["head"] = journal::to_hex(chain->head);
    return json_answer(out);
}

json Hub::Impl::words_of(const std::string& record_id) {
    const auto at = state.projection.words_line(record_id);
    if (!at) return {};
    try {
        const auto stored = store.segment_with(at->line.source, at->line.epoch, at->line.seq);
        if (!stored) return {};
        const auto segment = journal::parse_segment(stored->bytes).value();
        auto record = json::parse(segment.lines.at(at->line.seq - segment.header.first));
        return at->is_replacement ? record.value("replacement", json()) : record;
    } catch (const Damaged&) {
        return json::object();
    }
}

json Hub::Impl::posted_policy() const {
    json out{{"repair_days", policy.repair_days}, {"retest_days", policy.retest_days}};
    if (!policy_valid_from.empty()) out["valid_from"] = policy_valid_from;
    return out;
}

/// One failed vehicle as a shop sees it: the latest failure's words, what was repaired, how it stands today.
json Hub::Impl::work_order(const Worklist::Shown& shown, loop::Day today) {
    const auto& item = shown.item;
    json out{{"episode", item.episode_id}, {"changed", item.changed}, {"list", name_of(shown.list)}};
    const auto episode = item.withdrawn ? std::nullopt : state.projection.episode(item.episode_id, today);
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
    const json failure = words_of(episode->failures.back());
    out["failed_at"] = failure.value("occurred_at", "");
    out.update(copied(failure, {"report_no", "acceptance_no", "station_id", "method", "reason", "failed_items",
                                "readings", "vehicle"}));
    if (const auto view = state.projection.stations().at(episode->station_id, options.now()))
        out["station_name"] = view->name;
    if (failure.contains("obd")) out["obd"] = copied(failure["obd"], {"dtcs", "mil_on", "communicates", "mileage_km"});
    json repairs = json::array();
    for (const auto& repair_id : episode->repairs) {
        const auto repair = state.projection.fact(repair_id);
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

Answer Hub::work_orders(const Caller& caller, std::string_view query, std::string_view if_none_match) const {
    const char kind = caller.source.empty() ? '?' : caller.source[0];
    if (kind != 'M' && kind != 'I')
        return problem(403, "kind_not_allowed", "只有检验站和维修站可以查 / for I and M stations only");
    const auto limit = list_limit(query);
    if (!limit) return limit_out_of_range();
    const auto now = impl_->options.now();
    const std::unique_lock guard(impl_->lock);  // the store's statements are the writer's too
    const auto view = impl_->state.projection.stations().at(caller.source, now);
    const auto after = number_in(query_value(query, "cursor"), impl_->boot);
    json items = json::array();
    const auto& list = impl_->state.worklist;
    const auto shown = list.of(kind, caller.source, view ? view->county : "", after, *limit);
    for (const auto& one : shown) items.push_back(impl_->work_order(one, loop::day_of(now)));
    const bool more = shown.size() == *limit;
    const auto next = more ? shown.back().item.changed : list.version();
    return list_answer({{"items", std::move(items)},
                        {"repair_required_members", impl_->policy.repair_required_members},
                        {"policy", impl_->posted_policy()},
                        {"next", fmt::format("{}.{}", impl_->boot, next)},
                        {"more", more},
                        {"whole", after == 0}},
                       if_none_match);
}

Answer Hub::outcomes(const Caller& caller, std::string_view query, std::string_view if_none_match) const {
    const auto limit = list_limit(query);
    if (!limit) return limit_out_of_range();
    const std::unique_lock guard(impl_->lock);
    auto after = impl_->place_in(query_value(query, "after"));
    const auto& projection = impl_->state.projection;
    json items = json::array();
    bool more = false;
    for (const auto& stored : impl_->store.segments_of(caller.source, after, segments_a_page_max)) {
        const auto receipt = journal::parse_receipt(stored.damaged ? "" : stored.receipt);
        after = stored.position;
        if (!receipt) continue;
        for (const auto& o : receipt->outcomes) {
            json item{{"epoch", receipt->epoch}, {"seq", o.seq}};
            if (o.record_id) item["record_id"] = *o.record_id;
            if (o.status == journal::Status::rejected) {
                item["status"] = "rejected";
                for (const auto& p : o.problems)
                    item["problems"].push_back({{"pointer", p.pointer}, {"code", p.code}, {"detail", p.detail}});
            } else if (const auto code = projection.without_effect(o.record_id.value_or(""))) {
                item["status"] = "without_effect";
                item["code"] = *code;
            } else if (const auto by = projection.corrected_by(o.record_id.value_or(""))) {
                item["status"] = "corrected";
                item["corrected_by"] = *by;
            } else {
                continue;
            }
            items.push_back(std::move(item));
        }
        if (items.size() >= *limit) {
            more = true;
            break;
        }
    }
    return list_answer({{"items", std::move(items)}, {"next", impl_->place_named(after)}, {"more", more}},
                       if_none_match);
}

/// Records of the bridge's scope in the order of their arrival, each with the state of its vehicle's episode today.
Answer Hub::feed(const Caller& caller, std::string_view query) const {
    if (!caller.source.starts_with('B')) return problem(403, "kind_not_allowed", "只有数据桥可以查 / for bridges only");
    const auto limit = list_limit(query);
    if (!limit) return limit_out_of_range();
    const auto now = impl_->options.now();
    const std::unique_lock guard(impl_->lock);
    auto after = impl_->place_in(query_value(query, "after"));
    const auto& projection = impl_->state.projection;
    std::string lines;
    std::size_t count = 0;
    for (const auto& stored : impl_->store.segments_after(after, segments_a_page_max)) {
        if (count >= *limit) break;
        after = stored.position;
        if (stored.damaged) continue;
        const auto segment = journal::parse_segment(stored.bytes).value();
        const auto receipt = journal::parse_receipt(stored.receipt).value();
        for (std::size_t i = 0; i < segment.lines.size(); ++i) {
            const auto& outcome = receipt.outcomes.at(i);
            if (outcome.status == journal::Status::rejected || !outcome.record_id) continue;
            auto record = json::parse(segment.lines[i]);
            const std::string station = record.value("station_id", "");
            if (!projection.may_write_for(caller.source, station, now)) continue;
            json item{{"position", stored.position},
                      {"source", receipt.source},
                      {"status", outcome.status == journal::Status::duplicate ? "duplicate" : "accepted"}};
            if (const auto code = projection.without_effect(*outcome.record_id)) item["without_effect"] = *code;
            const auto vehicle = projection.identity().vehicle_of(*outcome.record_id);
            if (!vehicle.empty())
                if (const auto all = projection.episodes(vehicle, loop::day_of(now)); !all.empty())
                    item["episode"] = {{"episode_id", all.back().episode_id},
                                       {"outcome", loop::name_of(all.back().outcome)},
                                       {"open", !all.back().ended_by}};
            item["record"] = std::move(record);
            lines += dumped(item) + "\n";
            ++count;
        }
    }
    return {200, "application/x-ndjson", lines, {{"X-Next", impl_->place_named(after)}}};
}

}  // namespace imloop::hub
