#include "loop/stations/journey_sums.hpp"

#include <cassert>

#include "loop/stations/change.hpp"

namespace imloop::loop::stations {
namespace {

void add_share(SharesByStationShop& to, const StationShopWeek& at, const statistics::Stratum& stratum,
               const statistics::Share& share) {
    to.change(at, [&](SharesByStratum& shares) { change(shares, stratum, [&](statistics::Share& s) { s += share; }); });
}

void add_failure(FailuresOf& to, const FailureSeen& f, std::int32_t times) {
    to.failed += times;
    if (f.repaired) to.repaired += times;
    if (f.ended || f.waived) return;
    to.open += times;
    if (f.due) change(to.due, *f.due, [&](std::int32_t& count) { count += times; });
}

auto sum_tables(auto& s) { return std::tie(s.retests, s.later, s.aborts, s.failures); }

}  // namespace

std::int32_t FailuresOf::missing(Day as_of) const {
    std::int32_t out = 0;
    for (auto it = due.begin(); it != due.end() && it->first < as_of; ++it) out += it->second;
    return out;
}

JourneySums::JourneySums(const Rows* rows)
    : retests("watch_retests", rows),
      later("watch_later", rows),
      aborts("watch_aborts", rows),
      failures("watch_failures", rows) {}

void JourneySums::add(const Journey& journey, std::int32_t times) {
    assert(times == 1 || times == -1);
    for (const auto& r : journey.retests)
        add_share(retests, {week_of(r.day), r.station_id, r.shop_id}, r.stratum, {r.passed ? 0 : times, times});
    for (const auto& l : journey.later)
        add_share(later, {week_of(l.day), l.station_id, l.shop_id}, l.stratum, {l.failed ? times : 0, times});
    for (const auto& a : journey.aborts)
        add_share(aborts, {week_of(a.day), a.station_id, ""}, a.stratum, {times, times});
    for (const auto& f : journey.failures)
        failures.change({f.day, f.county}, [&](FailuresOf& of) { add_failure(of, f, times); });
}

void JourneySums::write(const RowChanges& changes) { write_rows(sum_tables(*this), changes); }
void JourneySums::forget() { forget_rows(sum_tables(*this)); }
std::size_t JourneySums::held() const { return rows_held(sum_tables(*this)); }

std::vector<Unit> units_by(std::string StationShopWeek::*of, const SharesByStationShop& cells, const Window& window,
                           Hits hits) {
    std::map<std::string, SharesByStratum> sums;
    cells.each(window.from, window.to, [&](const StationShopWeek& at, const SharesByStratum& shares) {
        if ((at.*of).empty()) return;
        for (const auto& [stratum, share] : shares) sums[at.*of][stratum] += share;
    });
    std::vector<Unit> out;
    for (const auto& [id, shares] : sums) {
        out.push_back({id, "", {}});
        for (const auto& [stratum, share] : shares)
            out.back().own.add(stratum, {hits == Hits::failed ? share.hits : share.of - share.hits, share.of});
    }
    return out;
}

}  // namespace imloop::loop::stations
