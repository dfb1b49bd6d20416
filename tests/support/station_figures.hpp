// Records made in memory for the station statistics: no JSON, no identity, thousands at a time.
#pragma once

#include <fmt/format.h>

#include <string>

#include "loop/projection.hpp"
#include "loop/rules/parameters.hpp"
#include "loop/suspects/observed/statistics.hpp"
#include "loop/suspects/observed/traces.hpp"
#include "loop/tables.hpp"
#include "tests/support/rows.hpp"

namespace imloop::test {

inline constexpr loop::Day last_day = 20'453;  ///< 2025-12-31

inline std::string station_id(int n) { return fmt::format("I610404-{:02}", n); }

struct MadeTest {
    int station = 1;
    loop::Day day = last_day;
    loop::Verdict verdict = loop::Verdict::pass;
    double co = 0.3;  ///< %, limit 0.5
    loop::Reason reason = loop::Reason::periodic;
    std::string inspector = "A", line = "1";
};

inline loop::rules::Record made(const MadeTest& t) {
    static int n = 0;
    loop::rules::Record r;
    r.fact.record_id = fmt::format("made-{}", ++n);
    r.fact.station_id = station_id(t.station);
    r.fact.kind = loop::Kind::inspection;
    r.fact.occurred_at = loop::start_of(t.day) + 10 * 3'600'000;
    r.fact.inspection = loop::InspectionFact{"R", "", t.reason, t.verdict, "asm", r.fact.occurred_at - 200'000, {}};
    auto& detail = r.detail.inspection.emplace();
    detail.line_id = t.line;
    detail.inspector_id = t.inspector;
    detail.ended_at = r.fact.occurred_at;
    detail.started_at = r.fact.inspection->started_at;
    detail.readings = {{"co", "5025", "%", t.co, 0.5, {}, {}}};
    auto& vehicle = r.detail.vehicle.emplace();
    vehicle.fuel = "petrol";
    vehicle.emission_stage = "国IV";
    return r;
}

/// Statistics, and what a sweep rule flags in them at the end of 2025.
struct StationFigures {
    explicit StationFigures(const nlohmann::json& changes = nlohmann::json::object()) : parameters(changes) {}

    loop::rules::Record& add(const MadeTest& t) { return add(made(t)); }
    loop::rules::Record& add(loop::rules::Record r) {
        statistics.add(r);
        return last = std::move(r);
    }
    /// `tests` tests, every `one_in`th failed, spread over the year.
    void add_year(int station, int tests, int one_in) {
        for (int i = 0; i < tests; ++i) {
            const bool fails = one_in > 0 && i % one_in == 0;
            add({station, last_day - i % 360, fails ? loop::Verdict::fail : loop::Verdict::pass, fails ? 0.9 : 0.3});
        }
    }
    loop::rules::Flags flags(std::string_view rule) const {
        loop::rules::Flags out;
        const loop::rules::Context context{projection.stations(), parameters, traces};
        for (const auto& one : loop::rules::all())
            if (one.id == rule) one.sweep({statistics, projection, last_day}, context, out);
        for (auto& flag : out) flag.rule = rule;
        return out;
    }

    loop::rules::Statistics statistics;
    loop::Projection projection{loop::default_policy()};
    loop::rules::Parameters parameters;
    loop::rules::Traces traces;
    loop::rules::Record last;
};

/// All rows of statistics that have none elsewhere and were not asked before.
inline auto rows_of(loop::rules::Statistics& statistics) {
    MapRows rows;
    statistics.write(rows.take());
    return rows.tables;
}

inline std::string value_of(const loop::rules::Flag& flag, std::string_view name) {
    for (const auto& v : flag.values)
        if (v.name == name) return v.text;
    return "";
}

}  // namespace imloop::test
