// Gathers what an evidence file holds: the flag, its records with their proofs, and plots.
#include "hub/evidence/evidence.hpp"

#include <array>

#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/evidence/plot.hpp"
#include "hub/evidence/proof.hpp"
#include "hub/report/suspects.hpp"
#include "loop/traces/compare.hpp"
#include "loop/traces/trace.hpp"

namespace imloop::hub::calls {
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
void add_trace_plot(Store& store, const loop::rules::Suspects& suspects, const std::string& sha256, Case& to) {
    const auto own = trace_in(store, sha256);
    if (!own) return;
    for (const auto& match : suspects.traces().matches(sha256)) {
        const auto twin = trace_in(store, match.sha256);
        const auto fit = twin ? loop::traces::compare(*own, *twin) : std::nullopt;
        if (!fit) continue;
        for (const auto& channel : fit->channels)
            if (auto plot = twin_plot(*own, *twin, channel.name, fit->lag_rows, channel.scale, channel.offset)) {
                to.plots.push_back(std::move(*plot));
                return;
            }
    }
    for (const auto* channel : channels)
        if (auto plot = trace_plot(*own, channel)) {
            to.plots.push_back(std::move(*plot));
            return;
        }
}

/// Of a record's own line, null where there is none.
json proof(Reader& reader, const std::string& record_id) {
    const auto line = reader.loop.projection.journal_line(record_id);
    const auto stored = line ? reader.store.segment_with(line->source, line->epoch, line->seq) : std::nullopt;
    if (!stored) return nullptr;
    const auto segment = journal::parse_segment(stored->bytes).value();
    const auto seal_key = reader.loop.keys.of(segment.header.source, segment.seal.kid);
    const auto kid = journal::receipt_kid(stored->receipt);
    const auto receipt_key = kid ? reader.loop.keys.find(*kid) : std::nullopt;
    if (!seal_key || !receipt_key) return nullptr;
    return proof_of(segment, line->seq, seal_key->key, stored->receipt, receipt_key->key).value_or(json());
}

}  // namespace

Answer suspect_evidence(Context& c, const json& in) {
    const std::string flag_id = in.at("flag_id");
    SuspectRequest request;
    request.unmasked = true;  // the lines hold plate and VIN anyway
    std::optional<Case> made;
    c.hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        auto& reader = *view.reader;
        const auto& projection = reader.loop.projection;
        auto flag = hub::suspect(projection, view.suspects, flag_id, request);
        if (!flag) return;
        (*flag)["decisions"] = decisions_about(view, flag_id);
        made.emplace(Case{std::move(*flag), {}, {}, loop::format_moment(c.now), c.hub.id});
        std::vector<Mark> marks;
        for (const auto& record : made->flag.at("records")) {
            const std::string record_id = record.at("record_id");
            made->exhibits.push_back({record, proof(reader, record_id)});
            if (const auto fact = projection.fact(record_id))
                marks.push_back({fact->occurred_at, fact->station_id + "  " + record.value("number", "")});
        }
        if (!marks.empty())
            add_trace_plot(reader.store, view.suspects,
                           trace_named(projection, made->exhibits.front().record.at("record_id")), *made);
        if (marks.size() > 1) made->plots.push_back(time_strip(std::move(marks)));
    });
    if (!made) return no_such_flag();
    return {200, "text/html", evidence_page(*made), {}};
}

}  // namespace imloop::hub::calls
