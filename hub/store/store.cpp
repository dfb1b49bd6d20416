#include "hub/store/store.hpp"

#include <fmt/format.h>

#include <cassert>

#include "engine/form.hpp"
#include "hub/store/alarms.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/statements.hpp"
#include "journal/digest.hpp"
#include "journal/encoding.hpp"
#include "journal/table_bytes.hpp"

namespace imloop::hub {
namespace {

std::unique_ptr<Connection> opened(const std::string& place, Use use, const Store::Guard& guard) {
    auto database = connect(place, use);
    guard(*database);
    if (use == Use::writing) engine::bring_up_to_date(*database, store_form(), shown(place));
    return database;
}

std::int64_t last_position(Connection& database) {
    auto s = database.prepare(sql::last_position);
    s.step();
    return s.integer(0);
}

std::int64_t signed_of(std::uint64_t n) { return static_cast<std::int64_t>(n); }

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

}  // namespace

Store::Store(std::string place, Use use, Guard guard)
    : place_(std::move(place)),
      guard_(std::move(guard)),
      database_(opened(place_, use, guard_)),
      snapshot_(use == Use::reading ? std::make_unique<Transaction>(*database_, engine::Access::snapshot) : nullptr),
      position_(last_position(*database_)),
      segment_put_(database_->prepare(sql::segment_put)),
      segment_find_(database_->prepare(sql::segment_find)) {}

Store Store::reader() const {
    return {place_, Use::reading, [](Connection&) {}};
}

void Store::refresh() {
    assert(!snapshot_);
    snapshot_ = std::make_unique<Transaction>(*database_, engine::Access::snapshot);
    position_ = last_position(*database_);
}

void Store::rolled_back() { position_ = last_position(*database_); }

void Store::reconnect() { *this = Store(place_, guard_); }

std::optional<std::string> Store::meta(std::string_view name) {
    auto s = database_->prepare(sql::meta_get);
    s.bind(1, name);
    if (!s.step()) return std::nullopt;
    return s.text(0);
}

void Store::put_meta(std::string_view name, std::string_view value) {
    database_->prepare(sql::meta_put_whole)
        .bind(1, name)
        .bind(2, value)
        .bind_blob(3, row_digest({std::string(name), std::string(value)}))
        .run();
}

std::vector<std::string> Store::damaged_meta() {
    std::vector<std::string> out;
    for (auto s = database_->prepare(sql::meta_all); s.step();)
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
    return each_row(*database_, sql::segments_page, after, large_rows_a_page, position_of,
                    [&](const Statement& s) { visit(segment_in(s)); });
}

namespace {

std::vector<StoredSegment> page(Statement& s) {
    std::vector<StoredSegment> out;
    while (s.step()) out.push_back(segment_in(s));
    return out;
}

}  // namespace

std::vector<StoredSegment> Store::segments_after(std::int64_t after, std::size_t limit) {
    auto s = database_->prepare(sql::segments_page);
    s.bind(1, after).bind(2, static_cast<std::int64_t>(limit));
    return page(s);
}

std::vector<StoredSegment> Store::segments_of(std::string_view source, std::int64_t after, std::size_t limit) {
    auto s = database_->prepare(sql::segments_of_source);
    s.bind(1, source).bind(2, after).bind(3, static_cast<std::int64_t>(limit));
    return page(s);
}

std::int64_t Store::segments() {
    auto s = database_->prepare(sql::segments_count);
    s.step();
    return s.integer(0);
}

void Store::put_trace(std::string_view sha256, std::string_view source, loop::Moment received_at,
                      std::string_view csv) {
    assert(journal::to_hex(journal::sha256(csv)) == sha256);
    const auto stored = journal::table_encode(csv);
    database_->prepare(sql::trace_put)
        .bind(1, sha256)
        .bind(2, source)
        .bind(3, received_at)
        .bind_blob(4, stored)
        .bind_blob(5, row_digest({std::string(sha256), std::string(source), std::to_string(received_at), stored}))
        .run();
}

std::optional<std::string> Store::trace(std::string_view sha256) {
    auto s = database_->prepare(sql::trace_get);
    s.bind(1, sha256);
    if (!s.step()) return std::nullopt;
    auto csv = trace_in(s);
    if (!csv)
        throw Damaged("存储的过程数据 " + std::string(sha256) +
                      " 已损坏，运行 hub verify 查看 / the stored process data is damaged, run `hub verify`");
    return csv;
}

std::optional<std::string> Store::whole_trace(std::string_view sha256) {
    auto s = database_->prepare(sql::trace_get);
    s.bind(1, sha256);
    return s.step() ? trace_in(s) : std::nullopt;
}

void Store::each_trace(const std::function<void(const std::string&, const std::optional<std::string>&)>& visit) {
    each_row(*database_, sql::traces_page, std::string(), large_rows_a_page, first_column,
             [&](const Statement& s) { visit(s.text(0), trace_in(s)); });
}

std::vector<std::string> Store::trace_digests() {
    std::vector<std::string> out;
    for (auto s = database_->prepare(sql::trace_digests); s.step();) out.push_back(s.text(0));
    return out;
}

void Store::put_figures(std::string_view sha256, std::int64_t version, std::string_view bytes) {
    const auto stored = journal::zstd_encode(bytes);
    database_->prepare(sql::figures_put)
        .bind(1, sha256)
        .bind(2, version)
        .bind_blob(3, stored)
        .bind_blob(4, row_digest({std::string(sha256), std::to_string(version), stored}))
        .run();
}

void Store::each_figures(std::int64_t version,
                         const std::function<void(const std::string&, const std::optional<std::string>&)>& visit) {
    each_row(*database_, sql::figures_page, std::string(), small_rows_a_page, first_column, [&](const Statement& s) {
        const bool whole = s.text(3) == figures_digest(s);
        if (!whole || s.integer(1) == version) visit(s.text(0), whole ? decoded(s.text(2)) : std::nullopt);
    });
}

void Store::put_clearance(std::string_view source, loop::Moment at, std::string_view vehicle_id,
                          std::string_view answer) {
    auto last = database_->prepare(sql::last_clearance);
    last.step();
    clearances_table.put(*database_, {std::to_string(last.integer(0) + 1), std::string(source), std::to_string(at),
                                      std::string(vehicle_id), std::string(answer)});
}

void Store::put_invite(std::string_view code_sha256, std::string_view source, loop::Moment expires_at) {
    invites_table.put(*database_, {std::string(code_sha256), std::string(source), std::to_string(expires_at), "0"});
}

std::optional<std::string> Store::invited(std::string_view code_sha256, loop::Moment now) {
    std::optional<std::string> out;
    invites_table.each(*database_, sql::invite_at, {code_sha256}, [&](const Statement& s) {
        if (s.integer(3) == 0 && s.integer(2) > now) out = s.text(1);
    });
    return out;
}

void Store::use_invite(std::string_view code_sha256, loop::Moment now) {
    std::vector<KeptRow> held;
    invites_table.each(*database_, sql::invite_at, {code_sha256},
                       [&](const Statement& s) { held.push_back(invites_table.row_in(s)); });
    for (auto& row : held) {
        row[3] = std::to_string(now);
        invites_table.put(*database_, row);
    }
}

void Store::put_certificate(std::string_view kid, const IssuedCertificate& issued) {
    certificates_table.put(*database_, {std::string(kid), std::to_string(issued.issued_at), issued.pem});
}

std::optional<Store::IssuedCertificate> Store::certificate(std::string_view kid) {
    std::optional<IssuedCertificate> out;
    certificates_table.each(*database_, sql::certificate_at, {kid}, [&](const Statement& s) {
        out = {s.integer(1), s.text(2)};
    });
    return out;
}

bool Store::put_alarm(std::string_view source, std::string_view epoch, std::uint64_t first, loop::Moment at,
                      std::string_view code, std::string_view bytes) {
    return raise_alarm(*database_, source, epoch, first, at, code, bytes);
}

Store::AlarmPlace Store::place_of(const Alarm& a) {
    return {a.latest_at, fmt::format("{}|{}|{}|{}|{}", a.source, a.epoch, a.code, a.first, a.head)};
}

std::vector<Store::Alarm> Store::alarms(const AlarmPlace& behind, loop::Moment since, std::size_t limit) {
    std::vector<Alarm> out;
    alarms_table.each(
        *database_, sql::alarms_page, {behind.latest_at, behind.key, static_cast<std::int64_t>(limit), since},
        [&](const Statement& s) {
            out.push_back({s.text(0), s.text(1), s.text(2), static_cast<std::uint64_t>(s.integer(3)), s.text(4),
                           s.integer(5), s.integer(6), s.integer(7)});
        },
        Damage::left_out);
    return out;
}

void Store::each_fork(const std::function<void(const std::string&, std::uint64_t, loop::Moment)>& visit) {
    alarms_table.each(
        *database_, sql::forks, {},
        [&](const Statement& s) { visit(s.text(0), static_cast<std::uint64_t>(s.integer(3)), s.integer(5)); },
        Damage::left_out);
}

}  // namespace imloop::hub
