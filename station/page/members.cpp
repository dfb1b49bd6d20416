#include "station/page/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "loop/tables.hpp"
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

std::string own_words(const json& row, const Words& w) {
    return row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>();
}

std::vector<std::string> tokens_of(const std::string& pointer) {
    std::vector<std::string> out;
    for (auto p = json::json_pointer(pointer); !p.empty(); p = p.parent_pointer()) out.insert(out.begin(), p.back());
    return out;
}

bool is_index(const std::string& token) {
    return !token.empty() && token.find_first_not_of("0123456789") == std::string::npos;
}

std::string label_of(const json& record, const std::string& pointer, const Words& w) {
    std::string out;
    json::json_pointer at;
    for (const auto& token : tokens_of(pointer)) {
        at /= token;
        if (!is_index(token)) {
            out += (out.empty() ? "" : " · ") + member_name(token, w);
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

void walk(const json& record, const json& value, const std::string& pointer, std::vector<Member>& out, const Words& w) {
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
        out.push_back({pointer, label_of(record, pointer, w), value});
    }
}

std::optional<json> value_of(const std::string& text, const json& before) {
    if (before.is_boolean()) return text == "true";
    if (!before.is_number()) return text;
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
    return value;
}

/// What was taken away is null until here, so that the places of others hold.
void drop_nulls(json& value) {
    if (value.is_object()) {
        for (auto it = value.begin(); it != value.end();)
            if (it->is_null())
                it = value.erase(it);
            else
                drop_nulls(*it++);
    } else if (value.is_array()) {
        std::erase_if(value.get_ref<json::array_t&>(), [](const json& v) { return v.is_null(); });
        for (auto& inner : value) drop_nulls(inner);
    }
}

void let_follow(json& record) {
    for (const auto* end : {"ended_at", "settled_at"})
        if (record.contains(end) && !record.contains("time_precision")) record["occurred_at"] = record[end];
    if (!record.contains("items")) return;
    for (auto& item : record["items"])
        for (const auto& row : loop::rows_of("repair_items"))
            if (item.is_object() && item.contains("code") && row.at("code") == item["code"])
                item["name"] = row.at("zh"), item["system"] = row.at("system");
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

std::string member_name(std::string_view code, const Words& w) {
    for (const auto& row : loop::rows_of("members"))
        if (row.at("code") == code) return own_words(row, w);
    return std::string(code);
}

std::vector<Member> correctable(const json& record, const Words& w) {
    std::vector<Member> out;
    walk(record, record, "", out, w);
    for (const auto& pointer : addable(record))
        if (!record.contains(json::json_pointer(pointer)))
            out.push_back({pointer, label_of(record, pointer, w), nullptr});
    std::ranges::stable_sort(out, {}, rank);
    return out;
}

std::vector<std::pair<std::string, std::string>> choices(const Member& member, const Words& w) {
    std::vector<std::pair<std::string, std::string>> out;
    const auto terms = [&](std::initializer_list<const char*> codes) {
        for (const auto* code : codes) {
            const auto words = loop::term(code);
            out.emplace_back(code, w.lang == Lang::zh ? words.zh : words.en);
        }
    };
    const auto table = [&](const char* name) {
        for (const auto& row : loop::rows_of(name))
            out.emplace_back(row.at("code").get<std::string>(), own_words(row, w));
    };
    const auto tokens = tokens_of(member.pointer);
    const std::string name = tokens.empty() ? "" : tokens.back();
    if (member.value.is_boolean())
        out = {{"true", std::string(w("是", "yes"))}, {"false", std::string(w("否", "no"))}};
    else if (member.pointer == "/outcome")
        terms({"repaired", "not_repairable", "owner_refused", "scrapped"});
    else if (member.pointer == "/verdict")
        terms({"pass", "fail", "aborted"});
    else if (member.pointer == "/reason" && member.value.is_string())
        terms({"periodic", "initial", "retest", "roadside", "spot_check", "comparison"});
    else if (member.pointer == "/vehicle/fuel")
        table("fuels");
    else if (member.pointer == "/vehicle/plate_kind")
        table("plate_kinds");
    else if (name == "origin")
        table("codes/part_origin");
    else if (name == "code" && tokens.front() == "items")
        table("repair_items");
    return out;
}

std::string field_text(const json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    return value.is_number() ? number_text(value) : value.dump();
}

std::string shown_text(const Member& member, const Words& w) {
    const auto text = field_text(member.value);
    for (const auto& [code, words] : choices(member, w))
        if (code == text) return words;
    return text.empty() ? "—" : text;
}

json with_typed(const json& record, const std::vector<Typed>& typed,
                std::vector<std::pair<std::string, std::string>>& problems, const Words& w) {
    json out = record;
    const auto members = correctable(record, w);
    for (const auto& [pointer, text] : typed) {
        const auto member = std::ranges::find(members, pointer, &Member::pointer);
        if (member == members.end() || text == field_text(member->value)) continue;
        const bool numeric = member->value.is_number() || pointer == "/mileage_km";
        const auto value = text.empty() ? json() : value_of(text, numeric ? json(0) : member->value);
        if (!value)
            problems.emplace_back(
                pointer,
                fmt::format(fmt::runtime(w("应是数字，填的是“{}”。", "This should be a number; it says “{}”.")), text));
        else
            out[json::json_pointer(pointer)] = *value;
    }
    drop_nulls(out);
    let_follow(out);
    return out;
}

std::vector<Change> changes_between(const json& before, const json& after, const Words& w) {
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
