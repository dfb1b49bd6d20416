// A source with its key and chain, and records it may write.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "journal/chain.hpp"
#include "journal/receipt.hpp"
#include "journal/segment.hpp"
#include "tests/support/hub.hpp"

namespace imloop::test {

struct Source {
    std::string id;
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    std::string epoch = "0192a1b2-0000-7000-8000-00000000aaaa";
    std::uint64_t last = 0;
    journal::Digest head = journal::chain_start(journal::Algorithm::es256, id, epoch);

    std::string segment(const std::vector<std::string>& lines) {
        const auto bytes = journal::build_segment(key, id, epoch, last + 1, head, lines);
        const auto parsed = journal::parse_segment(bytes).value();
        last = parsed.seal.last;
        head = parsed.seal.head;
        return bytes;
    }
    hub::Caller caller() const { return {id, key.public_key().kid()}; }
    void join(HubAt& t, nlohmann::json more = nlohmann::json::object()) {
        t.add(id, key.public_key(), std::move(more));
    }
    /// Statuses of the outcomes.
    std::vector<std::string> send(HubAt& t, const std::vector<nlohmann::json>& records) {
        std::vector<std::string> lines, out;
        for (const auto& r : records) lines.push_back(r.dump());
        const auto answer = t.send(caller(), segment(lines));
        if (answer.status != 200) return {code_of(answer)};
        for (const auto& o : journal::parse_receipt(answer.body).value().outcomes)
            out.emplace_back(journal::name_of(o.status));
        return out;
    }
};

inline std::string record_id(int n) { return fmt::format("01940000-0000-7000-8000-{:012d}", n); }

/// A test of two-speed idle of the vehicle 陕D0T001, CO at idle telling.
inline nlohmann::json inspection(int n, const std::string& station, const std::string& at, const std::string& verdict,
                                 const std::string& reason = "periodic") {
    const bool passed = verdict == "pass";
    nlohmann::json r{{"schema", "imloop/inspection/1"},
                     {"record_id", record_id(n)},
                     {"station_id", station},
                     {"occurred_at", at},
                     {"vehicle", {{"plate", "陕D0T001"}, {"plate_kind", "02"}, {"vin", "LSVAA49J132000017"}}},
                     {"report_no", fmt::format("R{}", n)},
                     {"line_id", "1"},
                     {"inspector_id", "A017"},
                     {"reason", reason},
                     {"started_at", at},
                     {"ended_at", at},
                     {"method", "two_speed_idle"},
                     {"readings",
                      {{{"item", "co"},
                        {"phase", "idle"},
                        {"value", passed ? 0.2 : 1.4},
                        {"unit", "%"},
                        {"limit", 0.6},
                        {"passed", passed}}}},
                     {"verdict", verdict}};
    if (!passed) r["failed_items"] = {"co/idle"};
    return r;
}

inline nlohmann::json repair(int n, const std::string& station, const std::string& at) {
    return {{"schema", "imloop/repair/1"},
            {"record_id", record_id(n)},
            {"station_id", station},
            {"occurred_at", at},
            {"vehicle", {{"plate", "陕D0T001"}, {"plate_kind", "02"}}},
            {"work_order_no", fmt::format("W{}", n)},
            {"received_at", at},
            {"settled_at", at},
            {"items", {{{"code", "EMI-CAT"}}}},
            {"total_fee", 1480.0},
            {"outcome", "repaired"}};
}

inline nlohmann::json claim(int n, const std::string& station, const std::string& at, const std::string& failure,
                            const std::string& action) {
    return {{"schema", "imloop/claim/1"}, {"record_id", record_id(n)}, {"station_id", station},
            {"occurred_at", at},          {"fail_record_id", failure}, {"action", action}};
}

inline nlohmann::json voiding(int n, const std::string& station, const std::string& at, const std::string& of) {
    return {{"schema", "imloop/correction/1"},
            {"record_id", record_id(n)},
            {"station_id", station},
            {"occurred_at", at},
            {"corrects", of},
            {"action", "void"},
            {"reason", "录错车辆"}};
}

}  // namespace imloop::test
