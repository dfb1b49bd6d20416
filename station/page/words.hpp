// Records in people's words: readings with limits, names of items, days.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "loop/time.hpp"
#include "station/page/html.hpp"

namespace imloop::station::page {

/// `怠速 CO` of a reading; of a failed item's `co/idle` too.
std::string item_name(const nlohmann::json& reading, const Language&);
std::string item_name(const std::string& item, const std::string& phase, const Language&);
/// `≤ 0.6`, `≥ 40`, `0.95–1.05`; empty where there is none.
std::string limit_text(const nlohmann::json& reading);
/// Without needless digits.
std::string number_text(const nlohmann::json& value);
/// What a failed reading means to an owner.
std::string meaning(const nlohmann::json& reading, const Language&);
/// Of a repair's item: its name, else that of its code.
std::string repair_item_name(const nlohmann::json& item, const Language&);
/// `2026 年 12 月 9 日` or `9 Dec 2026` of an RFC 3339 moment or a day.
std::string day_text(const std::string& moment, const Language&);
/// `还有 15 天`, `明天到期`, `逾期 4 天`, and how grave: none, warn, bad.
struct Due {
    std::string text;
    const char* css;
};
Due due_text(const std::string& day, loop::Day today, const Language&);

}  // namespace imloop::station::page
