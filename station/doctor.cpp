#include "station/doctor.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "journal/key.hpp"
#include "loop/json.hpp"
#include "service/certificate.hpp"
#include "service/checks.hpp"
#include "service/files.hpp"
#include "station/config.hpp"
#include "station/enrolment.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"
#include "station/outbox.hpp"
#include "station/watch/watcher.hpp"

namespace imloop::station {
namespace {

using service::Certificate;
using service::Finding;
using service::Verdict;
using service::Words;
namespace fs = std::filesystem;

/// What a record takes with its sealed copy and receipt, until an outbox is large enough to tell.
constexpr std::uintmax_t usual_record_bytes = 8 * 1024;
constexpr std::uint64_t telling_lines = 500;
constexpr std::chrono::seconds patience{10};

const Words join_again{"用新的加入码运行 join", "run `join` with a new code"};

Finding configuration(const JudgedConfig& judged) {
    Finding out{"configuration",
                Verdict::fine,
                {"配置", "configuration"},
                {judged.config.file.string() + "，" + judged.config.station_id,
                 judged.config.file.string() + ", " + judged.config.station_id},
                {}};
    for (const auto& f : judged.findings) {
        if (out.verdict == Verdict::broken || (f.verdict == Verdict::look && out.verdict == Verdict::look)) continue;
        out.verdict = f.verdict;
        out.what = words_of(judged.config.file, f);
        out.todo = {"config check 逐项说明", "`config check` says all of it"};
    }
    return out;
}

Finding key(const Config& config) {
    auto out = service::find_secret(config.hub.key);
    const auto text = service::contents(config.hub.key);
    if (!text) return out;
    if (!journal::PrivateKey::from_pem(*text)) {
        out.verdict = Verdict::broken;
        out.what = {config.hub.key.string() + " 不是钥匙", config.hub.key.string() + " holds no key"};
        out.todo = {"把原来的文件放回去，或移走它再用新的加入码运行 join",
                    "put the file back, or move it away and run `join` with a new code"};
    }
    return out;
}

/// Its time, and whether it fits the key, the station and the authority.
Finding certificate(const Config& config, const std::optional<Certificate>& authority, loop::Moment now) {
    Finding out{"certificate", Verdict::broken, {"证书", "certificate"}, {}, join_again};
    const auto own = Certificate::from_pem(service::contents(config.hub.certificate).value_or(""));
    if (!own) {
        out.what = {config.hub.certificate.string() + " 没有或读不出来",
                    config.hub.certificate.string() + " is missing or holds no certificate"};
        return out;
    }
    const auto private_key = journal::PrivateKey::from_pem(service::contents(config.hub.key).value_or(""));
    if (own->name != config.station_id) {
        out.what = {fmt::format("是 {} 的，配置写的是 {}", own->name, config.station_id),
                    fmt::format("is {}'s, the configuration says {}", own->name, config.station_id)};
        out.todo = {"换成本站的证书，或改正 station_id", "put this station's certificate there, or mend station_id"};
    } else if (private_key && private_key->public_key().spki() != own->spki) {
        out.what = {"不是这把钥匙的", "is not of this key"};
    } else if (authority && !own->issued_by(*authority)) {
        out.what = {"不是这个监管中心签发的", "was not issued by this hub's authority"};
    } else {
        const auto renewed_from = own->from + (own->until - own->from) / 3 * 2;
        const bool over = now >= own->until;
        return service::judge_time(*own, now, renewed_from + loop::day_ms,
                                   over ? join_again
                                        : Words{"该续期了：让 run 连着运行一天，再看它说什么",
                                                "renewal is due: keep `run` running a day and see what it says"});
    }
    return out;
}

Finding authority_of(const Config& config, const std::optional<Certificate>& authority, loop::Moment now) {
    if (!authority)
        return {"authority",
                Verdict::broken,
                {"监管中心的根证书", "the hub's CA"},
                {config.hub.ca.string() + " 没有或读不出来",
                 config.hub.ca.string() + " is missing or holds no certificate"},
                join_again};
    auto out = service::judge_time(*authority, now, authority->until - 180 * loop::day_ms,
                                   {"向监管部门要新的加入码", "ask the bureau for a new code"});
    out.check = "authority";
    out.title = {"监管中心的根证书", "the hub's CA"};
    return out;
}

struct Outboxes {
    Finding finding;
    std::uint64_t waiting = 0;
    std::uintmax_t bytes_per_record = usual_record_bytes;
};

Outboxes outbox(const Config& config) {
    Outboxes out{{"outbox", Verdict::fine, {"数据", "outbox"}, {}, {}}};
    auto& f = out.finding;
    const auto file = config.data / "outbox.sqlite";
    std::error_code unreadable;
    if (!fs::exists(file, unreadable) && !unreadable) {
        f.what = {"还没有记录，第一次使用时建立", "no records yet, made at first use"};
        return out;
    }
    try {
        Outbox box(config.data, config.station_id, [] { return new_uuid7(unix_now()); });
        const auto state = box.quick_check();
        const auto c = box.counts();
        out.waiting = c.lines - c.acknowledged;
        if (c.lines >= telling_lines) out.bytes_per_record = fs::file_size(file) / c.lines;
        f.what = {fmt::format("完好，已保存 {}，等待上传 {}，退回 {}", c.lines, out.waiting, c.rejected),
                  fmt::format("whole, {} saved, {} waiting, {} rejected", c.lines, out.waiting, c.rejected)};
        if (state != "ok") {
            f.verdict = Verdict::broken;
            f.what = {"数据库损坏：" + state, "the database is damaged: " + state};
            f.todo = {"停下 run，保留原文件，把整个数据目录交给维护人员",
                      "stop `run`, keep the file as it is and hand the whole data folder to maintenance"};
        } else if (const auto stopped = box.stopped()) {
            f.verdict = Verdict::look;
            f.what = {"上传已停下：" + *stopped, "uploading has stopped: " + *stopped};
            f.todo = {"处理好原因后运行 queue retry", "mend the cause, then `queue retry`"};
        }
    } catch (const std::exception& e) {
        f.verdict = Verdict::broken;
        f.what = {std::string("打不开：") + e.what(), std::string("can't be opened: ") + e.what()};
        f.todo = {"检查数据目录的权限和磁盘；用程序所属的用户运行",
                  "check the folder's permissions and the disk; run as the user of the program"};
    }
    return out;
}

Finding upload(const Config& config, std::uint64_t waiting) {
    Finding out{"upload", Verdict::fine, {"上传程序", "uploading"}, {"正在运行", "is running"}, {}};
    if (UploadLock::held_by_another(config.data)) return out;
    out.what = {"没有在运行", "is not running"};
    if (waiting > 0) {
        out.verdict = Verdict::look;
        out.what = {fmt::format("没有在运行，{} 条在等待", waiting), fmt::format("is not running, {} wait", waiting)};
        out.todo = {"运行 run，或启动服务", "start `run`, or the service"};
    }
    return out;
}

/// The folders that `run` watches, in one finding.
Finding folders(const Config& config) {
    const auto count = config.intake.folders.size();
    Finding out{"folders",
                Verdict::fine,
                {"接入文件夹", "watched folders"},
                {fmt::format("{} 个，都读得到", count), fmt::format("{}, all can be read", count)},
                {}};
    for (const auto& folder : config.intake.folders)
        if (const auto trouble = watch::folder_trouble(folder.path)) {
            out.verdict = Verdict::look;
            out.what = {folder.path.string() + "：" + trouble->zh, folder.path.string() + ": " + trouble->en};
            out.todo = {"接好网络共享或改正路径，不必重启", "mend the share or the path; no restart is needed"};
        }
    return out;
}

struct HubFindings {
    std::vector<Finding> findings;
    std::optional<loop::Moment> time;  ///< by the hub's clock, where it said one
};

/// Whether the hub answers and lets this station in, and how its clock stands.
HubFindings hub(const Config& config) {
    const std::string where = config.hub.host + ":" + config.hub.port;
    Finding out{"hub", Verdict::fine, {"监管中心", "hub"}, {where + " 连得上", where + " answers"}, {}};
    const auto failed = [&](const std::string& why) {
        out.verdict = Verdict::broken;
        out.what = {where + " 连不上：" + why, where + " can't be reached: " + why};
        out.todo = {"检查网络、地址和防火墙；记录照常保存，连上后自动上传",
                    "check network, address and firewall; records are saved meanwhile and go out by themselves"};
        return HubFindings{{out}, {}};
    };
    try {
        HttpClient client(peer_of(config), patience);
        const auto asked = unix_now();
        const auto answer = client.request("GET", "/api/v1/stations?limit=1", {}, "");
        if (!answer) return failed(answer.error().detail());
        const auto here = asked + (unix_now() - asked) / 2;
        if (answer->status != 200) {
            const auto body = loop::json_of(answer->body);
            const std::string why = body.is_object() ? body.value("code", "") + ": " + body.value("detail", "")
                                                     : fmt::format("HTTP {}", answer->status);
            out.verdict = Verdict::broken;
            out.what = {where + " 不让进：" + why, where + " refuses: " + why};
            out.todo = {"照它说的做，或问监管部门", "do as it says, or ask the bureau"};
        }
        HubFindings all{{out}, {}};
        const auto date = answer->headers.find("date");
        if (date != answer->headers.end()) all.time = service::moment_of_http(date->second);
        if (all.time) all.findings.push_back(service::judge_clock(here, *all.time));
        return all;
    } catch (const std::exception& e) {
        return failed(e.what());
    }
}

}  // namespace

std::vector<Finding> examine(const fs::path& config_file, loop::Moment now) {
    const auto judged = judge_config(config_file);
    std::vector<Finding> out{configuration(judged)};
    if (out[0].verdict == Verdict::broken) return out;
    const Config& config = judged.config;
    const auto authority = Certificate::from_pem(service::contents(config.hub.ca).value_or(""));
    auto of_hub = hub(config);
    const auto time = of_hub.time.value_or(now);  // where the clock here is wrong, certificates are not
    out.push_back(key(config));
    out.push_back(certificate(config, authority, time));
    out.push_back(authority_of(config, authority, time));
    if (!journal::PublicKey::from_pem(service::contents(config.hub.hub_key).value_or("")))
        out.push_back(
            {"hub_key",
             Verdict::broken,
             {"监管中心的公钥", "the hub's public key"},
             {config.hub.hub_key.string() + " 没有或读不出来", config.hub.hub_key.string() + " is missing or no key"},
             join_again});
    auto box = outbox(config);
    out.push_back(service::find_space(config.data, box.bytes_per_record));
    out.push_back(std::move(box.finding));
    if (!config.intake.folders.empty()) out.push_back(folders(config));
    out.push_back(upload(config, box.waiting));
    for (auto& f : of_hub.findings) out.push_back(std::move(f));
    return out;
}

}  // namespace imloop::station
