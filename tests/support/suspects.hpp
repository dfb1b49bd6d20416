// A small world for the suspect rules: stations, made-up records, the projection and what the rules flag in it.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"
#include "loop/tables.hpp"

namespace imloop::test {

using nlohmann::json;

/// A UUIDv7 by number, the same every time.
inline std::string id_of(int n) { return fmt::format("01900000-0000-7000-8000-{:012x}", n); }

/// A two-speed idle test that is right in every respect; `more` is merged into it (RFC 7396: null takes away).
inline json a_test(int n, const std::string& ended_at, const json& more = json::object()) {
    const auto end = loop::parse_moment(ended_at).value();
    json r{{"schema", "imloop/inspection/1"},
           {"record_id", id_of(n)},
           {"station_id", "I610404-01"},
           {"occurred_at", ended_at},
           {"vehicle", {{"vin", "LSVAA4182E2000013"}, {"plate", "陕D0T001"}, {"plate_kind", "02"}, {"fuel", "petrol"}}},
           {"report_no", fmt::format("R{}", n)},
           {"line_id", "L1"},
           {"inspector_id", "王工"},
           {"reason", "periodic"},
           {"started_at", loop::format_moment(end - 180'000)},
           {"ended_at", ended_at},
           {"method", "two_speed_idle"},
           {"readings",
            {{{"item", "co"}, {"phase", "idle"}, {"value", 0.12}, {"unit", "%"}, {"limit", 0.6}, {"passed", true}},
             {{"item", "hc"}, {"phase", "idle"}, {"value", 24}, {"unit", "ppm"}, {"limit", 80}, {"passed", true}},
             {{"item", "co"}, {"phase", "high_idle"}, {"value", 0.05}, {"unit", "%"}, {"limit", 0.3}, {"passed", true}},
             {{"item", "hc"}, {"phase", "high_idle"}, {"value", 9}, {"unit", "ppm"}, {"limit", 50}, {"passed", true}}}},
           {"verdict", "pass"}};
    r.merge_patch(more);
    if (more.contains("occurred_at") || more.contains("ended_at")) throw std::logic_error("say the end as `ended_at`");
    return r;
}

/// The same, failed by CO at idle.
inline json a_failed_test(int n, const std::string& ended_at, const json& more = json::object()) {
    json r = a_test(n, ended_at, more);
    r["verdict"] = "fail";
    r["readings"][0]["value"] = 1.42;
    r["readings"][0]["passed"] = false;
    r["failed_items"] = {"co/idle"};
    return r;
}

inline json a_repair(int n, const std::string& settled_at, const json& more = json::object()) {
    const auto end = loop::parse_moment(settled_at).value();
    json r{{"schema", "imloop/repair/1"},
           {"record_id", id_of(n)},
           {"station_id", "M610404-03"},
           {"occurred_at", settled_at},
           {"vehicle", {{"vin", "LSVAA4182E2000013"}, {"plate", "陕D0T001"}, {"plate_kind", "02"}}},
           {"work_order_no", fmt::format("W{}", n)},
           {"received_at", loop::format_moment(end - 4 * 3'600'000)},
           {"settled_at", settled_at},
           {"items", {{{"code", "EMI-CAT"}, {"name", "更换三元催化器"}, {"labour_hours", 2}, {"labour_fee", 300}}}},
           {"technician_id", "李师傅"},
           {"total_fee", 1800},
           {"outcome", "repaired"}};
    r.merge_patch(more);
    return r;
}

inline json a_registration(const std::string& station, const json& more = json::object()) {
    static int n = 900'000;
    json r{{"schema", "imloop/registration/1"},
           {"record_id", id_of(++n)},
           {"station_id", "H610400-01"},
           {"occurred_at", "2020-01-01T00:00:00+08:00"},
           {"registered_station_id", station},
           {"kind", station.substr(0, 1)},
           {"name", station},
           {"county", station.substr(1, 6)},
           {"status", "filed"},
           {"valid_from", "2020-01-01"}};
    r.merge_patch(more);
    return r;
}

struct SuspectWorld {
    explicit SuspectWorld(const json& changes = json::object(),
                          const std::vector<loop::rules::Rule>& rules = loop::rules::all(),
                          const loop::Rows* rows = nullptr)
        : projection(loop::default_policy()),
          suspects(loop::rules::Parameters(changes), rules, rows) {
        int n = 800'000;
        for (const auto* station : {"I610404-01", "I610404-02", "M610404-03", "M610404-04"})
            put(a_registration(station, {{"record_id", id_of(++n)}}), "H610400-01");
    }

    /// Received a minute after it occurred, in a journal of its station's own, unless said otherwise. Throws where the
    /// record is not admitted: then the test is wrong, not the rule.
    void put(const json& record, std::string source = "", std::optional<loop::Moment> received_at = {}) {
        if (source.empty()) source = record.at("station_id").get<std::string>();
        const auto occurred = loop::parse_moment(record.at("occurred_at").get<std::string>()).value();
        const loop::rules::Arrival arrival{
            source, "epoch", ++seq_[source], received_at.value_or(occurred + 60'000), {}};
        const auto line = loop::admit(record.dump(), source, arrival.received_at);
        if (!line.problems.empty())
            throw std::logic_error(line.problems[0].pointer + " " + line.problems[0].code + " " + line.problems[0].en);
        take(line, arrival);
    }
    /// As an old journal holds it: accepted once, whatever admission says of it today.
    void put_old(const json& record, const loop::rules::Arrival& arrival) {
        take(loop::reread(record.dump(), true), arrival);
    }
    /// Accepted or rejected, as a hub takes it in.
    void take(const loop::Admitted& line, const loop::rules::Arrival& arrival) {
        auto came = arrival;
        for (const auto& problem : line.problems) came.rejected_for.push_back(problem.code);
        suspects.came(came);
        projection.put(line, arrival.source, arrival.epoch, arrival.seq);
        if (line.problems.empty()) return suspects.arrived(*line.record_id, arrival);
        if (came.rejected_for == std::vector<std::string>{"verdict_contradicts_readings"})
            suspects.rejected(line.fact, came);
    }
    /// A line of the journal that is no record: rejected, or voided.
    void lose_line(const std::string& source) { ++seq_[source]; }
    void settle() { suspects.update(projection, projection.settle()); }
    void sweep(const std::string& day = "2026-12-31") {
        settle();
        suspects.sweep(projection, loop::parse_day(day).value());
    }
    /// Settled, swept: the flags of a rule in the order of their ids.
    std::vector<loop::rules::Flag> flags(const std::string& rule) {
        sweep();
        std::vector<loop::rules::Flag> out;
        suspects.each_flag([&](const loop::rules::Flag& flag) {
            if (flag.rule == rule) out.push_back(flag);
        });
        return out;
    }

    loop::Projection projection;
    loop::rules::Suspects suspects;

private:
    std::map<std::string, std::uint64_t> seq_;
};

}  // namespace imloop::test
