// What rules read of a test's second-by-second data: small, made once from the parsed trace, without the record. A
// window is so many rows on end; where the mean of a window is the result, it lies between the lowest and the highest
// such mean.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "loop/pack.hpp"
#include "loop/traces/trace.hpp"

namespace imloop::loop::rules {

enum class Channel { co, co2, o2, hc, no, nox, lambda, opacity, power };
inline constexpr std::size_t channel_count = 9;

/// Parts of a trace. Two-speed idle without states is parted by the engine's speed, the two ASM modes by the rollers'.
enum class Part { whole, idle, high_idle, mode_5025, mode_2540, k100, k80 };
inline constexpr std::size_t parts = 7;

/// Rows that equipment loses, or counts one too many, without a trace being less than whole.
inline constexpr int lost_rows_max = 1;

/// Rows whose mean is a result: 30 s of either idle, 10 s of an ASM mode (GB 18285-2018), 3 s elsewhere, the shortest a
/// method takes.
std::size_t window_rows(Part);

/// One channel in one part, over its rows with a value: at least one.
struct ChannelFacts {
    Part part{};
    Channel channel{};
    std::int16_t rows = 0;
    float min = 0, max = 0, mean = 0;
    float window_min = 0, window_max = 0;  ///< of the means of windows; of the whole part where that is shorter
    bool flat() const { return min == max; }
};
auto members(Like<ChannelFacts> auto& c) {
    return std::tie(c.part, c.channel, c.rows, c.min, c.max, c.mean, c.window_min, c.window_max);
}

/// The vehicle's own speed signal against the bench's, over the rows where both are above a standstill.
struct Agreement {
    int rows = 0;
    float ratio = 0;        ///< median of OBD over bench
    float correlation = 0;  ///< the best of lags up to 3 rows either way; 0 where one of them does not vary
    float bench_range = 0, obd_range = 0;  ///< highest less lowest
};
auto members(Like<Agreement> auto& a) { return std::tie(a.rows, a.ratio, a.correlation, a.bench_range, a.obd_range); }

struct TraceFacts {
    int rows = 0;
    double seconds = 0;    ///< from the first row to the last, both counted
    double gap_s_max = 0;  ///< the longest time between neighbours
    int missing_rows = 0;  ///< that its seconds, at their usual step, have no row for; a pause between parts needs none
    int falls = 0;         ///< rows whose second lies before that of the row above
    int order_peaks = 0;   ///< free accelerations, by the column `order`; 0: no such column
    std::array<float, 8> peaks{};  ///< highest opacity of each, as many as `order_peaks`
    float rpm_min = 0, rpm_max = 0;
    int rpm_rows = 0;
    std::array<std::int16_t, parts> part_rows{};
    std::vector<ChannelFacts> channels{};
    Agreement rpm, speed;
    int power_rows = 0;     ///< with force, speed above 10 km/h and power
    float power_ratio = 0;  ///< median of power over force times speed
    /// Whether its seconds go on in order with none missing, but for a row lost now and then.
    bool goes_through() const { return falls == 0 && missing_rows <= lost_rows_max; }
    int rows_of(Part p) const { return part_rows[static_cast<std::size_t>(p)]; }
    /// Nothing where the part has no such values.
    const ChannelFacts* of(Part, Channel) const;
};
auto members(Like<TraceFacts> auto& t) {
    return std::tie(t.rows, t.seconds, t.gap_s_max, t.missing_rows, t.falls, t.order_peaks, t.peaks, t.rpm_min,
                    t.rpm_max, t.rpm_rows, t.part_rows, t.channels, t.rpm, t.speed, t.power_rows, t.power_ratio);
}

TraceFacts facts_of(const traces::Trace&);

/// Where the readings of a phase are taken from. Nothing where a trace cannot show it.
std::optional<Part> part_of_phase(std::string_view phase);
std::optional<Channel> channel_of_item(std::string_view item);

}  // namespace imloop::loop::rules
