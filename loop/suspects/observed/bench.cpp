#include "loop/suspects/observed/bench.hpp"

#include <algorithm>

namespace imloop::loop::rules {

bool is_judged_test(const Record& r) { return r.is_test() && r.fact.inspection->verdict != Verdict::aborted; }

std::string_view fuel_of(const Record& r) {
    return r.detail.vehicle ? std::string_view(r.detail.vehicle->fuel) : std::string_view();
}

bool is_car_or_lorry(const Record& r) {
    if (!r.detail.vehicle || r.detail.vehicle->vehicle_class.empty()) return true;
    return std::string_view("KHQZ").find(r.detail.vehicle->vehicle_class.front()) != std::string_view::npos;
}

std::optional<physics::Gas> gas_of(const InspectionDetail& test, std::string_view phase) {
    const auto *co = test.reading("co", phase), *co2 = test.reading("co2", phase), *o2 = test.reading("o2", phase);
    if (!co || !co2 || !o2 || co->unit != "%" || co2->value <= 0) return std::nullopt;
    const auto *hc = test.reading("hc", phase), *no = test.reading("no", phase);
    return physics::Gas{co->value, co2->value, o2->value, hc ? hc->value : 0, no ? no->value : 0};
}

std::string place_of(const Reading& r) { return r.item + "/" + r.phase; }

std::optional<TableLimits> table_limits(const Record& r, std::string_view phase, std::string_view item) {
    const auto& method = r.fact.inspection->method;
    const Day day = day_of(r.test().ended_at);
    const auto& named = r.test().limits_in_force;
    const bool is_named = std::ranges::any_of(
        limits(), [&](const Limit& l) { return l.standard == named && l.method == method && l.valid_from <= day; });
    std::optional<TableLimits> out;
    for (const Limit& l : limits()) {
        if (l.method != method || l.phase != phase || l.item != item || !l.high || l.low || l.valid_from > day)
            continue;
        if (is_named && l.standard != named) continue;
        if (!out)
            out = {*l.high, *l.high};
        else
            out = {std::min(out->strictest, *l.high), std::max(out->laxest, *l.high)};
    }
    return out;
}

Flag flag_of(const Record& r, const char* claim, Grade grade, int score, std::vector<Value> values) {
    return {.claim = claim,
            .grade = grade,
            .score_permille = score,
            .records = {r.fact.record_id},
            .person = r.test().inspector_id,
            .values = std::move(values)};
}

}  // namespace imloop::loop::rules
