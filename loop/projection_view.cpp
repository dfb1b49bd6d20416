// What the projection answers, today and as of a day.
#include <algorithm>
#include <cassert>

#include "loop/projection.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop {

std::optional<Fact> Projection::fact(const std::string& record_id) const {
    const Row* row = find(record_id);
    return row ? words(effective(record_id, *row, std::nullopt), *row) : std::nullopt;
}

std::optional<Fact> Projection::fact(const std::string& record_id, Day as_of) const {
    const Row* row = find(record_id);
    if (!row) return std::nullopt;
    auto seen = words(effective(record_id, *row, as_of), *row);
    if (seen && day_of(seen->occurred_at) > as_of) seen.reset();
    return seen;
}

std::vector<Fact> Projection::facts(const std::string& vehicle_id) const {
    std::vector<Fact> out;
    if (const auto vehicle = identity_.vehicle(vehicle_id))
        for (const Evidence& e : vehicle->records)
            if (auto f = fact(e.record_id)) out.push_back(std::move(*f));
    return out;
}

std::vector<Fact> Projection::facts(const std::string& vehicle_id, Day as_of) const {
    Placement whole{Placement::Kind::vehicle, {}, vehicle_id};
    if (const auto vehicle = identity_.vehicle(vehicle_id))
        for (const Evidence& e : vehicle->records) whole.records.push_back(e.record_id);
    return facts(whole, as_of);
}

std::vector<Fact> Projection::facts(const Placement& of, Day as_of) const {
    std::vector<Fact> out;
    std::set<std::string> vehicles{of.vehicle_id};
    for (const auto& id : of.records) {
        const auto vehicle_id = identity_.vehicle_of(id);
        if (vehicle_id.empty()) continue;  // voided since: comes with its history
        vehicles.insert(vehicle_id);
        if (auto f = fact(id, as_of)) out.push_back(std::move(*f));
    }
    auto gone = ghosts(as_of);
    for (const auto& id : vehicles)
        if (const auto it = gone.find(id); it != gone.end())
            std::move(it->second.begin(), it->second.end(), std::back_inserter(out));
    return out;
}

Placement Projection::place(const VehicleWords& given, Moment at, Day as_of) const {
    Placement out = identity_.place(given, at);
    if (out.kind != Placement::Kind::none) return out;
    const VehicleWords words = counting(given);
    const auto is_meant = [&](const Fact& f) {
        if (!words.vin.empty()) return f.vehicle->vin == words.vin;
        const auto &a = words.plate_kind, &b = f.vehicle->plate_kind;
        return comparable_plate(f.vehicle->plate) == comparable_plate(words.plate) &&
               (a.empty() || b.empty() || a == b);
    };
    for (const auto& [id, facts] : ghosts(as_of)) {
        if (identity_.vehicle(id) || std::ranges::none_of(facts, is_meant)) continue;
        if (out.kind == Placement::Kind::vehicle) return {Placement::Kind::review, {}, {}};
        out = {Placement::Kind::vehicle, {}, id};
        for (const Fact& f : facts) out.records.push_back(f.record_id);
        std::ranges::sort(out.records);
    }
    return out;
}

Projection::Ghosts Projection::ghosts(Day as_of) const {
    Ghosts placed, alone;
    std::vector<std::string> since;
    ghosts_.each_between(key_of(std::int64_t{as_of} + 1), "", [&](std::string_view key, const Mark&) {
        KeyReader reader(key);
        reader.number();
        since.push_back(reader.text());
        return true;
    });
    for (const auto& record_id : since) {
        auto f = fact(record_id, as_of);
        if (!f || !f->vehicle) continue;
        const VehicleWords& v = *f->vehicle;
        const Placement at = identity_.place(v, f->occurred_at);
        if (at.kind == Placement::Kind::vehicle)
            placed[at.vehicle_id].push_back(std::move(*f));
        else if (!v.vin.empty())
            alone["vin " + v.vin].push_back(std::move(*f));
        else if (!v.plate.empty())
            alone["plate " + comparable_plate(v.plate) + " " + v.plate_kind].push_back(std::move(*f));
        else
            alone["record " + f->record_id].push_back(std::move(*f));
    }
    for (auto& [key, facts] : alone) {
        const auto first = std::min_element(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) {
            return std::tie(a.occurred_at, a.record_id) < std::tie(b.occurred_at, b.record_id);
        });
        const std::string id = first->record_id;
        assert(!placed.contains(id) && !identity_.vehicle(id));
        placed.emplace(id, std::move(facts));
    }
    return placed;
}

std::vector<Fact> Projection::waivers(const std::vector<Fact>& of, Day as_of) const {
    std::vector<Fact> out;
    for (const Fact& f : of) {
        const Row* row = find(f.record_id);
        if (!row) continue;
        for (const auto& id : waivers_about(f.record_id, *row)) {
            auto d = fact(id, as_of);
            if (d && d->decision && d->decision->action == "waive" && d->decision->about == f.record_id)
                out.push_back(std::move(*d));
        }
    }
    return out;
}

std::vector<Episode> Projection::episodes_of(const std::vector<Fact>& records, Day as_of) const {
    return loop::episodes(records, waivers(records, as_of), register_, policies_, as_of);
}

std::vector<Episode> Projection::episodes(const std::string& vehicle_id, Day as_of) const {
    return episodes_of(facts(vehicle_id, as_of), as_of);
}

std::vector<Episode> Projection::episodes(const Placement& of, Day as_of) const {
    return episodes_of(facts(of, as_of), as_of);
}

std::optional<Episode> Projection::episode(const std::string& failure_record_id, Day as_of) const {
    std::vector<Episode> candidates;
    if (const auto vehicle_id = identity_.vehicle_of(failure_record_id); !vehicle_id.empty()) {
        candidates = episodes(vehicle_id, as_of);
    } else {
        for (const auto& [id, gone] : ghosts(as_of))
            if (std::any_of(gone.begin(), gone.end(), [&](const Fact& f) { return f.record_id == failure_record_id; }))
                candidates = episodes(id, as_of);
    }
    for (auto& e : candidates)
        if (std::find(e.failures.begin(), e.failures.end(), failure_record_id) != e.failures.end()) return std::move(e);
    return std::nullopt;
}

/// Reads the records of many vehicles for a walk, and lets go of them on its way where they lie elsewhere.
class Projection::Walk {
public:
    Walk(const Projection& of, Day as_of) : of_(of), as_of_(as_of), gone_(of.ghosts(as_of)) {
        assert(of.dirty_.empty());
        if (of.rows_) own_.emplace(of.policies_.unwritten(), of.rows_);
    }
    const Ghosts& gone() const { return gone_; }
    /// The vehicles of today, and behind them the histories that are left.
    void each(const HistoryVisitor& visit) {
        (own_ ? *own_ : of_).identity_.each_vehicle([&](const Vehicle& vehicle) {
            visit(vehicle.vehicle_id, with_voided(vehicle.vehicle_id, reader().own_facts(vehicle, as_of_)));
        });
        for (const auto& [id, facts] : gone_) visit(id, facts);
    }
    /// As seen on the day, with what was voided since.
    std::vector<Fact> history(const std::string& vehicle_id) {
        const auto vehicle = reader().identity_.vehicle(vehicle_id);
        return with_voided(vehicle_id, vehicle ? reader().own_facts(*vehicle, as_of_) : std::vector<Fact>());
    }
    std::vector<Episode> episodes(const std::vector<Fact>& history) { return reader().episodes_of(history, as_of_); }

private:
    static constexpr std::size_t rows_held_max = 10'000;

    const Projection& reader() {
        if (!own_) return of_;
        if (own_->held() > rows_held_max) own_->forget();
        return *own_;
    }
    std::vector<Fact> with_voided(const std::string& vehicle_id, std::vector<Fact> own) {
        if (auto voided = gone_.extract(vehicle_id); !voided.empty())
            std::ranges::move(voided.mapped(), std::back_inserter(own));
        return own;
    }

    const Projection& of_;
    Day as_of_;
    Ghosts gone_;  // those not visited yet
    std::optional<Projection> own_;
};

void Projection::each_history(Day as_of, const HistoryVisitor& visit) const { Walk(*this, as_of).each(visit); }

void Projection::each_history(const std::set<std::string>& of, Day as_of, const HistoryVisitor& visit) const {
    Walk walk(*this, as_of);
    for (const auto& id : of) visit(id, walk.history(id));
}

void Projection::each_vehicle(Day as_of, const Visitor& visit) const {
    Walk walk(*this, as_of);
    walk.each([&](const std::string& id, const std::vector<Fact>& records) { visit(id, walk.episodes(records)); });
}

void Projection::each_failed(Period period, Day as_of, const Visitor& visit) const {
    Walk walk(*this, as_of);
    auto ids = cohorts_.vehicles(period);
    for (const auto& [id, voided] : walk.gone()) ids.insert(id);
    for (const auto& id : ids) {
        auto episodes = walk.episodes(walk.history(id));
        std::erase_if(episodes, [&](const Episode& e) { return !period.holds(day_of(e.first_failure)); });
        if (!episodes.empty()) visit(id, episodes);
    }
}

void Projection::each_with_voided(Day as_of, const VoidedVisitor& visit) const {
    for (auto& [id, voided] : ghosts(as_of)) {
        const auto vehicle = identity_.vehicle(id);
        const auto own = vehicle ? own_facts(*vehicle, as_of) : std::vector<Fact>();
        auto all = voided;
        all.insert(all.end(), own.begin(), own.end());
        visit(episodes_of(all, as_of), episodes_of(own, as_of));
    }
}

std::optional<Projection::Line> Projection::journal_line(const std::string& record_id) const {
    const Row* row = find(record_id);
    if (!row || !row->accepted()) return std::nullopt;
    return Line{row->origin.source, row->origin.epoch, row->origin.seq};
}

std::optional<LineDigest> Projection::line_digest(const std::string& record_id) const {
    const Row* row = find(record_id);
    return row && row->accepted() ? std::optional(row->line) : std::nullopt;
}

std::optional<Projection::WordsLine> Projection::words_line(const std::string& record_id) const {
    const Row* row = find(record_id);
    const WordsOf of = row ? effective(record_id, *row, std::nullopt) : WordsOf();
    if (of.kind == WordsOf::Kind::nobody) return std::nullopt;
    if (of.kind == WordsOf::Kind::itself) return WordsLine{*journal_line(record_id), false};
    if (special(of.correction)->replacement.empty()) return std::nullopt;
    return WordsLine{*journal_line(of.correction), true};
}

bool Projection::may_write_for(const std::string& source, const std::string& station, Moment moment) const {
    return holds(source, station, moment, nullptr);
}

}  // namespace imloop::loop
