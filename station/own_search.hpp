// A station's own records, searched and counted as they stand: behind their corrections, each once. Reads the whole
// outbox at each call; what 10,000 records take is printed by tests/e2e/pages_e2e.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "loop/fact.hpp"
#include "loop/time.hpp"
#include "station/outbox.hpp"

namespace imloop::station {

/// What a record is to who looks for it. `others`: all kinds but tests, repairs.
enum class Showing : std::uint8_t { all, failed, passed, repairs, others, waiting, rejected, voided };
std::string_view name_of(Showing);
std::optional<Showing> showing_named(std::string_view);

struct Wanted {
    /// Part of a plate, VIN, report, acceptance or work order number, however it is written; empty: any.
    std::string text;
    std::optional<loop::Day> from, to;  ///< of occurred_at, inclusive
    Showing showing = Showing::all;
};

struct OwnRecord {
    Queued line;                     ///< as it was saved
    std::optional<loop::Fact> fact;  ///< as its correction leaves it; none of a line that can't be read
    bool is_void = false;
    std::string correction;  ///< the line that corrects it; empty where none does

    /// Whole, as its correction leaves it; null where it is void or can't be read.
    nlohmann::json now() const;
};

bool is_wanted(const OwnRecord&, const Wanted&);
/// All, newest first, corrections among them.
void each_own(Outbox&, const std::function<void(const OwnRecord&)>&);

/// Of the records that were not returned by the hub and are not void.
struct Figures {
    std::size_t tests = 0, failed = 0, retests = 0, retests_passed = 0, repairs = 0;
    std::int64_t repair_fen = 0;  ///< what repairs were charged, hundredths of CNY
};
/// Days, inclusive.
struct Span {
    loop::Day from = 0, to = 0;
    bool holds(loop::Day day) const { return from <= day && day <= to; }
};
void add_to(Figures&, const OwnRecord&);

}  // namespace imloop::station
