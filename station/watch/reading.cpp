#include "station/watch/reading.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loop/json.hpp"
#include "station/attachments.hpp"
#include "station/intake/equipment.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/nha/nha.hpp"
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
    constexpr std::string_view damaged = "\xEF\xBF\xBD";
    const auto bytes = intake::bytes_of(file, intake::table_limits.bytes);
    const auto* raw = std::get_if<std::string>(&bytes);
    if (raw == nullptr || raw->starts_with('<')) return false;
    const auto text = intake::text_of(*raw).value_or("");
    const auto records = records_in(text);
    if (!is_own(records.front())) return false;
    const auto name = file.filename().string();
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto line = records.size() == 1 ? 0 : i + 1;
        if (records[i].find(damaged) != std::string::npos)
            out.problems.push_back(
                {name, line, {}, {}, "unreadable", {"有字符损坏", "a character of it is damaged"}, {}});
        else
            out.records.push_back({{}, one_line(records[i]), {}, {name}, line});
    }
    return true;
}

void fail(Read& out, const std::vector<std::string>& names, const journal::Error& error) {
    for (const auto& name : names) out.problems.push_back({name, 0, {}, {}, error.code, {error.zh, error.en}, {}});
}

}  // namespace

Kind kind_of(const fs::path& file) {
    if (intake::is_message(file) || ends_with(file, {".ndjson"})) return Kind::message;
    if (ends_with(file, {".csv", ".xlsx"})) return Kind::table;
    if (intake::is_ini(file)) return Kind::equipment;
    return attachment_kind(file).empty() ? Kind::other : Kind::attachment;
}

Read read_messages(const fs::path& folder, const std::vector<std::string>& names, const intake::Settings& settings) {
    Read out;
    std::vector<fs::path> foreign;
    std::vector<std::string> foreign_names;
    for (const auto& name : names) {
        const auto file = folder / name;
        if (settings.stop.stop_requested() || read_own(file, out)) continue;
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
    const auto bytes = intake::bytes_of(file, intake::table_limits.bytes);
    if (const auto* left = std::get_if<intake::Left>(&bytes)) {
        out.problems.push_back(problem_of(*left));
        return out;
    }
    const auto table = intake::read_table(std::get<std::string>(bytes));
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

Read read_equipment_set(const fs::path& folder, const std::vector<std::string>& names,
                        const intake::Settings& settings) {
    std::vector<fs::path> files;
    for (const auto& name : names) files.push_back(folder / name);
    Read out;
    add(out, intake::read_nha(files, settings));
    return out;
}

bool waits_for_partner(std::string_view code) { return code == "no_test" || code == "no_result"; }

}  // namespace imloop::station::watch
