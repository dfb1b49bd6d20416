#include "station/watch/reading.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "loop/json.hpp"
#include "station/attachments.hpp"
#include "station/files.hpp"
#include "station/intake/encoding.hpp"
#include "station/intake/equipment.hpp"
#include "station/intake/nha.hpp"
#include "station/intake/province_xml.hpp"
#include "station/record_text.hpp"

namespace imloop::station::watch {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool ends_with(const fs::path& file, std::initializer_list<std::string_view> endings) {
    auto ending = file.extension().string();
    std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return std::ranges::find(endings, ending) != endings.end();
}

Problem problem_of(const intake::Left& left) {
    return {left.file, left.line, left.place, {}, left.code, {left.zh, left.en}, {}};
}

Problem problem_of(const std::string& file, const intake::RuleProblem& p) {
    return {file, p.line, p.place, p.value, p.code, {p.zh, p.en}, {}};
}

void add(Read& to, const intake::Intake& from) {
    for (const auto& taken : from.taken)
        to.records.push_back(
            {taken.record_id, taken.line,
             taken.trace_csv.empty() ? std::nullopt : std::optional(Trace{taken.trace_sha256, taken.trace_csv}),
             taken.files, 0});
    for (const auto& left : from.left) to.problems.push_back(problem_of(left));
}

/// What can't be read is one of ours where it names our schemas: admission says what is wrong with it.
bool is_own(const std::string& text) {
    const auto read = loop::parse_bounded(text);
    if (!read.code.empty()) return text.find("\"imloop/") != std::string::npos;
    return read.json.is_object() && read.json.contains("schema");
}

/// Records of our own schemas; false where the file holds none.
bool read_own(const fs::path& file, Read& out) {
    const auto text = intake::text_of(contents(file).value_or("")).value_or("");
    const auto records = records_in(text);
    if (!is_own(records.front())) return false;
    for (std::size_t i = 0; i < records.size(); ++i)
        out.records.push_back(
            {{}, one_line(records[i]), {}, {file.filename().string()}, records.size() == 1 ? 0 : i + 1});
    return true;
}

void fail(Read& out, const std::vector<std::string>& names, const journal::Error& error) {
    const auto slash = error.detail.find(" / ");
    const auto zh = error.detail.substr(0, slash);
    const auto en = slash == std::string::npos ? zh : error.detail.substr(slash + 3);
    for (const auto& name : names) out.problems.push_back({name, 0, {}, {}, error.code, {zh, en}, {}});
}

}  // namespace

Kind kind_of(const fs::path& file) {
    if (intake::is_xml(file) || ends_with(file, {".json", ".ndjson"})) return Kind::message;
    if (ends_with(file, {".csv", ".xlsx"})) return Kind::table;
    if (file.extension() == ".ini") return Kind::equipment;
    return attachment_kind(file).empty() ? Kind::other : Kind::attachment;
}

Read read_messages(const fs::path& folder, const std::vector<std::string>& names, const intake::Settings& settings) {
    Read out;
    std::vector<fs::path> foreign;
    std::vector<std::string> foreign_names;
    for (const auto& name : names) {
        const auto file = folder / name;
        if (!intake::is_xml(file) && read_own(file, out)) continue;
        foreign.push_back(file);
        foreign_names.push_back(name);
    }
    if (foreign.empty()) return out;
    const auto read = intake::read_message_files(foreign, settings);
    if (!read)
        fail(out, foreign_names, read.error());
    else
        add(out, *read);
    return out;
}

Read read_table(const fs::path& file, const intake::Mapping& mapping, const intake::Settings& settings,
                loop::Moment now) {
    Read out;
    const auto name = file.filename().string();
    const auto bytes = contents(file);
    if (!bytes) {
        fail(out, {name}, {"unreadable", "读不到文件，请检查权限 / can't be read, check its permissions"});
        return out;
    }
    const auto table = intake::read_table(*bytes);
    if (!table) {
        fail(out, {name}, table.error());
        return out;
    }
    const auto read = intake::read_mapped(*table, mapping, settings, now);
    if (!read) {
        fail(out, {name}, read.error());
        return out;
    }
    for (const auto& test : read->tests) {
        if (!test.line.empty()) out.records.push_back({test.record_id, test.line, {}, {name}, 0});
        // Notes on rows that were taken are the mapping's business, not the file's.
        for (const auto& problem : test.problems) out.problems.push_back(problem_of(name, problem));
    }
    return out;
}

Read read_equipment_set(const fs::path& folder, const intake::Settings& settings) {
    Read out;
    if (const auto read = intake::read_nha(folder, settings)) add(out, *read);
    return out;
}

bool is_note(std::string_view code) { return code == "left_out" || code == "bad_trace"; }

bool is_passed_over(std::string_view code) {
    constexpr std::array<std::string_view, 6> codes{"not_ours",  "invalid_test", "not_finished",
                                                    "blank_run", "another_test", "stale"};
    return std::ranges::find(codes, code) != codes.end();
}

bool waits_for_partner(std::string_view code) { return code == "no_test" || code == "no_result"; }

}  // namespace imloop::station::watch
