#include "station/page/words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "journal/json.hpp"
#include "loop/tables.hpp"
#include "loop/time.hpp"
#include "schemas/embedded.hpp"

namespace imloop::station::page {

using nlohmann::json;

namespace {

constexpr const char* lang_name(const Language& w) { return w.lang == Lang::zh ? "zh" : "en"; }

const json* row_of(const json& rows, const std::string& code) {
    for (const auto& row : rows)
        if (row.at("code") == code) return &row;
    return nullptr;
}

const json& phases() {
    static const json rows = journal::parsed(schemas::table_text("readings")).at("phases");
    return rows;
}

}  // namespace

std::string item_name(const std::string& item, const std::string& phase, const Language& w) {
    const auto* name = row_of(loop::rows_of("readings"), item);
    const auto* at = row_of(phases(), phase);
    const std::string item_text = name ? name->at(lang_name(w)).get<std::string>() : item;
    const std::string phase_text = at ? at->at(lang_name(w)).get<std::string>() : phase;
    return phase_text.empty() ? item_text : phase_text + " " + item_text;
}

std::string item_name(const json& reading, const Language& w) {
    return item_name(reading.value("item", ""), reading.value("phase", ""), w);
}

std::string number_text(const json& value) {
    if (!value.is_number()) return "—";
    return fmt::format("{:.10g}", value.get<double>());
}

std::string limit_text(const json& reading) {
    const auto limit = reading.value("limit", json()), low = reading.value("limit_low", json());
    if (limit.is_number() && low.is_number()) return number_text(low) + "–" + number_text(limit);
    if (low.is_number()) return "≥ " + number_text(low);
    if (!limit.is_number()) return "";
    return (reading.value("item", "") == "power" ? "≥ " : "≤ ") + number_text(limit);
}

std::string meaning(const json& reading, const Language& w) {
    const auto* row = row_of(loop::rows_of("readings"), reading.value("item", ""));
    return row ? row->at("meaning").at(lang_name(w)).get<std::string>() : std::string();
}

std::string repair_item_name(const json& item, const Language& w) {
    std::string own = item.value("name", ""), code = item.value("code", "");
    if (!own.empty()) return own;
    const auto* row = row_of(loop::rows_of("repair_items"), code);
    return row ? row->at(lang_name(w)).get<std::string>() : code;
}

std::string day_text(const std::string& moment, const Language& w) {
    const auto at = loop::parse_moment(moment);
    const auto parsed = at ? loop::day_of(*at) : loop::parse_day(moment);
    if (!parsed) return moment;
    const auto day = loop::format_day(*parsed);
    const int month = std::stoi(day.substr(5, 2)), of_month = std::stoi(day.substr(8, 2));
    if (w.lang == Lang::zh) return fmt::format("{} 年 {} 月 {} 日", day.substr(0, 4), month, of_month);
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{} {} {}", of_month, months[month - 1], day.substr(0, 4));
}

Due due_text(const std::string& text, loop::Day today, const Language& w) {
    const auto day = loop::parse_day(text);
    if (!day) return {"", "none"};
    const auto left = *day - today;
    if (left < 0) return {fmt::format(fmt::runtime(w("逾期 {} 天", "{} days overdue")), -left), "bad"};
    if (left == 0) return {std::string(w("今天到期", "due today")), "warn"};
    if (left == 1) return {std::string(w("明天到期", "due tomorrow")), "warn"};
    if (left <= 3) return {fmt::format(fmt::runtime(w("{} 天后到期", "due in {} days")), left), "warn"};
    return {fmt::format(fmt::runtime(w("还有 {} 天", "{} days left")), left), "none"};
}

}  // namespace imloop::station::page
