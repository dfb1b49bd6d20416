#include "hub/store/alarms.hpp"

#include <optional>

#include "hub/limits.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/statements.hpp"
#include "journal/digest.hpp"
#include "journal/encoding.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {
namespace {

/// What tells one refused segment from another: the head of its chain, or its bytes where they are no segment.
std::string head_of(std::string_view bytes) {
    const auto segment = journal::parse_segment(bytes);
    return journal::to_hex(segment ? segment->seal.head : journal::sha256(bytes));
}

}  // namespace

bool raise_alarm(engine::Connection& database, std::string_view source, std::string_view epoch, std::uint64_t first,
                 loop::Moment at, std::string_view code, std::string_view bytes) {
    const auto put = [&](std::uint64_t number, std::string_view head, std::string kept, loop::Moment raised_at,
                         std::int64_t times) {
        alarms_table.put(database, {std::string(source), std::string(epoch), std::string(code), std::to_string(number),
                                    std::string(head), std::to_string(raised_at), std::to_string(at),
                                    std::to_string(times), std::move(kept)});
    };
    // One that is damaged is raised anew in its place.
    const auto again = [&](std::uint64_t number, std::string_view head) {
        std::optional<KeptRow> known;
        alarms_table.each(
            database, sql::alarm_at, {source, epoch, code, static_cast<std::int64_t>(number), head},
            [&](const engine::Statement& s) { known = alarms_table.row_in(s); }, Damage::left_out);
        if (!known) return false;
        auto& row = *known;
        put(number, head, std::move(row[8]), std::stoll(row[5]), std::stoll(row[7]) + 1);
        return true;
    };
    const auto head = head_of(bytes);
    if (again(first, head)) return false;
    auto count = database.prepare(sql::alarms_count);
    count.bind(1, source).bind(2, epoch).bind(3, code).step();
    if (count.integer(0) < static_cast<std::int64_t>(alarms_of_epoch_max)) {
        put(first, head, journal::zstd_encode(bytes), at, 1);
        return true;
    }
    if (!again(0, "")) put(0, "", "", at, 1);
    return false;
}

}  // namespace imloop::hub
