#include "hub/store/store.hpp"

#include <cassert>
#include <initializer_list>

#include "hub/limits.hpp"
#include "hub/store/statements.hpp"
#include "journal/digest.hpp"
#include "journal/encoding.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {
namespace {

Database open(const std::filesystem::path& file) {
    Database database(file);
    sqlite::bring_up_to_date(database, store_form(), file.string());
    return database;
}

std::int64_t last_position(Database& database) {
    auto s = database.prepare(sql::segments_count);
    s.step();
    return s.integer(1);
}

std::int64_t signed_of(std::uint64_t n) { return static_cast<std::int64_t>(n); }

/// Over a row's other columns, each behind its length.
std::string row_digest(std::initializer_list<std::string> columns) {
    std::string all;
    for (const auto& column : columns) all.append(std::to_string(column.size())).append(":").append(column);
    const auto digest = journal::sha256(all);
    return {digest.begin(), digest.end()};
}

std::string segment_digest(const Statement& s) {
    return row_digest({s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), s.text(5), s.text(6)});
}
std::string trace_digest(const Statement& s) { return row_digest({s.text(0), s.text(1), s.text(2), s.text(3)}); }
std::string figures_digest(const Statement& s) { return row_digest({s.text(0), s.text(1), s.text(2)}); }

/// What was stored; nothing where the bytes are none that zstd_encode makes.
std::optional<std::string> decoded(const std::string& stored) {
    try {
        return journal::zstd_decode(stored);
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

StoredSegment segment_in(const Statement& s) {
    StoredSegment out{s.text(0),
                      s.text(1),
                      static_cast<std::uint64_t>(s.integer(2)),
                      static_cast<std::uint64_t>(s.integer(3)),
                      s.integer(4),
                      {},
                      {},
                      s.text(7) != segment_digest(s)};
    const auto bytes = decoded(s.text(5)), receipt = decoded(s.text(6));
    out.damaged = out.damaged || !bytes || !receipt;
    out.bytes = bytes.value_or("");
    out.receipt = receipt.value_or("");
    return out;
}

/// The CSV, where its bytes are those its name says and the row is what was written.
std::optional<std::string> trace_in(const Statement& s) {
    auto csv = decoded(s.text(3));
    const bool whole = csv && s.text(4) == trace_digest(s) && journal::to_hex(journal::sha256(*csv)) == s.text(0);
    return whole ? csv : std::nullopt;
}

/// Rows from before they had one get their digest; of process data and figures too.
void add_digests(Database& database) {
    database.execute(sql::digest_columns);
    const auto each = [&](const char* all, const char* put, auto key, auto digest) {
        auto rows = database.prepare(all);
        auto update = database.prepare(put);
        while (rows.step()) update.bind(1, key(rows)).bind_blob(2, digest(rows)).run();
    };
    const auto name = [](const Statement& s) { return s.text(0); };
    {
        auto rows = database.prepare(sql::segments_after);
        auto update = database.prepare(sql::segment_digest_put);
        rows.bind(1, std::int64_t{0});
        while (rows.step()) update.bind(1, rows.integer(4)).bind_blob(2, segment_digest(rows)).run();
    }
    each(sql::traces_all, sql::trace_digest_put, name, trace_digest);
    each(sql::figures_all, sql::figures_digest_put, name, figures_digest);
    std::vector<std::pair<std::string, std::string>> meta;
    for (auto s = database.prepare(sql::meta_all); s.step();) meta.emplace_back(s.text(0), s.text(1));
    for (const auto& [row, value] : meta)
        database.prepare(sql::meta_put_whole).bind(1, row).bind(2, value).bind_blob(3, row_digest({row, value})).run();
}

/// What tells one refused segment from another: the head of its chain, or its bytes where they are no segment.
std::string head_of(std::string_view bytes) {
    const auto segment = journal::parse_segment(bytes);
    return journal::to_hex(segment ? segment->seal.head : journal::sha256(bytes));
}

/// False where such an alarm was raised before: it is counted.
bool raise_alarm(Database& database, std::string_view source, std::string_view epoch, std::uint64_t first,
                 loop::Moment at, std::string_view code, std::string_view bytes) {
    const auto of_epoch = [&](const char* statement) {
        auto s = database.prepare(statement);
        s.bind(1, source).bind(2, epoch).bind(3, code);
        return s;
    };
    const auto again = [&](std::uint64_t number, std::string_view head) {
        auto s = of_epoch(sql::alarm_again);
        s.bind(4, signed_of(number)).bind(5, head).bind(6, at);
        bool known = false;
        while (s.step()) known = true;
        return known;
    };
    const auto put = [&](std::uint64_t number, std::string_view head, std::string_view kept) {
        of_epoch(sql::alarm_put).bind(4, signed_of(number)).bind(5, head).bind(6, at).bind_blob(7, kept).run();
    };
    const auto head = head_of(bytes);
    if (again(first, head)) return false;
    auto count = of_epoch(sql::alarms_count);
    count.step();
    if (count.integer(0) < static_cast<std::int64_t>(alarms_of_epoch_max)) {
        put(first, head, journal::zstd_encode(bytes));
        return true;
    }
    if (!again(0, "")) put(0, "", "");
    return false;
}

void count_alarms(Database& database) {
    database.execute(sql::alarms_rename);
    database.define(sql::alarms_table);
    {
        auto before = database.prepare(sql::alarms_before);
        while (before.step())
            raise_alarm(database, before.text(0), before.text(1), static_cast<std::uint64_t>(before.integer(2)),
                        before.integer(3), before.text(4), before.text(5));
    }
    database.execute(sql::alarms_before_drop);
}

}  // namespace

const sqlite::Form& store_form() {
    static const sqlite::Form form{sql::meta_get,
                                   sql::meta_put,
                                   {[](Database& database) {
                                        database.define(sql::schema);
                                        database.execute(sql::segments_index);
                                    },
                                    [](Database& database) { database.define(sql::figures_table); }, add_digests,
                                    [](Database& database) {
                                        count_alarms(database);
                                        database.define(sql::certificates_table);
                                    }}};
    return form;
}

bool holds_hub(const std::filesystem::path& file) {
    std::error_code unreadable;
    if (std::filesystem::file_size(file, unreadable) == 0 || unreadable) return false;
    Database database(file);
    if (!database.has_table("meta") || !database.has_table("segments")) return false;
    return database.prepare(sql::segment_any).step();
}

std::size_t damaged_rows(Database& database) {
    std::size_t out = 0;
    auto segments = database.prepare(sql::segments_after);
    segments.bind(1, std::int64_t{0});
    while (segments.step()) out += segments.text(7) != segment_digest(segments);
    for (auto s = database.prepare(sql::traces_all); s.step();) out += s.text(4) != trace_digest(s);
    for (auto s = database.prepare(sql::figures_all); s.step();) out += s.text(3) != figures_digest(s);
    for (auto s = database.prepare(sql::meta_all); s.step();) out += s.text(2) != row_digest({s.text(0), s.text(1)});
    return out;
}

Store::Store(const std::filesystem::path& file)
    : database_(open(file)),
      position_(last_position(database_)),
      segment_put_(database_.prepare(sql::segment_put)),
      segment_find_(database_.prepare(sql::segment_find)) {}

std::optional<std::string> Store::meta(std::string_view name) {
    auto s = database_.prepare(sql::meta_get);
    s.bind(1, name);
    if (!s.step()) return std::nullopt;
    return s.text(0);
}

void Store::put_meta(std::string_view name, std::string_view value) {
    database_.prepare(sql::meta_put_whole)
        .bind(1, name)
        .bind(2, value)
        .bind_blob(3, row_digest({std::string(name), std::string(value)}))
        .run();
}

std::vector<std::string> Store::damaged_meta() {
    std::vector<std::string> out;
    for (auto s = database_.prepare(sql::meta_all); s.step();)
        if (s.text(2) != row_digest({s.text(0), s.text(1)})) out.push_back(s.text(0));
    return out;
}

void Store::put_segment(std::string_view source, std::string_view epoch, std::uint64_t first, std::uint64_t last,
                        std::string_view bytes, std::string_view receipt) {
    assert(first > 0 && first <= last);
    ++position_;
    const auto stored = journal::zstd_encode(bytes), stored_receipt = journal::zstd_encode(receipt);
    segment_put_.bind(1, source)
        .bind(2, epoch)
        .bind(3, signed_of(first))
        .bind(4, signed_of(last))
        .bind(5, position_)
        .bind_blob(6, stored)
        .bind_blob(7, stored_receipt)
        .bind_blob(8, row_digest({std::string(source), std::string(epoch), std::to_string(first), std::to_string(last),
                                  std::to_string(position_), stored, stored_receipt}))
        .run();
}

std::optional<StoredSegment> Store::segment_with(std::string_view source, std::string_view epoch, std::uint64_t seq) {
    segment_find_.bind(1, source).bind(2, epoch).bind(3, signed_of(seq));
    std::optional<StoredSegment> out;
    while (segment_find_.step()) out = segment_in(segment_find_);
    // A row whose own number changed is not found under it: the next one is, or none.
    if (out && (out->damaged || seq < out->first || seq > out->last))
        throw Damaged("存储中 " + std::string(source) + " 第 " + std::to_string(seq) +
                      " 条所在的数据段已损坏，运行 hub verify 查看 / the stored segment with line " +
                      std::to_string(seq) + " of " + std::string(source) + " is damaged, run `hub verify`");
    return out;
}

std::int64_t Store::each_segment(const std::function<void(StoredSegment)>& visit, std::int64_t after) {
    auto s = database_.prepare(sql::segments_after);
    s.bind(1, after);
    for (; s.step(); after = s.integer(4)) visit(segment_in(s));
    return after;
}

namespace {

std::vector<StoredSegment> page(Statement& s) {
    std::vector<StoredSegment> out;
    while (s.step()) out.push_back(segment_in(s));
    return out;
}

}  // namespace

std::vector<StoredSegment> Store::segments_after(std::int64_t after, std::size_t limit) {
    auto s = database_.prepare(sql::segments_page);
    s.bind(1, after).bind(2, static_cast<std::int64_t>(limit));
    return page(s);
}

std::vector<StoredSegment> Store::segments_of(std::string_view source, std::int64_t after, std::size_t limit) {
    auto s = database_.prepare(sql::segments_of_source);
    s.bind(1, source).bind(2, after).bind(3, static_cast<std::int64_t>(limit));
    return page(s);
}

std::int64_t Store::segments() {
    auto s = database_.prepare(sql::segments_count);
    s.step();
    return s.integer(0);
}

void Store::put_trace(std::string_view sha256, std::string_view source, loop::Moment received_at,
                      std::string_view csv) {
    assert(journal::to_hex(journal::sha256(csv)) == sha256);
    const auto stored = journal::zstd_encode(csv);
    database_.prepare(sql::trace_put)
        .bind(1, sha256)
        .bind(2, source)
        .bind(3, received_at)
        .bind_blob(4, stored)
        .bind_blob(5, row_digest({std::string(sha256), std::string(source), std::to_string(received_at), stored}))
        .run();
}

std::optional<std::string> Store::trace(std::string_view sha256) {
    auto s = database_.prepare(sql::trace_get);
    s.bind(1, sha256);
    if (!s.step()) return std::nullopt;
    auto csv = trace_in(s);
    if (!csv)
        throw Damaged("存储的过程数据 " + std::string(sha256) +
                      " 已损坏，运行 hub verify 查看 / the stored process data is damaged, run `hub verify`");
    return csv;
}

std::optional<std::string> Store::whole_trace(std::string_view sha256) {
    auto s = database_.prepare(sql::trace_get);
    s.bind(1, sha256);
    return s.step() ? trace_in(s) : std::nullopt;
}

void Store::each_trace(const std::function<void(const std::string&, const std::optional<std::string>&)>& visit) {
    auto s = database_.prepare(sql::traces_all);
    while (s.step()) visit(s.text(0), trace_in(s));
}

std::vector<std::string> Store::trace_digests() {
    std::vector<std::string> out;
    for (auto s = database_.prepare(sql::trace_digests); s.step();) out.push_back(s.text(0));
    return out;
}

void Store::put_figures(std::string_view sha256, std::int64_t version, std::string_view bytes) {
    const auto stored = journal::zstd_encode(bytes);
    database_.prepare(sql::figures_put)
        .bind(1, sha256)
        .bind(2, version)
        .bind_blob(3, stored)
        .bind_blob(4, row_digest({std::string(sha256), std::to_string(version), stored}))
        .run();
}

void Store::each_figures(std::int64_t version,
                         const std::function<void(const std::string&, const std::optional<std::string>&)>& visit) {
    auto s = database_.prepare(sql::figures_all);
    while (s.step()) {
        const bool whole = s.text(3) == figures_digest(s);
        if (!whole || s.integer(1) == version) visit(s.text(0), whole ? decoded(s.text(2)) : std::nullopt);
    }
}

void Store::put_clearance(std::string_view source, loop::Moment at, std::string_view vehicle_id,
                          std::string_view answer) {
    database_.prepare(sql::clearance_put).bind(1, source).bind(2, at).bind(3, vehicle_id).bind(4, answer).run();
}

void Store::put_invite(std::string_view code_sha256, std::string_view source, loop::Moment expires_at) {
    database_.prepare(sql::invite_put).bind(1, code_sha256).bind(2, source).bind(3, expires_at).run();
}

std::optional<std::string> Store::invited(std::string_view code_sha256, loop::Moment now) {
    auto s = database_.prepare(sql::invite_find);
    s.bind(1, code_sha256).bind(2, now);
    if (!s.step()) return std::nullopt;
    return s.text(0);
}

void Store::use_invite(std::string_view code_sha256, loop::Moment now) {
    database_.prepare(sql::invite_use).bind(1, code_sha256).bind(2, now).run();
}

void Store::put_certificate(std::string_view kid, const IssuedCertificate& issued) {
    database_.prepare(sql::certificate_put).bind(1, kid).bind(2, issued.issued_at).bind(3, issued.pem).run();
}

std::optional<Store::IssuedCertificate> Store::certificate(std::string_view kid) {
    auto s = database_.prepare(sql::certificate_get);
    s.bind(1, kid);
    if (!s.step()) return std::nullopt;
    return IssuedCertificate{s.integer(0), s.text(1)};
}

bool Store::put_alarm(std::string_view source, std::string_view epoch, std::uint64_t first, loop::Moment at,
                      std::string_view code, std::string_view bytes) {
    return raise_alarm(database_, source, epoch, first, at, code, bytes);
}

void Store::each_fork(const std::function<void(const std::string&, std::uint64_t, loop::Moment)>& visit) {
    auto s = database_.prepare(sql::alarms_all);
    while (s.step()) visit(s.text(0), static_cast<std::uint64_t>(s.integer(1)), s.integer(2));
}

}  // namespace imloop::hub
