// Plots of an evidence file: plain SVG, readable in print and without colour.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"
#include "loop/traces/trace.hpp"
#include "markup/html.hpp"

namespace imloop::hub {

/// The test's channel thin over its twin's broad and pale, after the twin was moved by `lag_rows` and brought to the
/// test's scale, and what is left between them below. Nothing where a trace lacks the channel.
std::optional<markup::Html> twin_plot(const loop::traces::Trace& test, const loop::traces::Trace& twin,
                                      std::string_view channel, int lag_rows, double scale, double offset);
/// One trace's channel over time. Nothing where it lacks it.
std::optional<markup::Html> trace_plot(const loop::traces::Trace&, std::string_view channel);

struct Mark {
    loop::Moment at = 0;
    std::string words;
};
/// When the records of a case were: marks in the order of time, numbered.
markup::Html time_strip(std::vector<Mark>);

}  // namespace imloop::hub
