#include "station/numbered.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "journal/json.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/written/judgement.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;

constexpr std::size_t lines_a_step = 500;

struct Kind {
    std::string_view name, number, start;
};
constexpr Kind kinds[] = {{"repair", "work_order_no", "received_at"}, {"inspection", "report_no", "started_at"}};
constexpr const char* times[] = {"occurred_at", "started_at", "ended_at", "received_at", "settled_at"};

/// Texts alone: what a line of an outbox holds otherwise has no place here.
std::string text_in(const json& record, std::string_view name) {
    const auto it = record.is_object() ? record.find(name) : record.end();
    return it != record.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const Kind* kind_of(const json& record) {
    const auto schema = text_in(record, "schema");
    const auto found = std::ranges::find_if(
        kinds, [&](const Kind& kind) { return schema == "imloop/" + std::string(kind.name) + "/1"; });
    return found == std::end(kinds) ? nullptr : &*found;
}

std::string key_of(const std::string& station_id, std::string_view kind, const std::string& number) {
    return station_id + "\n" + std::string(kind) + "\n" + loop::normal_text(number);
}

/// Nothing where the record goes by no number.
std::optional<std::string> key_of(const json& record) {
    const auto* kind = kind_of(record);
    const auto number = kind == nullptr ? std::string() : text_in(record, kind->number);
    if (loop::normal_text(number).empty()) return std::nullopt;
    return key_of(text_in(record, "station_id"), kind->name, number);
}

json vehicle_in(const json& record) {
    const auto it = record.find("vehicle");
    return it != record.end() && it->is_object() ? *it : json::object();
}

/// Their days in the place of times.
void cut_to_days(json& record) {
    record.erase("time_precision");
    for (const auto* name : times)
        if (const auto at = loop::parse_moment(text_in(record, name)))
            record[name] = loop::format_day(loop::day_of(*at));
}

/// The same, or one of them says no more than the other's minute or day.
bool agree(loop::Moment a, loop::Moment b) {
    constexpr loop::Moment minute = 60'000;
    const auto [coarse, fine] = std::minmax(a, b);  // what is cut off makes a time earlier
    const auto day = loop::day_of(fine);
    return coarse == fine || coarse == fine - fine % minute || coarse == loop::start_of(day);
}

}  // namespace

VehicleName name_of(const json& vehicle) {
    VehicleName out{loop::normal_vin(text_in(vehicle, "vin")), loop::normal_plate(text_in(vehicle, "plate"))};
    if (loop::vin_placeholder(out.vin)) out.vin.clear();
    out.plate = loop::plate_placeholder(out.plate) ? std::string() : loop::comparable_plate(out.plate);
    return out;
}

bool same_vehicle(const VehicleName& a, const VehicleName& b) {
    if (!a.vin.empty() && a.vin == b.vin) return true;
    return !a.plate.empty() && a.plate == b.plate && !(loop::vin_proven(a.vin) && loop::vin_proven(b.vin));
}

bool same_content(json a, json b) {
    const bool by_days = text_in(a, "time_precision") == "day" || text_in(b, "time_precision") == "day";
    for (auto* record : {&a, &b}) {
        for (const auto* name : {"record_id", "archive", "archive_message", "quality"}) record->erase(name);
        if (by_days) cut_to_days(*record);
    }
    for (const auto* name : times) {
        const auto one = loop::parse_moment(text_in(a, name)), other = loop::parse_moment(text_in(b, name));
        if (one && other && agree(*one, *other)) b[name] = a[name];
    }
    return a == b;
}

std::string numbered_id(const json& record, bool beside_another) {
    const auto* kind = kind_of(record);
    if (kind == nullptr) return text_in(record, "record_id");
    auto seed = text_in(record, "station_id") + "\n" + std::string(kind->name) + "\n" + text_in(record, kind->number) +
                "\n" + text_in(record, kind->start);
    const auto vehicle = vehicle_in(record);
    if (beside_another)
        seed += "\n" + (text_in(vehicle, "vin").empty() ? text_in(vehicle, "plate") : text_in(vehicle, "vin"));
    return uuid7_of(loop::parse_moment(text_in(record, "occurred_at")).value_or(0), seed);
}

NumberedRecords::NumberedRecords(Outbox& outbox) : outbox_(outbox) { catch_up(); }

void NumberedRecords::catch_up() {
    for (;;) {
        const auto lines = outbox_.lines(read_ + 1, lines_a_step);
        for (const auto& line : lines) note(journal::parsed_or_discarded(line), ++read_);
        if (lines.size() < lines_a_step) return;
    }
}

void NumberedRecords::note(const json& record, std::uint64_t seq) {
    const auto id = text_in(record, "record_id");
    if (const auto key = key_of(record)) {
        auto& of_number = by_number_[*key];
        by_record_[id] = *key;
        const auto before = std::ranges::find(of_number, id, &Known::record_id);  // rejected, then mended
        auto& known = before == of_number.end() ? of_number.emplace_back() : *before;
        known = {id, seq, {seq}, false, name_of(vehicle_in(record)), {}, 0, {}, {}};
        return;
    }
    if (text_in(record, "schema") != "imloop/correction/1") return;
    const auto corrects = text_in(record, "corrects");
    const auto key = by_record_.find(corrects);
    if (key == by_record_.end()) return;
    auto& known = *std::ranges::find(by_number_.at(key->second), corrects, &Known::record_id);
    known.lines.push_back(seq);
    const auto at = loop::parse_moment(text_in(record, "occurred_at")).value_or(0);
    if (std::tie(at, id) < std::tie(known.corrected_at, known.corrected_by)) return;
    const auto replacement = record.find("replacement");
    known.said_before.push_back(known.vehicle);
    known.seq = seq;
    known.is_void = replacement == record.end() || !replacement->is_object();
    if (!known.is_void) known.vehicle = name_of(vehicle_in(*replacement));
    known.corrected_at = at;
    known.corrected_by = id;
    known.because = text_in(record, "reason");
}

json NumberedRecords::words_of(std::uint64_t seq) {
    auto line = journal::parsed_or_discarded(outbox_.line(seq));
    return text_in(line, "schema") == "imloop/correction/1" ? line.value("replacement", json()) : line;
}

bool NumberedRecords::was_so(const std::string& record_id, const json& content) {
    catch_up();
    const auto key = by_record_.find(record_id);
    if (key == by_record_.end()) return false;
    const auto known = std::ranges::find(by_number_.at(key->second), record_id, &Known::record_id);
    return std::ranges::any_of(known->lines, [&](auto seq) {
        const auto words = words_of(seq);
        return words.is_object() && same_content(words, content);
    });
}

NumberedRecords::Standing NumberedRecords::standing_of(const Known& known, Fate fate) {
    return {fate, known.record_id, known.is_void ? json() : words_of(known.seq), known.corrected_at, known.because};
}

std::vector<const NumberedRecords::Known*> NumberedRecords::of_vehicle(const std::string& key,
                                                                       const VehicleName& vehicle) {
    const auto is_it = [&](const VehicleName& name) { return same_vehicle(name, vehicle); };
    std::vector<const Known*> now, before;
    for (const auto& known : by_number_[key]) {
        if (is_it(known.vehicle)) now.push_back(&known);
        if (std::ranges::any_of(known.said_before, is_it)) before.push_back(&known);
    }
    return now.empty() ? before : now;
}

NumberedRecords::Standing NumberedRecords::standing(const json& record) {
    const auto key = key_of(record);
    if (!key) return {Fate::fresh, text_in(record, "record_id"), {}, 0, {}};
    catch_up();
    const auto vehicle = name_of(vehicle_in(record));
    if (const auto known = of_vehicle(*key, vehicle); !known.empty()) {
        auto out = standing_of(*known.front(), Fate::changed);
        if (out.now.is_object() && same_content(out.now, record)) out.fate = Fate::there;
        return out;
    }
    auto id = numbered_id(record);
    return {Fate::fresh, by_record_.contains(id) ? numbered_id(record, true) : std::move(id), {}, 0, {}};
}

std::vector<NumberedRecords::Standing> NumberedRecords::of_number(const std::string& station_id, std::string_view kind,
                                                                  const std::string& number,
                                                                  const VehicleName& vehicle) {
    catch_up();
    const auto key = key_of(station_id, kind, number);
    std::vector<Standing> out;
    if (vehicle.vin.empty() && vehicle.plate.empty())
        for (const auto& known : by_number_[key]) out.push_back(standing_of(known, Fate::there));
    else
        for (const auto* known : of_vehicle(key, vehicle)) out.push_back(standing_of(*known, Fate::there));
    return out;
}

}  // namespace imloop::station
