#include "loop/record/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "loop/tables.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::loop::record {
namespace {

using Faults = std::vector<Fault>;

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

void check_reading_codes(const Value& reading, const Method& method, const std::string& at, Faults& faults) {
    const auto code = reading.text_of("item"), phase = reading.text_of("phase"), unit = reading.text_of("unit");
    const MethodItem* item = method.item(code);
    if (!item) {
        faults.push_back({at + "/item", "unknown_code", listed(method.items, &MethodItem::item)});
        return;
    }
    if (std::ranges::find(item->phases, phase) == item->phases.end())
        faults.push_back({at + "/phase", "unknown_code", listed(item->phases, std::identity())});
    if (unit != item->unit) faults.push_back({at + "/unit", "unknown_code", item->unit});
}

void check_failed_item(std::string_view code, const Method& method, const std::string& at, Faults& faults) {
    const auto slash = code.find('/');
    if (slash == std::string_view::npos) {
        if (code != "appearance" && code != "obd")
            faults.push_back({at, "unfamiliar_code", "item/phase, appearance, obd", true});
        return;
    }
    const MethodItem* item = method.item(code.substr(0, slash));
    if (!item || std::ranges::find(item->phases, code.substr(slash + 1)) == item->phases.end())
        faults.push_back({at, "unknown_code", listed(method.items, &MethodItem::item)});
}

/// Nothing where the reading has no limit of its own. Of power the limit is the lower one.
std::optional<bool> within_own_limits(const Value& reading) {
    const auto *limit = reading.find("limit"), *low = reading.find("limit_low");
    if (!limit && !low) return std::nullopt;
    const double value = reading.find("value")->number();
    bool within = true;
    if (limit) within = reading.text_of("item") == "power" ? value >= limit->number() : value <= limit->number();
    if (low) within = within && value >= low->number();
    return within;
}

void check_verdict(const Value& r, const std::string& at, Faults& faults) {
    bool failed = false;
    const auto readings = r.find("readings")->items();
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const auto within = within_own_limits(readings[i]);
        const auto* passed = readings[i].find("passed");
        const bool says = passed ? passed->truth() : within.value_or(true);
        failed = failed || !says;
        if (within && says != *within)
            faults.push_back({fmt::format("{}/readings/{}/passed", at, i), "verdict_contradicts_readings",
                              *within ? "true" : "false"});
    }
    const auto* items = r.find("failed_items");
    failed = failed || (items && items->size() > 0);
    const auto verdict = r.text_of("verdict");
    if ((verdict == "pass" && failed) || (verdict == "fail" && !failed))
        faults.push_back({at + "/verdict", "verdict_contradicts_readings", failed ? "fail" : "pass"});
}

void check_inspection(const Value& r, const std::string& at, Faults& faults) {
    const Method* method = method_named(r.text_of("method"));
    if (!method) {
        faults.push_back({at + "/method", "unknown_code", listed(methods(), &Method::code)});
    } else {
        const auto readings = r.find("readings")->items();
        for (std::size_t i = 0; i < readings.size(); ++i)
            check_reading_codes(readings[i], *method, fmt::format("{}/readings/{}", at, i), faults);
        if (const auto* items = r.find("failed_items"))
            for (std::size_t i = 0; i < items->size(); ++i)
                check_failed_item(items->items()[i].text(), *method, fmt::format("{}/failed_items/{}", at, i), faults);
    }
    check_verdict(r, at, faults);
}

/// A repair names no method: its readings may be of any.
void check_repair_readings(const Value& r, const std::string& at, Faults& faults) {
    for (const auto* list : {"readings_before", "readings_after"}) {
        const auto* readings = r.find(list);
        if (!readings) continue;
        for (std::size_t i = 0; i < readings->size(); ++i) {
            const auto& reading = readings->items()[i];
            const auto fits = [&](const Method& m) {
                Faults found;
                check_reading_codes(reading, m, "", found);
                return found.empty();
            };
            if (std::ranges::none_of(methods(), fits)) {
                const auto* item = item_of_any(reading.text_of("item"));
                const std::string where = fmt::format("{}/{}/{}/{}", at, list, i, item ? "phase" : "item");
                faults.push_back({where, "unknown_code", "item, phase, unit"});
            }
        }
    }
}

/// `end` must be occurred_at and not before `start`; of a day-only record the days are compared.
void check_span(const Value& r, const char* start, const char* end, const std::string& at, Faults& faults) {
    const auto occurred = parse_moment(r.text_of("occurred_at")), from = parse_moment(r.text_of(start)),
               to = parse_moment(r.text_of(end));
    if (!occurred || !from || !to) return;
    if (*occurred != *to) faults.push_back({at + "/occurred_at", "time_mismatch", fmt::format("= {}", end)});
    const bool day_only = r.text_of("time_precision") == "day";
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

void check_times(Kind kind, const Value& r, Moment received_at, const std::string& at, Faults& faults) {
    const auto occurred = parse_moment(r.text_of("occurred_at"));
    if (!occurred) return;
    if (r.text_of("time_precision") == "day" && *occurred != start_of(day_of(*occurred)))
        faults.push_back({at + "/occurred_at", "time_mismatch", "T00:00:00+08:00"});
    if (kind == Kind::inspection) check_span(r, "started_at", "ended_at", at, faults);
    if (kind == Kind::repair) check_span(r, "received_at", "settled_at", at, faults);
    if (*occurred > received_at + ahead_max) faults.push_back({at + "/occurred_at", "occurred_in_future"});
    for (const auto* name : moments_of(kind))
        if (const auto moment = parse_moment(r.text_of(name)); moment && *moment < earliest())
            faults.push_back({fmt::format("{}/{}", at, name), "occurred_too_early"});
}

/// A VIN or plate without a letter or digit names nothing. What has one is kept, though it may count for nothing.
void check_vehicle(const Value& r, const std::string& at, Faults& faults) {
    const auto* vehicle = r.find("vehicle");
    if (!vehicle) return;
    if ((vehicle->contains("vin") || vehicle->contains("plate")) && normal_text(vehicle->text_of("vin")).empty() &&
        normal_text(vehicle->text_of("plate")).empty())
        faults.push_back({at + "/vehicle", "vehicle_unnamed"});
}

/// Whoever proposed it does not confirm it; what a hub was made with nobody proposed.
void check_policy(const Value& r, const std::string& at, Faults& faults) {
    const auto officer = r.text_of("officer_id");
    if (officer != "hub" && officer == r.text_of("confirmed_by"))
        faults.push_back({at + "/confirmed_by", "confirmed_by_proposer"});
}

bool may_write(Kind kind, char letter) {
    std::string_view letters = "IMEBH";
    if (kind == Kind::decision || kind == Kind::credential || kind == Kind::policy || kind == Kind::case_)
        letters = "H";
    if (kind == Kind::registration) letters = "HB";
    if (kind == Kind::vehicle_event || kind == Kind::penalty || kind == Kind::supervision) letters = "EBH";
    return letters.find(letter) != std::string_view::npos;
}

}  // namespace

std::string_view not_corrected(Kind kind) {
    if (kind == Kind::correction) return "correction_of_correction";
    if (kind == Kind::policy) return "correction_of_policy";
    return kind == Kind::case_ ? "correction_of_case" : "";
}

void check_source(Kind kind, const Value& r, std::string_view source, const std::string& at, Faults& faults) {
    const char letter = source.empty() ? '?' : source.front();
    if (!may_write(kind, letter)) faults.push_back({at + "/schema", "kind_not_allowed", std::string(name_of(kind))});
    const auto station = r.text_of("station_id");
    if ((letter == 'I' || letter == 'M' || letter == 'E') && !station.empty() && station != source)
        faults.push_back({at + "/station_id", "out_of_scope", std::string(source)});
}

void check_semantics(Kind kind, const Value& r, std::string_view source, Moment received_at, const std::string& at,
                     Faults& faults) {
    check_vehicle(r, at, faults);
    check_times(kind, r, received_at, at, faults);
    if (kind == Kind::inspection) check_inspection(r, at, faults);
    if (kind == Kind::policy) check_policy(r, at, faults);
    if (kind == Kind::repair) {
        check_repair_readings(r, at, faults);
        if (!r.contains("total_fee") && !source.starts_with('B'))
            faults.push_back({at + "/total_fee", "total_fee_missing"});
    }
}

}  // namespace imloop::loop::record
