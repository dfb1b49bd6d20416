#include "loop/suspects/observed/rounds.hpp"

#include <algorithm>

#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules {
namespace {

bool is_judged(const Record& r) {
    return r.is_test() && r.fact.inspection->verdict != Verdict::aborted &&
           r.fact.inspection->reason != Reason::comparison;
}

bool is_between(const Record& repair, const Record& failed, const Record& next) {
    if (repair.fact.day_only)
        return day_of(repair.fact.occurred_at) >= day_of(failed.fact.occurred_at) &&
               day_of(repair.fact.occurred_at) <= day_of(next.fact.occurred_at);
    return repair.fact.occurred_at >= failed.fact.occurred_at && repair.fact.occurred_at <= next.fact.occurred_at;
}

}  // namespace

double Round::minutes() const {
    return static_cast<double>(next->test().started_at - failed->test().ended_at) / 60'000;
}

std::vector<Round> rounds_of(const History& history) {
    std::vector<Round> out;
    std::vector<const Record*> repairs;
    for (const Record& r : history.records)
        if (r.is_repair()) repairs.push_back(&r);
    const Record* before = nullptr;
    for (const Record& r : history.records) {
        if (!is_judged(r)) continue;
        if (before && before->fact.inspection->verdict == Verdict::fail) {
            Round round{before, &r};
            for (const Record* repair : repairs)
                if (is_between(*repair, *before, r)) round.repairs.push_back(repair);
            out.push_back(std::move(round));
        }
        before = &r;
    }
    return out;
}

std::vector<Round> sure_rounds_of(const History& history) {
    auto out = rounds_of(history);
    std::erase_if(out, [](const Round& r) { return !surely_one_vehicle(*r.failed, *r.next); });
    return out;
}

std::optional<double> load_of(const Reading& r) {
    if (!r.limit || *r.limit <= 0 || r.item == "lambda" || r.item == "power") return std::nullopt;
    return r.value / *r.limit;
}

double Drop::factor() const {
    constexpr double most = 100;
    return after->value <= before->value / most ? most : before->value / after->value;
}

std::optional<Drop> worst_drop(const Round& round) {
    std::optional<Drop> out;
    double worst = 1;
    for (const auto& reading : round.failed->test().readings) {
        const auto load = load_of(reading);
        if (!load || *load <= worst) continue;
        worst = *load;
        const bool same_method = round.failed->fact.inspection->method == round.next->fact.inspection->method;
        out = Drop{&reading, same_method ? round.next->test().reading(reading.item, reading.phase) : nullptr};
    }
    return out;
}

Flag flag_of(const Round& round, const char* claim, Grade grade, int score, std::vector<Value> values) {
    return {.claim = claim,
            .grade = grade,
            .score_permille = score,
            .records = {round.next->fact.record_id, round.failed->fact.record_id},
            .person = round.next->test().inspector_id,
            .values = std::move(values)};
}

}  // namespace imloop::loop::rules
