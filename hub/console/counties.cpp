// Figures of counties: the same sums that `hub report counties` prints.
#include <algorithm>

#include "hub/api/lists.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/report/suspect_counts.hpp"
#include "hub/report/suspects.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr std::int64_t few_cases = 10;

/// The first that holds.
std::string_view word_of(const loop::Measures& m, double target) {
    if (m.failed == 0) return "no_data";
    if (loop::is_zero(m.repaired, m.failed, target)) return "zero";
    if (loop::is_low(m.repaired, m.failed, target)) return "low";
    return m.failed < few_cases ? "few" : "not_low";
}

json figures(const loop::Measures& m, std::int64_t suspects, double target) {
    auto out = measures_object(m, suspects);
    out["non_returns"] = m.non_returns();
    out["first_retest_passed"] = m.first_retest_passed;
    out["target"] = target;
    out["word"] = word_of(m, target);
    return out;
}

struct Figures {
    json counties = json::array();  ///< in the policy's order; then what lies outside, where that is seen
    json all;
};

/// Of the counties in the scope, and of them together.
Figures figures_in(const loop::Projection& projection, const ReportRequest& request, const Scope& scope) {
    const auto tally = loop::tally(projection, request.period, request.as_of, request.view);
    const auto suspects = suspects_in(projection, request);
    const auto& policy = projection.policy(request.period.to);
    Figures out;
    loop::Measures all;
    std::int64_t all_suspects = 0;
    for (const auto& row : tally.counties()) {
        const auto count = suspects.of_county(row.county);
        const bool is_county = !row.county.empty() && row.county != policy.city;
        if (!is_county && (!scope.is_city() || (row.measures.failed == 0 && count == 0))) continue;
        if (is_county && !scope.holds(row.county)) continue;
        all.add(row.measures);
        all_suspects += count;
        auto one = figures(row.measures, count, policy.target(row.county));
        one["county"] = row.county.empty() ? "outside" : row.county;
        const auto words = county_words(row.county.empty() ? "outside" : row.county);
        one["name"] = {{"zh", words.zh}, {"en", words.en}};
        const auto place = std::ranges::find(loop::counties(), row.county, &loop::County::code);
        if (is_county && place != loop::counties().end()) one["tile"] = {place->tile_x, place->tile_y};
        out.counties.push_back(std::move(one));
    }
    out.all = figures(all, all_suspects, policy.repair_rate_target);
    return out;
}

/// As their list counts them.
std::int64_t open_flags(const Watch::View& view, const Scope& scope) {
    SuspectRequest wanted;
    wanted.period = {0, INT32_MAX};
    wanted.state = "open";
    const auto& projection = view.reader->loop.projection;
    return std::ranges::count_if(wanted_flags(projection, view.suspects, wanted),
                                 [&](const auto& flag) { return scope.holds(county_of(projection, flag)); });
}

json policy_words(const loop::Policy& policy) {
    return {{"target", policy.repair_rate_target},
            {"repair_days", policy.repair_days},
            {"retest_days", policy.retest_days}};
}

json scope_words(const Scope& scope) { return {{"is_city", scope.is_city()}, {"counties", scope.counties()}}; }

}  // namespace

Answer show_overview(Console& console, Ask& ask) {
    auto filter = filter_of(console, ask);
    if (filter.refusal) return std::move(*filter.refusal);
    // Who opens their list sees as far as the roles for it; who does not, as far as for all figures.
    const auto of_list = scope_of(ask.person.grants, casework_roles);
    const auto& of_flags = of_list.is_city() || !of_list.counties().empty() ? of_list : ask.scope;
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        filter.request.suspects = &view.suspects;
        const auto& projection = view.reader->loop.projection;
        auto made = figures_in(projection, filter.request, ask.scope);
        body = head_of(console, filter.request, view);
        body.update(policy_words(projection.policy(filter.request.period.to)));
        body["scope"] = scope_words(ask.scope);
        body["all"] = std::move(made.all);
        body["counties"] = std::move(made.counties);
        body["open_flags"] = open_flags(view, of_flags);
    });
    return list_answer(body, ask.request.http);
}

Listed list_counties(Console& console, Ask& ask) {
    auto filter = filter_of(console, ask);
    if (filter.refusal) return std::move(*filter.refusal);
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_today, [&](const Watch::View& view) {
        filter.request.suspects = &view.suspects;
        const auto& projection = view.reader->loop.projection;
        body = head_of(console, filter.request, view);
        body.update(policy_words(projection.policy(filter.request.period.to)));
        body["items"] = figures_in(projection, filter.request, ask.scope).counties;
        body["total"] = body["items"].size();
        body["next"] = nullptr;
    });
    return body;
}

Answer show_county(Console& console, Ask& ask) {
    const auto& county = ask.parts[0];
    auto filter = filter_of(console, ask);
    if (filter.refusal) return std::move(*filter.refusal);
    {
        const auto reader = console.hub().readers.now(ask.scope);
        const auto& policy = reader->loop.projection.policy(filter.request.period.to);
        if (!policy.inside(county) || county == policy.city)
            return problem(404, {"county_not_found", "没有这个县区", "no such county"});
    }
    if (!ask.scope.holds(county)) return console.out_of_scope(ask, county);
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_today, [&](const Watch::View& view) {
        filter.request.suspects = &view.suspects;
        const auto& projection = view.reader->loop.projection;
        body = head_of(console, filter.request, view);
        body.update(policy_words(projection.policy(filter.request.period.to)));
        for (auto& one : figures_in(projection, filter.request, ask.scope).counties)
            if (one["county"] == county) body.update(one);
    });
    return list_answer(body, ask.request.http);
}

}  // namespace imloop::hub
