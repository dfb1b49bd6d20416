#include "hub/store/alarms.hpp"

#include "hub/limits.hpp"
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
    const auto of_epoch = [&](const char* statement) {
        auto s = database.prepare(statement);
        s.bind(1, source).bind(2, epoch).bind(3, code);
        return s;
    };
    const auto again = [&](std::uint64_t number, std::string_view head) {
        auto s = of_epoch(sql::alarm_again);
        s.bind(4, static_cast<std::int64_t>(number)).bind(5, head).bind(6, at);
        bool known = false;
        while (s.step()) known = true;
        return known;
    };
    const auto put = [&](std::uint64_t number, std::string_view head, std::string_view kept) {
        of_epoch(sql::alarm_put)
            .bind(4, static_cast<std::int64_t>(number))
            .bind(5, head)
            .bind(6, at)
            .bind_blob(7, kept)
            .run();
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

}  // namespace imloop::hub
