#include "station/own_search.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "journal/json.hpp"
#include "journal/key.hpp"
#include "journal/receipt.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using nlohmann::json;

namespace {

std::string id_of(int n) {
    char id[40];
    std::snprintf(id, sizeof id, "01940000-0000-7000-8000-%012d", n);
    return id;
}

struct Own {
    test::TempDir folder;
    Outbox outbox{folder.path(), "I610404-01", [] { return std::string("0192a1b2-0000-7000-8000-00000000aaaa"); }};
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    int next = 1;

    json head(const char* schema, const char* day) {
        return {{"schema", schema},
                {"record_id", id_of(next++)},
                {"station_id", "I610404-01"},
                {"occurred_at", std::string(day) + "T09:00:00+08:00"}};
    }
    json test(const char* day, const char* plate, const char* verdict, const char* reason = "periodic") {
        auto out = head("imloop/inspection/1", day);
        out.update({{"vehicle", {{"plate", plate}, {"plate_kind", "02"}, {"vin", "LSVAA49J132000017"}}},
                    {"report_no", "R-" + std::to_string(next)},
                    {"line_id", "1"},
                    {"inspector_id", "A1"},
                    {"reason", reason},
                    {"started_at", out["occurred_at"]},
                    {"ended_at", out["occurred_at"]},
                    {"method", "obd_only"},
                    {"readings", json::array()},
                    {"verdict", verdict}});
        return out;
    }
    json repair(const char* day, double fee) {
        auto out = head("imloop/repair/1", day);
        out.update({{"vehicle", {{"plate", "陕D0T001"}}},
                    {"work_order_no", "WO-" + std::to_string(next)},
                    {"received_at", out["occurred_at"]},
                    {"settled_at", out["occurred_at"]},
                    {"outcome", "repaired"},
                    {"items", json::array({{{"code", "EMI-CAT"}}})},
                    {"total_fee", fee}});
        return out;
    }
    json correction(const char* day, const json& of, const json& replacement) {
        auto out = head("imloop/correction/1", day);
        out.update({{"corrects", of.at("record_id")},
                    {"action", replacement.is_null() ? "void" : "replace"},
                    {"reason", "录入有误"}});
        if (!replacement.is_null()) out["replacement"] = replacement;
        return out;
    }
    json put(json record) {
        REQUIRE(outbox.append(record.dump(), record.at("record_id").get<std::string>()).has_value());
        return record;
    }
    /// The hub takes all that waits, but for these.
    void answered(const std::set<std::string>& rejected = {}) {
        const auto cut = outbox.next_cut(key).value();
        journal::Receipt receipt;
        for (auto seq = cut.first; seq <= cut.last; ++seq) {
            const auto id = journal::parsed(outbox.line(seq)).at("record_id").get<std::string>();
            receipt.outcomes.push_back(
                {seq, id, rejected.contains(id) ? journal::Status::rejected : journal::Status::accepted, {}, {}});
        }
        outbox.acknowledge(cut, "receipt", receipt);
    }
    std::vector<std::uint64_t> found(const Wanted& wanted) {
        std::vector<std::uint64_t> out;
        each_own(outbox, [&](const OwnRecord& one) {
            if (is_wanted(one, wanted)) out.push_back(one.line.seq);
        });
        return out;
    }
    Figures figures(const char* from, const char* to) {
        const Span span{loop::parse_day(from).value(), loop::parse_day(to).value()};
        Figures out;
        each_own(outbox, [&](const OwnRecord& one) {
            if (one.fact && span.holds(loop::day_of(one.fact->occurred_at))) add_to(out, one);
        });
        return out;
    }
};

using Seqs = std::vector<std::uint64_t>;
Wanted text(const char* words) { return {words, {}, {}, {}}; }
Wanted showing(Showing one) { return {"", {}, {}, one}; }

}  // namespace

TEST_CASE("a record is found by what a person knows of it, however it is written") {
    Own own;
    own.put(own.test("2026-03-02", "陕D8K3Q7", "fail"));
    own.put(own.test("2026-03-05", "陕D0T002", "pass", "retest"));
    own.put(own.repair("2026-03-03", 1280.5));
    for (const char* words : {"陕D8K3Q7", "陕d·8k3q7", "8k3q", "R-2", "r2"}) CHECK(own.found(text(words)) == Seqs{1});
    CHECK(own.found(text("LSVAA49J132000017")) == Seqs{2, 1});
    CHECK(own.found(text("wo-4")) == Seqs{3});
    CHECK(own.found(text("京A00000")).empty());
    CHECK(own.found(text("·")).empty());
    CHECK(own.found({}) == Seqs{3, 2, 1});
    const auto day = [](const char* text) { return loop::parse_day(text); };
    CHECK(own.found({"", day("2026-03-03"), {}, {}}) == Seqs{3, 2});
    CHECK(own.found({"", day("2026-03-03"), day("2026-03-03"), {}}) == Seqs{3});
    CHECK(own.found({"", {}, day("2026-03-02"), {}}) == Seqs{1});
    CHECK(own.found(showing(Showing::failed)) == Seqs{1});
    CHECK(own.found(showing(Showing::passed)) == Seqs{2});
    CHECK(own.found(showing(Showing::repairs)) == Seqs{3});
    CHECK(own.found(showing(Showing::others)).empty());
    CHECK(own.found(showing(Showing::waiting)) == Seqs{3, 2, 1});
}

TEST_CASE("what was corrected counts as the latest correction says, what is void or was returned not at all") {
    Own own;
    const auto first = own.put(own.test("2026-03-02", "陕D8K3Q7", "fail"));
    const auto second = own.put(own.test("2026-03-02", "陕D0T002", "pass", "retest"));
    const auto third = own.put(own.repair("2026-03-03", 1280.5));
    const auto returned = own.put(own.test("2026-03-04", "陕D0T003", "fail"));
    own.answered({returned.at("record_id")});
    auto other = first;
    other["verdict"] = "pass";
    other["vehicle"]["plate"] = "陕D8K3Q1";
    own.put(own.correction("2026-03-04", first, other));
    auto dearer = third;
    dearer["total_fee"] = 99.99;
    own.put(own.correction("2026-03-06", third, dearer));
    dearer["total_fee"] = 1;
    own.put(own.correction("2026-03-05", third, dearer));  // written later, of an earlier moment
    own.put(own.correction("2026-03-04", second, nullptr));

    CHECK(own.found(text("陕D8K3Q1")) == Seqs{1});
    CHECK(own.found(text("陕D8K3Q7")).empty());
    CHECK(own.found(showing(Showing::passed)) == Seqs{1});
    CHECK(own.found(showing(Showing::failed)).empty());  // the one that was returned is no test of theirs
    CHECK(own.found(showing(Showing::voided)) == Seqs{2});
    CHECK(own.found(showing(Showing::rejected)) == Seqs{4});
    CHECK(own.found(showing(Showing::others)) == Seqs{8, 7, 6, 5});
    const auto march = own.figures("2026-03-01", "2026-03-31");
    CHECK(march.tests == 1);
    CHECK(march.failed == 0);
    CHECK(march.retests == 0);
    CHECK(march.repairs == 1);
    CHECK(march.repair_fen == 9999);
    CHECK(own.figures("2026-03-01", "2026-03-02").repairs == 0);
    each_own(own.outbox, [&](const OwnRecord& one) {
        if (one.line.seq == 3) CHECK(one.now().at("total_fee") == 99.99);
        if (one.line.seq == 2) CHECK(one.now().is_null());
    });
}

TEST_CASE("more records than are read at once, and a line that is none, are all there") {
    Own own;
    REQUIRE(own.outbox.append("no record", id_of(9999)).has_value());
    for (int n = 0; n < 1203; ++n) own.put(own.test("2026-03-02", "陕D8K3Q7", n % 3 == 0 ? "fail" : "pass"));
    CHECK(own.found({}).size() == 1204);
    CHECK(own.found({}).back() == 1);
    CHECK(own.found(showing(Showing::others)) == Seqs{1});
    const auto day = own.figures("2026-03-02", "2026-03-02");
    CHECK(day.tests == 1203);
    CHECK(day.failed == 401);
}
