#include "station/care.hpp"

#include <iostream>

#include "station/doctor.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

using service::Verdict;

/// 0 every member is right, 4 something to look at, 2 the file can't be used.
int config_check(const Context& context) {
    const auto judged = judge_config(context.config_file);
    int code = 0;
    for (const auto& f : judged.findings) {
        const auto words = words_of(context.config_file, f);
        std::cout << (f.verdict == Verdict::broken ? "✗ " : "! ") << words.zh << " / " << words.en << '\n';
        code = f.verdict == Verdict::broken ? 2 : code == 0 ? 4 : code;
    }
    if (code == 0) std::cout << "✓ " << context.config_file.string() << "：每一项都正确 / every member is right\n";
    return code;
}

}  // namespace

void add_care_commands(CLI::App& app, Context& context) {
    auto* config = app.add_subcommand("config", "配置 / the configuration");
    config->require_subcommand(1);
    config
        ->add_subcommand("check",
                         "逐项检查配置：文件、行、怎么改；0 正确，4 需看一看，2 不能用\n"
                         "Judge every member: file, line, what to do; 0 right, 4 to look at, 2 can't be used\n\n"
                         "  config check\n  --config /var/lib/imloop-i-station/station.toml config check")
        ->callback([&context] { context.code = config_check(context); });
    config
        ->add_subcommand("show",
                         "显示实际生效的配置（没有秘密）/ what holds after defaults, without secrets\n\n  config show")
        ->callback([&context] { show_config(context.config(), std::cout); });

    const auto as_json = std::make_shared<bool>(false);
    auto* doctor = app.add_subcommand(
        "doctor",
        "检查配置、钥匙、证书、磁盘、数据、监管中心、时钟；0 都好，4 需看一看，1 有故障\n"
        "Check configuration, key, certificate, disk, data, the hub and the clock; 0 all fine, 4 something to look at, "
        "1 broken\n\n  doctor\n  doctor --json");
    doctor->add_flag("--json", *as_json, "JSON");
    doctor->callback([&context, as_json] {
        const auto findings = examine(context.config_file, unix_now());
        service::show(findings, *as_json, std::cout);
        context.code = service::exit_code(findings);
    });
}

}  // namespace imloop::station
