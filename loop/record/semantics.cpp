#include "loop/record/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "loop/tables.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::loop::record {
namespace {

using nlohmann::json;
using Faults = std::vector<Fault>;

std::string text(const json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

template <typename List, typename Name>
std::string listed(const List& list, Name name) {
    std::string out;
    for (const auto& item : list) out += (out.empty() ? "" : ", ") + std::string(std::invoke(name, item));
    return out;
}

const MethodItem* item_of_any(std::string_view code) {
    for (const auto& method : methods())
        if (const auto* item = method.item(code)) return item;
    return nullptr;
}

void check_reading_codes(const json& reading, const Method& method, const std::string& at, Faults& faults) {
    const std::string code = text(reading, "item"), phase = text(reading, "phase"), unit = text(reading, "unit");
    const MethodItem* item = method.item(code);
    if (!item) {
        faults.push_back({at + "/item", "unknown_code", listed(method.items, &MethodItem::item)});
        return;
    }
    if (std::ranges::find(item->phases, phase) == item->phases.end())
        faults.push_back({at + "/phase", "unknown_code", listed(item->phases, std::identity())});
    if (unit != item->unit) faults.push_back({at + "/unit", "unknown_code", item->unit});
}

void check_failed_item(const std::string& code, const Method& method, const std::string& at, Faults& faults) {
    const auto slash = code.find('/');
    if (slash == std::string::npos) {
        if (code != "appearance" && code != "obd")
            faults.push_back({at, "unfamiliar_code", "item/phase, appearance, obd", true});
        return;
    }
    const MethodItem* item = method.item(code.substr(0, slash));
    if (!item || std::ranges::find(item->phases, code.substr(slash + 1)) == item->phases.end())
        faults.push_back({at, "unknown_code", listed(method.items, &MethodItem::item)});
}

/// Nothing where the reading has no limit of its own. Of power the limit is the lower one.
std::optional<bool> within_own_limits(const json& reading) {
    const auto limit = reading.find("limit"), low = reading.find("limit_low");
    if (limit == reading.end() && low == reading.end()) return std::nullopt;
    const double value = reading.at("value").get<double>();
    bool within = true;
    if (limit != reading.end())
        within = text(reading, "item") == "power" ? value >= limit->get<double>() : value <= limit->get<double>();
    if (low != reading.end()) within = within && value >= low->get<double>();
    return within;
}

void check_verdict(const json& r, const std::string& at, Faults& faults) {
    bool failed = false;
    const json& readings = r.at("readings");
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const auto within = within_own_limits(readings[i]);
        const auto passed = readings[i].find("passed");
        const bool says = passed != readings[i].end() ? passed->get<bool>() : within.value_or(true);
        failed = failed || !says;
        if (within && says != *within)
            faults.push_back({fmt::format("{}/readings/{}/passed", at, i), "verdict_contradicts_readings",
                              *within ? "true" : "false"});
    }
    const auto items = r.find("failed_items");
    failed = failed || (items != r.end() && !items->empty());
    const std::string verdict = text(r, "verdict");
    if ((verdict == "pass" && failed) || (verdict == "fail" && !failed))
        faults.push_back({at + "/verdict", "verdict_contradicts_readings", failed ? "fail" : "pass"});
}

void check_inspection(const json& r, const std::string& at, Faults& faults) {
    const Method* method = method_named(text(r, "method"));
    if (!method) {
        faults.push_back({at + "/method", "unknown_code", listed(methods(), &Method::code)});
    } else {
        const json& readings = r.at("readings");
        for (std::size_t i = 0; i < readings.size(); ++i)
            check_reading_codes(readings[i], *method, fmt::format("{}/readings/{}", at, i), faults);
        if (const auto items = r.find("failed_items"); items != r.end())
            for (std::size_t i = 0; i < items->size(); ++i)
                check_failed_item((*items)[i].get<std::string>(), *method, fmt::format("{}/failed_items/{}", at, i),
                                  faults);
    }
    check_verdict(r, at, faults);
}

/// A repair names no method: its readings may be of any.
void check_repair_readings(const json& r, const std::string& at, Faults& faults) {
    for (const auto* list : {"readings_before", "readings_after"}) {
        const auto readings = r.find(list);
        if (readings == r.end()) continue;
        for (std::size_t i = 0; i < readings->size(); ++i) {
            const auto& reading = (*readings)[i];
            const auto fits = [&](const Method& m) {
                Faults found;
                check_reading_codes(reading, m, "", found);
                return found.empty();
            };
            if (std::ranges::none_of(methods(), fits)) {
                const auto* item = item_of_any(text(reading, "item"));
                const std::string where = fmt::format("{}/{}/{}/{}", at, list, i, item ? "phase" : "item");
                faults.push_back({where, "unknown_code", "item, phase, unit"});
            }
        }
    }
}

/// `end` must be occurred_at and not before `start`; of a day-only record the days are compared.
void check_span(const json& r, const char* start, const char* end, const std::string& at, Faults& faults) {
    const auto occurred = parse_moment(text(r, "occurred_at")), from = parse_moment(text(r, start)),
               to = parse_moment(text(r, end));
    if (!occurred || !from || !to) return;
    if (*occurred != *to) faults.push_back({at + "/occurred_at", "time_mismatch", fmt::format("= {}", end)});
    const bool day_only = text(r, "time_precision") == "day";
    if (day_only ? day_of(*from) > day_of(*to) : *from > *to)
        faults.push_back({at + "/" + start, "time_mismatch", fmt::format("≤ {}", end)});
}

/// A default date of some software, no test, lies before.
Moment earliest() {
    static const Moment at = start_of(parse_day("1990-01-01").value());
    return at;
}

std::vector<const char*> moments_of(Kind kind) {
    if (kind == Kind::inspection) return {"occurred_at", "started_at", "ended_at"};
    if (kind == Kind::repair) return {"occurred_at", "received_at", "settled_at"};
    return {"occurred_at"};
}

void check_times(Kind kind, const json& r, Moment received_at, const std::string& at, Faults& faults) {
    const auto occurred = parse_moment(text(r, "occurred_at"));
    if (!occurred) return;
    if (text(r, "time_precision") == "day" && *occurred != start_of(day_of(*occurred)))
        faults.push_back({at + "/occurred_at", "time_mismatch", "T00:00:00+08:00"});
    if (kind == Kind::inspection) check_span(r, "started_at", "ended_at", at, faults);
    if (kind == Kind::repair) check_span(r, "received_at", "settled_at", at, faults);
    if (*occurred > received_at + ahead_max) faults.push_back({at + "/occurred_at", "occurred_in_future"});
    for (const auto* name : moments_of(kind))
        if (const auto moment = parse_moment(text(r, name)); moment && *moment < earliest())
            faults.push_back({fmt::format("{}/{}", at, name), "occurred_too_early"});
}

/// A VIN or plate without a letter or digit names nothing. What has one is kept, though it may count for nothing.
void check_vehicle(const json& r, const std::string& at, Faults& faults) {
    const auto vehicle = r.find("vehicle");
    if (vehicle == r.end()) return;
    const auto said = [&](const char* name) { return vehicle->contains(name); };
    if ((said("vin") || said("plate")) && normal_text(text(*vehicle, "vin")).empty() &&
        normal_text(text(*vehicle, "plate")).empty())
        faults.push_back({at + "/vehicle", "vehicle_unnamed"});
}

bool may_write(Kind kind, char letter) {
    std::string_view letters = "IMEBH";
    if (kind == Kind::decision || kind == Kind::credential) letters = "H";
    if (kind == Kind::registration) letters = "HB";
    if (kind == Kind::vehicle_event || kind == Kind::penalty || kind == Kind::supervision) letters = "EBH";
    return letters.find(letter) != std::string_view::npos;
}

}  // namespace

void check_source(Kind kind, const json& r, std::string_view source, const std::string& at, Faults& faults) {
    const char letter = source.empty() ? '?' : source.front();
    if (!may_write(kind, letter)) faults.push_back({at + "/schema", "kind_not_allowed", std::string(name_of(kind))});
    const std::string station = text(r, "station_id");
    if ((letter == 'I' || letter == 'M' || letter == 'E') && !station.empty() && station != source)
        faults.push_back({at + "/station_id", "out_of_scope", std::string(source)});
}

void check_semantics(Kind kind, const json& r, std::string_view source, Moment received_at, const std::string& at,
                     Faults& faults) {
    check_vehicle(r, at, faults);
    check_times(kind, r, received_at, at, faults);
    if (kind == Kind::inspection) check_inspection(r, at, faults);
    if (kind == Kind::repair) {
        check_repair_readings(r, at, faults);
        if (!r.contains("total_fee") && !source.starts_with('B'))
            faults.push_back({at + "/total_fee", "total_fee_missing"});
    }
}

}  // namespace imloop::loop::record
