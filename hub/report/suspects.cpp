#include "hub/report/suspects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loop/rules/rule_table.hpp"
#include "loop/suspects/asking/risk.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Flag;
using loop::rules::Suspects;
using nlohmann::json;

loop::Words state_words(std::string_view state) {
    return state == "open" ? loop::Words{"待核", "open"} : loop::term(state);
}

loop::Words grade_words(std::string_view grade) {
    using loop::rules::Grade;
    for (const auto one : {Grade::weak, Grade::medium, Grade::strong})
        if (name_of(one) == grade) return loop::rules::words_of(one);
    return loop::term(grade);
}

loop::Words rule_title(std::string_view rule) { return loop::rules::rule_table(rule).title; }

json both(const loop::Words& words) { return {{"zh", words.zh}, {"en", words.en}}; }

bool is_wanted(const loop::Projection& projection, const Suspects& suspects, const Flag& flag,
               const SuspectRequest& request) {
    const auto fits = [](const std::string& wanted, std::string_view has) { return wanted.empty() || wanted == has; };
    return (flag.records.empty() || request.period.holds(flag.day)) && fits(request.rule, flag.rule) &&
           fits(request.grade, name_of(flag.grade)) && fits(request.station, flag.station_id) &&
           fits(request.state, state_of(suspects, flag.flag_id)) &&
           (request.county.empty() || request.county == county_of(projection, flag));
}

std::string plate_of(const loop::Projection& projection, const Flag& flag, bool unmasked) {
    if (flag.records.empty()) return {};
    const auto fact = projection.fact(flag.records.front());
    return fact && fact->vehicle ? shown_plate(fact->vehicle->plate, unmasked) : "";
}

std::vector<json> flag_row(const loop::Projection& projection, const Suspects& suspects, const Flag& f, bool unmasked) {
    return {f.flag_id,
            name_of(f.grade),
            f.score_permille / 1000.0,
            f.day == 0 ? json(nullptr) : json(loop::format_day(f.day)),
            f.station_id,
            county_of(projection, f),
            f.person,
            plate_of(projection, f, unmasked),
            f.rule,
            both(loop::rules::claim_of(f)),
            state_of(suspects, f.flag_id),
            f.records};
}

}  // namespace

std::vector<Column> flag_columns() {
    return {{"flag_id", "编号", "flag"},
            {"grade", "证据", "evidence", false, grade_words},
            {"score", "可能性", "score", true},
            {"day", "日期", "day"},
            {"station_id", "站点", "station"},
            {"county", "县区", "county", false, county_words},
            {"person", "人员", "person"},
            {"plate", "号牌", "plate"},
            {"rule", "规则", "rule", false, rule_title},
            {"claim", "说明", "claim"},
            {"state", "状态", "state", false, state_words},
            {"records", "记录号", "records"}};
}

std::string state_of(const Suspects& suspects, const std::string& flag_id) {
    const auto decision = suspects.decision(flag_id);
    return decision ? decision->action : "open";
}

std::string county_of(const loop::Projection& projection, const Flag& flag) {
    if (!flag.county.empty()) return flag.county;
    const auto station = projection.stations().at(flag.station_id, loop::start_of(flag.day + 1) - 1);
    return station ? station->county : "";
}

loop::rules::Flags wanted_flags(const loop::Projection& projection, const Suspects& suspects,
                                const SuspectRequest& request) {
    loop::rules::Flags out;
    suspects.each_flag([&](const Flag& flag) {
        if (is_wanted(projection, suspects, flag, request)) out.push_back(flag);
    });
    std::ranges::stable_sort(out, std::greater(), [](const Flag& f) { return std::pair(f.score_permille, f.day); });
    return out;
}

json flag_object(const loop::Projection& projection, const Suspects& suspects, const Flag& flag, bool unmasked) {
    return row_object(flag_columns(), flag_row(projection, suspects, flag, unmasked));
}

Report report_suspects(const loop::Projection& projection, const Suspects& suspects, const SuspectRequest& request) {
    Report out{"需要看一看的记录",
               "What needs a look",
               flag_columns(),
               {},
               {{"from", loop::format_day(request.period.from)}, {"to", loop::format_day(request.period.to)}}};
    auto flags = wanted_flags(projection, suspects, request);
    out.about["count"] = flags.size();
    if (request.limit > 0 && flags.size() > request.limit) flags.resize(request.limit);
    for (const Flag& f : flags) out.rows.push_back(flag_row(projection, suspects, f, request.unmasked));
    return out;
}

Report report_risk(const loop::Projection& projection, const Suspects& suspects) {
    Report out{"站点风险与十辆车计数",
               "Risk of stations and the ten-vehicle meter",
               {{"station_id", "站点", "station"},
                {"name", "名称", "name"},
                {"risk", "风险", "risk", true},
                {"strong", "强证据车辆", "vehicles, strong"},
                {"left", "距十辆", "left to ten"},
                {"medium", "中", "medium"},
                {"weak", "弱", "weak"},
                {"confirmed", "已确认", "confirmed"},
                {"because", "主要依据", "because"}},
               {},
               json::object()};
    const auto risks = loop::rules::risks(suspects);
    const auto meters = loop::rules::meters(suspects, projection);
    std::vector<std::pair<std::string, const loop::rules::Risk*>> order;
    for (const auto& [station, risk] : risks.stations) order.emplace_back(station, &risk);
    std::ranges::stable_sort(order, std::greater(), [](const auto& one) { return one.second->score_permille; });
    for (const auto& [station, risk] : order) {
        const auto at = meters.find(station);
        const auto meter = at == meters.end() ? loop::rules::Meter{} : at->second;
        const auto view = projection.stations().at(station, loop::start_of(1'000'000));
        out.rows.push_back({station, view ? view->name : "", risk->score_permille / 1000.0, meter.strong,
                            std::max(0, loop::rules::meter_full - meter.strong), meter.medium, meter.weak,
                            meter.confirmed, risk->flag_ids});
    }
    return out;
}

Report report_rules(const Suspects& suspects) {
    Report out{"规则与现场准确率",
               "Rules and their precision in the field",
               {{"rule", "规则", "rule"},
                {"title", "名称", "title"},
                {"enabled", "启用", "enabled"},
                {"flags", "标记", "flags"},
                {"confirmed", "确认", "confirmed"},
                {"dismissed", "排除", "dismissed"},
                {"asked", "要求说明", "asked"},
                {"precision", "准确率", "precision", true}},
               {},
               json::object()};
    std::map<std::string, int> flags, confirmed, dismissed, asked;
    suspects.each_flag([&](const Flag& flag) { ++flags[flag.rule]; });
    std::map<std::string, std::string> latest;  // by what is decided
    suspects.each_decision([&](const std::string& about, const auto& decision) { latest[about] = decision.action; });
    for (const auto& [id, action] : latest) {
        const std::string rule = id.substr(0, id.find('-'));
        if (action == "confirm") ++confirmed[rule];
        if (action == "dismiss") ++dismissed[rule];
        if (action == "ask") ++asked[rule];
    }
    for (const auto& [id, table] : loop::rules::rule_tables()) {
        const int decided = confirmed[id] + dismissed[id];
        out.rows.push_back({id, both(table.title), suspects.parameters().enabled(id), flags[id], confirmed[id],
                            dismissed[id], asked[id],
                            decided == 0 ? json(nullptr) : json(static_cast<double>(confirmed[id]) / decided)});
    }
    return out;
}

std::optional<json> suspect(const loop::Projection& projection, const Suspects& suspects, const std::string& flag_id,
                            const SuspectRequest& request) {
    const auto flag = suspects.flag(flag_id);
    if (!flag) return std::nullopt;
    const auto& table = loop::rules::rule_table(flag->rule);
    const auto claim = loop::rules::claim_of(*flag);
    json out{{"flag_id", flag_id},
             {"rule", flag->rule},
             {"version", flag->version},
             {"title", both(table.title)},
             {"claim", both(claim)},
             {"grade", name_of(flag->grade)},
             {"score", flag->score_permille / 1000.0},
             {"station_id", flag->station_id},
             {"state", state_of(suspects, flag_id)},
             {"formula", both(table.formula)},
             {"clears", both(table.clears)},
             {"false_alarms", both(table.false_alarms)},
             {"sources", table.sources},
             {"values", json::array()},
             {"records", json::array()}};
    if (!flag->person.empty()) out["person"] = flag->person;
    if (!flag->other_station_id.empty()) out["other_station_id"] = flag->other_station_id;
    if (!flag->county.empty()) out["county"] = flag->county;
    if (flag->day != 0) out["day"] = loop::format_day(flag->day);
    for (const auto& value : flag->values)
        out["values"].push_back({{"name", value.name},
                                 {"words", both(loop::rules::name_of(*flag, value))},
                                 {"value", value.text},
                                 {"unit", value.unit}});
    for (const auto& id : flag->records) {
        json record{{"record_id", id}};
        if (const auto fact = projection.fact(id)) {
            record.update({{"kind", loop::name_of(fact->kind)},
                           {"station_id", fact->station_id},
                           {"occurred_at", loop::format_moment(fact->occurred_at)}});
            if (fact->inspection) record["number"] = fact->inspection->report_no;
            if (fact->repair) record["number"] = fact->repair->work_order_no;
            if (fact->vehicle) {
                record["plate"] = shown_plate(fact->vehicle->plate, request.unmasked);
                record["vin"] = shown_vin(fact->vehicle->vin, request.unmasked);
            }
        }
        if (const auto line = projection.journal_line(id)) {
            record["journal"] = {{"source", line->source}, {"epoch", line->epoch}, {"seq", line->seq}};
            if (request.receipt_holds)
                record["receipt_holds"] = request.receipt_holds(line->source, line->epoch, line->seq);
        }
        out["records"].push_back(std::move(record));
    }
    return out;
}

std::string suspect_text(const json& s) {
    const auto say = [](const json& words) {
        return words.at("zh").get<std::string>() + "\n  " + words.at("en").get<std::string>() + "\n";
    };
    std::string out =
        fmt::format("{} {} / {}\n\n{}\n", s.at("flag_id").get<std::string>(), s.at("title").at("zh").get<std::string>(),
                    s.at("title").at("en").get<std::string>(), say(s.at("claim")));
    out += fmt::format("证据 / evidence: {}  可能性 / score: {:.1f}%  站点 / station: {}  {}\n\n",
                       s.at("grade").get<std::string>(), s.at("score").get<double>() * 100,
                       s.at("station_id").get<std::string>(), s.value("person", ""));
    for (const auto& v : s.at("values"))
        out += fmt::format("  {} / {}: {} {}\n", v.at("words").at("zh").get<std::string>(),
                           v.at("words").at("en").get<std::string>(), v.at("value").get<std::string>(),
                           v.at("unit").get<std::string>());
    out += "\n记录 / records\n";
    for (const auto& r : s.at("records"))
        out += fmt::format("  {} {} {} {} {} {}\n", r.at("record_id").get<std::string>(), r.value("occurred_at", ""),
                           r.value("station_id", ""), r.value("number", ""), r.value("plate", ""),
                           !r.contains("receipt_holds")        ? ""
                           : r.at("receipt_holds").get<bool>() ? "回执 ✓"
                                                               : "回执 ✗");
    out += "\n怎样算出来的 / formula\n  " + say(s.at("formula"));
    out += "什么能排除它 / what would clear it\n  " + say(s.at("clears"));
    return out;
}

std::optional<std::string> rule_page(std::string_view rule, const loop::rules::Parameters& parameters) {
    const auto& tables = loop::rules::rule_tables();
    const auto it = tables.find(rule);
    if (it == tables.end()) return std::nullopt;
    const auto& t = it->second;
    const auto part = [](std::string_view head, const loop::Words& words) {
        return fmt::format("{}\n  {}\n  {}\n\n", head, words.zh, words.en);
    };
    std::string out = fmt::format("{} {} / {}\n\n", t.id, t.title.zh, t.title.en);
    out += part("找什么 / what it finds", t.finds) + part("公式 / formula", t.formula);
    out += "参数 / parameters\n";
    for (const auto& [name, p] : t.parameters)
        out += fmt::format("  {} = {:g} {}  {} / {}\n", name, parameters.number(rule, name, ""), p.unit, p.meaning.zh,
                           p.meaning.en);
    out += "\n" + part("可能的误报 / false alarms to expect", t.false_alarms);
    out += part("什么能排除它 / what would clear it", t.clears) + "来源 / sources\n";
    for (const auto& source : t.sources) out += "  " + source + "\n";
    return out;
}

}  // namespace imloop::hub
