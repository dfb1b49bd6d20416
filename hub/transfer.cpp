// Import and export: journals as the sealed segments that came, and the process data.
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <deque>
#include <fstream>
#include <future>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "hub/limits.hpp"
#include "journal/exported.hpp"

namespace imloop::hub {
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

}  // namespace

Answer Hub::Impl::import_file(const fs::path& path) {
    const std::string bytes = read_file(path);
    struct Waiting {
        std::size_t offset, size;
        std::future<std::pair<std::optional<Arrival>, Answer>> arrival;
    };
    std::deque<Waiting> judged;
    std::deque<std::pair<std::size_t, std::future<Answer>>> written;
    std::int64_t segments = 0;
    std::optional<Answer> refused;
    const auto refuse = [&](std::size_t offset, const Answer& why) {
        if (refused) return;
        refused = why;
        auto body = json::parse(why.body);
        body["detail"] = fmt::format("{} @{}: {}", path.filename().string(), offset, body.value("detail", ""));
        refused->body = body.dump();
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
        writer->offer(std::move(*arrival));
        imported_bytes += size;
        take_written(import_ahead_max);
    };
    for (std::string_view rest = bytes; !rest.empty() && !refused;) {
        const std::size_t offset = bytes.size() - rest.size();
        const auto piece = journal::take_exported(rest);
        if (!piece) {
            refuse(offset, problem(400, piece.error().code, piece.error().detail));
            break;
        }
        auto arrival = std::make_shared<std::promise<std::pair<std::optional<Arrival>, Answer>>>();
        judged.push_back({offset, bytes.size() - rest.size() - offset, arrival->get_future()});
        const auto judge = [this, arrival, segment = std::string(piece->segment),
                            receipt = std::string(piece->receipt)] {
            try {
                std::pair<std::optional<Arrival>, Answer> out;
                out.first = arrive({}, segment, true, out.second);
                if (out.first && !receipt.empty() && !own_receipt(receipt, *out.first, out.second)) out.first.reset();
                arrival->set_value(std::move(out));
            } catch (const std::exception&) {
                arrival->set_exception(std::current_exception());
            }
        };
        // A segment of the hub's own may bring the keys of those behind it.
        if (piece->segment.starts_with("{\"source\":\"H")) {
            judge();
            while (!judged.empty() && !refused) write_next();
            take_written(0);
            continue;
        }
        boost::asio::post(import_pool, judge);
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

/// The receipt that comes back with an import: of this segment, with a hub's seal that holds.
bool Hub::Impl::own_receipt(const std::string& receipt, Arrival& arrival, Answer& refusal) const {
    const auto refuse = [&](const char* code, const char* detail) {
        refusal = problem(422, code, detail);
        return false;
    };
    const auto kid = journal::receipt_kid(receipt);
    if (!kid) return refuse("bad_receipt", "回执残缺 / the receipt is incomplete");
    std::optional<journal::PublicKey> hub_key;
    {
        const std::shared_lock guard(lock);
        const auto it = state.keys.find(*kid);
        if (it != state.keys.end() && it->second.source.starts_with('H')) hub_key = it->second.key;
    }
    // The first segment of a hub's own journal is receipted with the key it declares.
    if (!hub_key)
        for (const auto& admitted : arrival.admitted)
            if (admitted.credential && admitted.credential->kid == *kid &&
                arrival.segment.header.source.starts_with('H'))
                if (auto own_key =
                        journal::PublicKey::from_spki(journal::from_base64(admitted.credential->spki).value_or("")))
                    hub_key = std::move(*own_key);
    if (!hub_key) return refuse("unknown_key", "回执的签名不是已知监管中心的 / the receipt's seal is of no known hub");
    const auto parsed = journal::check_receipt(receipt, *hub_key);
    const auto& header = arrival.segment.header;
    if (!parsed || parsed->source != header.source || parsed->epoch != header.epoch || parsed->first != header.first ||
        parsed->head != arrival.segment.seal.head || parsed->outcomes.size() != arrival.segment.lines.size())
        return refuse("bad_receipt", "回执与数据段不符 / the receipt is not of this segment");
    arrival.receipt = receipt;
    return true;
}

Answer Hub::Impl::import_path(const fs::path& path) {
    std::int64_t segments = 0, traces = 0;
    std::vector<fs::path> journals{path};
    if (fs::is_directory(path))
        journals = files_in(fs::is_directory(path / "journals") ? path / "journals" : path, ".ndjson");
    const auto traces_of_it = files_in(path / "traces", ".csv");
    std::uintmax_t bytes = 0;
    for (const auto& file : journals) bytes += fs::file_size(file);
    for (const auto& file : traces_of_it) bytes += fs::file_size(file);
    imported_bytes = 0;
    import_bytes = bytes;
    for (const auto& file : journals) {
        auto answer = import_file(file);
        if (answer.status != 200) return answer;
        segments += json::parse(answer.body).at("segments").get<std::int64_t>();
    }
    for (const auto& file : traces_of_it) {
        std::string csv = read_file(file);
        imported_bytes += csv.size();
        const std::string sha = journal::to_hex(journal::sha256(csv));
        if (sha != file.stem().string())
            return problem(422, "digest_mismatch",
                           file.filename().string() + ": 内容与摘要不符 / content and digest differ");
        const std::unique_lock guard(lock);
        state.receive_trace(sha, id, options.now(), csv, store);
        ++traces;
    }
    return {200,
            "application/json",
            json{{"files", journals.size()}, {"segments", segments}, {"traces", traces}}.dump(),
            {}};
}

Answer Hub::Impl::import_progress() const {
    return {200, "application/json", json{{"done", imported_bytes.load()}, {"total", import_bytes.load()}}.dump(), {}};
}

Answer Hub::Impl::export_to(const json& in) {
    const fs::path folder = in.at("path").get<std::string>();
    const std::string only = in.value("source", "");
    const auto from = day(in, "from"), to = day(in, "to");
    if ((in.contains("from") && !from) || (in.contains("to") && !to))
        return problem(400, "bad_day", "日期应写成 2026-03-02 / write days as 2026-03-02");
    fs::create_directories(folder / "journals");
    fs::create_directories(folder / "traces");
    std::int64_t segments = 0, traces = 0;
    std::set<fs::path> begun;
    const std::unique_lock guard(lock);
    store.each_segment([&](const StoredSegment& s) {
        const auto receipt = journal::parse_receipt(s.receipt).value();
        if ((!only.empty() && receipt.source != only) || !touches(receipt, from, to)) return;
        const auto file = folder / "journals" / (receipt.source + ".ndjson");
        const bool is_first = begun.insert(file).second;
        std::ofstream out(file, is_first ? std::ios::binary | std::ios::trunc : std::ios::binary | std::ios::app);
        out << s.bytes << s.receipt;
        if (!out.flush()) throw StoreError("写不了文件 / cannot write " + file.string());
        ++segments;
    });
    store.each_trace([&](const std::string& sha, const std::string& csv) {
        if (!only.empty() || from || to) return;
        write_file(folder / "traces" / (sha + ".csv"), csv);
        ++traces;
    });
    return {
        200, "application/json", json{{"files", begun.size()}, {"segments", segments}, {"traces", traces}}.dump(), {}};
}

}  // namespace imloop::hub
