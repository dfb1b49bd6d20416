#include "station/archive/orders.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "loop/admission.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/ids.hpp"

namespace imloop::station::archive {
namespace {

using nlohmann::json;

constexpr std::size_t lines_a_step = 500;

std::string key_of(const std::string& station_id, const std::string& number) {
    return station_id + "\n" + loop::normal_text(number);
}

/// Of what the record says of the repair; what it says of the message and its reading may change by itself.
std::string content_of(json record) {
    for (const auto* name : {"archive", "archive_message", "quality"}) record.erase(name);
    return journal::to_hex(journal::sha256(record.dump(-1, ' ', false, json::error_handler_t::replace)));
}

std::string vehicle_of(const json& record) {
    const auto vehicle = record.value("vehicle", json::object());
    return loop::normal_plate(vehicle.value("plate", "")) + "\n" + loop::normal_vin(vehicle.value("vin", ""));
}

/// Plates or VINs that are both there agree, and one of them is.
bool same_vehicle(const std::string& a, const std::string& b) {
    const auto half = [](const std::string& text, bool first) {
        const auto at = text.find('\n');
        return first ? text.substr(0, at) : text.substr(at + 1);
    };
    return std::ranges::any_of(std::initializer_list<bool>{true, false},
                               [&](bool first) { return !half(a, first).empty() && half(a, first) == half(b, first); });
}

}  // namespace

Orders::Orders(Outbox& outbox, std::string source) : outbox_(outbox), source_(std::move(source)) { catch_up(); }

void Orders::catch_up() {
    for (;;) {
        const auto lines = outbox_.lines(read_ + 1, lines_a_step);
        for (const auto& line : lines) note(line);
        read_ += lines.size();
        if (lines.size() < lines_a_step) return;
    }
}

void Orders::note(const std::string& line) {
    const json record = json::parse(line, nullptr, false);
    if (!record.is_object()) return;
    const auto schema = record.value("schema", "");
    if (schema == "imloop/repair/1") {
        const auto key = key_of(record.value("station_id", ""), record.value("work_order_no", ""));
        const auto id = record.value("record_id", "");
        orders_[key] = {id, content_of(record), vehicle_of(record), record.contains("archive"), 0};
        by_record_[id] = key;
    } else if (schema == "imloop/correction/1") {
        const auto of = by_record_.find(record.value("corrects", ""));
        if (of == by_record_.end()) return;
        auto& order = orders_.at(of->second);
        if (order.record_id != of->first) return;
        order.corrected_at =
            std::max(order.corrected_at, loop::parse_moment(record.value("occurred_at", "")).value_or(0));
        const auto replacement = record.value("replacement", json());
        order.content = replacement.is_object() ? content_of(replacement) : "";
        if (!replacement.is_object()) return;
        order.vehicle = vehicle_of(replacement);
        order.by_archive = replacement.contains("archive");
    }
}

Orders::Taken Orders::correct(Order& order, const nlohmann::ordered_json* replacement, const std::string& station_id,
                              loop::Moment now) {
    // Whole seconds, and after the correction before it: the latest counts.
    const auto at = std::max(now / 1000 * 1000, order.corrected_at + 1000);
    nlohmann::ordered_json record{
        {"schema", "imloop/correction/1"}, {"record_id", new_uuid7(at)},
        {"station_id", station_id},        {"occurred_at", loop::format_moment(at)},
        {"corrects", order.record_id},     {"action", replacement == nullptr ? "void" : "replace"}};
    if (replacement != nullptr) record["replacement"] = *replacement;
    record["reason"] = replacement == nullptr ? "结算清单已由维修软件撤回" : "结算清单在维修软件中有改动";
    const auto line = record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    const auto admitted = loop::admit(line, source_, now);
    if (!admitted.problems.empty())
        return {false, false, admitted.problems.front().zh + " / " + admitted.problems.front().en};
    const auto appended = outbox_.append(line, record["record_id"]);
    if (!appended) return {false, false, appended.error().detail};
    return {true, true,
            replacement == nullptr ? "撤回成功 / withdrawn" : "新增成功，改动已作为更正保存 / saved as a correction"};
}

Orders::Taken Orders::take(const Reading& reading, const std::string& station_id, loop::Moment now) {
    catch_up();
    const auto known = orders_.find(key_of(station_id, reading.number));
    if (reading.withdrawn) {
        if (known == orders_.end())
            return {false, false, "没有这张结算清单，无从撤回 / no such settlement list, nothing to withdraw"};
        if (known->second.content.empty()) return {true, false, "撤回成功 / withdrawn"};
        return correct(known->second, nullptr, station_id, now);
    }
    if (known == orders_.end()) {
        const auto appended = outbox_.append(reading.line, reading.record_id);
        if (!appended) return {false, false, appended.error().detail};
        return {true, appended->is_new, "新增成功 / saved"};
    }
    auto& order = known->second;
    auto fresh = nlohmann::ordered_json::parse(reading.line);
    fresh["record_id"] = order.record_id;
    const auto plain = json::parse(fresh.dump());
    if (!order.by_archive && !order.content.empty()) {
        if (same_vehicle(order.vehicle, vehicle_of(plain)))
            return {true, false, "新增成功，早已由页面或导入保存 / already saved by the page or an import"};
        return {false, false,
                "这个结算清单编号已用于另一辆车 / this settlement list's number is another vehicle's already"};
    }
    if (order.content == content_of(plain)) return {true, false, "新增成功，早已保存 / already saved"};
    return correct(order, &fresh, station_id, now);
}

}  // namespace imloop::station::archive
