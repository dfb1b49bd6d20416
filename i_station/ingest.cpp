#include "i_station/ingest.hpp"

#include <fmt/format.h>

#include <iostream>

#include "station/intake/equipment.hpp"

namespace imloop::i_station {
namespace {

using namespace station;

int ingest(const Context& context, const std::string& path, bool dry) {
    const Config config = context.config();
    const auto read = intake::read_equipment(
        path, {config.station_id, config.intake.line_id, config.intake.inspector_id, config.intake.time_offset});
    if (!read) throw std::runtime_error(read.error().code + ": " + read.error().detail);
    int code = 0;
    for (const auto& taken : read->taken) {
        std::string files;
        for (const auto& file : taken.files) files += (files.empty() ? "" : ", ") + file;
        std::cout << "一次检验 / one test: " << files << '\n';
        if (dry) {
            std::cout << taken.line << '\n';
            continue;
        }
        Outbox outbox = context.outbox(config);
        const auto trace =
            taken.trace_csv.empty() ? std::nullopt : std::optional(Trace{taken.trace_sha256, taken.trace_csv});
        if (!submit(outbox, config, taken.line, trace, std::cout)) code = 2;
    }
    if (read->taken.empty()) std::cout << "没有完整的检验 / no whole test here\n";
    for (const auto& left : read->left) {
        const auto place = left.line == 0 ? left.file : fmt::format("{}:{}", left.file, left.line);
        fmt::print("  – {:<28} {:<17} {} / {}\n", place, left.code, left.zh, left.en);
    }
    return code;
}

}  // namespace

void add_ingest(CLI::App& app, Context& context) {
    struct Options {
        std::string path;
        bool dry = false;
    };
    const auto o = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "ingest",
        "读取设备的文件（南华目录或平台 XML）：属于同一次检验的文件成为一条记录，其余逐个说明原因；重复读取只算一次\n"
        "Read equipment files (an NHA folder or platform XML): files of one test become one record, the others are "
        "named "
        "with the reason\n\n"
        "  i_station ingest /data/nha\n"
        "  i_station ingest result.xml");
    command->add_option("path", o->path, "目录或 XML 文件 / folder or XML file")->required();
    command->add_flag("--dry-run", o->dry, "只显示，不保存 / show only");
    command->callback([&context, o] { context.code = ingest(context, o->path, o->dry); });
}

}  // namespace imloop::i_station
