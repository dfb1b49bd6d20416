#include "hub/store/store.hpp"

#include "hub/limits.hpp"
#include "hub/store/statements.hpp"
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
                                    [](Database& database) { database.define(sql::figures_table); },
                                    [](Database& database) {
                                        count_alarms(database);
                                        database.define(sql::certificates_table);
                                    }}};
    return form;
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
    database_.prepare(sql::meta_put).bind(1, name).bind(2, value).run();
}

void Store::put_segment(std::string_view source, std::string_view epoch, std::uint64_t first, std::uint64_t last,
                        std::string_view bytes, std::string_view receipt) {
    segment_put_.bind(1, source)
        .bind(2, epoch)
        .bind(3, signed_of(first))
        .bind(4, signed_of(last))
        .bind(5, ++position_)
        .bind_blob(6, journal::zstd_encode(bytes))
        .bind_blob(7, journal::zstd_encode(receipt))
        .run();
}

std::optional<StoredSegment> Store::segment_with(std::string_view source, std::string_view epoch, std::uint64_t seq) {
    segment_find_.bind(1, source).bind(2, epoch).bind(3, signed_of(seq));
    std::optional<StoredSegment> out;
    while (segment_find_.step())
        out = StoredSegment{segment_find_.text(0), segment_find_.text(1), segment_find_.integer(2)};
    if (!out) return out;
    // Only now: the statement is ready for its next use, whatever is wrong with these bytes.
    return StoredSegment{journal::zstd_decode(out->bytes), journal::zstd_decode(out->receipt), out->position};
}

std::int64_t Store::each_segment(const std::function<void(StoredSegment)>& visit, std::int64_t after) {
    auto s = database_.prepare(sql::segments_after);
    s.bind(1, after);
    for (; s.step(); after = s.integer(2))
        visit({journal::zstd_decode(s.text(0)), journal::zstd_decode(s.text(1)), s.integer(2)});
    return after;
}

namespace {

std::vector<StoredSegment> page(Statement& s) {
    std::vector<StoredSegment> out;
    while (s.step()) out.push_back({journal::zstd_decode(s.text(0)), journal::zstd_decode(s.text(1)), s.integer(2)});
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
    database_.prepare(sql::trace_put)
        .bind(1, sha256)
        .bind(2, source)
        .bind(3, received_at)
        .bind_blob(4, journal::zstd_encode(csv))
        .run();
}

std::optional<std::string> Store::trace(std::string_view sha256) {
    auto s = database_.prepare(sql::trace_get);
    s.bind(1, sha256);
    if (!s.step()) return std::nullopt;
    return journal::zstd_decode(s.text(0));
}

void Store::each_trace(const std::function<void(const std::string&, const std::string&)>& visit) {
    auto s = database_.prepare(sql::traces_all);
    while (s.step()) visit(s.text(0), journal::zstd_decode(s.text(1)));
}

std::vector<std::string> Store::trace_digests() {
    std::vector<std::string> out;
    for (auto s = database_.prepare(sql::trace_digests); s.step();) out.push_back(s.text(0));
    return out;
}

void Store::put_figures(std::string_view sha256, std::int64_t version, std::string_view bytes) {
    database_.prepare(sql::figures_put)
        .bind(1, sha256)
        .bind(2, version)
        .bind_blob(3, journal::zstd_encode(bytes))
        .run();
}

void Store::each_figures(std::int64_t version,
                         const std::function<void(const std::string&, const std::string&)>& visit) {
    auto s = database_.prepare(sql::figures_all);
    s.bind(1, version);
    while (s.step()) visit(s.text(0), journal::zstd_decode(s.text(1)));
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

void Store::each_alarm(const std::function<void(const std::string&, std::uint64_t, loop::Moment)>& visit) {
    auto s = database_.prepare(sql::alarms_all);
    while (s.step()) visit(s.text(0), static_cast<std::uint64_t>(s.integer(1)), s.integer(2));
}

}  // namespace imloop::hub
