#include "m_station/import.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "journal/json.hpp"
#include "m_station/import_plan.hpp"
#include "m_station/import_text.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/shop/header.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {
namespace {

using namespace station;
using intake::ShopOrder;

struct Options {
    std::string file, rejected, corrections;
    std::vector<std::string> answers;
    std::size_t sheet = 0;
    bool dry = false, yes = false, with_hidden = false;
};

constexpr int not_right = 2;

std::string read_file(const std::string& name) {
    auto bytes = intake::bytes_of(name, intake::table_limits.bytes);
    if (const auto* left = std::get_if<intake::Left>(&bytes))
        throw std::runtime_error(name + ": " + left->zh + " / " + left->en);
    return std::get<std::string>(std::move(bytes));
}

intake::ShopAnswers answers_in(const Options& o) {
    intake::ShopAnswers out;
    for (const auto& answer : o.answers) {
        const auto at = answer.rfind('=');
        if (at == std::string::npos) throw std::runtime_error("--answer 要写 KEY=VALUE / write KEY=VALUE: " + answer);
        out[answer.substr(0, at)] = answer.substr(at + 1);
    }
    if (o.with_hidden) out["hidden"] = "import";
    return out;
}

bool confirmed(std::size_t count) {
    fmt::print("保存这 {0} 张工单吗？ / save these {0} orders? [y/N] ", count);
    std::fflush(stdout);
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "是");
}

/// What puts the order's present content in the place of what was imported before, as a line.
std::string correction_line(const ShopOrder& order, const Config& config) {
    return correction_of(config, order.record_id, "工单在维修软件中有改动", journal::parsed(order.line)).dump() + "\n";
}

/// Whether all that are fresh were saved.
bool save(Outbox& outbox, const Config& config, const ImportPlan& plan) {
    std::size_t saved = 0;
    for (std::size_t i = 0; i < plan.fates.size(); ++i) {
        if (plan.fates[i] != Fate::fresh) continue;
        const auto& order = plan.repairs.orders[i];
        std::ostringstream said;
        if (submit(outbox, config, order.line, {}, said))
            ++saved;
        else
            fmt::print("  ✗ {}  {}", order.work_order_no, said.str());
    }
    const auto failed = plan.count(Fate::fresh) - saved;
    fmt::print("新保存 {0}，早已保存 {1}，没有保存 {2} / saved {0}, already there {1}, not saved {2}\n", saved,
               plan.count(Fate::there), failed + plan.count(Fate::changed));
    return failed == 0;
}

void write_file(const std::string& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error("写不了文件 / cannot write " + file);
}

void offer_corrections(const Options& o, const Config& config, const ImportPlan& plan) {
    if (plan.count(Fate::changed) == 0) return;
    if (o.corrections.empty()) {
        fmt::print(
            "导入过又有改动的要更正，加 --corrections 写出更正记录 / what has changed since needs a correction: "
            "--corrections FILE writes them\n");
        return;
    }
    std::string lines;
    for (std::size_t i = 0; i < plan.fates.size(); ++i)
        if (plan.fates[i] == Fate::changed) lines += correction_line(plan.repairs.orders[i], config);
    write_file(o.corrections, lines);
    fmt::print("更正记录在 {0}，核对后用 submit 提交 / the corrections are in {0}: look at them, then submit it\n",
               o.corrections);
}

int refuse_file(const Options& o, const std::string& bytes, const intake::ShopAnswers& answers,
                const journal::Error& why) {
    if (const auto table = intake::read_shop_table(bytes, o.sheet)) {
        show_sheets(*table);
        show_questions(intake::shop_questions(*table, answers), answers);
    }
    std::fflush(stdout);
    std::cerr << why.code << ": " << why.detail() << '\n';
    return not_right;
}

int import(const Context& context, const Options& o) {
    const Config config = context.config();
    const auto bytes = read_file(o.file);
    const auto answers = answers_in(o);
    Outbox outbox = context.outbox(config);
    const auto plan = plan_import(outbox, config, bytes, o.sheet, answers);
    if (!plan) return refuse_file(o, bytes, answers, plan.error());
    const auto& repairs = plan->repairs;
    show_columns(plan->table, repairs);
    show_questions(repairs.questions, answers);
    show_orders(*plan);
    const auto fresh = plan->count(Fate::fresh), there = plan->count(Fate::there), changed = plan->count(Fate::changed),
               wrong = plan->count(Fate::refused);
    fmt::print(
        "{0} 张工单可以导入，{1} 张早已保存，{2} 张有改动，{3} 张有问题 / {0} orders are right, {1} already there, "
        "{2} changed since, {3} not right\n",
        fresh, there, changed, wrong);
    if (!o.rejected.empty() && wrong > 0) {
        write_file(o.rejected, intake::rejected_csv(plan->table, repairs));
        fmt::print("有问题的行在 {0}，改好后可直接导入 / their rows are in {0}; mended, import it as it is\n",
                   o.rejected);
    }
    const int code = wrong + changed == 0 && fresh + there > 0 ? 0 : not_right;
    if (o.dry || fresh + there + changed == 0) return code;
    const bool asked = !o.yes && fresh > 0 && isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    if (!o.yes && !(asked && confirmed(fresh))) {
        fmt::print("没有保存{0} / nothing is saved{1}\n", asked ? "" : "，加 --yes 保存", asked ? "" : ", --yes saves");
        return code;
    }
    const bool all = save(outbox, config, *plan);
    offer_corrections(o, config, *plan);
    return all ? code : not_right;
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
    command
        ->add_option("--sheet", o->sheet,
                     "第几张工作表；不写：第一张有工单的 / number of the sheet; else the first with orders")
        ->check(CLI::Range(1, 1000));
    command->add_option("--answer", o->answers,
                        "回答表格没有说清的（? 开头的行列出）/ answers what the table leaves open, listed with ?: "
                        "KEY=VALUE");
    command->add_flag("--with-hidden", o->with_hidden, "表格里隐藏的行和列也导入 / hidden rows and columns too");
    command->callback([&context, o] { context.code = import(context, *o); });
}

}  // namespace imloop::m_station
