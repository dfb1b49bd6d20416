#include "station/outbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/form.hpp"
#include "journal/chain.hpp"
#include "journal/json.hpp"
#include "journal/limits.hpp"
#include "journal/table_bytes.hpp"
#include "service/files.hpp"
#include "station/statements.hpp"

namespace imloop::station {
namespace {

using journal::Error;

/// Bytes of lines in a segment: header and seal need their place too.
constexpr std::size_t cut_bytes_max = journal::segment_bytes_max - 2 * journal::frame_line_bytes_max;

/// Version 1 is the form that outboxes had before versions were kept.
const engine::Form& outbox_form() {
    static const engine::Form form{sql::meta_get,
                                   sql::meta_put,
                                   {[](engine::Connection& database) {
                                        database.define(sql::schema);
                                        database.execute(sql::record_index);
                                    },
                                    // Process data by columns, which earlier programs can't read.
                                    [](engine::Connection&) {}}};
    return form;
}

sqlite::Database open(const std::filesystem::path& folder) {
    service::make_folder(folder);
    sqlite::Database database(folder / "outbox.sqlite");
    engine::bring_up_to_date(database, outbox_form(), (folder / "outbox.sqlite").string());
    return database;
}

std::int64_t number(std::uint64_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

Outbox::Outbox(const std::filesystem::path& folder, const std::string& station_id,
               const std::function<std::string()>& new_epoch)
    : folder_(folder), database_(open(folder)), station_id_(station_id), new_epoch_(new_epoch) {
    sqlite::Transaction transaction(database_);
    const auto owner = meta("station_id");
    if (owner && *owner != station_id)
        throw sqlite::StoreError(fmt::format("{} 里是 {} 的记录，不是 {} 的 / holds the records of {}, not of {}",
                                             folder.string(), *owner, station_id, *owner, station_id));
    if (!owner) {
        put_meta("station_id", station_id);
        put_meta("epoch", new_epoch());
    }
    transaction.commit();
}

std::string Outbox::epoch() { return meta("epoch").value(); }

std::optional<std::string> Outbox::meta(const char* name) {
    auto s = database_.prepare(sql::meta_get);
    s.bind(1, name);
    if (!s.step()) return std::nullopt;
    return s.text(0);
}

void Outbox::put_meta(const char* name, std::string_view value) {
    database_.prepare(sql::meta_put).bind(1, name).bind(2, value).run();
}

std::uint64_t Outbox::last() {
    auto s = database_.prepare(sql::line_last);
    s.step();
    return static_cast<std::uint64_t>(s.integer(0));
}

journal::Result<Outbox::Appended> Outbox::append(std::string_view line, const std::string& record_id,
                                                 const std::optional<Trace>& trace) {
    if (line.empty() || line.find_first_of("\r\n") != std::string_view::npos)
        return Error("malformed_line", "一条记录应是不含换行的一行", "a record is one line without breaks");
    if (line.size() > journal::line_bytes_max)
        return Error("too_large",
                     fmt::format("这条记录有 {0} 字节，超过上限 {1}，监管中心永远不会收；请减小附带内容", line.size(),
                                 journal::line_bytes_max),
                     fmt::format("the record has {0} bytes, the hub takes at most {1}: make it smaller", line.size(),
                                 journal::line_bytes_max));
    sqlite::Transaction transaction(database_);
    auto same = database_.prepare(sql::line_of_record);
    same.bind(1, record_id);
    while (same.step()) {
        if (same.text(1) == line) return Appended{static_cast<std::uint64_t>(same.integer(0)), false};
        if (same.text(2) != "rejected")
            return Error(
                "record_id_reused",
                fmt::format("第 {0} 条用了同一编号而内容不同；要改已保存的记录请写更正", same.integer(0)),
                fmt::format("line {0} has the same id and other content: write a correction", same.integer(0)));
    }
    const std::uint64_t seq = last() + 1;
    database_.prepare(sql::line_put).bind(1, number(seq)).bind(2, record_id).bind_blob(3, line).run();
    if (trace)
        database_.prepare(sql::trace_put).bind(1, trace->sha256).bind_blob(2, journal::table_encode(trace->csv)).run();
    transaction.commit();
    return Appended{seq, true};
}

std::optional<Cut> Outbox::next_cut(const journal::PrivateKey& key) {
    auto waiting = database_.prepare(sql::cut_waiting);
    if (waiting.step())
        return Cut{static_cast<std::uint64_t>(waiting.integer(0)), static_cast<std::uint64_t>(waiting.integer(1)),
                   waiting.text(2)};
    return cut_rest(key);
}

std::optional<Cut> Outbox::cut_rest(const journal::PrivateKey& key) {
    sqlite::Transaction transaction(database_);
    const auto in_epoch = epoch();
    std::uint64_t before = 0;
    journal::Digest prev = journal::chain_start(key.public_key().algorithm(), station_id_, in_epoch);
    auto tail = database_.prepare(sql::cut_last);
    if (tail.step()) {
        before = static_cast<std::uint64_t>(tail.integer(0));
        prev = journal::parse_segment(tail.text(1)).value().seal.head;
    }
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    auto rest = database_.prepare(sql::lines_from);
    rest.bind(1, number(before + 1)).bind(2, std::int64_t{journal::segment_lines_max});
    while (rest.step()) {
        bytes += rest.text(0).size() + 1;
        if (bytes > cut_bytes_max) break;
        lines.push_back(rest.text(0));
    }
    if (lines.empty()) return std::nullopt;
    Cut cut{before + 1, before + lines.size(),
            journal::build_segment(key, station_id_, in_epoch, before + 1, prev, lines)};
    database_.prepare(sql::cut_put).bind(1, number(cut.first)).bind(2, number(cut.last)).bind_blob(3, cut.bytes).run();
    transaction.commit();
    return cut;
}

void Outbox::acknowledge(const Cut& cut, std::string_view receipt_bytes, const journal::Receipt& receipt) {
    sqlite::Transaction transaction(database_);
    database_.prepare(sql::cut_receipt).bind(1, number(cut.first)).bind_blob(2, receipt_bytes).run();
    for (const auto& outcome : receipt.outcomes)
        database_.prepare(sql::outcome_put)
            .bind(1, number(outcome.seq))
            .bind(2, journal::name_of(outcome.status))
            .bind(3, nlohmann::json(outcome).dump())
            .run();
    transaction.commit();
}

void Outbox::send_again_from(std::uint64_t seq) {
    sqlite::Transaction transaction(database_);
    database_.prepare(sql::cuts_forget_receipts).bind(1, number(seq)).run();
    database_.prepare(sql::outcomes_forget).bind(1, number(seq)).run();
    // Process data went ahead of its record: what the hub lost of one it lost of the other.
    auto rest = database_.prepare(sql::lines_from);
    rest.bind(1, number(seq)).bind(2, std::numeric_limits<std::int64_t>::max());
    while (rest.step()) {
        const auto record = journal::parsed_or_discarded(rest.text(0));
        if (record.is_object() && record.contains("trace") && record["trace"].is_object())
            database_.prepare(sql::trace_unsent).bind(1, record["trace"].value("sha256", "")).run();
    }
    transaction.commit();
}

std::filesystem::path Outbox::begin_epoch() {
    auto kept = folder_ / ("outbox-" + epoch() + ".sqlite");
    database_.backup(kept);
    sqlite::Transaction transaction(database_);
    database_.execute(sql::cuts_drop);
    database_.execute(sql::outcomes_drop);
    put_meta("epoch", new_epoch_());
    database_.prepare(sql::meta_drop).bind(1, "stopped").run();
    transaction.commit();
    return kept;
}

std::uint64_t Outbox::acknowledged() {
    auto s = database_.prepare(sql::cut_acknowledged);
    s.step();
    return static_cast<std::uint64_t>(s.integer(0));
}

std::optional<Trace> Outbox::next_trace() {
    auto s = database_.prepare(sql::trace_waiting);
    if (!s.step()) return std::nullopt;
    auto stored = s.text(1);
    // From before it was kept by columns it lies there as it is.
    return Trace{s.text(0), journal::is_encoded_table(stored) ? journal::table_decode(stored) : std::move(stored)};
}

void Outbox::trace_sent(const std::string& sha256) { database_.prepare(sql::trace_sent).bind(1, sha256).run(); }

std::optional<std::string> Outbox::stopped() { return meta("stopped"); }
void Outbox::stop(const std::string& why) { put_meta("stopped", why); }

void Outbox::retry() {
    sqlite::Transaction transaction(database_);
    database_.prepare(sql::meta_drop).bind(1, "stopped").run();
    database_.prepare(sql::cuts_drop_waiting).run();
    transaction.commit();
}

Outbox::Counts Outbox::counts() {
    Counts out;
    out.lines = last();
    auto s = database_.prepare(sql::counts);
    while (s.step()) {
        const auto n = static_cast<std::uint64_t>(s.integer(1));
        out.acknowledged += n;
        if (s.text(0) == "accepted") out.accepted = n;
        if (s.text(0) == "duplicate") out.duplicate = n;
        if (s.text(0) == "rejected") out.rejected = n;
    }
    auto traces = database_.prepare(sql::traces_waiting_count);
    traces.step();
    out.traces_waiting = static_cast<std::uint64_t>(traces.integer(0));
    return out;
}

std::string Outbox::quick_check() { return database_.condition(false); }

std::vector<Queued> Outbox::queue(std::uint64_t after, std::size_t limit) {
    std::vector<Queued> out;
    auto s = database_.prepare(sql::queue);
    s.bind(1, number(after)).bind(2, number(limit));
    while (s.step()) out.push_back({static_cast<std::uint64_t>(s.integer(0)), s.text(1), s.text(2), s.text(3), {}});
    return out;
}

namespace {

std::vector<Queued> with_lines(sqlite::Statement& s) {
    std::vector<Queued> out;
    while (s.step())
        out.push_back({static_cast<std::uint64_t>(s.integer(0)), s.text(1), s.text(2), s.text(3), s.text(4)});
    return out;
}

}  // namespace

std::vector<Queued> Outbox::recent(const std::string& status, std::uint64_t before, std::size_t limit) {
    auto s = database_.prepare(sql::recent);
    s.bind(1, number(before)).bind(2, status).bind(3, number(limit));
    return with_lines(s);
}

std::vector<Queued> Outbox::unmended(std::size_t limit) {
    auto s = database_.prepare(sql::unmended);
    s.bind(1, number(limit));
    return with_lines(s);
}

std::optional<Queued> Outbox::latest(const std::string& record_id) {
    auto s = database_.prepare(sql::line_of_record);
    s.bind(1, record_id);
    std::optional<Queued> out;
    while (s.step()) out = Queued{static_cast<std::uint64_t>(s.integer(0)), record_id, s.text(2), {}, s.text(1)};
    return out;
}

std::string Outbox::line_of(const std::string& record_id) {
    const auto found = latest(record_id);
    return found ? found->line : std::string();
}

std::string Outbox::receipt_of(std::uint64_t seq) {
    auto s = database_.prepare(sql::receipt_of);
    s.bind(1, number(seq));
    std::string receipt;
    while (s.step()) receipt = s.text(0);
    return receipt;
}

std::string Outbox::line(std::uint64_t seq) {
    auto s = database_.prepare(sql::lines_from);
    s.bind(1, number(seq)).bind(2, std::int64_t{1});
    return seq <= last() && s.step() ? s.text(0) : std::string();
}

std::vector<std::string> Outbox::lines(std::uint64_t first, std::size_t limit) {
    std::vector<std::string> out;
    auto s = database_.prepare(sql::lines_from);
    s.bind(1, number(first)).bind(2, number(limit));
    while (s.step()) out.push_back(s.text(0));
    return out;
}

void Outbox::each_cut(const journal::PrivateKey& key,
                      const std::function<void(const std::string&, const std::string&)>& visit) {
    while (cut_rest(key)) {
    }
    each_sealed(visit);
}

void Outbox::each_sealed(const std::function<void(const std::string&, const std::string&)>& visit) {
    auto s = database_.prepare(sql::cuts_all);
    while (s.step()) visit(s.text(0), s.text(1));
}

UploadLock::UploadLock(const std::filesystem::path& folder) {
    service::make_folder(folder);
    file_ = ::open((folder / "upload.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    held_ = file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0;
}

bool UploadLock::held_by_another(const std::filesystem::path& folder) {
    const int file = ::open((folder / "upload.lock").c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) return false;
    const bool free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
    ::close(file);
    return !free;
}

UploadLock::~UploadLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace imloop::station
