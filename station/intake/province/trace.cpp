#include "station/intake/province/trace.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "loop/time.hpp"
#include "station/intake/outcome/no_values.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t rows_max = 3600, bytes_max = 4 << 20;

struct Column {
    const char* name;
    std::vector<const char*> keys;  ///< as the makers name it
};

const std::vector<Column>& columns() {
    static const std::vector<Column> all = {{"co_pct", {"co"}},
                                            {"co2_pct", {"co2", "co2_nd"}},
                                            {"o2_pct", {"o2"}},
                                            {"hc_ppm", {"hc"}},
                                            {"no_ppm", {"no"}},
                                            {"nox_ppm", {"nox"}},
                                            {"lambda", {"lambda", "p_lambda"}},
                                            {"opacity_m1", {"light_absorption", "kh", "kz", "k"}},
                                            {"rpm", {"rpm"}},
                                            {"speed_kmh", {"vehicle_speed"}},
                                            {"power_kw", {"power", "gl"}},
                                            {"oil_temp_c", {"ywssz", "yw"}},
                                            {"temperature_c", {"hjwd"}},
                                            {"humidity_pct", {"xdsd"}},
                                            {"pressure_kpa", {"dqy"}}};
    return all;
}

struct Stage {
    const char* key;
    std::map<std::string, std::string> words;
};

const std::vector<Stage>& stages() {
    static const std::vector<Stage> all = {
        {"idle_type", {{"0", "prepare"}, {"1", "prepare"}, {"2", "high_idle"}, {"3", "prepare"}, {"4", "idle"}}},
        {"asm_type", {{"0", "prepare"}, {"1", "test"}, {"2", "test"}, {"3", "accelerate"}}},
        {"lugdown_type", {{"0", "sweep"}, {"1", "k100"}, {"2", "k80"}}},
        // 0 to 2 clear the pipe, then come the accelerations.
        {"state",
         {{"0", "prepare"},
          {"1", "prepare"},
          {"2", "prepare"},
          {"3", "test"},
          {"4", "test"},
          {"5", "test"},
          {"6", "test"}}}};
    return all;
}

const XmlNode* value_node(const XmlNode& row, const std::vector<const char*>& keys) {
    for (const auto* key : keys)
        if (const auto* node = row.child(key)) return node;
    return nullptr;
}

ProvinceTrace bad_trace(std::size_t line, const std::string& zh, const std::string& en) {
    return {{}, Refusal{"bad_trace", zh, en, line}, {}, {}};
}

ProvinceTrace with_gap(std::size_t line, const TraceGap& gap) {
    return {{}, Refusal{"bad_trace", gap.zh, gap.en, line}, gap, {}};
}

std::optional<RowTime> time_of(const XmlNode& row, const Settings& settings) {
    const auto n = number(row.value("time_no"));
    if (n && *n >= 0 && *n < 1e6 && *n == std::floor(*n)) return RowTime{true, *n};
    for (const auto* name : {"time_no", "time"})
        if (const auto time = loop::parse_moment(moment_of(row.value(name), {}, settings)))
            return RowTime{false, std::floor(static_cast<double>(*time) / 1000)};
    return std::nullopt;
}

}  // namespace

double second_of(const XmlNode& row, const Settings& settings) {
    return time_of(row, settings).value_or(RowTime{}).second;
}

ProvinceTrace province_trace(const std::vector<const XmlNode*>& rows, const Settings& settings) {
    if (rows.empty()) return {};
    if (rows.size() > rows_max)
        return bad_trace(rows[rows_max]->line, "过程数据超过 3600 行", "more than 3,600 rows of process data");
    const Stage* stage = nullptr;
    for (const auto& known : stages())
        if (rows.front()->child(known.key) != nullptr) stage = &known;
    std::vector<const Column*> used;
    for (const auto& column : columns())
        for (const auto* row : rows)
            if (value_node(*row, column.keys) != nullptr) {
                used.push_back(&column);
                break;
            }
    std::vector<RowTime> times;
    for (const auto* row : rows) {
        const auto time = time_of(*row, settings);
        if (!time)
            return bad_trace(line_of(*row, "time_no"), "过程数据缺少时序 (time_no) 或看不懂",
                             "a row of the process data has no time_no that can be read");
        times.push_back(*time);
    }
    if (const auto gap = gap_of(times)) return with_gap(rows[gap->first]->line, gap->second);

    std::string csv = stage != nullptr ? "time_s,state,state_code" : "time_s";
    for (const auto* column : used) csv += std::string(",") + column->name;
    csv += '\n';
    Notes notes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = *rows[i];
        csv += std::to_string(static_cast<long>(times[i].second - times.front().second));
        if (stage != nullptr) {
            const auto code = row.value(stage->key);
            if (!code.empty() && !number(code))
                return bad_trace(row.line, "过程数据的工况不是数字", "a state of the process data is no number");
            const auto known = stage->words.find(code);
            csv += "," + (known == stage->words.end() ? std::string() : known->second) + "," + code;
        }
        for (const auto* column : used) {
            const auto* node = value_node(row, column->keys);
            const auto text = node == nullptr ? std::string() : node->text;
            const auto value = number(text);
            const bool says_none = value == 99999.0 || is_no_value(column->name, text);
            if (says_none && std::ranges::find(notes, node->name, &Left::place) == notes.end())
                notes.push_back(no_value({}, node->line, node->name, text));
            const bool is_none = text.empty() || says_none;
            if (!is_none && !value)
                return bad_trace(node->line, "过程数据有不是数字的值: " + node->name,
                                 "a value of the process data is no number: " + node->name);
            csv += "," + (is_none ? std::string() : text);
        }
        csv += '\n';
    }
    if (csv.size() > bytes_max) return bad_trace(0, "过程数据超过 4 MiB", "more than 4 MiB of process data");
    return {std::move(csv), {}, {}, std::move(notes)};
}

}  // namespace imloop::station::intake
