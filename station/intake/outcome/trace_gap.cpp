#include "station/intake/outcome/trace_gap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace imloop::station::intake {
namespace {

TraceGap counted(const char* code, const char* zh, const char* en, std::size_t rows, std::size_t total) {
    return {code, fmt::format("{} of {}", rows, total),
            fmt::format("过程数据{}：应有 {} 行，只认出 {} 行，没有采用", zh, total, rows),
            fmt::format("the process data {} ({} of {}) and is not taken", en, rows, total)};
}

}  // namespace

TraceGap wrong_count(std::size_t rows, std::size_t total) {
    if (rows < total) return counted("cut_short", "被截断", "is cut short", rows, total);
    return {"too_many_rows", fmt::format("{} of {}", rows, total),
            fmt::format("过程数据比它自己写的多：写明 {} 行，有 {} 行，没有采用", total, rows),
            fmt::format("the process data has more rows than it says ({} of {}) and is not taken", rows, total)};
}

TraceGap with_holes(std::size_t rows, std::size_t total) {
    return counted("has_holes", "中间有缺行", "has holes", rows, total);
}

TraceGap out_of_order() {
    return {"out_of_order", {}, "过程数据的时序不对，没有采用", "the process data is out of order and is not taken"};
}

std::optional<std::pair<std::size_t, TraceGap>> gap_of(const std::vector<RowTime>& times) {
    std::map<double, std::size_t> steps;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const auto step = times[i].second - times[i - 1].second;
        const bool is_back = times[i].is_count ? step <= 0 : step < 0;
        if (is_back || times[i].is_count != times.front().is_count) return std::pair(i, out_of_order());
        ++steps[step];
    }
    if (times.size() < 2 || !times.front().is_count) return std::nullopt;
    const auto usual = std::ranges::max_element(steps, {}, [](const auto& step) { return step.second; })->first;
    for (std::size_t i = 1; i < times.size(); ++i) {
        if (times[i].second - times[i - 1].second <= usual) continue;
        const auto total = (times.back().second - times.front().second) / usual + 1;
        return std::pair(i, with_holes(times.size(), static_cast<std::size_t>(total)));
    }
    return std::nullopt;
}

void put_quality(Json& record, const std::string& member, const TraceGap& gap) {
    Json one = {{"member", member}, {"code", gap.code}};
    if (!gap.found.empty()) one["found"] = gap.found;
    record["quality"].push_back(std::move(one));
}

}  // namespace imloop::station::intake
