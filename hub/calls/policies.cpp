// The policy as lines of the hub's own journal, which one officer proposes and another confirms. Proposals wait in the
// store; they are no records.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/policy_file.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"

namespace imloop::hub::calls {
namespace {

using loop::Day;
using nlohmann::json;

constexpr const char* proposals_row =
    "policy_proposals";  ///< of meta: [{id, officer_id, proposed_at, valid_from, before, words}]

/// `counties.610404.repair_days` and its like, one value each: objects go two levels down, what lies deeper is a value.
std::map<std::string, json> leaves(const json& words) {
    std::map<std::string, json> out;
    for (const auto& [name, value] : words.items()) {
        if (!value.is_object())
            out[name] = value;
        else
            for (const auto& [inner, of_it] : value.items()) out[fmt::format("{}.{}", name, inner)] = of_it;
    }
    return out;
}

/// Puts one value in. A line replaces what lies two levels down as a whole: what it leaves alone there is copied.
void put_value(json& words, const std::vector<std::string>& path, const json& value, const json& in_force) {
    if (path.size() == 1) {
        words[path[0]] = value;
        return;
    }
    json& of_member = words[path[0]];
    if (path.size() == 2) {
        of_member[path[1]] = value;
        return;
    }
    if (!of_member.contains(path[1]))
        of_member[path[1]] = in_force.value(path[0], json::object()).value(path[1], json::object());
    json* at = &of_member[path[1]];
    for (std::size_t i = 2; i + 1 < path.size(); ++i) at = &(*at)[path[i]];
    if (value.is_null())
        at->erase(path.back());
    else
        (*at)[path.back()] = value;
}

/// What is in force of all that these words replace: what was copied into them.
json said_before(const json& in_force, const json& words) {
    json out = json::object();
    for (const auto& [name, value] : words.items()) {
        const auto whole = in_force.find(name);
        if (whole == in_force.end()) continue;
        if (!value.is_object() || !whole->is_object()) {
            out[name] = *whole;
            continue;
        }
        for (const auto& [inner, of_it] : value.items())
            if (const auto at = whole->find(inner); at != whole->end()) out[name][inner] = *at;
    }
    return out;
}

/// What each county may have of its own, and each rule.
const std::vector<std::string>* members_of_each(const std::string& name) {
    static const std::vector<std::string> of_county{"repair_days", "retest_days", "repair_rate_target"};
    static const std::vector<std::string> of_rule{"enabled", "parameters", "counties"};
    return name == "counties" ? &of_county : name == "rules" ? &of_rule : nullptr;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// A member that no program reads would seem to hold; empty where there is none.
std::string unknown_member(const json& words) {
    for (const auto& [name, value] : words.items()) {
        if (!has(loop::policy_members(), name)) return name;
        const auto* known = members_of_each(name);
        if (!known || !value.is_object()) continue;
        for (const auto& [each, own] : value.items()) {
            if (!own.is_object()) continue;
            for (const auto& [inner, of_it] : own.items())
                if (!has(*known, inner)) return fmt::format("{}.{}.{}", name, each, inner);
        }
    }
    return {};
}

std::set<std::string> counties_in(const json& words) {
    std::set<std::string> out;
    const json counties = words.value("counties", json::object());
    for (const auto& [code, own] : counties.items()) out.insert(code);
    return out;
}

/// Which counties are the hub's has no date, so such a line is to be written on the day it holds from.
bool changes_counties(const json& before, const json& after) {
    return counties_in(before) != counties_in(after) || before.value("city", "") != after.value("city", "");
}

/// A line that holds later and names a county which is to be taken out: the last list counts for all years, so the
/// county would stay. Nothing where there is none.
struct Named {
    std::string county;
    Day from = 0;
};
std::optional<Named> named_later(const loop::Policies& policies, const json& before, const json& after, Day day) {
    const auto had = counties_in(before), has_still = counties_in(after);
    std::optional<Named> out;
    for (const auto& line : policies.lines()) {
        if (line.valid_from <= day || policies.is_dated_back(line.record_id)) continue;
        const json words = journal::parsed(line.words), counties = words.value("counties", json());
        if (!counties.is_object()) continue;
        for (const auto& [code, own] : counties.items())
            if (!own.is_null() && had.contains(code) && !has_still.contains(code)) out = Named{code, line.valid_from};
    }
    return out;
}

json after(json before, const json& line) {
    loop::merge_policy(before, line);
    return before;
}

Report changes_report() {
    return {"提议的政策",
            "Policy proposed",
            {{"id", "提议", "proposal"},
             {"officer_id", "提议人", "officer"},
             {"valid_from", "生效日", "valid from"},
             {"member", "项目", "member"},
             {"before", "现行", "in force"},
             {"after", "改为", "becomes"}},
            {},
            json::object()};
}

std::string shown(const json& value) { return value.is_null() ? "" : dumped(value); }

/// What a proposal would change against what is in force on its day.
void put_changes(Report& out, const json& proposal, const loop::Policies& policies) {
    const auto day = loop::parse_day(proposal.at("valid_from").get<std::string>()).value();
    const auto in_force = policies.words_on(day).words;
    const auto before = leaves(in_force), becomes = leaves(after(in_force, proposal.at("words")));
    std::set<std::string> names;
    for (const auto* each : {&before, &becomes})
        for (const auto& [name, value] : *each) names.insert(name);
    const auto value_in = [](const auto& of, const std::string& name) {
        const auto at = of.find(name);
        return at == of.end() ? json() : at->second;
    };
    for (const auto& name : names) {
        const auto was = value_in(before, name), is = value_in(becomes, name);
        if (was != is)
            out.rows.push_back(
                {proposal.at("id"), proposal.at("officer_id"), proposal.at("valid_from"), name, shown(was), shown(is)});
    }
}

json proposals_in(Store& store) { return journal::parsed(store.meta(proposals_row).value_or("[]")); }

json::iterator proposal_named(json& all, const std::string& id) {
    return std::ranges::find_if(all, [&](const json& each) { return each.at("id") == id; });
}

Answer no_such_proposal() {
    return problem(404, {"proposal_not_found", "没有这份提议，可能已确认或撤回",
                         "no such proposal; it may be confirmed or dropped"});
}

Answer dated_back() {
    return problem(422, {"policy_dated_back", "生效日已过，不能倒填：已过的日子不再变。请另提一份",
                         "valid_from has passed; what is past stands. Propose it again with a later day"});
}

/// Why this officer can't confirm it; nothing where they can.
std::optional<Answer> refused(const json& proposal, const std::string& officer, const loop::Policies& policies,
                              Day today) {
    if (proposal.at("officer_id") == officer || officer == nobody)
        return problem(422, {"confirmed_by_proposer", "提议人不能自己确认，请由另一位人员确认",
                             "another officer than the proposer confirms"});
    const auto day = loop::parse_day(proposal.at("valid_from").get<std::string>()).value();
    if (day < today) return dated_back();
    const json& words = proposal.at("words");
    const auto in_force = policies.words_on(day).words, becomes = after(in_force, words);
    if (proposal.value("before", json::object()) != said_before(in_force, words))
        return problem(409, {"policy_changed", "提议之后同一项已改过，请撤回后另提一份",
                             "what it changes was changed since it was proposed: drop it and propose it again"});
    if (day != today && changes_counties(in_force, becomes))
        return problem(409, {"confirm_on_its_day",
                             fmt::format("增减县区对所有年份都算，请在生效日 {} 当天确认", loop::format_day(day)),
                             fmt::format("counties that come or go count for all years: confirm it on the day it "
                                         "holds from, {}",
                                         loop::format_day(day))});
    if (const auto later = named_later(policies, in_force, becomes, day))
        return problem(409, {"county_named_later",
                             fmt::format("自 {} 起生效的政策写有县区 {}，现在移除不起作用；请在那天另提移除",
                                         loop::format_day(later->from), later->county),
                             fmt::format("a line that holds from {} names county {}, so taking it out now would change "
                                         "nothing: propose that on that day",
                                         loop::format_day(later->from), later->county)});
    return std::nullopt;
}

void drop(Store& from, const std::string& id) {
    auto all = proposals_in(from);
    if (const auto at = proposal_named(all, id); at != all.end()) all.erase(at);
    from.put_meta(proposals_row, all.dump());
}

loop::Words state_words(std::string_view code) {
    if (code == "scheduled") return {"待生效", "scheduled"};
    if (code == "policy_dated_back") return {"倒填，无效", "dated back, without effect"};
    return {"已生效", "in force"};
}

}  // namespace

Answer policy_show(Context& c, const json& in) {
    const auto day = in.contains("on") ? loop::parse_day(in.at("on").get<std::string>()) : loop::day_of(c.now);
    if (!day) return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    auto& reader = c.reader();
    const auto& policies = reader.loop.projection.policies();
    std::map<std::string, const loop::PolicyLine*> said_by;
    const auto lines = policies.lines();
    for (const auto& line : lines) {
        if (line.valid_from > *day || policies.is_dated_back(line.record_id)) continue;
        for (const auto& [name, value] : leaves(journal::parsed(line.words))) said_by[name] = &line;
    }
    Report out{"现行政策",
               "Policy in force",
               {{"member", "项目", "member"},
                {"value", "值", "value"},
                {"since", "自", "since"},
                {"officer_id", "提议人", "officer"},
                {"confirmed_by", "确认人", "confirmed by"}},
               {},
               {{"on", loop::format_day(*day)}}};
    const auto words = policies.words_on(*day).words;
    for (const auto& [name, value] : leaves(words)) {
        const auto& line = *said_by.at(name);
        out.rows.push_back({name, shown(value), loop::format_day(line.valid_from), line.officer_id, line.confirmed_by});
    }
    out.about["words"] = words;
    return rendered(out, in.value("form", "table"));
}

Answer policy_history(Context& c, const json& in) {
    auto& reader = c.reader();
    const auto& policies = reader.loop.projection.policies();
    const auto today = loop::day_of(c.now);
    Report out{"政策的各条记录",
               "Lines of the policy",
               {{"valid_from", "生效日", "valid from"},
                {"state", "状态", "state", false, state_words},
                {"written_at", "写入", "written"},
                {"officer_id", "提议人", "officer"},
                {"confirmed_by", "确认人", "confirmed by"},
                {"record_id", "记录号", "record"},
                {"words", "内容", "words"}},
               {},
               json::object()};
    auto lines = policies.lines();
    std::ranges::reverse(lines);
    for (const auto& line : lines)
        out.rows.push_back({loop::format_day(line.valid_from),
                            policies.is_dated_back(line.record_id) ? "policy_dated_back"
                            : line.valid_from > today              ? "scheduled"
                                                                   : "in_force",
                            loop::format_moment(line.occurred_at), line.officer_id, line.confirmed_by, line.record_id,
                            line.words});
    return rendered(out, in.value("form", "table"));
}

Answer policy_set(Context& c, const json& in) {
    const auto now = c.now;
    const auto today = loop::day_of(now);
    const auto valid_from = in.value("valid_from", loop::format_day(today + 1));
    const auto day = loop::parse_day(valid_from);
    const std::string officer = in.at("officer_id");
    if (!day) return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    if (*day < today) return dated_back();
    if (officer == nobody)
        return problem(422, {"unknown_officer", "请写提议人的编号", "name the officer who proposes it"});

    auto& reader = c.reader();
    const auto& policies = reader.loop.projection.policies();
    const auto in_force = policies.words_on(*day).words;
    json words = in.value("words", json::object());
    for (const auto& each : in.value("values", json::array()))
        put_value(words, each.at(0).get<std::vector<std::string>>(), each.at(1), in_force);
    if (const auto name = unknown_member(words); !name.empty())
        return problem(422, {"unknown_member", "政策没有这一项：" + name, "a policy has no such member: " + name});
    auto record = c.hub.own->record("policy");
    record.update({{"valid_from", valid_from}, {"officer_id", officer}, {"confirmed_by", "?"}});
    record.update(words);
    const auto admitted = loop::admit(dumped(record), c.hub.id, now);
    for (const auto& p : admitted.problems)
        return problem(422, {p.code, p.pointer + " " + p.zh, p.pointer + " " + p.en});
    try {
        loop::rules::Parameters(after(json::object(), words).value("rules", json::object()));
    } catch (const std::runtime_error& e) {
        return problem(422, {"bad_parameters", e.what(), {}});
    }

    const json proposal{{"id", record.at("record_id")},
                        {"officer_id", officer},
                        {"proposed_at", loop::format_moment(now)},
                        {"valid_from", valid_from},
                        {"before", said_before(in_force, words)},
                        {"words", words}};
    auto out = changes_report();
    put_changes(out, proposal, policies);
    if (out.rows.empty())
        return problem(409,
                       {"nothing_changed", "与当日现行的政策相同", "this is what is in force on that day already"});
    out.about = {{"id", proposal.at("id")}, {"valid_from", valid_from}};
    if (changes_counties(in_force, after(in_force, words))) out.about["confirm_on"] = valid_from;
    const auto kept = c.hub.writer->done([&](Store& to, LoopState&) {
        auto all = proposals_in(to);
        if (all.size() >= policy_proposals_max)
            return problem(409, {"too_many_proposals", "待确认的提议太多，请先确认或撤回一些",
                                 "too many proposals wait: confirm or drop some first"});
        all.push_back(proposal);
        to.put_meta(proposals_row, all.dump());
        return Answer{};
    });
    return kept.status == 200 ? rendered(out, in.value("form", "table")) : kept;
}

Answer policy_proposals(Context& c, const json& in) {
    auto& reader = c.reader();
    auto out = changes_report();
    for (const auto& proposal : proposals_in(reader.store))
        put_changes(out, proposal, reader.loop.projection.policies());
    return rendered(out, in.value("form", "table"));
}

Answer policy_confirm(Context& c, const json& in) {
    const std::string wanted = in.at("id"), officer = in.at("officer_id");
    json proposal;
    auto found = c.hub.writer->done([&](Store& in_store, LoopState& of) {
        auto all = proposals_in(in_store);
        const auto at = proposal_named(all, wanted);
        if (at == all.end()) return no_such_proposal();
        if (auto why = refused(*at, officer, of.projection.policies(), loop::day_of(c.now))) return std::move(*why);
        proposal = *at;
        return Answer{};
    });
    if (found.status != 200) return found;
    auto record = c.hub.own->record("policy");
    record.update({{"valid_from", proposal.at("valid_from")},
                   {"officer_id", proposal.at("officer_id")},
                   {"confirmed_by", officer}});
    record.update(proposal.at("words"));
    // It waits until its line stands, whatever happens in between.
    if (auto written = c.hub.own->write({record}); written.status != 200) return written;
    c.hub.writer->done([&](Store& to, LoopState&) {
        drop(to, wanted);
        return Answer{};
    });
    return json_answer({{"record_id", record.at("record_id")},
                        {"valid_from", proposal.at("valid_from")},
                        {"officer_id", proposal.at("officer_id")},
                        {"confirmed_by", officer}});
}

Answer policy_drop(Context& c, const json& in) {
    const std::string wanted = in.at("id");
    return c.hub.writer->done([&](Store& to, LoopState&) {
        auto all = proposals_in(to);
        if (proposal_named(all, wanted) == all.end()) return no_such_proposal();
        drop(to, wanted);
        return json_answer({{"dropped", wanted}});
    });
}

}  // namespace imloop::hub::calls
