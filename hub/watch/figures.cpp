#include "hub/watch/figures.hpp"

#include <nlohmann/json.hpp>

namespace imloop::loop::rules {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ChannelFacts, part, channel, rows, min, max, mean, window_min, window_max)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Agreement, rows, ratio, correlation, bench_range, obd_range)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TraceFacts, rows, seconds, gap_s_max, missing_rows, falls, order_peaks, peaks,
                                   rpm_min, rpm_max, rpm_rows, part_rows, channels, rpm, speed, power_rows, power_ratio)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TraceMatch, sha256, shift_s, scale, offset, correlation, rows, chance)

}  // namespace imloop::loop::rules

namespace imloop::loop::traces {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Sketch, signs, stride, tells, paired)

}  // namespace imloop::loop::traces

namespace imloop::hub {

using nlohmann::json;

std::string bytes_of(const TraceFigures& figures) {
    json out{{"sketch", figures.sketch}, {"copies", figures.copies}};
    if (figures.facts) out["facts"] = *figures.facts;
    std::string bytes;
    json::to_cbor(out, bytes);
    return bytes;
}

std::optional<TraceFigures> figures_of(std::string_view bytes) {
    try {
        const auto in = json::from_cbor(bytes);
        TraceFigures out;
        in.at("sketch").get_to(out.sketch);
        in.at("copies").get_to(out.copies);
        if (const auto facts = in.find("facts"); facts != in.end()) out.facts = facts->get<loop::rules::TraceFacts>();
        return out;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace imloop::hub
