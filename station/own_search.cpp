#include "station/own_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "loop/names.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;

constexpr std::size_t read_at_once = 500;
constexpr std::array<std::string_view, 8> showing_names{"",       "failed",  "passed",   "repairs",
                                                        "others", "waiting", "rejected", "void"};

/// The one in force of a record: the latest by (occurred_at, record_id).
struct Standing {
    loop::Correction correction;
    std::string line;
};
using Corrections = std::map<std::string, Standing>;

void note(Corrections& all, const loop::Correction& correction, const std::string& line) {
    const auto place = [](const loop::Correction& one) { return std::tie(one.occurred_at, one.record_id); };
    const auto [known, is_first] = all.try_emplace(correction.corrects, Standing{correction, line});
    if (!is_first && place(correction) > place(known->second.correction)) known->second = {correction, line};
}

bool has(const std::string& text, const std::string& part) {
    return !part.empty() && text.find(part) != std::string::npos;
}

bool is_named(const loop::Fact& fact, const std::string& text) {
    const auto plate = loop::normal_plate(text), vin = loop::normal_vin(text);
    if (fact.vehicle && (has(fact.vehicle->plate, plate) || has(fact.vehicle->vin, vin))) return true;
    const auto is_number = [&](const std::string& number) { return has(loop::normal_plate(number), plate); };
    if (fact.inspection) return is_number(fact.inspection->report_no) || is_number(fact.inspection->acceptance_no);
    return fact.repair && (is_number(fact.repair->work_order_no) || is_number(fact.repair->fail_report_no));
}

}  // namespace

std::string_view name_of(Showing showing) { return showing_names.at(static_cast<std::size_t>(showing)); }
std::optional<Showing> showing_named(std::string_view name) { return loop::value_named<Showing>(showing_names, name); }

json OwnRecord::now() const {
    if (is_void) return nullptr;
    auto out = journal::parsed_or_discarded(correction.empty() ? line.line : correction);
    if (out.is_object() && !correction.empty()) out = out.value("replacement", json());
    return out.is_object() ? std::move(out) : json();
}

bool is_wanted(const OwnRecord& one, const Wanted& wanted) {
    const auto& fact = one.fact;
    if (wanted.from && (!fact || loop::day_of(fact->occurred_at) < *wanted.from)) return false;
    if (wanted.to && (!fact || loop::day_of(fact->occurred_at) > *wanted.to)) return false;
    if (!wanted.text.empty() && !(fact && is_named(*fact, wanted.text))) return false;
    const auto is_test = [&](loop::Verdict verdict) {
        return !one.is_void && one.line.status != "rejected" && fact && fact->inspection &&
               fact->inspection->verdict == verdict;
    };
    switch (wanted.showing) {
        case Showing::all:
            return true;
        case Showing::failed:
            return is_test(loop::Verdict::fail);
        case Showing::passed:
            return is_test(loop::Verdict::pass);
        case Showing::repairs:
            return !one.is_void && fact && fact->repair;
        case Showing::others:
            return !one.is_void && !(fact && (fact->inspection || fact->repair));
        case Showing::waiting:
            return one.line.status.empty();
        case Showing::rejected:
            return one.line.status == "rejected";
        case Showing::voided:
            return one.is_void;
    }
    return false;
}

void each_own(Outbox& outbox, const std::function<void(const OwnRecord&)>& visit) {
    Corrections corrections;
    std::uint64_t before = std::numeric_limits<std::int64_t>::max();
    for (std::vector<Queued> lines = outbox.recent("", before, read_at_once); !lines.empty();
         lines = outbox.recent("", before, read_at_once)) {
        before = lines.back().seq;
        for (auto& line : lines) {
            const bool stands = line.status != "rejected";
            auto read = loop::reread(line.line, stands);
            if (stands && read.correction) note(corrections, *read.correction, line.line);
            OwnRecord one;
            if (read.is_read) one.fact = std::move(read.fact);
            if (const auto it = corrections.find(line.record_id); stands && it != corrections.end()) {
                one.is_void = it->second.correction.voids;
                one.correction = it->second.line;
                if (it->second.correction.replacement) one.fact = it->second.correction.replacement;
            }
            one.line = std::move(line);
            visit(one);
        }
    }
}

void add_to(Figures& out, const OwnRecord& one) {
    if (one.is_void || !one.fact || one.line.status == "rejected") return;
    if (const auto& test = one.fact->inspection) {
        ++out.tests;
        if (test->verdict == loop::Verdict::fail) ++out.failed;
        if (test->reason == loop::Reason::retest) {
            ++out.retests;
            if (test->verdict == loop::Verdict::pass) ++out.retests_passed;
        }
    } else if (one.fact->repair) {
        ++out.repairs;
        const auto fee = one.now().value("total_fee", json());
        if (fee.is_number()) out.repair_fen += std::llround(fee.get<double>() * 100);
    }
}

}  // namespace imloop::station
