#include "station/intake/outcome/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include "station/intake/outcome/no_values.hpp"

namespace imloop::station::intake {
namespace {

std::string name_of(const Item& item) { return std::string(item.item) + "/" + item.phase; }

}  // namespace

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

Json json_number(double value) {
    if (std::trunc(value) == value && std::abs(value) < 1e9) return static_cast<std::int64_t>(value);
    return value;
}

void put_one_or_many(Json& object, const char* name, const std::vector<std::string>& values) {
    if (values.size() == 1) object[name] = values.front();
    if (values.size() > 1) object[name] = values;
}

void Fields::mark_bad(const std::string& key) {
    if (bad_.empty()) bad_ = key;
}

std::optional<double> Fields::optional(const std::string& key, std::string_view quantity) {
    asked_.insert(key);
    const auto value = text(key);
    if (value.empty()) return std::nullopt;
    const auto n = number(value);
    if (is_no_value(quantity, value) || (n && n == own_none_)) {
        if (std::ranges::find(none_, key, &None::key) == none_.end()) none_.push_back({key, value});
        return std::nullopt;
    }
    if (!n) mark_bad(key);
    return n;
}

std::optional<double> Fields::needed(const std::string& key, std::string_view quantity) {
    if (text(key).empty()) mark_bad(key);
    return optional(key, quantity);
}

std::optional<bool> Fields::optional_flag(const std::string& key) {
    asked_.insert(key);
    const auto value = text(key);
    if (value.empty()) return std::nullopt;
    if (value != "0" && value != "1") mark_bad(key);
    return value == "1";
}

bool Fields::flag(const std::string& key) {
    const auto value = optional_flag(key);
    if (!value) mark_bad(key);
    return value.value_or(false);
}

void Readings::judged(const Item& item, const Names& names) {
    const auto quantity = quantity_of(item.item, item.unit);
    const auto value = fields_.needed(names.value, quantity), limit = fields_.needed(names.limit, quantity);
    const auto low = names.limit_low.empty() ? std::nullopt : fields_.needed(names.limit_low, quantity);
    const bool passed = fields_.flag(names.passed);
    if (value)
        put(item, *value, limit, low, passed);
    else if (!passed)
        failed_unmeasured_.push_back(name_of(item));
}

void Readings::measured(const Item& item, const Names& names) {
    const auto quantity = quantity_of(item.item, item.unit);
    const auto optional = [&](const std::string& name) {
        return name.empty() ? std::nullopt : fields_.optional(name, quantity);
    };
    const auto value = optional(names.value);
    if (!value) {
        if (!fields_.text(names.value).empty() && !names.passed.empty() && fields_.text(names.passed) == "0")
            failed_unmeasured_.push_back(name_of(item));
        return;
    }
    auto limit = optional(names.limit), low = optional(names.limit_low);
    // Some programs write the two ends of lambda the wrong way round.
    if (limit && low && *low > *limit) std::swap(limit, low);
    put(item, *value, limit, low, names.passed.empty() ? std::nullopt : fields_.optional_flag(names.passed));
}

Json Readings::failed(bool test_failed) const {
    auto out = failed_;
    if (test_failed)
        for (const auto& item : failed_unmeasured_) out.push_back(item);
    return out;
}

void Readings::put(const Item& item, double value, std::optional<double> limit, std::optional<double> limit_low,
                   std::optional<bool> passed) {
    Json reading = {{"item", item.item}, {"phase", item.phase}, {"value", json_number(value)}, {"unit", item.unit}};
    bool within = true;
    if (limit) {
        reading["limit"] = json_number(*limit);
        within = std::string_view(item.item) == "power" ? value >= *limit : value <= *limit;
    }
    if (limit_low) {
        reading["limit_low"] = json_number(*limit_low);
        within = within && value >= *limit_low;
    }
    if (passed) reading["passed"] = *passed;
    if (!passed.value_or(within)) failed_.push_back(name_of(item));
    record_["readings"].push_back(std::move(reading));
}

}  // namespace imloop::station::intake
