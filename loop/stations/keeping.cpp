#include "loop/stations/keeping.hpp"

#include "loop/stations/change.hpp"

namespace imloop::loop::stations {
namespace {

template <typename Of, typename Add>
void change_day(ByDay<Of>& cells, const std::string& station_id, Day day, Add add) {
    cells.change({week_of(day), station_id}, [&](auto& days) { change(days, day, add); });
}

auto kept_tables(auto& k) { return std::tie(k.kept, k.delivered, k.journals, k.forks); }

}  // namespace

Keeping::Keeping(const Rows* rows)
    : kept("watch_kept", rows),
      delivered("watch_delivered", rows),
      journals("watch_journals", rows),
      forks("watch_forks", rows) {}

void Keeping::add(const std::string& station_id, Day day, const Kept& more, std::int32_t times) {
    change_day(kept, station_id, day, [&](Kept& of) {
        of.records += times * more.records;
        of.late += times * more.late;
        of.corrections += times * more.corrections;
    });
}

void Keeping::came(const rules::Arrival& a) {
    const Day day = day_of(a.received_at);
    const SourceEpoch of{a.source, a.epoch};
    const auto known = journals.at(of);
    if (a.seq <= known.last) return;
    journals.change(of, [&](Journal& journal) { journal = {known.last == 0 ? day : known.begun, a.seq}; });
    change_day(delivered, a.source, day, [&](Delivered& d) {
        ++d.lines;
        if (!a.rejected_for.empty()) ++d.rejected;
    });
}

void Keeping::forked(const Fork& fork) {
    forks.change(fork, [](bool& is_there) { is_there = true; });
}

void Keeping::write(const RowChanges& changes) { write_rows(kept_tables(*this), changes); }
void Keeping::forget() { forget_rows(kept_tables(*this)); }
std::size_t Keeping::held() const { return rows_held(kept_tables(*this)); }

}  // namespace imloop::loop::stations
