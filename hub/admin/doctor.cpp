#include "hub/admin/doctor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "hub/api/admin_client.hpp"
#include "hub/health.hpp"
#include "hub/policy_file.hpp"
#include "hub/store/statements.hpp"
#include "hub/store/store.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using service::Finding;
using service::Verdict;
namespace fs = std::filesystem;

/// Whether the file says nothing that the journal did not take from it.
bool is_policy_file_taken(const fs::path& data, engine::Connection& opened) {
    const auto digest = policy_file_digest(data);
    auto taken = opened.prepare(sql::meta_get);
    taken.bind(1, policy_taken);
    return digest.empty() || !taken.step() || taken.text(0) == digest;
}

Finding database(const fs::path& data, const std::string& store) {
    Finding out{"database", Verdict::fine, {"数据库", "database"}, {"完好", "whole"}, {}};
    try {
        const auto place = place_in(data, store);
        if (!holds_hub(place)) {
            out.verdict = Verdict::broken;
            out.what = {"没有或是空的，而这里已建过监管中心：数据库丢了",
                        "is missing or empty, and a hub was made here: it is lost"};
            out.todo = {"停下服务，把备份放成 hub.sqlite", "stop the service, put the backup there as hub.sqlite"};
            return out;
        }
        const auto reading = connect(place, is_server(place) ? Use::reading : Use::writing);
        auto& opened = *reading;
        const auto version = engine::version_of(opened, store_form());
        const auto state = opened.condition(false);
        if (state != "ok") {
            out.verdict = Verdict::broken;
            out.what = {"损坏：" + state, "damaged: " + state};
            out.todo = {"停下服务，把备份放成 hub.sqlite；各站会补传此后的记录",
                        "stop the service, put the backup there as hub.sqlite; stations send again what came after"};
        } else if (version > store_form().version()) {
            out.verdict = Verdict::broken;
            out.what = {"是更新版本的程序写的", "was written by a newer program"};
            out.todo = {"安装新版程序", "install the newer program"};
        } else if (const auto damaged = version == store_form().version() ? damaged_rows(opened) : 0; damaged > 0) {
            out.verdict = Verdict::broken;
            out.what = {fmt::format("{} 行与写入时不同，其余照常", damaged),
                        fmt::format("{} rows are damaged, the rest goes on", damaged)};
            out.todo = {"运行 hub verify 看是哪些，再换上备份",
                        "see which with `hub verify`, then put the backup back"};
        } else if (!is_policy_file_taken(data, opened)) {
            out.verdict = Verdict::look;
            out.what = {"完好；但 policy.json 与已写入日志的不同，不再读取",
                        "whole; but policy.json is not what the journal took from it, and is not read again"};
            out.todo = {"用 hub policy set 提议改政策，然后删去这个文件",
                        "change the policy with `hub policy set`, then remove the file"};
        }
    } catch (const StoreError& e) {
        out.verdict = Verdict::broken;
        out.what = {std::string("打不开：") + e.what(), std::string("can't be opened: ") + e.what()};
        out.todo = {"检查权限和磁盘；用服务所属的用户运行",
                    "check permissions and the disk; run as the service's user"};
    }
    return out;
}

bool locked(const fs::path& data) {
    const int file = ::open((data / "hub.lock").c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) return false;
    const bool free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
    ::close(file);
    return !free;
}

Finding serving(const fs::path& data) {
    Finding out{
        "serving",
        Verdict::look,
        {"服务", "service"},
        {"没有在运行", "is not running"},
        {"启动服务：systemctl start imloop-hub，或 hub serve", "start it: systemctl start imloop-hub, or hub serve"}};
    if (!locked(data)) return out;
    const auto where = journal::parsed_or_discarded(service::contents(data / "serving.json").value_or(""));
    if (!where.is_object()) {
        out.what = {"正在启动，或有命令占用数据", "is starting, or a command holds the data"};
        out.todo = {"稍后再看", "look again later"};
        return out;
    }
    try {
        const auto answer = ask_serving(where.at("admin_port"), where.at("token"), "import_progress", "{}");
        if (answer.status == 200) return {"serving", Verdict::fine, out.title, {"正在运行", "is running"}, {}};
        out.what = {"答话不对", "gives no proper answer"};
    } catch (const std::exception& e) {
        out.what = {std::string("没有答话：") + e.what(), std::string("does not answer: ") + e.what()};
    }
    out.verdict = Verdict::broken;
    out.todo = {"看日志（journalctl -u imloop-hub），再重启服务",
                "read the log (journalctl -u imloop-hub), then restart it"};
    return out;
}

}  // namespace

std::vector<Finding> examine(const fs::path& data, const std::string& store, loop::Moment now) {
    Finding folder{"data", Verdict::fine, {"数据目录", "data folder"}, {data.string(), data.string()}, {}};
    std::error_code unreadable;
    if (!fs::exists(data / "hub.sqlite", unreadable) && !fs::exists(data / "hub.key.pem", unreadable)) {
        folder.verdict = Verdict::broken;
        folder.what = {data.string() + " 里没有监管中心，或读不到",
                       "no hub in " + data.string() + ", or it can't be read"};
        folder.todo = {"用 --data 指明目录，或先运行 hub init", "name the folder with --data, or run `hub init` first"};
        return {folder};
    }
    std::vector<Finding> out{folder};
    std::ranges::move(health_of_folder(data, now), std::back_inserter(out));
    out.push_back(database(data, store));
    out.push_back(serving(data));
    return out;
}

}  // namespace imloop::hub
