#include "station/page/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "loop/tables.hpp"
#include "loop/written/amount.hpp"
#include "loop/written/judgement.hpp"
#include "loop/written/text.hpp"
#include "station/page/words.hpp"

namespace imloop::station::page {

using nlohmann::json;

namespace {

/// The station's own, and what follows from other members.
const std::set<std::string, std::less<>> fixed{"schema",      "record_id",      "station_id",
                                               "occurred_at", "time_precision", "attachments",
                                               "trace",       "quality",        "archive_message"};

const std::set<std::string, std::less<>> follows{"name", "system"};                                  // of an item
const std::set<std::string, std::less<>> of_reading{"item", "phase", "unit", "limit", "limit_low"};  // what it is

/// Often missing, and then added by a correction.
std::vector<std::string> addable(const json& record) {
    std::vector<std::string> out{"/vehicle/plate", "/vehicle/vin", "/vehicle/plate_kind"};
    if (record.value("schema", "") == "imloop/repair/1")
        for (const auto* name :
             {"/fail_report_no", "/mileage_km", "/technician_id", "/inspector_id", "/certificate_no"})
            out.emplace_back(name);
    if (!record.contains("vehicle")) out.erase(out.begin(), out.begin() + 3);
    return out;
}

std::string own_words(const json& row, const Language& w) {
    return row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>();
}

std::vector<std::string> tokens_of(const std::string& pointer) {
    std::vector<std::string> out;
    for (auto p = json::json_pointer(pointer); !p.empty(); p = p.parent_pointer()) out.insert(out.begin(), p.back());
    return out;
}

/// `repair` of imloop/repair/1.
std::string kind_of(const json& record) {
    const std::string schema = record.value("schema", "");
    const auto first = schema.find('/'), last = schema.rfind('/');
    return first == last ? std::string() : schema.substr(first + 1, last - first - 1);
}

bool is_index(const std::string& token) {
    return !token.empty() && token.find_first_not_of("0123456789") == std::string::npos;
}

std::string label_of(const json& record, const std::string& pointer, const Language& w) {
    std::string out;
    json::json_pointer at;
    for (const auto& token : tokens_of(pointer)) {
        at /= token;
        if (!is_index(token)) {
            out += (out.empty() ? "" : " · ") + member_name(token, w, out.empty() ? kind_of(record) : "");
            continue;
        }
        const auto& element = record.contains(at) ? record.at(at) : json();
        if (element.is_object() && element.contains("phase") && element.contains("item"))
            out += " · " + item_name(element, w);
        else
            out += " " + std::to_string(std::stoul(token) + 1);
    }
    return out;
}

void walk(const json& record, const json& value, const std::string& pointer, std::vector<Member>& out,
          const Language& w) {
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            walk(record, value[i], pointer + "/" + std::to_string(i), out, w);
    } else if (value.is_object()) {
        for (const auto& [name, inner] : value.items()) {
            if (pointer.empty() && fixed.contains(name)) continue;
            if (value.contains("code") && follows.contains(name)) continue;
            if (value.contains("phase") && of_reading.contains(name)) continue;
            walk(record, inner, (json::json_pointer(pointer) / name).to_string(), out, w);
        }
    } else {
        out.push_back({pointer, label_of(record, pointer, w), value, kind_of(record)});
    }
}

/// An amount of yuan, by its name in all records.
bool is_money(const std::string& pointer) { return pointer.ends_with("_fee") || pointer.ends_with("_price"); }

json as_number(double value) {
    if (value == std::floor(value)) return static_cast<std::int64_t>(value);
    return value;
}

/// What was typed for a number, of which some, temperatures for one, may be below zero.
std::optional<json> number_of(const std::string& typed, bool money) {
    if (money) {
        const auto cents = loop::cents_of(typed);
        return cents ? std::optional(as_number(static_cast<double>(*cents) / 100)) : std::nullopt;
    }
    auto text = loop::half_width(loop::trimmed(typed));
    bool below = false;
    for (const std::string_view minus : {"-", "−"})
        if (text.starts_with(minus)) text.erase(0, minus.size()), below = true;
    const auto value = loop::decimal_of(text);
    return value ? std::optional(as_number(below ? -*value : *value)) : std::nullopt;
}

std::optional<json> value_of(const std::string& text, const Member& member) {
    if (member.value.is_boolean())
        return text == "true" || text == "false" ? std::optional<json>(text == "true") : std::nullopt;
    if (member.value.is_number() || member.pointer == "/mileage_km") return number_of(text, is_money(member.pointer));
    return text;
}

/// What can't stand in the place of a VIN, a plate or a number of a report or order; empty where it may.
std::string refusal_of(const std::string& pointer, const std::string& text, const Language& w) {
    const auto name = pointer.substr(pointer.rfind('/') + 1);
    const auto judged = name == "vin"           ? loop::judge_vin(text)
                        : name == "plate"       ? loop::judge_plate(text)
                        : name.ends_with("_no") ? loop::judge_number(text)
                                                : loop::Judgement{};
    if (judged.fit != loop::Fit::refused) return {};
    const auto words = loop::judgement_words(judged.code);
    return std::string(w(words.zh, words.en));
}

/// Takes members away, those of an array from its end, so that the places of others hold.
void take_away(json& record, std::vector<std::vector<std::string>> places) {
    std::ranges::sort(places, [](const auto& a, const auto& b) {
        return std::ranges::lexicographical_compare(b, a, [](const std::string& x, const std::string& y) {
            return is_index(x) && is_index(y) ? std::stoul(x) < std::stoul(y) : x < y;
        });
    });
    for (auto& place : places) {
        auto* within = &record;
        for (std::size_t i = 0; i + 1 < place.size(); ++i)
            within = within->is_array() ? &within->at(std::stoul(place[i])) : &within->at(place[i]);
        if (within->is_array())
            within->erase(std::stoul(place.back()));
        else
            within->erase(place.back());
    }
}

/// What follows from a member that has another value now.
void let_follow(json& record, const std::string& pointer) {
    if ((pointer == "/ended_at" || pointer == "/settled_at") && !record.contains("time_precision"))
        record["occurred_at"] = record.at(json::json_pointer(pointer));
    if (!pointer.starts_with("/items/") || !pointer.ends_with("/code")) return;
    auto& item = record.at(json::json_pointer(pointer).parent_pointer());
    for (const auto& row : loop::rows_of("repair_items"))
        if (row.at("code") == item["code"]) item["name"] = row.at("zh"), item["system"] = row.at("system");
}

/// The table of members goes from what is mistyped often to what hardly ever is.
std::size_t rank(const Member& member) {
    const auto first = tokens_of(member.pointer).at(0);
    const auto& rows = loop::rows_of("members");
    std::size_t n = 0;
    while (n < rows.size() && rows[n].at("code") != first) ++n;
    return n;
}

}  // namespace

std::string member_name(std::string_view code, const Language& w, std::string_view kind) {
    const auto own = std::string(kind) + "/" + std::string(code);
    for (const auto& name : {std::string_view(own), code})
        for (const auto& row : loop::rows_of("members"))
            if (row.at("code") == name) return own_words(row, w);
    return std::string(code);
}

std::vector<Member> correctable(const json& record, const Language& w) {
    std::vector<Member> out;
    walk(record, record, "", out, w);
    for (const auto& pointer : addable(record))
        if (!record.contains(json::json_pointer(pointer)))
            out.push_back({pointer, label_of(record, pointer, w), nullptr, kind_of(record)});
    std::ranges::stable_sort(out, {}, rank);
    return out;
}

Choices choices(const Member& member, const Language& w) {
    const auto terms = [&](std::initializer_list<const char*> codes) {
        Choices out;
        for (const auto* code : codes) {
            const auto words = loop::term(code);
            out.emplace_back(code, w.lang == Lang::zh ? words.zh : words.en);
        }
        return out;
    };
    const auto is = [&](const char* kind, const char* pointer) {
        return member.kind == kind && member.pointer == pointer;
    };
    const auto tokens = tokens_of(member.pointer);
    const std::string name = tokens.empty() ? "" : tokens.back();
    if (member.value.is_boolean())
        return {{"true", std::string(w("是", "yes"))}, {"false", std::string(w("否", "no"))}};
    if (is("repair", "/outcome")) return terms({"repaired", "not_repairable", "owner_refused", "scrapped"});
    if (is("inspection", "/verdict")) return terms({"pass", "fail", "aborted"});
    if (is("inspection", "/reason"))
        return terms({"periodic", "initial", "retest", "roadside", "spot_check", "comparison"});
    if (is("inspection", "/method")) return choices_of("methods", w);
    if (is("override", "/clearance")) return choices_of("codes/clearance", w);
    if (is("override", "/reason_code")) return choices_of("codes/override_reason", w);
    if (is("claim", "/action")) return choices_of("codes/claim_action", w);
    if (is("calibration", "/kind")) return choices_of("codes/calibration_kind", w);
    if (member.pointer == "/vehicle/fuel") return choices_of("fuels", w);
    if (member.pointer == "/vehicle/plate_kind") return choices_of("plate_kinds", w);
    if (name == "origin") return choices_of("codes/part_origin", w);
    if (name == "code" && tokens.front() == "items") return choices_of("repair_items", w);
    return {};
}

std::string field_text(const json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    return value.is_number() ? number_text(value) : value.dump();
}

std::string shown_text(const Member& member, const Language& w) {
    const auto text = field_text(member.value);
    for (const auto& [code, words] : choices(member, w))
        if (code == text) return words;
    return text.empty() ? "—" : text;
}

json with_typed(const json& record, const std::vector<Typed>& typed, FieldProblems& problems, const Language& w) {
    json out = record;
    std::vector<std::vector<std::string>> gone;
    std::vector<std::string> changed;
    const auto members = correctable(record, w);
    for (const auto& [pointer, text] : typed) {
        const auto member = std::ranges::find(members, pointer, &Member::pointer);
        if (member == members.end() || text == field_text(member->value)) continue;
        if (loop::trimmed(text).empty()) {
            if (!member->value.is_null()) gone.push_back(tokens_of(pointer));
        } else if (auto refused = refusal_of(pointer, text, w); !refused.empty()) {
            problems.push_back({pointer, std::move(refused)});
        } else if (const auto value = value_of(text, *member)) {
            out[json::json_pointer(pointer)] = *value;
            changed.push_back(pointer);
        } else {
            problems.push_back({pointer, member->value.is_boolean()
                                             ? std::string(w("请选是或否。", "Choose yes or no."))
                                             : fmt::format(fmt::runtime(w("应是数字，填的是“{}”。",
                                                                          "This should be a number; it says “{}”.")),
                                                           text)});
        }
    }
    for (const auto& pointer : changed) let_follow(out, pointer);
    take_away(out, std::move(gone));
    return out;
}

std::vector<Change> changes_between(const json& before, const json& after, const Language& w) {
    std::vector<Change> out;
    const auto was = correctable(before, w), is = correctable(after, w);
    const auto same_place = [](const std::vector<Member>& list, const std::string& pointer) {
        const auto it = std::ranges::find(list, pointer, &Member::pointer);
        return it == list.end() ? Member{pointer, "", nullptr} : *it;
    };
    for (const auto& member : was) {
        auto now = same_place(is, member.pointer);
        if (now.value != member.value) out.push_back({member.label, shown_text(member, w), shown_text(now, w)});
    }
    for (const auto& member : is)
        if (std::ranges::find(was, member.pointer, &Member::pointer) == was.end() && !member.value.is_null())
            out.push_back({member.label, "—", shown_text(member, w)});
    return out;
}

}  // namespace imloop::station::page
