#include "loop/policy.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace imloop::loop {
namespace {

using nlohmann::json;

constexpr Day before_all_days = std::numeric_limits<Day>::min();

auto written(const PolicyLine& l) { return std::tie(l.occurred_at, l.record_id); }
auto order(const PolicyLine& l) { return std::tie(l.valid_from, l.occurred_at, l.record_id); }

bool is_dated_back(const PolicyLine& line, const std::vector<PolicyLine>& all) {
    return line.valid_from < day_of(line.occurred_at) &&
           written(line) != written(*std::ranges::min_element(all, {}, written));
}

template <typename T>
std::optional<T> given(const json& words, const char* name) {
    const auto at = words.find(name);
    return at == words.end() ? std::nullopt : std::optional(at->get<T>());
}

/// `lines` in their order.
std::vector<PolicySpan> spans_of(const std::vector<PolicyLine>& lines) {
    std::vector<PolicySpan> out{{before_all_days, {}, "{}"}};  // before the first line's day what is built in
    json words = json::object();
    for (const auto& line : lines) {
        if (is_dated_back(line, lines)) continue;
        merge_policy(words, json::parse(line.words));
        if (out.back().from != line.valid_from) out.emplace_back();
        out.back() = {line.valid_from, policy_from(words), words.dump()};
    }
    for (auto& span : out) {
        span.policy.counties = out.back().policy.counties;
        span.policy.city = out.back().policy.city;
    }
    return out;
}

const PolicySpan& on(const std::vector<PolicySpan>& spans, Day day) {
    return *std::prev(std::ranges::upper_bound(spans, day, {}, &PolicySpan::from));
}

bool same_deadlines(const Policy& a, const Policy& b) {
    const auto same = [&](const std::string& county) { return a.deadlines(county) == b.deadlines(county); };
    const auto same_in = [&](const auto& own) {
        return std::ranges::all_of(own, [&](const auto& each) { return same(each.first); });
    };
    return same("") && same_in(a.own) && same_in(b.own);
}

std::set<std::string> inside(const Policy& policy) {
    std::set<std::string> out(policy.counties.begin(), policy.counties.end());
    out.insert(policy.city);
    return out;
}

}  // namespace

bool Policy::inside(std::string_view county) const {
    return county == city || std::ranges::find(counties, county) != counties.end();
}

Deadlines Policy::deadlines(std::string_view county) const {
    const auto at = own.find(county);
    if (at == own.end()) return {repair_days, retest_days};
    return {at->second.repair_days.value_or(repair_days), at->second.retest_days.value_or(retest_days)};
}

double Policy::target(std::string_view county) const {
    const auto at = own.find(county);
    return at == own.end() ? repair_rate_target : at->second.repair_rate_target.value_or(repair_rate_target);
}

const std::vector<std::string>& policy_members() {
    static const std::vector<std::string> names{"repair_days",
                                                "retest_days",
                                                "repair_rate_target",
                                                "repair_required_members",
                                                "watched_stations",
                                                "hold_minutes",
                                                "demerits",
                                                "obligations",
                                                "rules",
                                                "city",
                                                "counties"};
    return names;
}

Policy policy_from(const json& words) {
    Policy policy;
    policy.repair_days = words.value("repair_days", policy.repair_days);
    policy.retest_days = words.value("retest_days", policy.retest_days);
    policy.repair_rate_target = words.value("repair_rate_target", policy.repair_rate_target);
    policy.repair_required_members = words.value("repair_required_members", policy.repair_required_members);
    policy.city = words.value("city", policy.city);
    policy.watched_stations = words.value("watched_stations", policy.watched_stations);
    policy.hold_minutes = words.value("hold_minutes", policy.hold_minutes);
    policy.rules = words.value("rules", json::object()).dump();
    const json counties = words.value("counties", json::object());
    for (const auto& [county, of_it] : counties.get_ref<const json::object_t&>()) {
        policy.counties.push_back(county);
        const Policy::Own own{given<int>(of_it, "repair_days"), given<int>(of_it, "retest_days"),
                              given<double>(of_it, "repair_rate_target")};
        if (own.repair_days || own.retest_days || own.repair_rate_target) policy.own[county] = own;
    }
    return policy;
}

void merge_policy(json& words, const json& line) {
    const auto put = [](json& into, const std::string& name, const json& value) {
        if (value.is_null())
            into.erase(name);
        else
            into[name] = value;
    };
    for (const auto& [name, value] : line.items()) {
        if (!value.is_object()) {
            put(words, name, value);
            continue;
        }
        json& into = words[name];
        if (!into.is_object()) into = json::object();
        for (const auto& [inner, of_it] : value.items()) put(into, inner, of_it);
    }
}

Policies::Policies(Policy unwritten, const Rows* rows)
    : unwritten_(std::move(unwritten)), lines_("loop_policy_lines", rows), spans_("loop_policy", rows) {}

Policies::Change Policies::put(const std::vector<PolicyLine>& lines) {
    if (lines.empty()) return {};
    const auto* held = spans_.find("");
    const auto before = held ? *held : std::vector<PolicySpan>{{before_all_days, unwritten_, "{}"}};
    for (const auto& line : lines) lines_.put(key_of(line.record_id), line);
    const auto& after = spans_.put("", spans_of(this->lines()));

    Change out;
    std::set<Day> days;
    for (const auto* spans : {&before, &after})
        for (const auto& span : *spans) days.insert(span.from);
    for (const Day day : days)
        if (!same_deadlines(loop::on(before, day).policy, loop::on(after, day).policy)) {
            out.deadlines_from = day;
            break;
        }
    std::ranges::set_symmetric_difference(inside(before.back().policy), inside(after.back().policy),
                                          std::inserter(out.counties, out.counties.end()));
    return out;
}

const PolicySpan* Policies::span(Day day) const {
    const auto* spans = spans_.find("");
    return spans ? &loop::on(*spans, day) : nullptr;
}

const Policy& Policies::on(Day day) const {
    const auto* in_force = span(day);
    return in_force ? in_force->policy : unwritten_;
}

Policies::Words Policies::words_on(Day day) const {
    const auto* in_force = span(day);
    if (!in_force || in_force->from == before_all_days) return {json::object(), std::nullopt};
    return {json::parse(in_force->words), in_force->from};
}

std::vector<PolicyLine> Policies::lines() const {
    std::vector<PolicyLine> out;
    lines_.each("", [&](std::string_view, const PolicyLine& line) { out.push_back(line); });
    std::ranges::sort(out, {}, order);
    return out;
}

bool Policies::is_dated_back(const std::string& record_id) const {
    const auto* line = lines_.find(key_of(record_id));
    return line && loop::is_dated_back(*line, lines());
}

}  // namespace imloop::loop
