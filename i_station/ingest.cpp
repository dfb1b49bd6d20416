#include "i_station/ingest.hpp"

#include <fmt/format.h>

#include <iostream>

#include "i_station/saver.hpp"
#include "station/attachments.hpp"
#include "station/ids.hpp"
#include "station/intake/equipment.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/profiles/mapping.hpp"

namespace imloop::i_station {
namespace {

using namespace station;

struct Options {
    std::string path, mapping, profiles;
    std::size_t sheet = 1;
    bool dry = false;
};

std::string bytes_of(const std::string& path) {
    auto bytes = intake::bytes_of(path, intake::table_limits.bytes);
    if (const auto* left = std::get_if<intake::Left>(&bytes))
        throw std::runtime_error(path + ": " + left->zh + " / " + left->en);
    return std::get<std::string>(std::move(bytes));
}

template <class T>
T needed(journal::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().code + ": " + result.error().detail());
    return std::move(*result);
}

intake::Settings settings_of(const Config& config, const Options& o) {
    return {config.station_id, config.intake.line_id, config.intake.inspector_id, config.intake.time_offset,
            o.profiles.empty() ? config.intake.profiles : std::filesystem::path(o.profiles)};
}

int ingest(const Context& context, const Options& o) {
    for (const auto* end : {".csv", ".CSV", ".xlsx", ".XLSX"})
        if (o.path.ends_with(end))
            throw std::runtime_error(
                "表格要有映射：先 i_station mapping 写草稿，再用 --mapping / a table needs a mapping: "
                "let i_station mapping write a first one, then say --mapping");
    const Config config = context.config();
    const auto read = needed(intake::read_equipment(o.path, settings_of(config, o)));
    Saver saver(context, config, o.dry);
    const auto path = std::filesystem::absolute(o.path);
    const auto folder = std::filesystem::is_directory(path) ? path : path.parent_path();
    for (const auto& taken : read.taken) {
        std::string files;
        for (const auto& file : taken.files) files += (files.empty() ? "" : ", ") + file;
        std::cout << "一次检验 / one test: " << files << '\n';
        const auto line = needed(with_attachments(taken.line, attachments_of(taken.line, folder)));
        saver.take(line,
                   taken.trace_csv.empty() ? std::nullopt : std::optional(Trace{taken.trace_sha256, taken.trace_csv}));
    }
    if (read.taken.empty()) std::cout << "没有完整的检验 / no whole test here\n";
    for (const auto& left : read.left) {
        if (intake::is_fault(left.file, left.code)) saver.refuse();
        const auto place = left.line == 0 ? left.file + (left.place.empty() ? "" : "#" + left.place)
                                          : fmt::format("{}:{} {}", left.file, left.line, left.place);
        fmt::print("  – {:<28} {:<17} {} / {}\n", place, left.code, left.zh, left.en);
    }
    std::fflush(stdout);
    saver.finish();
    return saver.code();
}

void show(const char* mark, const intake::RuleProblem& p) {
    const auto place = p.place.empty() ? std::string() : "  " + p.place;
    const auto value = p.value.empty() ? std::string() : " = " + p.value;
    fmt::print("    {} 第 {} 行 / line {}{}{}  {}  {} / {}\n", mark, p.line, p.line, place, value, p.code, p.zh, p.en);
}

int ingest_table(const Context& context, const Options& o) {
    const Config config = context.config();
    const auto mapping = needed(intake::mapping_from(bytes_of(o.mapping), o.mapping.ends_with(".toml")));
    const auto table = needed(intake::read_table(bytes_of(o.path), o.sheet));
    const auto read = needed(intake::read_mapped(table, mapping, settings_of(config, o), unix_now()));
    Saver saver(context, config, o.dry);
    for (const auto& test : read.tests) {
        std::string lines;
        for (const auto line : test.lines) lines += (lines.empty() ? "" : ", ") + std::to_string(line);
        fmt::print("{} 第 {} 行 / line {}  {}\n", test.problems.empty() ? "✓" : "✗", lines, lines,
                   test.report_no.empty() ? "–" : test.report_no);
        for (const auto& problem : test.problems) show("✗", problem);
        for (const auto& note : test.notes) show("–", note);
        std::fflush(stdout);
        if (!test.line.empty())
            saver.take(test.line, std::nullopt);
        else
            saver.refuse();
    }
    if (read.tests.empty()) std::cout << "没有数据行 / no rows\n";
    for (const auto& column : read.unused) std::cout << "  – 没有用到的列 / column not used: " << column << '\n';
    std::cout.flush();
    saver.finish();
    return saver.code();
}

}  // namespace

void add_ingest(CLI::App& app, Context& context) {
    const auto o = std::make_shared<Options>();
    auto* command =
        app.add_subcommand("ingest",
                           "读取设备的文件（南华目录、平台 XML 或 "
                           "JSON、按映射读表格）：属于同一次检验的文件成为一条记录，其余逐个说明原因；"
                           "重复读取只算一次\n"
                           "Read equipment files (an NHA folder, platform XML or JSON, a table by a "
                           "mapping): files of one test become one "
                           "record, the others are named with the reason\n\n"
                           "  i_station ingest /data/nha\n"
                           "  i_station ingest result.xml\n"
                           "  i_station ingest tests.csv --mapping map.json --dry-run\n\n"
                           "退出码：0 都好，2 全部没有收或没有可读的，4 有一部分没有收；--dry-run 也一样\n"
                           "Exit codes: 0 all is well, 2 all refused or nothing to read, 4 some refused; of "
                           "--dry-run the same");
    command->add_option("path", o->path, "目录，XML、JSON 或表格文件 / folder, XML, JSON or table")->required();
    command->add_option("--mapping", o->mapping, "表格的映射 (JSON, TOML) / mapping of a table");
    command->add_option("--profiles", o->profiles, "另加的平台格式目录 / folder of further profiles of platforms");
    command->add_option("--sheet", o->sheet, "XLSX 的第几张表 / which sheet of an XLSX file");
    command->add_flag("--dry-run", o->dry, "只显示，不保存 / show only");
    command->callback(
        [&context, o] { context.code = o->mapping.empty() ? ingest(context, *o) : ingest_table(context, *o); });
}

void add_mapping(CLI::App& app) {
    struct MappingOptions {
        std::string path;
        std::size_t sheet = 1;
    };
    const auto o = std::make_shared<MappingOptions>();
    auto* command = app.add_subcommand("mapping",
                                       "由表头写出映射的草稿，to_do 里是要人决定的\n"
                                       "Write a first mapping from a table's header; to_do is for a person\n\n"
                                       "  i_station mapping tests.csv > map.json");
    command->add_option("path", o->path, "CSV 或 XLSX / CSV or XLSX")->required();
    command->add_option("--sheet", o->sheet, "XLSX 的第几张表 / which sheet of an XLSX file");
    command->callback(
        [o] { std::cout << needed(intake::draft_mapping(needed(intake::read_table(bytes_of(o->path), o->sheet)))); });
}

}  // namespace imloop::i_station
