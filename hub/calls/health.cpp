// Whether it is well, and what it promises stations (schemas/openapi.yaml).
#include <prometheus/text_serializer.h>

#include "hub/api/measured.hpp"
#include "hub/calls/calls.hpp"
#include "schemas/embedded.hpp"

namespace imloop::hub::calls {

Answer openapi(Context&) { return {200, "application/yaml", std::string(schemas::embedded("openapi.yaml")), {}}; }

Answer live(Context&) { return {200, "text/plain", "ok\n", {}}; }

Answer ready(Context& c) {
    const bool is_ready = !c.hub.is_cut_off();
    return {is_ready ? 200 : 503, "text/plain", is_ready ? "ok\n" : "starting\n", {}};
}

Answer metrics(Context& c) {
    auto& hub = c.hub;
    std::uint64_t lines = 0, epochs = 0;
    c.reader().loop.each_chain(
        [&](const auto&, const auto&, const ChainState& chain) { lines += chain.last, ++epochs; });
    std::vector<prometheus::MetricFamily> all{
        counter("imloop_lines_total", "lines in the journals", lines),
        gauge("imloop_epochs", "journals", epochs),
        gauge("imloop_writes", "1: writes to the store; 0: leaves that to another hub", hub.writer->lost() ? 0 : 1),
        gauge("imloop_waiting_segments", "segments and process data that wait", hub.waiting_segments.held()),
        gauge("imloop_waiting_bytes", "their bytes", hub.waiting_bytes.held()),
        gauge("imloop_waiting_bytes_peak", "the most that waited at a time", hub.waiting_bytes.peak()),
        gauge("imloop_waiting_notes", "notes that nobody waits for and that wait", hub.waiting_notes.held()),
        counters("imloop_rule_failures_total", "times a suspect rule failed at a record", "rule",
                 hub.watch->failures_by_rule())};
    for (const auto* one : hub.measured)
        for (auto& family : one->Collect()) all.push_back(std::move(family));
    return {200, "text/plain; version=0.0.4", prometheus::TextSerializer().Serialize(all), {}};
}

}  // namespace imloop::hub::calls
