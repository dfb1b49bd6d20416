#include "loop/traces/trace.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "loop/names.hpp"

namespace imloop::loop::traces {
namespace {

constexpr std::array<std::string_view, 13> state_names = {"",     "prepare",    "settle",    "hold",  "stable",
                                                          "test", "idle",       "high_idle", "sweep", "k100",
                                                          "k80",  "accelerate", "cycle"};

constexpr std::array<std::string_view, 20> contract_columns = {
    "time_s",     "state",         "co_pct",       "co2_pct",      "o2_pct",    "hc_ppm",       "no_ppm",
    "nox_ppm",    "lambda",        "opacity_m1",   "rpm",          "speed_kmh", "power_kw",     "load_n",
    "oil_temp_c", "temperature_c", "humidity_pct", "pressure_kpa", "obd_rpm",   "obd_speed_kmh"};

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// The text before `end`, which is taken away with it; all of it where there is none.
std::string_view take_until(std::string_view& text, char end) {
    const auto at = text.find(end);
    const auto part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return part;
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    cells.reserve(static_cast<std::size_t>(std::ranges::count(line, ',')) + 1);
    for (bool more = true; more;) {
        more = line.find(',') != std::string_view::npos;
        cells.push_back(take_until(line, ','));
    }
    return cells;
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// Reads line by line; stops at the first thing that is wrong.
class Reader {
public:
    explicit Reader(std::string_view csv) : rest_(csv) {}

    ParsedTrace read() {
        if (all()) out_.trace = std::move(trace_);
        return std::move(out_);
    }

private:
    bool all() {
        if (rest_.size() > trace_bytes_max) return fail({}, "过程数据超过 4 MiB", "more than 4 MiB of process data");
        if (!header()) return false;
        while (!rest_.empty())
            if (!row()) return false;
        return trace_.rows() > 0 || fail({}, "没有数据行", "there are no rows");
    }

    bool fail(std::string_view column, std::string zh, std::string en) {
        out_.error = {line_, std::string(column), std::move(zh), std::move(en)};
        return false;
    }

    std::string_view next_line() {
        ++line_;
        return take_until(rest_, '\n');
    }

    bool header() {
        const auto cells = cells_of(next_line());
        if (cells.size() > trace_columns_max) return fail({}, "超过 64 列", "more than 64 columns");
        for (const auto cell : cells) {
            const std::string name(cell);
            if (name.empty()) return fail({}, "表头有空列名", "the header has a column without a name");
            if (std::ranges::find(names_, name) != names_.end())
                return fail(name, "列名重复", "the column stands twice");
            names_.push_back(name);
            if (name != "time_s" && name != "state") trace_.columns.push_back({name, {}});
        }
        if (std::ranges::find(names_, "time_s") == names_.end())
            return fail({}, "表头没有 time_s 列", "the header has no column time_s");
        return true;
    }

    bool row() {
        const auto cells = cells_of(next_line());
        if (trace_.rows() == trace_rows_max) return fail({}, "超过 3600 行", "more than 3,600 rows");
        if (cells.size() != names_.size())
            return fail({},
                        "有 " + std::to_string(cells.size()) + " 个值，表头有 " + std::to_string(names_.size()) + " 列",
                        std::to_string(cells.size()) + " values where the header has " + std::to_string(names_.size()) +
                            " columns");
        auto column = trace_.columns.begin();
        auto state = State::unknown;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (names_[i] == "state") {
                state = state_named(cells[i]);
                continue;
            }
            const auto value = number(cells[i]);
            if (names_[i] == "time_s") {
                if (!value) return fail(names_[i], "时间不是数字", "the time is no number");
                trace_.time_s.push_back(*value);
                continue;
            }
            if (!value && !cells[i].empty() && is_contract_column(names_[i]))
                return fail(names_[i], "不是数字", "not a number");
            (column++)->values.push_back(value.value_or(missing));
        }
        trace_.state.push_back(state);
        return true;
    }

    std::string_view rest_;
    std::size_t line_ = 0;
    std::vector<std::string> names_;
    Trace trace_;
    ParsedTrace out_;
};

}  // namespace

std::string_view name_of(State state) { return state_names[static_cast<std::size_t>(state)]; }

State state_named(std::string_view name) { return value_named<State>(state_names, name).value_or(State::unknown); }

std::span<const double> Trace::column(std::string_view name) const {
    const auto at = std::ranges::find(columns, name, &Column::name);
    return at == columns.end() ? std::span<const double>() : std::span<const double>(at->values);
}

Trace Trace::cut(std::size_t first, std::size_t last) const {
    assert(first <= last && last <= rows());
    const auto part = [&](const auto& of) {
        return std::decay_t<decltype(of)>(of.begin() + static_cast<std::ptrdiff_t>(first),
                                          of.begin() + static_cast<std::ptrdiff_t>(last));
    };
    Trace out{part(time_s), part(state), {}};
    for (const auto& column : columns) out.columns.push_back({column.name, part(column.values)});
    return out;
}

ParsedTrace parse_trace(std::string_view csv) { return Reader(csv).read(); }

bool is_contract_column(std::string_view name) {
    return std::ranges::find(contract_columns, name) != contract_columns.end();
}

}  // namespace imloop::loop::traces
