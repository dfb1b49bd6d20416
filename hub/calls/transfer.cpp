// Import and export: journals as the sealed segments that came, and the process data.
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <future>

#include "hub/arriving.hpp"
#include "hub/calls/calls.hpp"
#include "hub/limits.hpp"
#include "journal/exported.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// The files of a folder in the order an import takes them: the hub's journals first.
std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> out;
    if (!fs::is_directory(folder)) return out;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == extension) out.push_back(entry.path());
    const auto key = [](const fs::path& p) {
        const auto name = p.filename().string();
        return std::pair(!name.starts_with('H'), name);
    };
    std::ranges::sort(out, {}, key);
    return out;
}

bool touches(const journal::Receipt& receipt, const std::optional<loop::Day>& from,
             const std::optional<loop::Day>& to) {
    const auto at = loop::parse_moment(receipt.received_at);
    return at && (!from || loop::day_of(*at) >= *from) && (!to || loop::day_of(*at) <= *to);
}

std::optional<loop::Day> day(const json& in, const char* name) {
    return in.contains(name) ? loop::parse_day(in.at(name).get<std::string>()) : std::nullopt;
}

Answer import_file(Hub& hub, const fs::path& path) {
    const std::string bytes = service::read_file(path);
    struct Judged {
        std::size_t offset, size;
        std::future<std::pair<std::optional<Arrival>, Answer>> arrival;
    };
    std::deque<Judged> judged;
    std::deque<std::pair<std::size_t, std::future<Answer>>> written;
    std::int64_t segments = 0;
    std::optional<Answer> refused;
    const auto refuse = [&](std::size_t offset, const Answer& why) {
        if (refused) return;
        refused = why;
        auto& words = refused->error.value().zh;
        words = fmt::format("{} @{}: {}", path.filename().string(), offset, words);
    };
    const auto take_written = [&](std::size_t leave) {
        for (; written.size() > leave; written.pop_front()) {
            const auto answer = written.front().second.get();
            if (answer.status == 200)
                ++segments;
            else
                refuse(written.front().first, answer);
        }
    };
    const auto write_next = [&] {
        auto [arrival, why] = judged.front().arrival.get();
        const auto offset = judged.front().offset, size = judged.front().size;
        judged.pop_front();
        if (!arrival) return refuse(offset, why);
        auto done = std::make_shared<std::promise<Answer>>();
        written.emplace_back(offset, done->get_future());
        arrival->done = [done](Answer answer) { done->set_value(std::move(answer)); };
        hub.offer(std::move(*arrival));
        hub.import_bytes.done += size;
        take_written(import_ahead_max);
    };
    for (std::string_view rest = bytes; !rest.empty() && !refused;) {
        const std::size_t offset = bytes.size() - rest.size();
        const auto piece = journal::take_exported(rest);
        if (!piece) {
            refuse(offset, problem(400, piece.error()));
            break;
        }
        auto arrival = std::make_shared<std::promise<std::pair<std::optional<Arrival>, Answer>>>();
        judged.push_back({offset, bytes.size() - rest.size() - offset, arrival->get_future()});
        const auto judge = [&hub, arrival, segment = std::string(piece->segment),
                            receipt = std::string(piece->receipt)] {
            try {
                std::pair<std::optional<Arrival>, Answer> out;
                out.first = hub.stick->arrived(segment, receipt, out.second);
                arrival->set_value(std::move(out));
            } catch (const std::exception&) {
                arrival->set_exception(std::current_exception());
            }
        };
        // A segment of the hub's own may bring the keys of those behind it.
        if (is_hub(journal::parse_segment(piece->segment).value().header.source)) {
            judge();
            while (!judged.empty() && !refused) write_next();
            take_written(0);
            continue;
        }
        boost::asio::post(hub.import_pool, judge);
        while (judged.size() > import_ahead_max && !refused) write_next();
    }
    for (; !judged.empty();) {
        if (refused) {
            judged.front().arrival.wait();
            judged.pop_front();
        } else {
            write_next();
        }
    }
    take_written(0);
    if (refused) return *refused;
    return {200, "application/json", json{{"file", path.filename()}, {"segments", segments}}.dump(), {}};
}

}  // namespace

Answer import_(Context& c, const json& in) {
    const fs::path path = in.at("path").get<std::string>();
    if (!fs::exists(path))
        return problem(404, {"no_such_file", path.string() + "：没有这个文件或目录", "there is no such file or folder"});
    const auto restore = in.value("restore", std::vector<std::string>{});
    std::int64_t segments = 0, traces = 0;
    std::vector<fs::path> journals{path};
    if (fs::is_directory(path))
        journals = files_in(fs::is_directory(path / "journals") ? path / "journals" : path, ".ndjson");
    const auto traces_of_it = files_in(path / "traces", ".csv");
    std::uintmax_t bytes = 0;
    for (const auto& files : {std::cref(journals), std::cref(traces_of_it)})
        for (const auto& file : files.get()) {
            if (!fs::is_regular_file(file))
                return problem(422, {"not_a_file", file.string() + "：不是普通文件（管道、设备或目录），没有导入；请移走它",
                                     "is no regular file (a pipe, a device or a folder), nothing was imported: move it "
                                     "away"});
            bytes += fs::file_size(file);
        }
    auto& hub = c.hub;
    hub.import_bytes.done = 0;
    hub.import_bytes.total = bytes;
    if (!restore.empty()) {
        if (hub.is_front())
            return problem(503,
                           {"not_the_sequencer", "另一个监管中心在写这个数据库；--restore 请在那里运行，或先停下它",
                            "another hub writes to this database: run --restore there, or stop it first"});
        if (auto refused = hub.stick->begin_restore(restore)) return *refused;
    } else {
        // Before anything is taken: of a stick with another hub's journal nothing is.
        for (const auto& file : journals)
            if (const auto foreign = hub.stick->foreign_in(service::read_file(file))) {
                const auto header = journal::parse_segment(*foreign).value().header;
                hub.raise_alarm(header, "foreign_hub", *foreign);
                return foreign_hub(header.source);
            }
    }
    std::optional<Answer> refused;
    for (const auto& file : journals) {
        auto answer = import_file(hub, file);
        if (answer.status != 200) {
            if (!refused) refused = answer;
            if (is_hub(file.filename().string())) break;  // its keys are what the others are judged by
            continue;
        }
        segments += journal::parsed(answer.body).at("segments").get<std::int64_t>();
    }
    if (refused) return *refused;
    for (const auto& file : traces_of_it) {
        std::string csv = service::read_file(file);
        hub.import_bytes.done += csv.size();
        const std::string sha = journal::to_hex(journal::sha256(csv));
        if (sha != file.stem().string())
            return problem(
                422, {"digest_mismatch", file.filename().string() + ": 内容与摘要不符", "content and digest differ"});
        std::promise<Answer> stored;
        hub.keep_trace(hub.id, sha, hub.options.now(), std::move(csv),
                       [&](Answer answer) { stored.set_value(std::move(answer)); });
        if (auto answer = stored.get_future().get(); answer.status != 200) return answer;
        ++traces;
    }
    return {200,
            "application/json",
            json{{"files", journals.size()}, {"segments", segments}, {"traces", traces}}.dump(),
            {}};
}

Answer import_progress(Context& c, const json&) {
    return {200,
            "application/json",
            json{{"done", c.hub.import_bytes.done.load()}, {"total", c.hub.import_bytes.total.load()}}.dump(),
            {}};
}

Answer export_(Context& c, const json& in) {
    const fs::path folder = in.at("path").get<std::string>();
    const std::string only = in.value("source", "");
    const auto from = day(in, "from"), to = day(in, "to");
    if ((in.contains("from") && !from) || (in.contains("to") && !to))
        return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    service::make_folder(folder / "journals");
    service::make_folder(folder / "traces");
    std::int64_t segments = 0, traces = 0;
    std::set<fs::path> begun;
    json left_out = json::array();  // damaged in the store
    auto& reader = c.reader();
    reader.store.each_segment([&](const StoredSegment& s) {
        if (s.damaged) {
            if (only.empty() || s.source == only)
                left_out.push_back({{"source", s.source}, {"epoch", s.epoch}, {"first", s.first}, {"last", s.last}});
            return;
        }
        const auto receipt = journal::parse_receipt(s.receipt).value();
        if ((!only.empty() && receipt.source != only) || !touches(receipt, from, to)) return;
        const auto file = folder / "journals" / (receipt.source + ".ndjson");
        if (begun.insert(file).second) fs::remove(file);
        service::append_file(file, s.bytes + s.receipt);
        ++segments;
    });
    reader.store.each_trace([&](const std::string& sha, const std::optional<std::string>& csv) {
        if (!only.empty() || from || to) return;
        if (!csv) {
            left_out.push_back({{"trace", sha}});
            return;
        }
        service::replace_file(folder / "traces" / (sha + ".csv"), *csv);
        ++traces;
    });
    json out{
        {"files", begun.size()}, {"segments", segments}, {"traces", traces}, {"kid", c.hub.key.public_key().kid()}};
    if (!left_out.empty()) out["left_out"] = std::move(left_out);
    return json_answer(out);
}

Answer backup(Context& c, const json& in) {
    c.hub.backup(c.scope, in.at("path").get<std::string>());
    return json_answer({{"done", true}});
}

}  // namespace imloop::hub::calls
