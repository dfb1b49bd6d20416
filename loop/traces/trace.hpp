// The second-by-second process data of one test (docs/contract.md, "Process data"), read from its CSV. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::loop::traces {

/// What a trace may hold at most; a longer one is refused whole.
inline constexpr std::size_t trace_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t trace_rows_max = 3600;
inline constexpr std::size_t trace_columns_max = 64;

/// Where in its method a row lies. `unknown`: no word there, or one that docs/contract.md, "Process data" has not.
enum class State { unknown, prepare, settle, hold, stable, test, idle, high_idle, sweep, k100, k80, accelerate, cycle };

std::string_view name_of(State);
State state_named(std::string_view);

struct Column {
    std::string name;  ///< as in the header; its unit stands in the name (`co_pct`)
    std::vector<double> values;
};

/// Columns of one length, in the order of the header. A value that is missing is NaN.
struct Trace {
    std::vector<double> time_s;   ///< as written: seconds may be missing, stand twice or fall, which rules judge
    std::vector<State> state;     ///< all unknown where there is no such column
    std::vector<Column> columns;  ///< all others, those of docs/contract.md and further ones

    std::size_t rows() const { return time_s.size(); }
    /// Empty where the trace has no such column.
    std::span<const double> column(std::string_view name) const;
    /// The same rows without those before `first` and from `last` on; `first <= last <= rows()`.
    Trace cut(std::size_t first, std::size_t last) const;
};

/// Why a CSV is no trace.
struct TraceError {
    std::size_t line = 0;  ///< from 1, the header; 0: the whole
    std::string column;    ///< by its name; empty: the whole line
    std::string zh, en;
};

/// One of the two is there.
struct ParsedTrace {
    std::optional<Trace> trace;
    TraceError error;
};

/// Header row with `time_s`, then one row a second; comma, no quotes, lines ended by LF, the last one may lack it.
/// Numbers as `12.5`, `-3`, `1e-3`; an empty cell is missing. A further column that holds words reads as missing there;
/// a word in a column of docs/contract.md is an error, as are a row of another width, a row without its time and a name
/// that stands twice.
ParsedTrace parse_trace(std::string_view csv);

/// Whether docs/contract.md, "Process data" names the column (`time_s` and `state` among them).
bool is_contract_column(std::string_view name);

}  // namespace imloop::loop::traces
