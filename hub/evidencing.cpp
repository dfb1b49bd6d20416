// Gathers what an evidence file holds: the flag, its records with their proofs, and plots.
#include <array>

#include "hub/evidence/evidence.hpp"
#include "hub/evidence/plot.hpp"
#include "hub/evidence/proof.hpp"
#include "hub/hub_impl.hpp"
#include "hub/report/suspects.hpp"
#include "loop/traces/compare.hpp"
#include "loop/traces/trace.hpp"

namespace imloop::hub {
namespace {

using loop::traces::Trace;
using nlohmann::json;

/// Channels that tell most, the first that both traces have is drawn.
constexpr std::array channels{"co2_pct", "opacity_m1", "co_pct", "hc_ppm", "no_ppm", "nox_ppm", "rpm", "power_kw"};

std::optional<Trace> trace_in(Store& store, const std::string& sha256) {
    const auto csv = sha256.empty() ? std::nullopt : store.whole_trace(sha256);
    return csv ? loop::traces::parse_trace(*csv).trace : std::nullopt;
}

std::string trace_named(const loop::Projection& projection, const std::string& record_id) {
    const auto fact = projection.fact(record_id);
    if (!fact || !fact->inspection) return {};
    return loop::detail_of(*fact).inspection->trace_sha256;
}

/// The record's trace over its twin's, or alone.
void add_trace_plot(Store& store, const loop::rules::Suspects& suspects, const std::string& sha256, Case& c) {
    const auto own = trace_in(store, sha256);
    if (!own) return;
    for (const auto& match : suspects.traces().matches(sha256)) {
        const auto twin = trace_in(store, match.sha256);
        const auto fit = twin ? loop::traces::compare(*own, *twin) : std::nullopt;
        if (!fit) continue;
        for (const auto& channel : fit->channels)
            if (auto plot = twin_plot(*own, *twin, channel.name, fit->lag_rows, channel.scale, channel.offset)) {
                c.plots.push_back(std::move(*plot));
                return;
            }
    }
    for (const auto* channel : channels)
        if (auto plot = trace_plot(*own, channel)) {
            c.plots.push_back(std::move(*plot));
            return;
        }
}

}  // namespace

json Hub::Impl::proof(const std::string& record_id) {
    const auto line = state.projection.journal_line(record_id);
    const auto stored = line ? store.segment_with(line->source, line->epoch, line->seq) : std::nullopt;
    if (!stored) return nullptr;
    const auto segment = journal::parse_segment(stored->bytes).value();
    const auto seal_key = state.keys.of(segment.header.source, segment.seal.kid);
    const auto kid = journal::receipt_kid(stored->receipt);
    const auto receipt_key = kid ? state.keys.find(*kid) : std::nullopt;
    if (!seal_key || !receipt_key) return nullptr;
    return proof_of(segment, line->seq, seal_key->key, stored->receipt, receipt_key->key).value_or(json());
}

Answer Hub::Impl::suspect_evidence(const json& in) {
    const std::string flag_id = in.at("flag_id");
    SuspectRequest request;
    request.unmasked = true;  // the lines hold plate and VIN anyway
    const std::unique_lock guard(lock);
    sweep();
    auto flag = hub::suspect(state.projection, state.suspects, flag_id, request);
    if (!flag)
        return problem(404, "flag_not_found", "没有这个标记，可能已随记录消失 / no such flag; it may have cleared");
    (*flag)["decisions"] = decisions_about(flag_id);
    Case c{std::move(*flag), {}, {}, loop::format_moment(options.now()), id};
    std::vector<Mark> marks;
    for (const auto& record : c.flag.at("records")) {
        const std::string record_id = record.at("record_id");
        c.exhibits.push_back({record, proof(record_id)});
        if (const auto fact = state.projection.fact(record_id))
            marks.push_back({fact->occurred_at, fact->station_id + "  " + record.value("number", "")});
    }
    if (!marks.empty())
        add_trace_plot(store, state.suspects, trace_named(state.projection, c.exhibits.front().record.at("record_id")),
                       c);
    if (marks.size() > 1) c.plots.push_back(time_strip(std::move(marks)));
    return {200, "text/html", evidence_page(c), {}};
}

}  // namespace imloop::hub
