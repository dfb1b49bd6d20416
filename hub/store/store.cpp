#include "hub/store/store.hpp"

#include "hub/store/statements.hpp"
#include "journal/encoding.hpp"

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

}  // namespace

const sqlite::Form& store_form() {
    static const sqlite::Form form{sql::meta_get,
                                   sql::meta_put,
                                   {[](Database& database) {
                                        database.define(sql::schema);
                                        database.execute(sql::segments_index);
                                    },
                                    [](Database& database) { database.define(sql::figures_table); }}};
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
        out = StoredSegment{journal::zstd_decode(segment_find_.text(0)), journal::zstd_decode(segment_find_.text(1)),
                            segment_find_.integer(2)};
    return out;
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

std::optional<std::string> Store::take_invite(std::string_view code_sha256, loop::Moment now) {
    auto s = database_.prepare(sql::invite_take);
    s.bind(1, code_sha256).bind(2, now);
    std::optional<std::string> source;
    while (s.step()) source = s.text(0);
    return source;
}

void Store::put_alarm(std::string_view source, std::string_view epoch, std::uint64_t first, loop::Moment at,
                      std::string_view code, std::string_view bytes) {
    database_.prepare(sql::alarm_put)
        .bind(1, source)
        .bind(2, epoch)
        .bind(3, signed_of(first))
        .bind(4, at)
        .bind(5, code)
        .bind_blob(6, bytes)
        .run();
}

void Store::each_alarm(const std::function<void(const std::string&, std::uint64_t, loop::Moment)>& visit) {
    auto s = database_.prepare(sql::alarms_all);
    while (s.step()) visit(s.text(0), static_cast<std::uint64_t>(s.integer(1)), s.integer(2));
}

}  // namespace imloop::hub
