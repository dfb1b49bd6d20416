#include "station/commands.hpp"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "journal/json.hpp"
#include "journal/verify.hpp"
#include "loop/admission.hpp"
#include "service/terminal.hpp"
#include "station/care.hpp"
#include "station/enrolment.hpp"
#include "station/files.hpp"
#include "station/held.hpp"
#include "station/ids.hpp"
#include "station/record_text.hpp"
#include "station/service.hpp"
#include "station/uploading.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// `-` is standard input.
std::string read_input(const std::string& name) {
    if (name != "-") return read_file(name);
    std::ostringstream out;
    out << std::cin.rdbuf();
    return out.str();
}

int run_once(const Config& config) {
    const Stops stops;
    Outbox outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); });
    const UploadLock lock(config.data);
    if (!lock.held()) throw std::runtime_error(data_in_use);
    HttpClient client(peer_of(config));
    std::mt19937_64 engine(std::random_device{}());
    Uploader uploader(
        outbox, station_key(config), hub_key(config),
        {[&](const std::string& method, const std::string& target, const std::map<std::string, std::string>& headers,
             std::string body) { return client.request(method, target, headers, std::move(body)); },
         [&](std::chrono::milliseconds time, const std::string&) { return stops.sleep(time); },
         [&] { return std::uniform_real_distribution<>(0, 1)(engine); },
         [](const std::string& text) { std::cout << text << std::endl; }});
    uploader.look_back();
    if (uploader.run() != Uploader::End::stopped) return 0;
    std::cerr << "上传已停下，需要处理后再用 queue retry 重试 / uploading has stopped, mend the cause and "
                 "run `queue retry`\n  "
              << outbox.stopped().value_or("") << '\n';
    return 1;
}

int join_hub(const Context& context, const std::string& code) {
    const auto joined = join(code, context.config_file, [](JoinStep step) {
        constexpr const char* words[] = {"核对监管中心 / the hub is the one of the code",
                                         "生成钥匙 / the key is made, and stays here",
                                         "领取证书 / the certificate is received", "开始记录 / the journal is begun"};
        std::cout << "  ✓ " << words[static_cast<int>(step)] << std::endl;
    });
    if (!joined) {
        std::cerr << joined.error().code << ": " << joined.error().detail() << '\n';
        return 1;
    }
    fmt::print("{0} 已加入，配置在 {1}。接着运行 run。\n{0} has joined, its configuration is {1}. Go on with `run`.\n",
               joined->station_id, joined->file.string());
    return 0;
}

int submit_file(const Context& context, const std::string& file) {
    const Config config = context.config();
    Outbox outbox = context.outbox(config);
    bool all = true;
    for (const auto& record : records_in(read_input(file))) all = submit(outbox, config, record, {}, std::cout) && all;
    return all ? 0 : 2;
}

int check_file(const Context& context, const std::string& file) {
    const Config config = context.config();
    int code = 0;
    for (const auto& record : records_in(read_input(file))) {
        const auto admitted = loop::admit(record, config.station_id, unix_now());
        std::cout << (admitted.problems.empty() ? "正确 / right" : "有问题 / not right") << "  "
                  << admitted.record_id.value_or("-") << '\n';
        show_problems(admitted, std::cout);
        if (!admitted.problems.empty()) code = 2;
    }
    return code;
}

int queue_list(const Context& context, std::uint64_t after, std::size_t limit, bool only_rejected) {
    const Config config = context.config();
    Outbox outbox = context.outbox(config);
    for (const auto& q : outbox.queue(after, limit)) {
        if (only_rejected && q.status != "rejected") continue;
        fmt::print("{:>8}  {}  {}\n", q.seq, q.record_id, q.status.empty() ? "等待上传 / waiting" : q.status);
        if (q.status != "rejected") continue;
        for (const auto& p : journal::parsed(q.outcome).value("problems", json::array()))
            fmt::print("          {} {}  {}\n", p.value("code", ""), p.value("pointer", ""), p.value("detail", ""));
    }
    return 0;
}

int queue_export(const Context& context, const std::string& file) {
    const Config config = context.config();
    Outbox outbox = context.outbox(config);
    const UploadLock lock(config.data);
    if (!lock.held()) throw std::runtime_error(data_in_use);
    replace_file(file, "");
    const auto key = station_key(config);
    outbox.each_cut(key, [&](const std::string& segment, const std::string& receipt) {
        service::append_file(file, segment + receipt);
    });
    fmt::print("已导出到 {0} / exported to {0}\n", file);
    return 0;
}

int status(const Context& context, bool as_json) {
    const Config config = context.config();
    Outbox outbox = context.outbox(config);
    const auto c = outbox.counts();
    const auto stopped = outbox.stopped();
    if (as_json) {
        json out{{"station_id", config.station_id},
                 {"epoch", outbox.epoch()},
                 {"lines", c.lines},
                 {"waiting", c.lines - c.acknowledged},
                 {"accepted", c.accepted},
                 {"duplicate", c.duplicate},
                 {"rejected", c.rejected},
                 {"traces_waiting", c.traces_waiting},
                 {"stopped", stopped ? json(*stopped) : json(nullptr)}};
        std::cout << out.dump(2) << '\n';
    } else {
        fmt::print(
            "{}：已保存 {}，等待上传 {}，已收下 {}，重复 {}，退回 {}\n"
            "{}: saved {}, waiting {}, accepted {}, duplicate {}, rejected {}\n",
            config.station_id, c.lines, c.lines - c.acknowledged, c.accepted, c.duplicate, c.rejected,
            config.station_id, c.lines, c.lines - c.acknowledged, c.accepted, c.duplicate, c.rejected);
        if (stopped) fmt::print("上传已停下 / uploading has stopped: {}\n", *stopped);
    }
    return stopped ? 4 : 0;
}

int verify(const Context& context, const std::string& file, const std::vector<std::string>& key_files) {
    journal::Keys keys;
    std::vector<std::string> pems;
    pems.reserve(key_files.size() + 1);
    for (const auto& name : key_files) pems.push_back(read_input(name));
    if (key_files.empty()) {
        const Config config = context.config();
        pems.push_back(read_file(config.hub.hub_key));
        pems.push_back(station_key(config).public_key().pem());
    }
    for (const auto& pem : pems) {
        auto key = journal::PublicKey::from_pem(pem).value();
        const auto kid = key.kid();
        keys.emplace(kid, std::move(key));
    }
    const auto verified = journal::verify_exported(read_input(file), keys);
    for (const auto& c : verified.chains)
        fmt::print("{} {}：第 {}–{} 条，{} 段，{} 张回执{}\n", c.source, c.epoch, c.first, c.last, c.segments,
                   c.receipts, c.first > 1 ? "（只核对了这一部分 / a part only）" : "");
    for (const auto& f : verified.findings)
        fmt::print("✗ {} #{} @{}: {} {}\n", f.source, f.first, f.offset, f.error.code, f.error.detail());
    std::cout << (verified.findings.empty() ? "全部成立 / all of it holds\n" : "");
    return verified.findings.empty() ? 0 : 4;
}

int verify_at_hub(const Context& context) {
    const Config config = context.config();
    Outbox outbox = context.outbox(config);
    HttpClient client(peer_of(config));
    const auto held = ask_held(
        [&](const std::string& target) -> journal::Result<std::string> {
            const auto answer = client.request("GET", target, {}, "");
            if (!answer) return answer.error();
            if (answer->status != 200)
                return journal::Error("refused", fmt::format("监管中心答 {0}", answer->status),
                                      fmt::format("the hub answers {0}", answer->status));
            return answer->body;
        },
        outbox.epoch());
    if (!held) {
        std::cerr << held.error().detail() << '\n';
        return 1;
    }
    const auto found = differences(outbox, station_key(config).public_key(), hub_key(config), *held);
    for (const auto& one : found) fmt::print("✗ {}\n  {}\n", one.zh, one.en);
    if (found.empty())
        fmt::print(
            "监管中心有前 {0} 条，内容与回执都与本机相同 / the hub holds the first {0} lines, as they and their "
            "receipts stand here\n",
            held->last);
    return found.empty() ? 0 : 4;
}

}  // namespace

Config Context::config() const { return read_config(config_file).value(); }

Outbox Context::outbox(const Config& config) const {
    return Outbox(config.data, config.station_id, [] { return new_uuid7(unix_now()); });
}

void show_problems(const loop::Admitted& admitted, std::ostream& out) {
    for (const auto& p : admitted.problems)
        out << "  ✗ " << p.code << ' ' << p.pointer << "  " << p.zh << " / " << p.en << '\n';
    for (const auto& w : admitted.warnings)
        out << "  ! " << w.code << ' ' << w.pointer << "  " << w.zh << " / " << w.en << '\n';
}

bool submit(Outbox& outbox, const Config& config, const std::string& record, const std::optional<Trace>& trace,
            std::ostream& out) {
    const auto admitted = loop::admit(record, config.station_id, unix_now());
    if (!admitted.problems.empty()) {
        out << "没有保存，请改正后再提交 / not saved, mend it and submit again: " << admitted.record_id.value_or("-")
            << '\n';
        show_problems(admitted, out);
        return false;
    }
    show_problems(admitted, out);
    const auto appended = outbox.append(one_line(record), *admitted.record_id, trace);
    if (!appended) {
        out << "没有保存 / not saved: " << appended.error().code << "  " << appended.error().detail() << '\n';
        return false;
    }
    out << (appended->is_new ? "已保存" : "早已保存") << " #" << appended->seq
        << (appended->is_new ? " / saved" : " / already there") << ": " << *admitted.record_id << '\n';
    return true;
}

void add_shared_commands(CLI::App& app, Context& context) {
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--config", context.config_file, "配置文件 / configuration")
        ->capture_default_str()
        ->envname("IMLOOP_CONFIG");
    struct Options {
        std::optional<unsigned short> page_port;
        bool once = false, as_json = false, only_rejected = false, at_hub = false;
        std::string file;
        std::uint64_t seq = 0;
        std::size_t limit = 50;
        std::vector<std::string> keys;
    };
    const auto o = std::make_shared<Options>();
    const auto on = [&context](CLI::App* command, std::function<int()> act) {
        command->callback([&context, act = std::move(act)] { context.code = act(); });
    };

    auto* run_ = app.add_subcommand(
        "run",
        "上传并提供本机页面，直到按 Ctrl-C；还没加入时先在页面上加入\n"
        "Upload and serve the local page until Ctrl-C; where the station has not joined, the page asks for the code\n\n"
        "  run\n  run --once   # 传完就结束 / until the queue is empty");
    run_->add_flag("--once", o->once, "传完就结束 / end when the queue is empty");
    run_->add_option("--page-port", o->page_port, "本机页面的端口，0 为任选 / port of the local page, 0: any");
    on(run_, [&context, o] { return o->once ? run_once(context.config()) : run_service(context, o->page_port); });

    auto* join_ =
        app.add_subcommand("join",
                           "用监管部门给的加入码加入；已加入的站点用新码换新证书\n"
                           "Join with the bureau's code; with a new code a station that has joined gets a new "
                           "certificate\n\n  join K7QF-9D2M-…@hub.example.cn:8443");
    join_->add_option("code", o->file, "加入码 / code")->required();
    on(join_, [&context, o] { return join_hub(context, o->file); });

    auto* submit_ = app.add_subcommand(
        "submit", "检查并保存记录 / check and save records\n\n  submit test.json\n  cat records.ndjson | … submit -");
    submit_->add_option("file", o->file, "JSON 文件，- 为标准输入 / JSON file, - for standard input")->required();
    on(submit_, [&context, o] { return submit_file(context, o->file); });

    auto* check_ = app.add_subcommand("check", "只检查，不保存 / check only\n\n  check test.json");
    check_->add_option("file", o->file, "JSON 文件 / JSON file")->required();
    on(check_, [&context, o] { return check_file(context, o->file); });

    auto* queue = app.add_subcommand("queue", "已保存的记录 / what is saved");
    queue->require_subcommand(1);
    auto* list = queue->add_subcommand("list", "列出 / list\n\n  queue list --rejected");
    list->add_option("--after", o->seq, "从这一条之后 / after this number");
    list->add_option("--limit", o->limit, "条数 / how many")->capture_default_str()->check(CLI::Range(1, 100000));
    list->add_flag("--rejected", o->only_rejected, "只看退回的 / rejected ones only");
    on(list, [&context, o] { return queue_list(context, o->seq, o->limit, o->only_rejected); });
    auto* show = queue->add_subcommand("show", "显示一条 / show one");
    show->add_option("seq", o->seq, "第几条 / number")->required();
    on(show, [&context, o] {
        const auto line = context.outbox(context.config()).line(o->seq);
        if (line.empty()) throw std::runtime_error("没有这一条 / no such line");
        std::cout << line << '\n';
        return 0;
    });
    on(queue->add_subcommand("retry", "处理好原因后重新上传 / clear a stop after its cause is mended"), [&context] {
        context.outbox(context.config()).retry();
        std::cout << "下次运行 run 时重试 / the next `run` tries again\n";
        return 0;
    });
    auto* export_ = queue->add_subcommand(
        "export",
        "导出封好的数据段，可用 U 盘带走 / sealed segments, to carry on a stick\n\n  queue export i610404-01.ndjson");
    export_->add_option("file", o->file, "文件 / file")->required();
    on(export_, [&context, o] { return queue_export(context, o->file); });

    auto* status_ =
        app.add_subcommand("status", "状态；上传停下时退出码 4 / status; exit code 4 where uploading has stopped");
    status_->add_flag("--json", o->as_json, "JSON");
    on(status_, [&context, o] { return status(context, o->as_json); });

    add_care_commands(app, context);

    auto* verify_ =
        app.add_subcommand("verify",
                           "核对导出的日志：链、封签、回执；或用 --hub 把本机的日志和回执与监管中心所说的相"
                           "比，不同的逐项指明，退出码 4\n"
                           "Check an exported journal; or with --hub this station's own journal and receipts "
                           "against what the hub says it holds: names what differs, exit code 4\n\n"
                           "  verify journal.ndjson --key station.pub.pem --key hub.pub.pem\n"
                           "  verify --hub");
    auto* file_ = verify_->add_option("file", o->file, "文件 / file");
    verify_->add_flag("--hub", o->at_hub, "与监管中心相比 / against the hub")->excludes(file_);
    verify_->add_option("--key", o->keys,
                        "公钥，默认本站和监管中心的 / public keys, by default this station's and the hub's");
    on(verify_, [&context, o] {
        if (o->at_hub) return verify_at_hub(context);
        if (o->file.empty()) throw std::runtime_error("要有文件，或 --hub / a file is needed, or --hub");
        return verify(context, o->file, o->keys);
    });
}

int run_app(CLI::App& app, Context& context, int argc, char** argv) {
    service::keep_files_private();
    service::print_text_only();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
    return context.code;
}

}  // namespace imloop::station
