#include "hub/evidence/plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace imloop::hub {
namespace {

using loop::traces::Trace;
using markup::Html;
using markup::html;

constexpr double width = 680, height = 180, margin = 40, rest_height = 60;

struct Range {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    void take(double v) {
        if (std::isnan(v)) return;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    double share(double v) const { return high > low ? (v - low) / (high - low) : 0.5; }
};

/// A polyline over row numbers 0 to `rows`; gaps where values are missing.
Html line(const std::vector<double>& values, const Range& range, double top, double tall, std::string_view style) {
    std::string points;
    const double step = (width - 2 * margin) / static_cast<double>(std::max<std::size_t>(values.size(), 2) - 1);
    Html out;
    const auto end = [&] {
        if (!points.empty())
            out += html("<polyline fill=\"none\" points=\"{}\" {}/>", points, Html{std::string(style)});
        points.clear();
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
            end();
            continue;
        }
        points += fmt::format("{:.1f},{:.1f} ", margin + step * static_cast<double>(i),
                              top + tall * (1 - range.share(values[i])));
    }
    end();
    return out;
}

std::string whole(double number) { return fmt::format("{:.0f}", number); }

Html label(double x, double y, std::string_view words, std::string_view anchor = "start") {
    return html("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>", whole(x), whole(y), anchor, words);
}

Html framed(double tall, std::string_view about, const Html& inside) {
    return html("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>", whole(width), whole(tall), about,
                inside);
}

std::vector<double> values_of(const Trace& trace, std::string_view channel) {
    const auto column = trace.column(channel);
    return {column.begin(), column.end()};
}

Html axes(const Range& range, std::string_view channel, std::size_t rows) {
    Html out = html("<path d=\"M{} 10V{}H{}\" fill=\"none\" stroke=\"#7F8B97\"/>", whole(margin), whole(height),
                    whole(width - margin));
    out += label(margin - 4, 16, fmt::format("{:.3g}", range.high), "end");
    out += label(margin - 4, height, fmt::format("{:.3g}", range.low), "end");
    out += label(margin, height + 16, "0 s");
    out += label(width - margin, height + 16, fmt::format("{} s", rows), "end");
    out += label(width - margin, 16, channel, "end");
    return out;
}

}  // namespace

std::optional<Html> twin_plot(const Trace& test, const Trace& twin, std::string_view channel, int lag_rows,
                              double scale, double offset) {
    const auto own = values_of(test, channel), other = values_of(twin, channel);
    if (own.empty() || other.empty() || scale == 0) return std::nullopt;
    std::vector<double> moved(own.size(), std::numeric_limits<double>::quiet_NaN()), left = moved;
    Range range, rest;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i) - lag_rows;
        if (at >= 0 && at < static_cast<std::ptrdiff_t>(other.size()))
            moved[i] = (other[static_cast<std::size_t>(at)] - offset) / scale;
        left[i] = own[i] - moved[i];
        range.take(own[i]);
        range.take(moved[i]);
        rest.take(left[i]);
    }
    // What is left is drawn to the scale of the values themselves, so that nothing looks like nothing.
    const double span = range.high - range.low;
    rest = {-span / 2, span / 2};
    Html inside = axes(range, channel, own.size());
    inside += line(moved, range, 10, height - 10, "stroke=\"#8FB3D6\" stroke-width=\"6\"");
    inside += line(own, range, 10, height - 10, "stroke=\"#17212B\" stroke-width=\"1.2\"");
    inside +=
        line(left, rest, height + 24, rest_height, "stroke=\"#9B1C2C\" stroke-width=\"1\" stroke-dasharray=\"3 2\"");
    inside +=
        label(margin, height + 24 + rest_height + 14,
              "细实线 本次 · 宽浅线 另一次 · 虚线 两者之差 / thin: this test; broad: the other; dashed: difference");
    return framed(height + rest_height + 44, "两次过程数据的叠加 / the two traces laid over each other", inside);
}

std::optional<Html> trace_plot(const Trace& trace, std::string_view channel) {
    const auto values = values_of(trace, channel);
    Range range;
    for (const double v : values) range.take(v);
    if (values.empty() || range.high < range.low) return std::nullopt;
    Html inside = axes(range, channel, values.size());
    inside += line(values, range, 10, height - 10, "stroke=\"#17212B\" stroke-width=\"1.2\"");
    return framed(height + 24, "过程数据 / process data", inside);
}

Html time_strip(std::vector<Mark> marks) {
    std::ranges::stable_sort(marks, {}, &Mark::at);
    const auto from = marks.empty() ? 0 : marks.front().at, to = marks.empty() ? 0 : marks.back().at;
    Html inside = html("<path d=\"M{} 20H{}\" stroke=\"#7F8B97\"/>", whole(margin), whole(width - margin));
    double y = 44;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const double share = to > from ? static_cast<double>(marks[i].at - from) / static_cast<double>(to - from) : 0.5;
        const double x = margin + share * (width - 2 * margin);
        inside += html("<circle cx=\"{}\" cy=\"20\" r=\"5\" fill=\"#fff\" stroke=\"#17212B\" stroke-width=\"2\"/>", x);
        inside += label(x, 10, std::to_string(i + 1), "middle");
        inside += label(margin, y, fmt::format("{}  {}  {}", i + 1, loop::format_moment(marks[i].at), marks[i].words));
        y += 18;
    }
    return framed(y, "先后 / in the order of time", inside);
}

}  // namespace imloop::hub
