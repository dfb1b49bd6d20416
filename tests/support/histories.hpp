// Small histories of lines in which everything that can interfere does, thrown with dice that shrink.
#pragma once

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/dice.hpp"

namespace imloop::test {

using nlohmann::json;

struct Line {
    std::string source;
    std::string bytes;
};

inline std::string id_of(unsigned n) {
    char id[40];
    std::snprintf(id, sizeof id, "01930000-0000-7000-8000-%012u", n);
    return id;
}

inline json vehicle(Dice& dice) {
    // One slip apart, far apart, proven and not; plates shared.
    constexpr const char* vins[] = {
        "", "LSVAA49J132000017", "LSVAA49J132000071", "LSVAA49J132000018", "LFV2A21K8E4003321", "LSVAA49J13200017"};
    constexpr const char* plates[] = {"陕D0T001", "", "陕D0T002", "陕D·0T001"};
    constexpr const char* kinds[] = {"02", "", "01"};
    json out = json::object();
    const std::string vin = dice.pick(vins), plate = dice.pick(plates), kind = dice.pick(kinds);
    if (!vin.empty()) out["vin"] = vin;
    if (!plate.empty() || vin.empty()) out["plate"] = plate.empty() ? "陕D0T003" : plate;
    if (!kind.empty()) out["plate_kind"] = kind;
    return out;
}

inline json record(Dice& dice, unsigned n) {
    constexpr const char* days[] = {"2026-01-10", "2026-02-10", "2026-03-10", "2026-03-11", "2026-05-20"};
    const std::string day = dice.pick(days);
    const std::string at = day + (dice.roll(2) == 0 ? "T09:00:00+08:00" : "T15:00:00+08:00");
    json r{{"record_id", id_of(n)}, {"occurred_at", at}};
    const unsigned kind = dice.roll(10);
    if (kind < 5) {
        constexpr const char* verdicts[] = {"fail", "pass", "aborted"};
        constexpr const char* reasons[] = {"periodic", "retest", "roadside", "comparison"};
        const std::string verdict = dice.pick(verdicts);
        r.update({{"schema", "imloop/inspection/1"},
                  {"station_id", "I610404-01"},
                  {"vehicle", vehicle(dice)},
                  {"report_no", "R" + std::to_string(dice.roll(3))},
                  {"line_id", "1"},
                  {"inspector_id", "A1"},
                  {"reason", dice.pick(reasons)},
                  {"started_at", at},
                  {"ended_at", at},
                  {"method", "obd_only"},
                  {"readings", json::array()},
                  {"verdict", verdict}});
        if (verdict == "fail") r["failed_items"] = {"obd"};
    } else if (kind < 8) {
        const bool day_only = dice.roll(3) == 0;
        if (day_only) r["occurred_at"] = day + "T00:00:00+08:00", r["time_precision"] = "day";
        r.update({{"schema", "imloop/repair/1"},
                  {"station_id", dice.roll(4) == 0 ? "I610404-01" : "M610404-03"},
                  {"vehicle", vehicle(dice)},
                  {"work_order_no", "W"},
                  {"received_at", r["occurred_at"]},
                  {"settled_at", r["occurred_at"]},
                  {"items", {{{"code", "EMI-CAT"}}}},
                  {"total_fee", 100},
                  {"outcome", "repaired"}});
        if (dice.roll(2) == 0) r["fail_report_no"] = "R" + std::to_string(dice.roll(3));
    } else if (kind == 8) {
        constexpr const char* events[] = {"scrapped", "transferred_out", "replated", "stolen"};
        r.update({{"schema", "imloop/vehicle_event/1"},
                  {"station_id", "E610404-01"},
                  {"vehicle", vehicle(dice)},
                  {"event", dice.pick(events)},
                  {"new_plate", "陕D0T002"},
                  {"authority", "交警"}});
    } else {
        constexpr const char* actions[] = {"join", "part", "waive"};
        const std::string action = dice.pick(actions);
        r.update({{"schema", "imloop/decision/1"},
                  {"station_id", "H610400-01"},
                  {"action", action},
                  {"reason", "核实"},
                  {"officer_id", "o-1"},
                  {"other_record_id", id_of(dice.roll(n + 1))}});
        r["about"] = {{action == "waive" ? "episode_id" : "record_id", id_of(dice.roll(n + 1))}};
    }
    return r;
}

/// Up to four lines of the policy, some dated back.
inline std::vector<Line> policy_lines(Dice& dice) {
    constexpr const char* days[] = {"2026-01-10", "2026-02-10", "2026-03-10", "1990-01-01"};
    constexpr const char* counties[] = {"610404", "610423"};
    std::vector<Line> out;
    for (unsigned n = 0; n < 4 && dice.roll(4) != 0; ++n) {
        json line{{"schema", "imloop/policy/1"},   {"record_id", id_of(850 + n)},
                  {"station_id", "H610400-01"},    {"occurred_at", std::string(dice.pick(days)) + "T08:00:00+08:00"},
                  {"valid_from", dice.pick(days)}, {"officer_id", "o-1"},
                  {"confirmed_by", "o-2"}};
        if (dice.roll(2) == 0) line["repair_days"] = 1 + dice.roll(40);
        if (dice.roll(2) == 0) line["retest_days"] = dice.roll(2) == 0 ? json() : json(1 + dice.roll(20));
        if (dice.roll(2) == 0) line["repair_rate_target"] = 0.5;
        if (dice.roll(2) == 0) {
            json own{{"repair_days", 1 + dice.roll(40)}};
            line["counties"] = {{dice.pick(counties), dice.roll(3) == 0 ? json() : std::move(own)}};
        }
        out.push_back({"H610400-01", line.dump()});
    }
    return out;
}

/// Some records, some of them corrected, some corrections of records that never come, some lines rejected; a policy.
inline std::vector<Line> history(const std::vector<unsigned>& numbers) {
    Dice dice{numbers};
    std::vector<Line> out;
    json registration{{"schema", "imloop/registration/1"},
                      {"station_id", "H610400-01"},
                      {"occurred_at", "2020-01-01T00:00:00+08:00"},
                      {"name", "站"},
                      {"county", "610404"},
                      {"status", "filed"},
                      {"valid_from", "2020-01-01"}};
    unsigned n = 900;
    for (const auto* id : {"I610404-01", "M610404-03", "E610404-01"}) {
        registration["record_id"] = id_of(n++);
        registration["registered_station_id"] = id;
        registration["kind"] = std::string(1, id[0]);
        out.push_back({"H610400-01", registration.dump()});
    }
    for (auto& line : policy_lines(dice)) out.push_back(std::move(line));
    for (n = 0; dice.at < numbers.size() && n < 14; ++n) {
        const json r = record(dice, n);
        const unsigned fate = dice.roll(8);
        json correction{{"schema", "imloop/correction/1"},
                        {"record_id", id_of(100 + n)},
                        {"station_id", r["station_id"]},
                        {"occurred_at", fate == 0 ? "2026-06-01T00:00:00+08:00" : "2026-07-01T00:00:00+08:00"},
                        {"corrects", r["record_id"]},
                        {"action", "void"},
                        {"reason", "录入错误"}};
        if (fate == 2) {
            json other = record(dice, n);
            if (other["station_id"] == r["station_id"])
                correction["action"] = "replace", correction["replacement"] = other;
        }
        if (fate <= 2) out.push_back({r["station_id"], correction.dump()});
        if (fate == 3) {
            json wrong = r;
            wrong["occurred_at"] = "2027-01-01T00:00:00+08:00";
            out.push_back({r["station_id"], wrong.dump()});
        }
        if (fate != 4) out.push_back({r["station_id"], r.dump()});
    }
    return out;
}

/// The same, with bridges whose lists change, stations that are registered late or otherwise, waivers that are
/// corrected, lines rejected of several, and lines that come twice by two ways.
inline std::vector<Line> entangled_history(const std::vector<unsigned>& numbers) {
    constexpr const char* bridges[] = {"B610400-01", "B610400-02"};
    constexpr const char* places[] = {"I610404-01", "M610404-03", "610404", "610423", "E610404-01"};
    constexpr const char* days[] = {"2019-06-01", "2026-01-10", "2026-02-20", "2026-05-20"};
    Dice dice{numbers};
    auto out = policy_lines(dice);
    const auto hub_record = [&](const char* schema, unsigned n, const std::string& day) {
        return json{{"schema", schema},
                    {"record_id", id_of(n)},
                    {"station_id", "H610400-01"},
                    {"occurred_at", day + "T08:00:00+08:00"}};
    };
    for (unsigned n = 0; n < 4 && dice.roll(4) != 0; ++n) {
        const std::string day = dice.pick(days);
        json credential = hub_record("imloop/credential/1", 800 + n, day);
        credential.update({{"source_id", dice.pick(bridges)},
                           {"kid", std::string(32, 'a')},
                           {"alg", "ES256"},
                           {"spki", "AA=="},
                           {"status", dice.roll(4) == 0 ? "revoked" : "issued"},
                           {"valid_from", dice.pick(days)},
                           {"writes_for", {dice.pick(places), dice.pick(places)}}});
        if (credential["writes_for"][0] == credential["writes_for"][1]) credential["writes_for"].erase(1);
        out.push_back({"H610400-01", credential.dump()});
    }
    for (unsigned n = 0; n < 4 && dice.roll(4) != 0; ++n) {
        const std::string day = dice.pick(days), station = dice.pick(places);
        if (station.starts_with('6')) continue;
        json registration = hub_record("imloop/registration/1", 700 + n, day);
        registration.update({{"registered_station_id", station},
                             {"kind", station.substr(0, 1)},
                             {"name", "站"},
                             {"county", dice.roll(2) == 0 ? "610404" : "610423"},
                             {"status", "filed"},
                             {"valid_from", day}});
        out.push_back({dice.roll(3) == 0 ? dice.pick(bridges) : "H610400-01", registration.dump()});
    }
    for (unsigned n = 0; dice.at < numbers.size() && n < 12; ++n) {
        const json r = record(dice, n);
        const std::string own = r["station_id"];
        const std::string source = dice.roll(3) == 0 ? dice.pick(bridges) : own;
        out.push_back({source, r.dump()});
        if (dice.roll(6) == 0) out.push_back({dice.pick(bridges), r.dump()});
        if (dice.roll(6) == 0) {
            json wrong = r;
            wrong["occurred_at"] = "2027-01-01T00:00:00+08:00";
            out.push_back({dice.roll(2) == 0 ? own : dice.pick(bridges), wrong.dump()});
            if (dice.roll(2) == 0) std::erase_if(out, [&](const Line& l) { return l.bytes == r.dump(); });
        }
        for (unsigned c = 0; c < 2 && dice.roll(3) == 0; ++c) {
            constexpr unsigned of_hub[] = {700, 800, 850};  // registrations, credentials, policies
            const auto of = dice.roll(4) == 0 ? of_hub[dice.roll(3)] + dice.roll(4) : n;
            const std::string by = dice.roll(2) == 0 ? own : dice.roll(2) == 0 ? "H610400-01" : dice.pick(bridges);
            json correction{{"schema", "imloop/correction/1"},
                            {"record_id", id_of(100 + 2 * n + c)},
                            {"station_id", by},
                            {"occurred_at", std::string(dice.pick(days)) + "T20:00:00+08:00"},
                            {"corrects", id_of(of)},
                            {"action", "void"},
                            {"reason", "录入错误"}};
            if (of == n && dice.roll(2) == 0)
                correction["action"] = "replace", correction["replacement"] = record(dice, n);
            out.push_back({by, correction.dump()});
        }
    }
    return out;
}

}  // namespace imloop::test
