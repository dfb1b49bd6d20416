#include "station/intake/profiles/mapping.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "loop/admission.hpp"
#include "loop/json.hpp"
#include "loop/tables.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;

journal::Error wrong(std::string zh, std::string en) { return {"bad_mapping", std::move(zh), std::move(en)}; }

/// The readings that a method takes: a table for several methods has columns of the others too.
std::vector<ReadingRule> readings_of(const std::vector<ReadingRule>& all, const std::string& code) {
    const auto* method = loop::method_named(code);
    std::vector<ReadingRule> out;
    if (method == nullptr) return out;
    std::ranges::copy_if(all, std::back_inserter(out), [&](const ReadingRule& rule) {
        const auto* item = method->item(rule.item);
        return item != nullptr && item->unit == rule.unit &&
               std::ranges::find(item->phases, rule.phase) != item->phases.end();
    });
    return out;
}

struct Group {
    std::vector<std::size_t> lines;
    std::vector<Members> rows;
    std::vector<RuleProblem> problems;  ///< rows that are longer than the header: nothing in them is read
    std::vector<RuleProblem> notes;     ///< of cells, and of rows that the spreadsheet hides
};

/// The column that the member of a record came of; the pointer itself where that is not known.
std::string column_of(const std::string& pointer, const Json& record, const Draft& draft, const Rules& rules) {
    std::string member = pointer.empty() ? std::string() : pointer.substr(1);
    std::ranges::replace(member, '/', '.');
    if (member == "occurred_at") member = "ended_at";
    const auto column = draft.places().find(member);
    if (column != draft.places().end() && !column->second.empty()) return column->second;
    const auto index =
        member.starts_with("readings.") ? number(member.substr(9, member.find('.', 9) - 9)) : std::nullopt;
    if (!index || *index >= static_cast<double>(record["readings"].size())) return pointer;
    const auto& reading = record["readings"][static_cast<std::size_t>(*index)];
    for (const auto& rule : rules.readings) {
        if (reading["item"] != rule.item || reading["phase"] != rule.phase) continue;
        const auto& from = member.ends_with(".passed") && !rule.passed.at.empty() ? rule.passed : rule.value;
        if (!from.at.empty()) return from.at.front();
    }
    return pointer;
}

void judge(MappedTest& test, const Json& record, const Draft& draft, const Rules& rules, const Settings& settings,
           loop::Moment now) {
    const auto admitted = loop::admit(test.line, settings.station_id, now);
    for (const auto* list : {&admitted.problems, &admitted.warnings})
        for (const auto& p : *list) {
            auto& to = list == &admitted.problems ? test.problems : test.notes;
            to.push_back({p.code, column_of(p.pointer, record, draft, rules), {}, p.zh, p.en, {}, test.lines.front()});
        }
}

MappedTest make(const Group& group, const Mapping& mapping, const Settings& settings, loop::Moment now) {
    Draft draft(mapping.rules, settings);
    const auto each = [&](auto&& read) {
        for (std::size_t i = 0; i < group.rows.size(); ++i) {
            draft.at({}, {}, group.lines[i]);
            read(group.rows[i]);
        }
    };
    if (!group.problems.empty()) return {group.lines, {}, {}, {}, group.problems, group.notes};
    each([&](const Members& row) { draft.read_head(row); });
    const auto readings = readings_of(mapping.rules.readings, draft.head("method"));
    each([&](const Members& row) {
        draft.read_failed(row);
        draft.read_readings(readings, row);
        if (mapping.rules.obd) draft.read_obd(*mapping.rules.obd, row);
    });
    draft.at({}, {}, group.lines.front());
    const auto record = draft.finish({});
    MappedTest out{group.lines, draft.head("report_no"), {}, {}, draft.problems(), group.notes};
    std::ranges::copy(draft.notes(), std::back_inserter(out.notes));
    if (record.is_null()) return out;
    out.record_id = record["record_id"];
    out.line = record.dump();
    judge(out, record, draft, mapping.rules, settings, now);
    return out;
}

/// The same test in two rows that are not said to belong together.
void refuse_repeated(MappedTable& table) {
    std::map<std::string, const MappedTest*> seen;
    for (auto& test : table.tests) {
        if (test.record_id.empty()) continue;
        const auto [at, is_new] = seen.emplace(test.record_id, &test);
        if (is_new) continue;
        test.problems.push_back(
            {"repeated",
             {},
             test.report_no,
             fmt::format("与第 {} 行是同一次检验；若一次检验占几行，请在映射中写 group_by", at->second->lines.front()),
             fmt::format("is the same test as line {}; where a test has several rows, say group_by in the mapping",
                         at->second->lines.front()),
             {},
             test.lines.front()});
    }
    for (auto& test : table.tests)
        if (!test.problems.empty()) {
            test.record_id.clear();
            test.line.clear();
        }
}

}  // namespace

journal::Result<Mapping> mapping_from(std::string_view text, bool is_toml) {
    Json read;
    if (is_toml) {
        try {
            std::ostringstream as_json;
            as_json << toml::json_formatter(toml::parse(text));
            read = loop::json_of<Json>(as_json.str());
        } catch (const toml::parse_error& e) {
            return wrong(fmt::format("第 {} 行写法不对", e.source().begin.line),
                         fmt::format("line {}: {}", e.source().begin.line, e.description()));
        }
    } else {
        read = loop::json_of<Json>(text);
    }
    if (!read.is_object()) return wrong("不是 JSON 对象", "is no JSON object");
    static const std::set<std::string> settings = {"source",   "date",         "about",    "to_do", "header_row",
                                                   "group_by", "not_measured", "times",    "codes", "judgements",
                                                   "head",     "failed",       "readings", "obd"};
    for (const auto& [name, _] : read.items())
        if (!settings.contains(name)) return wrong("/" + name + ": 没有这样的设置", "there is no such setting");
    try {
        Mapping out;
        out.rules = rules_from(read);
        out.rules.is_table = true;
        out.group_by = read.value("group_by", "");
        out.header_row = read.value("header_row", std::size_t{0});
        return out;
    } catch (const BadRules& e) {
        return journal::Error("bad_mapping", e.what());
    } catch (const Json::exception& e) {
        return wrong("写法不对", e.what());
    }
}

journal::Result<MappedTable> read_mapped(const Table& table, const Mapping& mapping, const Settings& settings,
                                         loop::Moment now) {
    const auto header_row =
        mapping.header_row == 0 ? table.rows.begin() : std::ranges::find(table.rows, mapping.header_row, &Row::number);
    if (header_row == table.rows.end()) return journal::Error("no_header", "没有表头这一行", "there is no header row");
    std::vector<std::string> header;
    for (const auto& cell : header_row->cells) header.push_back(tidy(cell));
    auto names = names_in(mapping.rules);
    if (!mapping.group_by.empty()) names.push_back(mapping.group_by);
    for (const auto& name : names) {
        const auto count = std::ranges::count(header, name);
        if (count == 0)
            return journal::Error("unknown_column", "表里没有这一列，请改映射",
                                  "the table has no such column, mend the mapping: " + name);
        if (count > 1)
            return journal::Error("unknown_column", "表里有两个同名的列，请改其中一个的名字",
                                  "the table has this column twice, rename one: " + name);
    }
    MappedTable out;
    for (const auto& name : header)
        if (!name.empty() && std::ranges::find(names, name) == names.end()) out.unused.push_back(name);

    std::deque<json> rows;
    std::deque<Group> groups;
    std::map<std::string, Group*> by_number;
    for (auto row = header_row + 1; row != table.rows.end(); ++row) {
        rows.push_back(json::object());
        std::vector<RuleProblem> notes;
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (rows.back().contains(header[i])) continue;
            const auto cell = sound(i < row->cells.size() ? row->cells[i] : "");
            rows.back()[header[i]] = cell.value_or("");
            if (!cell)
                notes.push_back({"damaged",
                                 header[i],
                                 {},
                                 "有字符损坏，不采用这一格",
                                 "a character of it is damaged, the cell is left out",
                                 {},
                                 row->number});
        }
        const auto number =
            mapping.group_by.empty() ? std::string() : tidy(rows.back()[mapping.group_by].get<std::string>());
        Group* group = number.empty() ? nullptr : by_number[number];
        if (group == nullptr) {
            group = &groups.emplace_back();
            if (!number.empty()) by_number[number] = group;
        }
        group->lines.push_back(row->number);
        if (const auto shift = columns_shift(table, *header_row, *row))
            group->problems.push_back({"columns_shift", {}, {}, shift->zh, shift->en, {}, row->number});
        if (row->hidden)
            group->notes.push_back({"hidden_row",
                                    {},
                                    {},
                                    "这一行在表格里是隐藏的，请核对是否要用",
                                    "the row is hidden in the spreadsheet: is it meant to be read?",
                                    {},
                                    row->number});
        group->rows.emplace_back(rows.back());
        std::ranges::move(notes, std::back_inserter(group->notes));
    }
    for (const auto& group : groups) out.tests.push_back(make(group, mapping, settings, now));
    refuse_repeated(out);
    return out;
}

}  // namespace imloop::station::intake
