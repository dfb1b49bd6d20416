#include "m_station/import.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "station/ids.hpp"
#include "station/intake/shop_repairs.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {
namespace {

using namespace station;
using intake::Reason;
using intake::ShopOrder;
using intake::ShopRepairs;

struct Options {
    std::string file, rejected, corrections;
    std::size_t sheet = 1;
    bool dry = false, yes = false;
};

constexpr int not_right = 2;

std::string read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary | std::ios::ate);
    if (!in) throw std::runtime_error("读不到文件 / cannot read " + name);
    const auto size = static_cast<std::size_t>(in.tellg());
    std::string out(std::min(size, intake::table_limits.bytes + 1), '\0');
    in.seekg(0).read(out.data(), static_cast<std::streamsize>(out.size()));
    if (!in) throw std::runtime_error("读不到文件 / cannot read " + name);
    return out;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : "、") + text;
    return out;
}

std::string rows_of(const ShopOrder& order) {
    const auto first = order.rows.front(), last = order.rows.back();
    return first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last);
}

void show_reason(const char* mark, const Reason& r) {
    const auto column_zh = r.column.empty() ? "" : "「" + r.column + "」";
    const auto column_en = r.column.empty() ? "" : " \"" + r.column + "\"";
    fmt::print("      {} 第 {} 行{}：{} / row {}{}: {}\n", mark, r.row, column_zh, r.zh, r.row, column_en, r.en);
}

void show_columns(const intake::Table& table, const ShopRepairs& repairs) {
    if (table.sheets > 1)
        fmt::print("工作表「{0}」，共 {1} 张，用 --sheet 选择 / sheet \"{0}\" of {1}, --sheet takes another\n",
                   table.sheet, table.sheets);
    fmt::print("表头在第 {0} 行 / the header is row {0}\n", repairs.header_row);
    for (const auto& column : repairs.columns.used) {
        const auto& field = intake::shop_field(column.field);
        fmt::print("  {} → {} / {}\n", column.header, field.zh, field.en);
    }
    if (!repairs.columns.personal.empty())
        fmt::print("  个人信息，不读取 / personal data, not read: {}\n", joined(repairs.columns.personal));
    if (!repairs.columns.unused.empty()) fmt::print("  没有用到 / not used: {}\n", joined(repairs.columns.unused));
}

void show_order(const ShopOrder& order) {
    const std::string number = order.work_order_no.empty() ? "–" : order.work_order_no;
    if (order.problems.empty()) {
        const auto r = nlohmann::json::parse(order.line);
        const std::string settled = r.at("settled_at");
        fmt::print("  ✓ {:>9}  {:<24} {}  {:>10}  {} 项 {} 件\n", rows_of(order), number,
                   settled.substr(0, 10) + (r.contains("time_precision") ? "      " : " " + settled.substr(11, 5)),
                   r.contains("total_fee") ? fmt::format("{:.2f}", r.at("total_fee").get<double>()) : "–",
                   r.at("items").size(), r.contains("parts") ? r.at("parts").size() : 0);
    } else {
        fmt::print("  ✗ {:>9}  {}\n", rows_of(order), number);
    }
    for (const auto& problem : order.problems) show_reason("✗", problem);
    for (const auto& note : order.notes) show_reason("!", note);
}

bool confirmed(std::size_t count) {
    fmt::print("保存这 {0} 张工单吗？ / save these {0} orders? [y/N] ", count);
    std::fflush(stdout);
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "是");
}

struct Saved {
    std::size_t fresh = 0, there = 0, failed = 0;
    std::string corrections;  ///< one a line, for orders that have changed since they were imported
};

/// What puts the order's present content in the place of what was imported before, as a line.
std::string correction_line(const ShopOrder& order, const Config& config) {
    return correction_of(config, order.record_id, "工单在维修软件中有改动", nlohmann::json::parse(order.line)).dump() +
           "\n";
}

Saved save(const Context& context, const Config& config, const ShopRepairs& repairs) {
    Outbox outbox = context.outbox(config);
    Saved out;
    for (const auto& order : repairs.orders) {
        if (!order.problems.empty()) continue;
        const auto before = outbox.last();
        std::ostringstream said;
        if (submit(outbox, config, order.line, {}, said)) {
            ++(outbox.last() > before ? out.fresh : out.there);
            continue;
        }
        ++out.failed;
        const bool changed = said.str().find("record_id_reused") != std::string::npos;
        if (changed) out.corrections += correction_line(order, config);
        fmt::print("  ✗ {}  {}", order.work_order_no,
                   changed
                       ? "导入过，内容有改动，需要更正 / was imported before and has changed since: a correction is "
                         "needed\n"
                       : said.str());
    }
    fmt::print("新保存 {0}，早已保存 {1}，没有保存 {2} / saved {0}, already there {1}, not saved {2}\n", out.fresh,
               out.there, out.failed);
    return out;
}

void write_file(const std::string& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error("写不了文件 / cannot write " + file);
}

int import(const Context& context, const Options& o) {
    const Config config = context.config();
    const auto table = intake::read_table(read_file(o.file), o.sheet);
    const auto repairs = table ? intake::read_shop_repairs(*table, config.station_id, unix_now())
                               : journal::Result<ShopRepairs>(table.error());
    if (!repairs) {
        std::cerr << repairs.error().code << ": " << repairs.error().detail << '\n';
        return not_right;
    }
    show_columns(*table, *repairs);
    fmt::print("\n    {:>9}  {:<24} {}\n", "行 / row", "工单号 / order",
               "结算，总费用，项目，配件 / settled, fee, items, parts");
    std::size_t right = 0;
    for (const auto& order : repairs->orders) {
        show_order(order);
        right += order.problems.empty();
    }
    const auto wrong = repairs->orders.size() - right;
    fmt::print("{0} 张工单可以导入，{1} 张有问题 / {0} orders are right, {1} are not\n", right, wrong);
    if (!o.rejected.empty() && wrong > 0) {
        write_file(o.rejected, intake::rejected_csv(*table, *repairs));
        fmt::print("有问题的行在 {0}，改好后可直接导入 / their rows are in {0}; mended, import it as it is\n",
                   o.rejected);
    }
    const int code = wrong == 0 && right > 0 ? 0 : not_right;
    if (o.dry || right == 0) return code;
    const bool asked = !o.yes && isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    if (!o.yes && !(asked && confirmed(right))) {
        fmt::print("没有保存{0} / nothing is saved{1}\n", asked ? "" : "，加 --yes 保存", asked ? "" : ", --yes saves");
        return code;
    }
    const auto saved = save(context, config, *repairs);
    if (!saved.corrections.empty() && !o.corrections.empty()) {
        write_file(o.corrections, saved.corrections);
        fmt::print("更正记录在 {0}，核对后用 submit 提交 / the corrections are in {0}: look at them, then submit it\n",
                   o.corrections);
    } else if (!saved.corrections.empty()) {
        fmt::print("加 --corrections 写出更正记录 / --corrections FILE writes them\n");
    }
    return saved.failed == 0 ? code : not_right;
}

}  // namespace

void add_import(CLI::App& app, Context& context) {
    const auto o = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "import",
        "导入维修软件导出的表格：先显示，确认后才保存；重复导入只算一次\n"
        "Import a table that shop software exports: shown first, saved after a yes; importing twice counts once\n\n"
        "  m_station import 结算清单.xlsx\n  m_station import 结算清单.csv --yes --rejected 有问题.csv");
    command->add_option("file", o->file, ".csv 或 .xlsx 文件 / file")->required();
    command->add_flag("--dry-run", o->dry, "只显示，不保存 / show only");
    command->add_flag("--yes", o->yes, "不问，直接保存正确的 / save what is right without asking");
    command->add_option("--rejected", o->rejected, "把有问题的行和原因写到这个 CSV / CSV for rows that are not right");
    command->add_option("--corrections", o->corrections,
                        "导入过而又改动的工单，更正记录写到这里 / corrections of orders that have changed since");
    command->add_option("--sheet", o->sheet, "第几张工作表 / number of the sheet")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    command->callback([&context, o] { context.code = import(context, *o); });
}

}  // namespace imloop::m_station
