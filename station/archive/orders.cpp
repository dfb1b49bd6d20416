#include "station/archive/orders.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loop/admission.hpp"
#include "loop/json.hpp"
#include "station/ids.hpp"

namespace imloop::station::archive {

using nlohmann::json;
using nlohmann::ordered_json;
using Fate = NumberedRecords::Fate;

namespace {

constexpr std::string_view because_withdrawn = "结算清单已由维修软件撤回",
                           because_changed = "结算清单在维修软件中有改动";

bool corrected_by_person(const NumberedRecords::Standing& known) {
    return !known.because.empty() && known.because != because_withdrawn && known.because != because_changed;
}

}  // namespace

Orders::Orders(Outbox& outbox, std::string source) : outbox_(outbox), source_(std::move(source)), records_(outbox_) {}

Orders::Taken Orders::correct(const NumberedRecords::Standing& known, const ordered_json* replacement,
                              const std::string& station_id, loop::Moment now) {
    // Whole seconds, and after the correction before it: the latest counts.
    const auto at = std::max(now / 1000 * 1000, known.last_corrected_at + 1000);
    ordered_json record{{"schema", "imloop/correction/1"}, {"record_id", new_uuid7(at)},
                        {"station_id", station_id},        {"occurred_at", loop::format_moment(at)},
                        {"corrects", known.record_id},     {"action", replacement == nullptr ? "void" : "replace"}};
    if (replacement != nullptr) record["replacement"] = *replacement;
    record["reason"] = replacement == nullptr ? because_withdrawn : because_changed;
    const auto line = record.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    const auto admitted = loop::admit(line, source_, now);
    if (!admitted.problems.empty())
        return {false, false, admitted.problems.front().zh + " / " + admitted.problems.front().en};
    const auto appended = outbox_.append(line, record["record_id"]);
    if (!appended) return {false, false, appended.error().detail()};
    return {true, true,
            replacement == nullptr ? "撤回成功 / withdrawn" : "新增成功，改动已作为更正保存 / saved as a correction"};
}

Orders::Taken Orders::withdraw(const ArchiveOrder& reading, const std::string& station_id, loop::Moment now) {
    const auto known = records_.of_number(station_id, "repair", reading.number, reading.vehicle);
    if (known.empty())
        return {false, false, "没有这张结算清单，无从撤回 / no such settlement list, nothing to withdraw"};
    std::vector<NumberedRecords::Standing> counting;
    std::ranges::copy_if(known, std::back_inserter(counting), [](const auto& one) { return !one.now.is_null(); });
    if (counting.empty()) return {true, false, "撤回成功 / withdrawn"};
    if (counting.size() > 1)
        return {false, false,
                "这个编号有几辆车的结算清单，撤回时请带上车牌或 VIN / several vehicles have a settlement list of this "
                "number: withdraw it with plate or VIN"};
    return correct(counting.front(), nullptr, station_id, now);
}

Orders::Taken Orders::take(const ArchiveOrder& reading, const std::string& station_id, loop::Moment now) {
    if (reading.withdrawn) return withdraw(reading, station_id, now);
    auto fresh = loop::json_of<ordered_json>(reading.line);
    const auto known = records_.standing(json(fresh));
    fresh["record_id"] = known.record_id;
    if (known.fate == Fate::fresh) {
        const auto appended = outbox_.append(fresh.dump(), known.record_id);
        if (!appended) return {false, false, appended.error().detail()};
        return {true, appended->is_new, "新增成功 / saved"};
    }
    if (known.fate == Fate::there) return {true, false, "新增成功，早已保存 / already saved"};
    // What was typed or imported is richer than any message.
    if (known.now.is_object() && !known.now.contains("archive"))
        return {true, false, "新增成功，早已由页面或导入保存 / already saved by the page or an import"};
    if (!corrected_by_person(known)) return correct(known, &fresh, station_id, now);
    if (records_.was_so(known.record_id, json(fresh)))
        return {true, false, "新增成功，早已保存，本站的更正不变 / already saved, the station's own correction stands"};
    return {false, false,
            "本站已更正过这张结算清单，以更正为准；还要改的，请在本站再更正 / the station has corrected this list and "
            "that stands: what else has changed is to be corrected there"};
}

}  // namespace imloop::station::archive
