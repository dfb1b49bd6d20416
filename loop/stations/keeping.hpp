// How stations keep and deliver their records: what came of each day, what late, what was corrected; and the lines as
// they came, whatever became of the records.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "loop/rules/rule.hpp"
#include "loop/stations/cells.hpp"
#include "loop/stations/weeks.hpp"

namespace imloop::loop::stations {

/// Of one day of a station.
struct Kept {
    std::int32_t records = 0;  ///< tests and repairs
    std::int32_t late = 0;     ///< of these, received more than `late_after_ms` after they occurred
    std::int32_t corrections = 0;
    bool operator==(const Kept&) const = default;
};
auto members(Like<Kept> auto& k) { return std::tie(k.records, k.late, k.corrections); }
inline constexpr Moment late_after_ms = day_ms;

/// Lines of a source that were received on one day.
struct Delivered {
    std::int32_t lines = 0, rejected = 0;
    bool operator==(const Delivered&) const = default;
};
auto members(Like<Delivered> auto& d) { return std::tie(d.lines, d.rejected); }

/// One source's journal.
struct Journal {
    Day begun = 0;           ///< on which its first line came
    std::uint64_t last = 0;  ///< the highest number that came
    bool operator==(const Journal&) const = default;
};
auto members(Like<Journal> auto& j) { return std::tie(j.begun, j.last); }

struct StationWeek {
    Week week = 0;
    std::string station_id;
};
auto members(Like<StationWeek> auto& k) { return std::tie(k.week, k.station_id); }
template <typename Of>
using ByDay = Cells<StationWeek, std::map<Day, Of>>;

struct SourceEpoch {
    std::string source, epoch;
};
auto members(Like<SourceEpoch> auto& k) { return std::tie(k.source, k.epoch); }
/// A second text under a number of a journal that the hub holds, refused on this day.
struct Fork {
    Day day = 0;
    std::string source;
    std::uint64_t first = 0;
};
auto members(Like<Fork> auto& k) { return std::tie(k.day, k.source, k.first); }

/// Thread safety and errors as of Table.
class Keeping {
public:
    explicit Keeping(const Rows* rows = nullptr);
    /// `times` is -1 to take it out again.
    void add(const std::string& station_id, Day, const Kept&, std::int32_t times);
    /// Lines of one journal in the order of their numbers; one that is known is not counted again.
    void came(const rules::Arrival&);
    void forked(const Fork&);
    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

    ByDay<Kept> kept;
    ByDay<Delivered> delivered;  ///< by source
    Cells<SourceEpoch, Journal> journals;
    Cells<Fork, bool> forks;
};

/// `visit(station_id, day, of)` of from < day <= to.
template <typename Of, typename Visit>
void each_day(const ByDay<Of>& cells, Day from, Day to, Visit visit) {
    cells.each(week_of(from + 1), week_of(to), [&](const StationWeek& at, const std::map<Day, Of>& days) {
        for (const auto& [day, of] : days)
            if (from < day && day <= to) visit(at.station_id, day, of);
    });
}

}  // namespace imloop::loop::stations
